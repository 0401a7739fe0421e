#include <cstddef>
#include <cstdint>

#include "base/check.h"
#include "codec/sample_chunk.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const auto samples = glint::codec::DecodeSamples({reinterpret_cast<const char*>(data), size});
  if (!samples.ok()) return 0;
  const std::string bytes = glint::codec::EncodeSamples(*samples);
  const auto again = glint::codec::DecodeSamples(bytes);
  CHECK(again.ok());
  CHECK(glint::codec::EncodeSamples(*again) == bytes);
  return 0;
}
