// What a target exposes, read as Prometheus reads a scrape: text format 0.0.4 and 1.0.0, and
// OpenMetrics 1.0.
//
// A scrape says the same series again and again, so samples come with the text of their series
// rather than with labels: who scrapes keeps a map from that text to its own reference and makes
// labels (SeriesLabels) only for what is new.
//
// Prometheus is lax about families when it scrapes, and so is kScrape: lines that cannot be read
// refuse the whole scrape, families out of order do not. kStrict refuses what the formats'
// reference parsers refuse; exposition_check.h has all the reasons rather than the first.
//
// Thread-safe.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "model/exemplar.h"
#include "model/labels.h"
#include "model/metadata.h"
#include "model/time.h"
#include "wire/series_text.h"

namespace glint::wire {

enum class ExpositionFormat : uint8_t { kPrometheusText, kOpenMetrics };
enum class ParseMode : uint8_t { kScrape, kStrict };

// Which parser a Content-Type asks for: text/plain and application/openmetrics-text, with any
// parameters. `fallback` answers for a missing or unknown one.
// INVALID_ARGUMENT: unknown, and no fallback.
StatusOr<ExpositionFormat> ParserForContentType(
    std::string_view content_type, std::optional<ExpositionFormat> fallback = std::nullopt);

inline constexpr int32_t kNone = -1;

// So many samples may one exposition have. The shortest line has four bytes and takes twenty times
// that once it is read, so a limit of bytes alone would not bound the memory.
inline constexpr size_t kMaxSamples = 5'000'000;

struct SampleLine {
  // name{labels} as sent: the same bytes, the same series, within one target and format.
  std::string_view series;
  double value = 0;
  model::TimeMs time = 0;        // As sent, when has_time.
  model::TimeMs start_time = 0;  // From the _created sample beside it; 0 when there is none.
  int32_t exemplar = kNone;      // Into ParsedScrape::exemplars.
  int32_t family = kNone;        // Into ParsedScrape::metadata.
  uint32_t line = 0;             // From 1.
  bool has_time = false;
  FloatLabel float_label = FloatLabel::kNone;
  // OpenMetrics' _created of a counter, histogram or summary: already told by start_time of its
  // neighbours. Who stores start times need not store it as a series.
  bool is_created = false;
};

struct ParsedExemplar {
  model::Exemplar exemplar;  // Its time is 0 unless has_time: then it is that of the scrape.
  bool has_time = false;
  std::string_view text;  // As sent, from the '#' to the end of the line.
};

// Views are into the body that was parsed, which has to outlive this.
struct ParsedScrape {
  ExpositionFormat format = ExpositionFormat::kPrometheusText;
  std::vector<SampleLine> samples;  // In the order sent.
  std::vector<ParsedExemplar> exemplars;
  std::vector<model::MetricMetadata> metadata;  // One a family, in order of first mention.
};

// INVALID_ARGUMENT: the content type, or "line N: " and what is wrong with it. OpenMetrics without
// "# EOF" at its end is cut off, and refused. RESOURCE_EXHAUSTED: more than max_samples.
StatusOr<ParsedScrape> ParseExposition(std::string_view body, std::string_view content_type,
                                       ParseMode mode);
StatusOr<ParsedScrape> ParseExposition(std::string_view body, ExpositionFormat format,
                                       ParseMode mode, size_t max_samples = kMaxSamples);

// The labels of a sample's series, the metric's name among them; `le` and `quantile` in canonical
// form as Prometheus 3 stores them ("1" -> "1.0").
model::Labels SeriesLabels(const SampleLine& sample);

}  // namespace glint::wire
