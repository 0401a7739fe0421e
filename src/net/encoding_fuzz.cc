// Any bytes as a compressed body; the first byte says of which kind. No more than the limit may
// come out.
#include <cstdint>

#include "base/check.h"
#include "net/encoding.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  constexpr std::string_view kEncodings[] = {"gzip", "zlib", "zstd", "snappy", "lz4"};
  constexpr size_t kMaxBytes = 1 << 20;
  if (size == 0) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  const auto out = glint::net::Decompress(bytes, kEncodings[data[0] % 5], kMaxBytes);
  CHECK(!out.ok() || out->size() <= kMaxBytes);
  return 0;
}
