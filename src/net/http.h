// HTTP messages and routing, apart from sockets: what handlers see and tests can make.
//
// Thread-compatible.
#pragma once

#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace glint::net {

using NameValue = std::pair<std::string, std::string>;

struct HttpRequest {
  std::string method;               // "GET", upper case as sent.
  std::string path;                 // Percent-decoded, without the query: "/api/v1/query".
  std::vector<NameValue> query;     // Percent-decoded, in order, names may repeat.
  std::vector<NameValue> headers;   // As sent.
  std::string body;                 // As sent: Content-Encoding is the handler's (net/encoding.h).
  std::string remote;               // "127.0.0.1:52100".
  std::stop_token stop;             // Requested when the client goes away or the server stops.
  std::vector<std::string> groups;  // What the wildcards of the route matched, decoded.

  // The first header of that name, case ignored; empty when there is none.
  std::string_view Header(std::string_view name) const;
  // The first value of that query parameter, or none.
  std::optional<std::string_view> Query(std::string_view name) const;
  std::vector<std::string_view> QueryAll(std::string_view name) const;
};

struct HttpResponse {
  int status = 200;
  std::string content_type = "text/plain; charset=utf-8";
  std::vector<NameValue> headers;  // More of them; Content-Length, Date are the server's.
  std::string body;
  bool compressible = true;  // gzip when the client takes it and the body is worth it.
};

// Called on a worker thread; may block. Must not throw.
using HttpHandler = std::function<HttpResponse(const HttpRequest&)>;

// Which handler answers which path. "*" as a whole segment matches one segment; "/**" at the end
// matches the rest. A literal segment beats "*", which beats "**". Set up first, then only read.
class HttpRouter {
 public:
  // REQUIRES: this method and pattern are not routed yet. GET answers HEAD too.
  void Handle(std::string method, std::string_view pattern, HttpHandler handler);
  // Runs the handler, after filling request.groups; 404 or 405 (with Allow) when there is none.
  HttpResponse Route(HttpRequest& request) const;

 private:
  struct Entry {
    std::string method;
    std::vector<std::string> segments;
    HttpHandler handler;
  };
  std::vector<Entry> entries_;
};

// "a=1&b=%20" as decoded pairs; '+' is a blank. Broken escapes stay as they are.
std::vector<NameValue> ParseFormEncoded(std::string_view text);
std::string PercentDecode(std::string_view text, bool plus_is_blank);

}  // namespace glint::net
