// Any bytes as an OTLP request, of either signal and in either encoding; the first byte says
// which. Spans that were taken in have to survive being written and read again.
#include <cmath>
#include <cstdint>

#include "base/check.h"
#include "wire/otlp_decode.h"
#include "wire/otlp_encode.h"
#include "wire/tempo_json.h"

namespace {

void CheckSpans(std::string_view bytes, glint::wire::OtlpEncoding encoding) {
  const auto decoded = glint::wire::DecodeOtlpSpans(bytes, encoding);
  if (!decoded.ok()) return;
  glint::model::Trace trace;
  trace.groups = decoded->batch.groups;
  glint::wire::TempoTraceJson(trace);
  const auto proto = glint::wire::OtlpEncoding::kProtobuf;
  const std::string written = glint::wire::EncodeOtlpSpans(decoded->batch.groups, proto);
  const auto again = glint::wire::DecodeOtlpSpans(written, proto);
  // Written anew a request can be shorter, and so have a smaller budget: that is no fault.
  if (!again.ok()) {
    CHECK(again.status().code() == glint::StatusCode::kResourceExhausted);
    return;
  }
  CHECK(again->batch.span_count() == decoded->batch.span_count());
  CHECK(glint::wire::EncodeOtlpSpans(again->batch.groups, proto) == written);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  const auto encoding =
      (data[0] & 1) != 0 ? glint::wire::OtlpEncoding::kJson : glint::wire::OtlpEncoding::kProtobuf;
  if ((data[0] & 2) != 0) {
    (void)glint::wire::DecodeOtlpMetrics(bytes, encoding);
  } else {
    CheckSpans(bytes, encoding);
  }
  return 0;
}
