// Native histograms of one series as few bytes: schema and spans once for as long as they stay the
// same, then a column for count, zero count, sum and each bucket (codec/value_column.h).
//
// Thread-safe.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "model/histogram.h"

namespace glint::codec {

using HistogramPointer = std::shared_ptr<const model::Histogram>;

// Appends to `out`. REQUIRES: none is null, and each has as many buckets as its spans say.
void EncodeHistograms(std::span<const HistogramPointer> histograms, std::string& out);

// Bit for bit what was encoded, hints among it.
// INVALID_ARGUMENT: not such bytes, not `count`, or more than `max_buckets` buckets in all.
StatusOr<std::vector<HistogramPointer>> DecodeHistograms(std::string_view bytes, size_t count,
                                                         size_t max_buckets = 1 << 24);

}  // namespace glint::codec
