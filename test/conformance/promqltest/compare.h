// Whether what the engine answered is what a script expects. Thread-safe.
#pragma once

#include <string>
#include <vector>

#include "base/status.h"
#include "promql/engine.h"
#include "script.h"

namespace glint::promqltest {

// OK, or what differs.
Status CompareInstant(const Command& command, const promql::QueryResult& result);
// Point k of an expected series is at start + k * step.
Status CompareMatrix(const std::vector<Series>& expected, const promql::Matrix& matrix,
                     int64_t start_ms, int64_t step_ms);
// The point of a range query at `time` against what is expected of the instant query.
Status CompareRangeAt(const Command& command, const promql::Matrix& matrix, int64_t time_ms);
Status CompareAnnotations(const Command& command, const promql::Annotations& annotations);
// OK also means: the error is the expected one.
Status CompareFailure(const Command& command, const Status& error);

bool ExpectsFailure(const Command& command);
std::string Show(const promql::QueryResult& result);

}  // namespace glint::promqltest
