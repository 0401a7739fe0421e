// Times of samples as few bytes: a run that ascends, and a column of start times.
//
// A scrape's times repeat a step but for a few ms: differences of differences, packed in groups,
// with exceptions where one is far off. Scraped together means one such column for a whole target.
//
// Thread-safe.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "model/time.h"

namespace glint::codec {

// Appends to `out`. REQUIRES: ascending, distinct, not empty.
void EncodeTimes(std::span<const model::TimeMs> times, std::string& out);

// The column that `bytes` is, whole; its length is in it.
// INVALID_ARGUMENT: not such bytes, not ascending, or more than `max_count`.
StatusOr<std::vector<model::TimeMs>> DecodeTimes(std::string_view bytes, size_t max_count);

// Start times, in any order, 0 for unknown: mostly one value, or few that change seldom.
void EncodeStartTimes(std::span<const model::TimeMs> times, std::string& out);
// INVALID_ARGUMENT: not such bytes, or not `count`.
StatusOr<std::vector<model::TimeMs>> DecodeStartTimes(std::string_view bytes, size_t count);

}  // namespace glint::codec
