#include <cstddef>
#include <cstdint>

#include "base/check.h"
#include "codec/span_block.h"

// What decodes is written again to the same meaning: its encoding decodes to the same encoding.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const auto groups = glint::codec::DecodeSpans({reinterpret_cast<const char*>(data), size});
  if (!groups.ok()) return 0;
  const std::string bytes = glint::codec::EncodeSpans(*groups);
  const auto again = glint::codec::DecodeSpans(bytes);
  CHECK(again.ok());
  CHECK(glint::codec::EncodeSpans(*again) == bytes);
  return 0;
}
