// Family rules of OpenMetrics 1.0, as its reference parser holds them.
// Source: https://prometheus.io/docs/specs/om/open_metrics_spec/
#include <algorithm>
#include <cmath>
#include <map>
#include <optional>
#include <set>
#include <unordered_set>
#include <vector>

#include "base/escape.h"
#include "base/utf8.h"
#include "wire/family_check.h"
#include "wire/metric_type_text.h"
#include "wire/number_text.h"
#include "wire/openmetrics_histogram_check.h"

namespace glint::wire {
namespace {

using model::MetricType;

constexpr size_t kMaxExemplarCharacters = 128;

// Suffixes of the samples of a type; names with any of them are taken by the family.
std::vector<std::string_view> SuffixesOf(std::optional<MetricType> type) {
  if (!type) return {""};
  switch (*type) {
    case MetricType::kCounter:
      return {"_total", "_created"};
    case MetricType::kSummary:
      return {"", "_count", "_sum", "_created"};
    case MetricType::kHistogram:
      return {"_count", "_sum", "_bucket", "_created"};
    case MetricType::kGaugeHistogram:
      return {"_gcount", "_gsum", "_bucket"};
    case MetricType::kInfo:
      return {"_info"};
    case MetricType::kGauge:
    case MetricType::kStateset:
    case MetricType::kUnknown:
      return {""};
  }
  return {""};
}

bool IsHistogram(std::optional<MetricType> type) {
  return type == MetricType::kHistogram || type == MetricType::kGaugeHistogram;
}

class OpenMetricsCheck final : public FamilyCheck {
 public:
  explicit OpenMetricsCheck(Report report) : report_(std::move(report)) {}

  void Take(const ExpositionLine& line) override {
    if (line.kind == ExpositionLine::Kind::kSample) {
      TakeSample(line);
    } else if (line.kind != ExpositionLine::Kind::kEof) {
      TakeMetadata(line);
    }
  }

  void Finish() override { Close(); }
  uint64_t families() const override { return families_; }

 private:
  struct Group {
    std::vector<model::Label> labels;
    bool operator<(const Group& other) const { return labels < other.labels; }
    bool operator==(const Group& other) const = default;
  };

  void TakeMetadata(const ExpositionLine& line) {
    const std::string name = BareName(line.name);
    if (open_ && name == name_ && has_samples_) {
      report_(fmt::format("metadata of {} after its samples", name));
      return;
    }
    if (!open_ || name != name_) Open(name);
    switch (line.kind) {
      case ExpositionLine::Kind::kHelp:
        if (has_help_) report_(fmt::format("second HELP of {}", name_));
        has_help_ = true;
        break;
      case ExpositionLine::Kind::kUnit:
        if (unit_) report_(fmt::format("second UNIT of {}", name_));
        unit_ = std::string(line.text);
        break;
      default: {
        if (has_type_) report_(fmt::format("second TYPE of {}", name_));
        has_type_ = true;
        type_ = ParseMetricType(line.text, ExpositionFormat::kOpenMetrics);
        if (!type_) {
          report_(fmt::format("type of {} is `{}`, which is none of {}", name_,
                              Excerpt(line.text, 40),
                              MetricTypeWords(ExpositionFormat::kOpenMetrics)));
        }
      }
    }
  }

  void Open(std::string name) {
    Close();
    open_ = true;
    ++families_;
    name_ = std::move(name);
    type_.reset();
    unit_.reset();
    has_type_ = has_help_ = has_samples_ = false;
    group_.reset();
    groups_seen_.clear();
    point_series_.clear();
    histogram_.emplace(name_, report_);
  }

  void Close() {
    if (!open_) return;
    open_ = false;
    std::vector<std::string_view> suffixes = SuffixesOf(type_);
    if (std::ranges::find(suffixes, "") == suffixes.end()) suffixes.push_back("");
    for (const std::string_view suffix : suffixes) {
      if (!names_seen_.insert(name_ + std::string(suffix)).second) {
        report_(fmt::format("name {}{} clashes with a family before it", name_, suffix));
      }
    }
    if (unit_ && !unit_->empty()) {
      if (!name_.ends_with("_" + *unit_)) {
        report_(fmt::format("unit {} is not the end of the name {}", *unit_, name_));
      }
      if (type_ == MetricType::kInfo || type_ == MetricType::kStateset) {
        report_(fmt::format("{} is of type {}, which has no unit, but has {}", name_,
                            model::MetricTypeName(*type_), *unit_));
      }
    }
    if (IsHistogram(type_)) histogram_->Finish();
  }

  bool Owns(std::string_view sample) const {
    if (!open_ || !sample.starts_with(name_)) return false;
    const std::vector<std::string_view> suffixes = SuffixesOf(type_);
    return std::ranges::find(suffixes, sample.substr(name_.size())) != suffixes.end();
  }

  void TakeSample(const ExpositionLine& line) {
    const model::Labels labels = MakeLabels(line.series, FloatLabel::kNone);
    const std::string sample(labels.metric_name());
    if (!Owns(sample)) Open(sample);
    has_samples_ = true;
    if (line.series.trailing_comma) report_("a comma before the closing brace");
    const std::string_view suffix = std::string_view(sample).substr(name_.size());
    CheckSpecialLabels(line, labels, suffix);
    CheckGroup(line, labels, suffix);
    CheckValue(line, suffix);
    if (line.has_exemplar) CheckExemplar(line, suffix);
  }

  // Of a label as sent; an empty value counts, unlike in model::Labels.
  static const RawLabel* Find(const ExpositionLine& line, std::string_view name) {
    for (const RawLabel& label : line.series.labels) {
      if (label.name == name) return &label;
    }
    return nullptr;
  }

  void CheckSpecialLabels(const ExpositionLine& line, const model::Labels& labels,
                          std::string_view suffix) {
    if (type_ == MetricType::kStateset && Find(line, name_) == nullptr) {
      report_(fmt::format("a stateset's sample has no label {}", name_));
    }
    if (suffix == "_bucket") CheckNumberLabel(labels, "le", 1);
    if (type_ == MetricType::kSummary && suffix.empty()) CheckNumberLabel(labels, "quantile", 2);
  }

  void CheckNumberLabel(const model::Labels& labels, std::string_view label, int rule) {
    const std::string_view text = labels.Get(label);
    const auto number = ParseFloat(text);
    if (!number || std::isnan(*number)) {
      report_(fmt::format("label {} of {} is `{}`, no number", label, name_, Excerpt(text, 40)));
    } else if (std::isinf(*number) && *number > 0 && text != "+Inf") {
      report_(fmt::format("label {} of {} is `{}`: infinity is written +Inf", label, name_, text));
    } else if (rule == 2 && !(*number >= 0 && *number <= 1)) {
      report_(fmt::format("quantile of {} is {}, not in 0 to 1", name_, *number));
    }
  }

  Group GroupOf(const model::Labels& labels, std::string_view suffix) const {
    std::string_view without;
    if (type_ == MetricType::kInfo) return {};
    if (type_ == MetricType::kSummary && suffix.empty()) without = "quantile";
    if (type_ == MetricType::kStateset) without = name_;
    if (IsHistogram(type_) && suffix == "_bucket") without = "le";
    Group group;
    for (const model::Label& label : labels) {
      if (label.name != without && label.name != model::kMetricName) group.labels.push_back(label);
    }
    return group;
  }

  void CheckGroup(const ExpositionLine& line, const model::Labels& labels,
                  std::string_view suffix) {
    Group group = GroupOf(labels, suffix);
    // Whole nanoseconds, as times are compared in.
    const std::optional<double> time =
        line.has_time ? std::optional<double>(std::floor(line.time_seconds * 1e9)) : std::nullopt;
    const bool same_group = group_ && *group_ == group;
    const bool same_point = same_group && time == group_time_;
    if (!same_group) point_series_.clear();
    if (same_group) {
      if (time.has_value() != group_time_.has_value()) {
        report_(
            fmt::format("some samples of a group of {} have a timestamp, some have none", name_));
      } else if (time && *group_time_ > *time && type_ != MetricType::kInfo) {
        report_(fmt::format("timestamps of a group of {} go back from {} to {}", name_,
                            *group_time_ / 1e9, *time / 1e9));
      }
    } else if (groups_seen_.count(group) != 0) {
      report_(fmt::format("samples of one group of {} are apart: `{}`", name_,
                          Excerpt(line.series.text)));
    }
    // The same series at the same time once more is taken for one whose times were cut short.
    const bool repeated = !point_series_.insert(labels).second && same_point;
    if (IsHistogram(type_) && !repeated) {
      histogram_->Take(suffix, labels.Get("le"), line.value, same_point);
    }
    groups_seen_.insert(group);
    group_ = std::move(group);
    group_time_ = time;
  }

  void CheckValue(const ExpositionLine& line, std::string_view suffix) {
    const double value = line.value;
    const auto report = [&](std::string_view rule) {
      report_(fmt::format("{}: `{}` is {}", rule, Excerpt(line.series.text), value));
    };
    const auto is = [suffix](std::initializer_list<std::string_view> known) {
      return std::ranges::find(known, suffix) != known.end();
    };
    if (is({"_bucket", "_count", "_gcount"}) && value != std::floor(value)) {
      report("a count is a whole number");
    }
    if (type_ == MetricType::kStateset && value != 0 && value != 1) {
      report("a state is 0 or 1");
    }
    if (type_ == MetricType::kInfo && value != 1) report("an info's value is 1");
    if (type_ == MetricType::kSummary && suffix.empty() && value < 0) {
      report("a quantile's value is not negative");
    }
    if (std::isnan(value) && is({"_total", "_sum", "_count", "_bucket", "_gcount", "_gsum"})) {
      report("what counts is a number");
    }
    if (value < 0 && is({"_total", "_sum", "_count", "_bucket", "_gcount"})) {
      report("what counts is not negative");
    }
  }

  void CheckExemplar(const ExpositionLine& line, std::string_view suffix) {
    const bool allowed = (IsHistogram(type_) && suffix == "_bucket") ||
                         (type_ == MetricType::kCounter && suffix == "_total");
    if (!allowed) {
      report_(fmt::format("exemplar on `{}`: only buckets and counters may have one",
                          Excerpt(line.series.text)));
    }
    size_t characters = 0;
    for (const RawLabel& label : line.exemplar_labels.labels) {
      characters += Utf8CharCount(Unescape(label.name)) + Utf8CharCount(Unescape(label.value));
    }
    if (characters > kMaxExemplarCharacters) {
      report_(fmt::format("exemplar's labels have {} characters, more than {}", characters,
                          kMaxExemplarCharacters));
    }
    if (line.exemplar_labels.trailing_comma) report_("a comma before the closing brace");
  }

  const Report report_;
  uint64_t families_ = 0;
  std::unordered_set<std::string> names_seen_;

  // The family that lines belong to now.
  bool open_ = false;
  std::string name_;
  std::optional<MetricType> type_;
  std::optional<std::string> unit_;
  bool has_type_ = false;
  bool has_help_ = false;
  bool has_samples_ = false;
  std::optional<Group> group_;  // Of the last sample.
  std::optional<double> group_time_;
  std::set<Group> groups_seen_;
  std::set<model::Labels> point_series_;  // Of the group at hand.
  std::optional<OpenMetricsHistogramCheck> histogram_;
};

}  // namespace

std::unique_ptr<FamilyCheck> MakeOpenMetricsCheck(FamilyCheck::Report report) {
  return std::make_unique<OpenMetricsCheck>(std::move(report));
}

}  // namespace glint::wire
