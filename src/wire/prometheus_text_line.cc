// Prometheus text format 0.0.4, and 1.0.0 with its quoted names.
// Source: https://prometheus.io/docs/instrumenting/exposition_formats/#text-format-details
#include "base/escape.h"
#include "base/utf8.h"
#include "wire/exposition_line.h"
#include "wire/number_text.h"

namespace glint::wire {
namespace {

bool IsBlank(char c) { return c == ' ' || c == '\t'; }

void SkipBlanks(std::string_view& text) {
  while (!text.empty() && IsBlank(text[0])) text.remove_prefix(1);
}

// Takes the word at the start, up to the next blank, and the blanks after it.
std::string_view TakeWord(std::string_view& text) {
  size_t end = 0;
  while (end < text.size() && !IsBlank(text[end])) ++end;
  const std::string_view word = text.substr(0, end);
  text.remove_prefix(end);
  SkipBlanks(text);
  return word;
}

// `rest` follows the '#'. Whatever is not HELP or TYPE of a metric is a comment.
Status ParseComment(std::string_view rest, ExpositionLine& out) {
  if (rest.empty() || !IsBlank(rest[0])) return OkStatus();
  SkipBlanks(rest);
  const std::string_view keyword = TakeWord(rest);
  const bool is_type = keyword == "TYPE";
  if ((!is_type && keyword != "HELP") || rest.empty()) return OkStatus();
  const size_t length = ScanMetricName(rest);
  if (length == 0 || (length < rest.size() && !IsBlank(rest[length]))) {
    return InvalidArgument("expected a metric name after {}, got `{}`", keyword, Excerpt(rest, 40));
  }
  out.name = rest.substr(0, length);
  rest.remove_prefix(length);
  SkipBlanks(rest);
  out.text = rest;
  out.kind = is_type ? ExpositionLine::Kind::kType : ExpositionLine::Kind::kHelp;
  if (!is_type && !IsValidUtf8(rest)) {
    return InvalidArgument("the help of {} is not UTF-8: `{}`", out.name, Excerpt(rest));
  }
  return OkStatus();
}

}  // namespace

Status ParsePrometheusTextLine(std::string_view line, ExpositionLine& out) {
  out.kind = ExpositionLine::Kind::kNothing;
  out.has_time = false;
  out.has_exemplar = false;
  SkipBlanks(line);
  if (line.empty()) return OkStatus();
  if (line[0] == '#') return ParseComment(line.substr(1), out);

  RETURN_IF_ERROR(ScanSeries(line, Blanks::kAllowed, out.series));
  std::string_view rest = line.substr(out.series.text.size());
  if (!rest.empty() && !IsBlank(rest[0]) && out.series.text.back() != '}') {
    return InvalidArgument("`{}` is no metric name", Excerpt(TakeWord(line), 40));
  }
  SkipBlanks(rest);
  if (rest.empty()) return InvalidArgument("no value after `{}`", Excerpt(out.series.text));
  const std::string_view value = TakeWord(rest);
  const auto number = ParseFloat(value);
  if (!number) {
    return InvalidArgument("value of `{}` is no number: `{}`", Excerpt(out.series.text),
                           Excerpt(value, 40));
  }
  out.value = *number;
  out.kind = ExpositionLine::Kind::kSample;
  if (rest.empty()) return OkStatus();

  const std::string_view timestamp = TakeWord(rest);
  const auto time_ms = ParseInt(timestamp);
  if (!time_ms) {
    return InvalidArgument("timestamp of `{}` is no whole number of milliseconds: `{}`",
                           Excerpt(out.series.text), Excerpt(timestamp, 40));
  }
  if (!rest.empty()) {
    return InvalidArgument("expected the end of the line after the timestamp of `{}`, got `{}`",
                           Excerpt(out.series.text), Excerpt(rest, 40));
  }
  out.has_time = true;
  out.time_ms = *time_ms;
  return OkStatus();
}

}  // namespace glint::wire
