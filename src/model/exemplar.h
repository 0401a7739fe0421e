// One observation that a metric kept as an example, and the trace it names.
#pragma once

#include <string_view>
#include <vector>

#include "model/ids.h"
#include "model/labels.h"
#include "model/time.h"

namespace glint::model {

// trace_id and span_id are out of the labels when they were valid hex (a shorter one is padded on
// the left, a longer one or other text stays a label); all other labels stay in `labels`.
struct Exemplar {
  TimeMs time = 0;
  double value = 0;
  TraceId trace_id;  // Zero: names no trace.
  SpanId span_id;
  Labels labels;
  bool operator==(const Exemplar&) const = default;
};

// Takes trace_id and span_id (names in any case, as in contracts: "traceID" is not one of them)
// out of the labels that a client sent.
Exemplar MakeExemplar(TimeMs time, double value, std::vector<Label> labels);

// Puts the id that this label names into `exemplar`, by the same rule; false if it names none, or
// the exemplar has one, and it stays a label.
bool TakeId(std::string_view name, std::string_view value, Exemplar& exemplar);

// The way back: labels with trace_id and span_id among them, as clients and APIs show them.
Labels AllLabels(const Exemplar& exemplar);

struct SeriesExemplars {
  Labels series;
  std::vector<Exemplar> exemplars;  // Oldest first.
};

}  // namespace glint::model
