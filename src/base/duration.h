// Prometheus' durations: "5m", "1h30m", "250ms". Used by configuration, PromQL and flags.
// Source: https://prometheus.io/docs/prometheus/latest/querying/basics/#time-durations
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/status.h"

namespace glint {

// Milliseconds. Units y, w, d, h, m, s, ms, each at most once and in this order; "0" alone is
// allowed. A year is 365 days.
// INVALID_ARGUMENT: not of that form, or too large for 64 bits of nanoseconds.
StatusOr<int64_t> ParseDurationMs(std::string_view text);

// Go's durations: "1.5s", "300us", "1h30m", "-2m"; nanoseconds. Used where the ecosystem is Go's:
// Tempo's parameters, the Collector's configuration.
// Source: https://pkg.go.dev/time#ParseDuration
// INVALID_ARGUMENT: not of that form, or out of range.
StatusOr<int64_t> ParseGoDurationNs(std::string_view text);

// The shortest form that ParseDurationMs reads back: 5400000 -> "1h30m", 0 -> "0s".
std::string FormatDurationMs(int64_t ms);

}  // namespace glint
