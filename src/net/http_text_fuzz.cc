// URLs, redirects, queries and header values as a stranger may send them.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/check.h"
#include "net/address.h"
#include "net/http.h"
#include "net/http_text.h"
#include "net/http_url.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace glint::net;  // NOLINT: a fuzz target is one function.
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  (void)AcceptsGzip(text);
  (void)ParseFormEncoded(text);
  (void)ParseHostPort(text);
  CHECK(HeaderValue(text).find_first_of("\r\n") == std::string::npos);
  CHECK(PercentDecode(text, true).size() <= text.size());
  const HttpUrl base = *ParseHttpUrl("http://host:8080/a/b?c");
  for (const auto& url : {ParseHttpUrl(text), ResolveLocation(base, text)}) {
    if (!url.ok()) continue;
    // What was read once is read again as the same.
    const auto again = ParseHttpUrl(url->ToString());
    CHECK(again.ok() && again->ToString() == url->ToString());
  }
  return 0;
}
