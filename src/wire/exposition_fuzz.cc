// Any bytes as an exposition, in both formats, lax and strict. What was taken in has to give
// labels, and a series' own text has to name the same series again.
#include <cstdint>

#include "base/check.h"
#include "wire/exposition.h"
#include "wire/exposition_check.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace glint::wire;  // NOLINT: the target's subject.
  const std::string_view body(reinterpret_cast<const char*>(data), size);
  for (const auto format : {ExpositionFormat::kPrometheusText, ExpositionFormat::kOpenMetrics}) {
    CheckExposition(body, format);
    const auto scrape = ParseExposition(body, format, ParseMode::kScrape);
    if (!scrape.ok()) continue;
    for (const SampleLine& sample : scrape->samples) {
      const glint::model::Labels labels = SeriesLabels(sample);
      CHECK(!labels.empty());
      const auto again = ParseSeriesText(labels.ToString(), FloatLabel::kNone);
      CHECK(again.ok() && *again == labels);
    }
  }
  return 0;
}
