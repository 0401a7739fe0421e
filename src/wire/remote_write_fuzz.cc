// Any bytes as a remote write request; the first one says of which version. With snappy round it:
// pipeline/remote_write_receiver_fuzz.cc.
#include <cstdint>
#include <string_view>

#include "base/check.h"
#include "wire/remote_write.h"

namespace {

void CheckDecoded(const glint::wire::DecodedRemoteWrite& request) {
  uint64_t samples = 0;
  uint64_t histograms = 0;
  uint64_t exemplars = 0;
  for (const auto& series : request.series) {
    samples += series.samples;
    histograms += series.histograms;
    exemplars += series.exemplars;
    const auto labels = request.LabelsOf(series);
    if (labels.ok()) {
      CHECK(!labels->metric_name().empty());
      (void)request.MetadataOf(series, labels->metric_name());
    }
    CHECK(request.MetadataHash(series) != 0);
  }
  CHECK(samples == request.values.size() && samples == request.times.size());
  CHECK(request.start_times.empty() || request.start_times.size() == samples);
  CHECK(histograms == request.histograms.size() && exemplars == request.exemplars.size());
  for (const auto& sample : request.histograms) {
    uint64_t buckets = 0;
    for (const auto& span : sample.histogram->positive_spans) buckets += span.length;
    CHECK(buckets == sample.histogram->positive_buckets.size());
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  const auto version = (data[0] & 1) != 0 ? glint::wire::RemoteWriteVersion::k2
                                          : glint::wire::RemoteWriteVersion::k1;
  const auto request = glint::wire::DecodeRemoteWrite(bytes, version);
  if (request.ok()) CheckDecoded(*request);
  return 0;
}
