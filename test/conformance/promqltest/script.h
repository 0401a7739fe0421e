// Prometheus' promqltest scripts, read. The format: PROVENANCE.md beside the data.
//
// Thread-compatible.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "model/histogram.h"
#include "model/labels.h"

namespace glint::promqltest {

// One position of a series: nothing, a float or a histogram.
struct Item {
  enum class Kind : uint8_t { kGap, kFloat, kHistogram };
  Kind kind = Kind::kGap;
  double value = 0;
  model::Histogram histogram;
  bool hint_given = false;   // The histogram spells its counter reset hint out.
  int64_t start_offset = 0;  // Of its start timestamp from its own time.
  bool has_start = false;
};

struct Series {
  model::Labels labels;
  std::vector<Item> items;
};

struct Expectation {
  enum class Kind : uint8_t { kFail, kWarn, kInfo, kNoWarn, kNoInfo };
  enum class Match : uint8_t { kAny, kText, kRegex };
  Kind kind = Kind::kFail;
  Match match = Match::kAny;
  std::string text;
};

struct Command {
  enum class Kind : uint8_t { kClear, kLoad, kEval };
  Kind kind = Kind::kClear;
  int line = 0;
  // kLoad
  int64_t step_ms = 0;
  bool with_nhcb = false;
  // kEval
  bool range = false;
  int64_t start_ms = 0;  // And the time of an instant eval.
  int64_t end_ms = 0;
  std::string query;
  std::vector<Expectation> expectations;
  bool ordered = false;
  std::optional<std::string> string;
  std::optional<double> scalar;
  struct Grid {
    int64_t start_ms = 0;
    int64_t end_ms = 0;
    int64_t step_ms = 0;
  };
  std::optional<Grid> range_vector;
  // kLoad: what to store; kEval: what to expect.
  std::vector<Series> series;
};

// INVALID_ARGUMENT: with file name and line.
StatusOr<std::vector<Command>> ReadScript(std::string_view name, std::string_view text);

// `name{l="v"} ITEM ITEM ...`; `offsets` reads start offsets instead of values.
StatusOr<Series> ReadSeries(std::string_view line, bool offsets);

}  // namespace glint::promqltest
