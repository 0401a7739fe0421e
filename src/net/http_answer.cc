#include "net/http_answer.h"

#include <fmt/format.h>

#include <ctime>

#include "net/encoding.h"
#include "net/http_text.h"

namespace glint::net {

bool HasBody(int status) { return status >= 200 && status != 204 && status != 304; }

std::string AnswerHead(const HttpResponse& response, bool keep_alive) {
  std::string head = fmt::format("HTTP/1.1 {} {}\r\nDate: {}\r\n", response.status,
                                 ReasonPhrase(response.status), HttpDate(std::time(nullptr)));
  for (const NameValue& header : response.headers) {
    head += fmt::format("{}: {}\r\n", HeaderValue(header.first), HeaderValue(header.second));
  }
  if (HasBody(response.status)) {
    if (!response.content_type.empty()) {
      head += fmt::format("Content-Type: {}\r\n", HeaderValue(response.content_type));
    }
    head += fmt::format("Content-Length: {}\r\n", response.body.size());
  }
  head += keep_alive ? "Connection: keep-alive\r\n\r\n" : "Connection: close\r\n\r\n";
  return head;
}

void CompressFor(const HttpRequest& request, HttpResponse& response) {
  constexpr size_t kWorthIt = 1024;
  if (!response.compressible || response.body.size() < kWorthIt ||
      !AcceptsGzip(request.Header("Accept-Encoding"))) {
    return;
  }
  for (const NameValue& header : response.headers) {
    if (EqualIgnoringCase(header.first, "Content-Encoding")) return;
  }
  std::string compressed = GzipCompress(response.body);
  response.headers.emplace_back("Vary", "Accept-Encoding");
  if (compressed.size() >= response.body.size()) return;
  response.body = std::move(compressed);
  response.headers.emplace_back("Content-Encoding", "gzip");
}

}  // namespace glint::net
