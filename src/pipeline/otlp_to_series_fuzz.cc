// Any bytes as an OTLP metrics request, made into series: columns have to fit together, and what
// each histogram says of its buckets too. The first byte chooses the encoding.
#include <cstdint>

#include "base/check.h"
#include "pipeline/otlp_to_series.h"
#include "wire/otlp_decode.h"

namespace {

void CheckBuckets(const std::vector<glint::model::BucketSpan>& spans,
                  const std::vector<double>& buckets) {
  uint64_t length = 0;
  for (const auto& span : spans) length += span.length;
  CHECK(length == buckets.size());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  const auto encoding =
      (data[0] & 1) != 0 ? glint::wire::OtlpEncoding::kJson : glint::wire::OtlpEncoding::kProtobuf;
  const auto decoded = glint::wire::DecodeOtlpMetrics(bytes, encoding);
  if (!decoded.ok()) return 0;
  const auto metrics = glint::pipeline::TranslateOtlpMetrics(decoded->batch);
  uint64_t points = metrics.points;
  for (const uint64_t refused : metrics.refused) points += refused;
  CHECK(points == decoded->batch.point_count());
  CHECK(metrics.values.size() == metrics.sample_series.size());
  CHECK(metrics.times.size() == metrics.sample_series.size());
  CHECK(metrics.start_times.size() == metrics.sample_series.size());
  CHECK(metrics.histograms.size() == metrics.histogram_series.size());
  CHECK(metrics.exemplars.size() == metrics.exemplar_series.size());
  for (const size_t index : metrics.sample_series) CHECK(index < metrics.series.size());
  for (const size_t index : metrics.exemplar_series) CHECK(index < metrics.series.size());
  for (const auto& labels : metrics.series) CHECK(!labels.metric_name().empty());
  for (const auto& sample : metrics.histograms) {
    CheckBuckets(sample.histogram->positive_spans, sample.histogram->positive_buckets);
    CheckBuckets(sample.histogram->negative_spans, sample.histogram->negative_buckets);
  }
  return 0;
}
