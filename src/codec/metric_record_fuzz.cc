#include <cstddef>
#include <cstdint>

#include "base/check.h"
#include "codec/metric_record.h"

// What decodes is written again to the same meaning: its encoding decodes to the same encoding.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const auto record = glint::codec::DecodeMetricRecord({reinterpret_cast<const char*>(data), size});
  if (!record.ok()) return 0;
  const std::string bytes = glint::codec::EncodeMetricRecord(*record);
  const auto again = glint::codec::DecodeMetricRecord(bytes);
  CHECK(again.ok());
  CHECK(glint::codec::EncodeMetricRecord(*again) == bytes);
  return 0;
}
