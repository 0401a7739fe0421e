// Family rules of the Prometheus text format, as its parser for tools (expfmt) holds them.
// Source: https://prometheus.io/docs/instrumenting/exposition_formats/#text-format-details
#include <string>
#include <unordered_map>

#include "base/escape.h"
#include "wire/family_check.h"
#include "wire/metric_type_text.h"
#include "wire/number_text.h"

namespace glint::wire {
namespace {

using model::MetricType;

class PrometheusTextCheck final : public FamilyCheck {
 public:
  explicit PrometheusTextCheck(Report report) : report_(std::move(report)) {}

  void Take(const ExpositionLine& line) override {
    switch (line.kind) {
      case ExpositionLine::Kind::kHelp: {
        if (line.text.empty()) return;  // Says nothing, and may be said again.
        Family& family = families_[BareName(line.name)];
        if (family.has_help) report_(fmt::format("second HELP of {}", line.name));
        family.has_help = true;
        if (!HasOnlyKnownHelpEscapes(line.text)) {
          report_(fmt::format("the help of {} has a backslash before neither a backslash nor n",
                              line.name));
        }
        return;
      }
      case ExpositionLine::Kind::kType:
        return TakeType(line);
      case ExpositionLine::Kind::kSample:
        return TakeSample(line);
      default:
        return;
    }
  }

  void Finish() override {}
  uint64_t families() const override { return families_.size(); }

 private:
  struct Family {
    bool has_help = false;
    bool has_type = false;
    bool has_samples = false;
    MetricType type = MetricType::kUnknown;
  };

  static bool HasOnlyKnownHelpEscapes(std::string_view text) {
    for (size_t i = 0; i < text.size(); ++i) {
      if (text[i] != '\\') continue;
      if (++i == text.size() || (text[i] != 'n' && text[i] != '\\')) return false;
    }
    return true;
  }

  void TakeType(const ExpositionLine& line) {
    Family& family = families_[BareName(line.name)];
    if (family.has_type) {
      report_(fmt::format("second TYPE of {}", line.name));
    } else if (family.has_samples) {
      report_(fmt::format("TYPE of {} after its samples", line.name));
    }
    family.has_type = true;
    const auto type = ParseMetricType(line.text, ExpositionFormat::kPrometheusText);
    if (!type) {
      report_(fmt::format("type of {} is `{}`, which is none of {}", line.name,
                          Excerpt(line.text, 40),
                          MetricTypeWords(ExpositionFormat::kPrometheusText)));
      return;
    }
    family.type = *type;
  }

  // The family that a sample's name belongs to: that of a histogram or summary without its suffix.
  Family& FamilyOf(const std::string& name) {
    for (const std::string_view suffix : {"_bucket", "_count", "_sum"}) {
      if (!name.ends_with(suffix)) continue;
      const auto found = families_.find(name.substr(0, name.size() - suffix.size()));
      if (found == families_.end()) continue;
      const MetricType type = found->second.type;
      if (type == MetricType::kHistogram || (type == MetricType::kSummary && suffix != "_bucket")) {
        return found->second;
      }
    }
    return families_[name];
  }

  void TakeSample(const ExpositionLine& line) {
    const std::string name =
        line.series.quoted_name ? Unescape(line.series.name) : std::string(line.series.name);
    Family& family = FamilyOf(name);
    family.has_samples = true;
    for (const RawLabel& label : line.series.labels) {
      if (!HasOnlyKnownEscapes(label.value)) {
        report_(fmt::format("value of label {} has a backslash before none of \\, \" and n: `{}`",
                            label.name, Excerpt(label.value, 40)));
      }
      const bool number = (family.type == MetricType::kHistogram && label.name == "le") ||
                          (family.type == MetricType::kSummary && label.name == "quantile");
      if (number && !ParseFloat(Unescape(label.value))) {
        report_(fmt::format("label {} of {} is no number: `{}`", label.name, name,
                            Excerpt(label.value, 40)));
      }
    }
  }

  const Report report_;
  std::unordered_map<std::string, Family> families_;
};

}  // namespace

std::unique_ptr<FamilyCheck> MakePrometheusTextCheck(FamilyCheck::Report report) {
  return std::make_unique<PrometheusTextCheck>(std::move(report));
}

}  // namespace glint::wire
