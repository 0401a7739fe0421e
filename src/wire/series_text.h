// A series as text: name{label="value",...}, the part of a line that stays the same from scrape to
// scrape. Scanning checks it and finds its end without making anything; labels are made from it
// once, when the series is new.
//
// Both spellings of the name are read: before the braces, or quoted inside them when it is not
// [a-zA-Z_:][a-zA-Z0-9_:]* ({"http.server.duration",method="GET"}).
//
// Thread-compatible.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "model/labels.h"

namespace glint::wire {

// The label whose value is a number in its family: Prometheus 3 stores it in canonical form.
enum class FloatLabel : uint8_t { kNone, kLe, kQuantile };

// Where blanks may stand between the parts of a series.
enum class Blanks : uint8_t { kRefused, kAllowed };

struct RawLabel {
  std::string_view name;   // Without quotes; escapes as sent.
  std::string_view value;  // Without quotes; escapes as sent.
  bool quoted_name = false;
};

// Views into the line that was scanned. Keep one and scan into it again: it keeps its memory.
struct RawSeries {
  std::string_view text;  // Everything from the name to the closing brace.
  std::string_view name;  // Without quotes; empty where the syntax allows none (exemplars).
  bool quoted_name = false;
  bool trailing_comma = false;
  std::vector<RawLabel> labels;
};

// Scans the series at the start of `line`; what follows it is the caller's.
// INVALID_ARGUMENT: what was expected, at which byte, and what is there. Also for a repeated label
// name, a label called __name__, and a value that is not UTF-8.
Status ScanSeries(std::string_view line, Blanks blanks, RawSeries& out);

// Only {label="value",...}, as exemplars have it.
Status ScanLabelSet(std::string_view text, RawSeries& out);

// A name as HELP, TYPE and UNIT have it, bare or quoted, at the start of `text`; its length, with
// quotes. 0: none is there.
size_t ScanMetricName(std::string_view text);

// \\, \" and \n become what they stand for; any other escape stays as sent, as in Prometheus.
std::string Unescape(std::string_view text);
// The same for HELP of the Prometheus text format, where \" is no escape.
std::string UnescapeHelp(std::string_view text);
// Whether each backslash starts one of \\, \" and \n.
bool HasOnlyKnownEscapes(std::string_view text);

// What ScanSeries() found, as labels. Of `float_label` the value becomes CanonicalFloat(), where
// it is a number.
model::Labels MakeLabels(const RawSeries& series, FloatLabel float_label);

// Both steps at once, for a series that is new. INVALID_ARGUMENT as ScanSeries(), and for text
// after the series.
StatusOr<model::Labels> ParseSeriesText(std::string_view text, FloatLabel float_label);

}  // namespace glint::wire
