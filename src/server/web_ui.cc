#include "server/web_ui.h"

#include <map>
#include <memory>
#include <string>

#include "net/encoding.h"

namespace glint::server {
namespace {

std::string_view ContentType(std::string_view path) {
  static constexpr std::pair<std::string_view, std::string_view> kTypes[] = {
      {".html", "text/html; charset=utf-8"},
      {".js", "text/javascript; charset=utf-8"},
      {".css", "text/css; charset=utf-8"},
      {".svg", "image/svg+xml"},
      {".png", "image/png"},
      {".ico", "image/x-icon"},
      {".json", "application/json"},
      {".woff2", "font/woff2"},
      {".woff", "font/woff"}};
  for (const auto& [ending, type] : kTypes) {
    if (path.size() >= ending.size() && path.substr(path.size() - ending.size()) == ending) {
      return type;
    }
  }
  return "application/octet-stream";
}

bool IsText(std::string_view type) {
  return type.rfind("text/", 0) == 0 || type.rfind("application/json", 0) == 0 ||
         type.rfind("image/svg", 0) == 0;
}

// A file as it goes out, gzipped once for all.
struct Served {
  std::string_view type;
  std::string_view plain;
  std::string gzipped;  // Empty when it does not pay.
  bool hashed_name = false;
};

using Table = std::map<std::string, Served, std::less<>>;

Table MakeTable(const std::vector<EmbeddedFile>& files) {
  Table table;
  for (const EmbeddedFile& file : files) {
    Served served;
    served.type = ContentType(file.path);
    served.plain = file.bytes.text();
    // The build puts a hash of the content into the names below /assets/.
    served.hashed_name = file.path.rfind("/assets/", 0) == 0;
    if (IsText(served.type)) served.gzipped = net::GzipCompress(served.plain);
    table.emplace(file.path, std::move(served));
  }
  return table;
}

net::HttpResponse Serve(const Served& served, const net::HttpRequest& request) {
  net::HttpResponse response;
  response.content_type = served.type;
  response.compressible = false;
  response.headers.emplace_back(
      "Cache-Control", served.hashed_name ? "public, max-age=31536000, immutable" : "no-cache");
  response.headers.emplace_back("X-Content-Type-Options", "nosniff");
  const bool gzip = !served.gzipped.empty() &&
                    request.Header("Accept-Encoding").find("gzip") != std::string_view::npos;
  if (gzip) response.headers.emplace_back("Content-Encoding", "gzip");
  if (!served.gzipped.empty()) response.headers.emplace_back("Vary", "Accept-Encoding");
  response.body = gzip ? served.gzipped : std::string(served.plain);
  return response;
}

bool IsApiPath(std::string_view path) {
  return path.rfind("/api/", 0) == 0 || path.rfind("/-/", 0) == 0 || path.rfind("/assets/", 0) == 0;
}

net::HttpResponse NotFound(const net::HttpRequest& request) {
  net::HttpResponse response;
  response.status = 404;
  response.body = "404 not found: " + request.path + "\n";
  return response;
}

}  // namespace

void RouteWebUi(const std::vector<EmbeddedFile>& files, net::HttpRouter& router) {
  const auto table = std::make_shared<const Table>(MakeTable(files));
  router.Handle("GET", "/**", [table](const net::HttpRequest& request) {
    if (const auto found = table->find(request.path); found != table->end()) {
      return Serve(found->second, request);
    }
    if (IsApiPath(request.path)) return NotFound(request);
    if (const auto page = table->find("/index.html"); page != table->end()) {
      return Serve(page->second, request);
    }
    net::HttpResponse response;
    response.status = 404;
    response.body =
        "This glint was built without its web UI: run `make ui` and build again.\n"
        "The API is here: /api/v1/query, /api/v1/query_exemplars, /api/traces/ID\n";
    return response;
  });
}

}  // namespace glint::server
