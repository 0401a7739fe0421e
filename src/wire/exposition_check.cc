#include "wire/exposition_check.h"

#include <memory>

#include "base/escape.h"
#include "wire/exposition_line.h"
#include "wire/family_check.h"

namespace glint::wire {
namespace {

class Checker {
 public:
  explicit Checker(ExpositionFormat format)
      : open_metrics_(format == ExpositionFormat::kOpenMetrics) {
    const auto report = [this](std::string message) {
      Report(FindingKind::kFamily, std::move(message));
    };
    families_ = open_metrics_ ? MakeOpenMetricsCheck(report) : MakePrometheusTextCheck(report);
  }

  CheckReport Run(std::string_view body) {
    ExpositionLine line;
    bool ended = false;
    while (!body.empty() && !report_.cut) {
      ++number_;
      const size_t end = body.find('\n');
      const std::string_view text = body.substr(0, end);
      if (ended) {
        Report(FindingKind::kSyntax, fmt::format("`{}` after # EOF", Excerpt(text, 40)));
        break;
      }
      Take(text, line);
      ended = line.kind == ExpositionLine::Kind::kEof;
      if (end == body.npos && !open_metrics_) {
        Report(FindingKind::kSyntax, "no line end after the last line");
      }
      body.remove_prefix(end == body.npos ? body.size() : end + 1);
    }
    families_->Finish();
    if (open_metrics_ && !ended && !report_.cut) {
      Report(FindingKind::kSyntax, "the exposition does not end with # EOF");
    }
    report_.families = families_->families();
    return std::move(report_);
  }

 private:
  void Take(std::string_view text, ExpositionLine& line) {
    const Status status =
        open_metrics_ ? ParseOpenMetricsLine(text, line) : ParsePrometheusTextLine(text, line);
    if (!status.ok()) {
      Report(FindingKind::kSyntax, std::string(status.message()));
      return;
    }
    if (line.kind == ExpositionLine::Kind::kSample) ++report_.samples;
    if (line.has_exemplar) ++report_.exemplars;
    families_->Take(line);
  }

  void Report(FindingKind kind, std::string message) {
    if (report_.findings.size() == kMaxFindings) {
      report_.cut = true;
      return;
    }
    report_.findings.push_back({number_, kind, std::move(message)});
  }

  const bool open_metrics_;
  std::unique_ptr<FamilyCheck> families_;
  CheckReport report_;
  uint32_t number_ = 0;
};

}  // namespace

CheckReport CheckExposition(std::string_view body, ExpositionFormat format) {
  return Checker(format).Run(body);
}

}  // namespace glint::wire
