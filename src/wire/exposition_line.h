// One line of an exposition, taken apart: what the scrape and the strict check both read.
//
// Thread-compatible.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/status.h"
#include "wire/exposition.h"
#include "wire/series_text.h"

namespace glint::wire {

struct ExpositionLine {
  enum class Kind : uint8_t { kNothing, kSample, kHelp, kType, kUnit, kEof };
  Kind kind = Kind::kNothing;

  // HELP, TYPE, UNIT: the name as sent, with its quotes if it has them, and what follows it.
  std::string_view name;
  std::string_view text;

  // Samples.
  RawSeries series;
  double value = 0;
  bool has_time = false;
  int64_t time_ms = 0;
  double time_seconds = 0;  // OpenMetrics only: as sent.

  bool has_exemplar = false;
  std::string_view exemplar_text;  // From its '#' to the end of the line.
  RawSeries exemplar_labels;
  double exemplar_value = 0;
  bool has_exemplar_time = false;
  int64_t exemplar_time_ms = 0;
};

// `line` is without its line end. Views in `out` are into it. Keep one ExpositionLine for all
// lines: it keeps its memory.
// INVALID_ARGUMENT: what was expected and what is there instead.
Status ParsePrometheusTextLine(std::string_view line, ExpositionLine& out);
Status ParseOpenMetricsLine(std::string_view line, ExpositionLine& out);

// `text` begins with "# {": what follows the blank behind a value or a timestamp. Fills in what
// `out` says of exemplars.
Status ParseOpenMetricsExemplar(std::string_view text, ExpositionLine& out);
// What a line says of its exemplar. REQUIRES: has_exemplar.
ParsedExemplar ExemplarOf(const ExpositionLine& line);

// The name of a HELP, TYPE or UNIT line without quotes and escapes.
std::string BareName(std::string_view name);

}  // namespace glint::wire
