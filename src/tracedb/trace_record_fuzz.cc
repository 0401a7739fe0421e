#include <cstddef>
#include <cstdint>

#include "base/check.h"
#include "tracedb/trace_record.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const auto head = glint::tracedb::DecodeTraceRecordHead(bytes);
  const auto spans = glint::tracedb::DecodeTraceRecordSpans(bytes);
  CHECK(head.ok() || !spans.ok());
  return 0;
}
