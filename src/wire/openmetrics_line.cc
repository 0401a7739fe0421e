// OpenMetrics 1.0 text: one blank between parts and none elsewhere.
// Source: https://prometheus.io/docs/specs/om/open_metrics_spec/#abnf
#include <cmath>

#include "base/escape.h"
#include "base/utf8.h"
#include "wire/exposition_line.h"
#include "wire/number_text.h"

namespace glint::wire {
namespace {

Status ParseDescriptor(std::string_view line, ExpositionLine& out) {
  if (line == "# EOF") {
    out.kind = ExpositionLine::Kind::kEof;
    return OkStatus();
  }
  const std::string_view keyword = line.substr(0, 7);
  if (keyword == "# TYPE ") {
    out.kind = ExpositionLine::Kind::kType;
  } else if (keyword == "# HELP ") {
    out.kind = ExpositionLine::Kind::kHelp;
  } else if (keyword == "# UNIT ") {
    out.kind = ExpositionLine::Kind::kUnit;
  } else {
    return InvalidArgument("expected # HELP, # TYPE, # UNIT or # EOF, got `{}`", Excerpt(line));
  }
  const std::string_view rest = line.substr(7);
  const size_t length = ScanMetricName(rest);
  if (length == 0) {
    return InvalidArgument("expected a metric name after {}, got `{}`", keyword, Excerpt(rest, 40));
  }
  if (length == rest.size() || rest[length] != ' ') {
    return InvalidArgument("expected one blank and a text after `{}`, got `{}`",
                           Excerpt(line.substr(0, 7 + length)), Excerpt(rest.substr(length), 40));
  }
  out.name = rest.substr(0, length);
  out.text = rest.substr(length + 1);
  if (!IsValidUtf8(out.text)) {
    return InvalidArgument("the text of {}{} is not UTF-8: `{}`", keyword, out.name,
                           Excerpt(out.text));
  }
  return OkStatus();
}

// Takes " word" from the start of `rest`; `what` names it in the message.
StatusOr<double> TakeNumber(std::string_view& rest, std::string_view what,
                            std::string_view series) {
  if (rest.empty() || rest[0] != ' ') {
    return InvalidArgument("expected one blank and the {} after `{}`, got `{}`", what,
                           Excerpt(series), Excerpt(rest, 40));
  }
  const size_t end = rest.find(' ', 1);
  const std::string_view word = rest.substr(1, end == rest.npos ? end : end - 1);
  const auto number = ParseFloat(word);
  if (!number) {
    return InvalidArgument("{} of `{}` is no number: `{}`", what, Excerpt(series),
                           Excerpt(word, 40));
  }
  rest.remove_prefix(1 + word.size());
  return *number;
}

StatusOr<double> TakeTimestamp(std::string_view& rest, std::string_view what,
                               std::string_view series) {
  ASSIGN_OR_RETURN(const double seconds, TakeNumber(rest, what, series));
  if (!std::isfinite(seconds)) {
    return InvalidArgument("{} of `{}` is {}", what, Excerpt(series), seconds);
  }
  return seconds;
}

constexpr std::string_view kExemplarStart = " # {";

}  // namespace

Status ParseOpenMetricsExemplar(std::string_view text, ExpositionLine& out) {
  out.exemplar_text = text;
  std::string_view rest = text.substr(2);
  RETURN_IF_ERROR(ScanLabelSet(rest, out.exemplar_labels).At("exemplar"));
  const std::string_view labels = out.exemplar_labels.text;
  rest.remove_prefix(labels.size());
  ASSIGN_OR_RETURN(out.exemplar_value, TakeNumber(rest, "exemplar's value", labels));
  out.has_exemplar = true;
  out.has_exemplar_time = !rest.empty();
  if (rest.empty()) return OkStatus();
  ASSIGN_OR_RETURN(const double seconds, TakeTimestamp(rest, "exemplar's timestamp", labels));
  out.exemplar_time_ms = SecondsToMs(seconds);
  if (!rest.empty()) {
    return InvalidArgument("expected the end of the line after the exemplar `{}`, got `{}`",
                           Excerpt(labels), Excerpt(rest, 40));
  }
  return OkStatus();
}

Status ParseOpenMetricsLine(std::string_view line, ExpositionLine& out) {
  out.kind = ExpositionLine::Kind::kNothing;
  out.has_time = false;
  out.has_exemplar = false;
  if (line.empty()) return InvalidArgument("blank line, which OpenMetrics does not allow");
  if (line[0] == '#') return ParseDescriptor(line, out);

  RETURN_IF_ERROR(ScanSeries(line, Blanks::kRefused, out.series));
  const std::string_view series = out.series.text;
  std::string_view rest = line.substr(series.size());
  ASSIGN_OR_RETURN(out.value, TakeNumber(rest, "value", series));
  out.kind = ExpositionLine::Kind::kSample;
  if (!rest.empty() && !rest.starts_with(kExemplarStart)) {
    ASSIGN_OR_RETURN(out.time_seconds, TakeTimestamp(rest, "timestamp", series));
    out.time_ms = SecondsToMs(out.time_seconds);
    out.has_time = true;
  }
  if (rest.empty()) return OkStatus();
  if (!rest.starts_with(kExemplarStart)) {
    return InvalidArgument("expected the end of the line or an exemplar after `{}`, got `{}`",
                           Excerpt(series), Excerpt(rest, 40));
  }
  return ParseOpenMetricsExemplar(rest.substr(1), out);
}

}  // namespace glint::wire
