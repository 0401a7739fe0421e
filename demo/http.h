// A request and a reply of HTTP/1.1, as the demo's server and client hand them on.
#pragma once

#include <map>
#include <string>
#include <string_view>

namespace glint::demo {

// Names in lower case.
using Headers = std::map<std::string, std::string>;

struct HttpRequest {
  std::string method = "GET";
  std::string target = "/";
  Headers headers;
  std::string body;
  std::string peer_address;  // Of whoever sent it.
  int peer_port = 0;

  // Empty where it is not there.
  std::string_view Header(const std::string& name) const {
    const auto found = headers.find(name);
    return found == headers.end() ? std::string_view() : std::string_view(found->second);
  }
};

struct HttpReply {
  int status = 200;
  std::string content_type = "application/json";
  std::string body;
};

}  // namespace glint::demo
