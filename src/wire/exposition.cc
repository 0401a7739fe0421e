#include "wire/exposition.h"

#include <algorithm>
#include <cstring>
#include <unordered_map>

#include "base/escape.h"
#include "wire/exposition_check.h"
#include "wire/exposition_line.h"
#include "wire/metric_type_text.h"
#include "wire/number_text.h"

namespace glint::wire {
namespace {

// Whether a sample of this name belongs to the family, and if so by which suffix.
std::optional<std::string_view> SuffixIn(std::string_view sample, std::string_view family) {
  if (family.empty() || !sample.starts_with(family)) return std::nullopt;
  const std::string_view suffix = sample.substr(family.size());
  for (const std::string_view known :
       {"", "_total", "_bucket", "_count", "_sum", "_created", "_info", "_gcount", "_gsum"}) {
    if (suffix == known) return suffix;
  }
  return std::nullopt;
}

bool MayHaveCreated(model::MetricType type) {
  return type == model::MetricType::kCounter || type == model::MetricType::kHistogram ||
         type == model::MetricType::kSummary;
}

class ScrapeBuilder {
 public:
  ScrapeBuilder(ExpositionFormat format, size_t max_samples) : max_samples_(max_samples) {
    scrape_.format = format;
  }

  Status Take(const ExpositionLine& line, uint32_t number) {
    switch (line.kind) {
      case ExpositionLine::Kind::kSample:
        if (scrape_.samples.size() == max_samples_) {
          return ResourceExhausted("more than {} samples in one exposition", max_samples_);
        }
        TakeSample(line, number);
        return OkStatus();
      case ExpositionLine::Kind::kHelp:
        EnterFamily(line.name).help = scrape_.format == ExpositionFormat::kOpenMetrics
                                          ? Unescape(line.text)
                                          : UnescapeHelp(line.text);
        return OkStatus();
      case ExpositionLine::Kind::kType: {
        const auto type = ParseMetricType(line.text, scrape_.format);
        if (!type) {
          return InvalidArgument("type of {} is `{}`, which is none of {}", line.name,
                                 Excerpt(line.text, 40), MetricTypeWords(scrape_.format));
        }
        EnterFamily(line.name).type = *type;
        return OkStatus();
      }
      case ExpositionLine::Kind::kUnit: {
        model::MetricMetadata& family = EnterFamily(line.name);
        family.unit = std::string(line.text);
        if (!family.unit.empty() && !family.family.ends_with("_" + family.unit)) {
          return InvalidArgument("unit {} is not the end of the name {}", family.unit,
                                 family.family);
        }
        return OkStatus();
      }
      case ExpositionLine::Kind::kNothing:
      case ExpositionLine::Kind::kEof:
        return OkStatus();
    }
    return OkStatus();
  }

  ParsedScrape Finish() {
    LeaveFamily();
    return std::move(scrape_);
  }

  void Reserve(size_t samples) { scrape_.samples.reserve(samples); }

 private:
  model::MetricMetadata& EnterFamily(std::string_view quoted_name) {
    if (family_ == kNone || quoted_name != family_text_) {
      LeaveFamily();
      family_text_ = quoted_name;
      const auto [found, added] =
          families_.try_emplace(quoted_name, static_cast<int32_t>(scrape_.metadata.size()));
      if (added) scrape_.metadata.push_back({.family = BareName(quoted_name)});
      family_ = found->second;
    }
    return scrape_.metadata[static_cast<size_t>(family_)];
  }

  void LeaveFamily() {
    if (!created_.empty()) AssignStartTimes();
    created_.clear();
    family_ = kNone;
    first_sample_ = scrape_.samples.size();
  }

  void TakeSample(const ExpositionLine& line, uint32_t number) {
    SampleLine sample;
    sample.series = line.series.text;
    sample.value = line.value;
    sample.time = line.time_ms;
    sample.has_time = line.has_time;
    sample.line = number;
    if (!line.has_time) sample.time = 0;
    if (family_ != kNone) Classify(line, sample);
    if (line.has_exemplar) {
      sample.exemplar = static_cast<int32_t>(scrape_.exemplars.size());
      scrape_.exemplars.push_back(ExemplarOf(line));
    }
    scrape_.samples.push_back(sample);
  }

  void Classify(const ExpositionLine& line, SampleLine& sample) {
    const model::MetricMetadata& family = scrape_.metadata[static_cast<size_t>(family_)];
    std::optional<std::string_view> suffix;
    if (line.series.quoted_name) {
      unquoted_ = Unescape(line.series.name);
      suffix = SuffixIn(unquoted_, family.family);
    } else {
      suffix = SuffixIn(line.series.name, family.family);
    }
    if (!suffix) return;
    sample.family = family_;
    if (*suffix == "_bucket" && (family.type == model::MetricType::kHistogram ||
                                 family.type == model::MetricType::kGaugeHistogram)) {
      sample.float_label = FloatLabel::kLe;
    } else if (suffix->empty() && family.type == model::MetricType::kSummary) {
      sample.float_label = FloatLabel::kQuantile;
    } else if (*suffix == "_created" && scrape_.format == ExpositionFormat::kOpenMetrics &&
               MayHaveCreated(family.type)) {
      sample.is_created = true;
      created_[GroupKey(line.series, FloatLabel::kNone)] = SecondsToMs(line.value);
    }
  }

  // What the series of one point have in common: labels but `le` or `quantile`, by name.
  static std::string GroupKey(const RawSeries& series, FloatLabel without) {
    const std::string_view skipped = without == FloatLabel::kLe         ? "le"
                                     : without == FloatLabel::kQuantile ? "quantile"
                                                                        : "";
    std::vector<const RawLabel*> labels;
    for (const RawLabel& label : series.labels) {
      if (label.name != skipped) labels.push_back(&label);
    }
    std::sort(labels.begin(), labels.end(),
              [](const RawLabel* a, const RawLabel* b) { return a->name < b->name; });
    std::string key;
    for (const RawLabel* label : labels) {
      key += label->name;
      key += '"';  // Stands in neither unescaped, so keys are distinct.
      key += label->value;
      key += '"';
    }
    return key;
  }

  void AssignStartTimes() {
    for (size_t i = first_sample_; i < scrape_.samples.size(); ++i) {
      SampleLine& sample = scrape_.samples[i];
      if (sample.is_created || sample.family != family_) continue;
      if (!ScanSeries(sample.series, Blanks::kAllowed, scratch_).ok()) continue;
      const auto found = created_.find(GroupKey(scratch_, sample.float_label));
      if (found != created_.end()) sample.start_time = found->second;
    }
  }

  const size_t max_samples_;
  ParsedScrape scrape_;
  std::unordered_map<std::string_view, int32_t> families_;  // By the name as sent.
  int32_t family_ = kNone;                                  // Of the metadata line last seen.
  std::string_view family_text_;
  size_t first_sample_ = 0;                                 // Of that family.
  std::unordered_map<std::string, model::TimeMs> created_;  // Of that family, by GroupKey.
  RawSeries scratch_;
  std::string unquoted_;
};

StatusOr<ParsedScrape> ParseScrape(std::string_view body, ExpositionFormat format,
                                   size_t max_samples) {
  const bool open_metrics = format == ExpositionFormat::kOpenMetrics;
  ScrapeBuilder builder(format, max_samples);
  builder.Reserve(body.size() / 100);
  ExpositionLine line;
  uint32_t number = 0;
  bool ended = false;
  for (size_t at = 0; at < body.size();) {
    ++number;
    const void* newline = std::memchr(body.data() + at, '\n', body.size() - at);
    const size_t end = newline == nullptr
                           ? body.size()
                           : static_cast<size_t>(static_cast<const char*>(newline) - body.data());
    const std::string_view text = body.substr(at, end - at);
    at = end + 1;
    const auto where = [&] { return fmt::format("line {}", number); };
    if (ended) {
      return InvalidArgument("line {}: `{}` after # EOF", number, Excerpt(text, 40));
    }
    Status status =
        open_metrics ? ParseOpenMetricsLine(text, line) : ParsePrometheusTextLine(text, line);
    if (!status.ok()) return status.At(where());
    ended = line.kind == ExpositionLine::Kind::kEof;
    status = builder.Take(line, number);
    if (!status.ok()) return status.At(where());
  }
  if (open_metrics && !ended) {
    return InvalidArgument("line {}: the exposition does not end with # EOF", number);
  }
  return builder.Finish();
}

}  // namespace

StatusOr<ExpositionFormat> ParserForContentType(std::string_view content_type,
                                                std::optional<ExpositionFormat> fallback) {
  std::string media(content_type.substr(0, content_type.find(';')));
  std::erase_if(media, [](char c) { return c == ' ' || c == '\t'; });
  for (char& c : media) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + ('a' - 'A'));
  }
  if (media == "text/plain") return ExpositionFormat::kPrometheusText;
  if (media == "application/openmetrics-text") return ExpositionFormat::kOpenMetrics;
  if (fallback) return *fallback;
  return InvalidArgument(
      "no parser for Content-Type `{}`: expected text/plain or application/openmetrics-text",
      Excerpt(content_type));
}

StatusOr<ParsedScrape> ParseExposition(std::string_view body, std::string_view content_type,
                                       ParseMode mode) {
  ASSIGN_OR_RETURN(const ExpositionFormat format, ParserForContentType(content_type));
  return ParseExposition(body, format, mode);
}

StatusOr<ParsedScrape> ParseExposition(std::string_view body, ExpositionFormat format,
                                       ParseMode mode, size_t max_samples) {
  if (mode == ParseMode::kStrict) {
    const CheckReport report = CheckExposition(body, format);
    if (!report.findings.empty()) {
      const CheckFinding& first = report.findings.front();
      return InvalidArgument("line {}: {}", first.line, first.message);
    }
  }
  return ParseScrape(body, format, max_samples);
}

model::Labels SeriesLabels(const SampleLine& sample) {
  auto labels = ParseSeriesText(sample.series, sample.float_label);
  CHECK(labels.ok());  // The scan that made `sample` accepted the same text.
  return *std::move(labels);
}

}  // namespace glint::wire
