// Exemplars of one series as few bytes: a column each for time, value, trace id, span id, and the
// rest of the labels from a table of those that occur. Ids take 16 and 8 bytes, absent ones none.
//
// Thread-safe.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "model/exemplar.h"

namespace glint::codec {

// What the labels of one column may take when each exemplar has its own copy.
inline constexpr uint64_t kMaxExemplarLabelBytes = 256 << 20;

// Appends to `out`. REQUIRES: ascending in time (equal times in any order), not empty, labels
// within kMaxExemplarLabelBytes.
void EncodeExemplars(std::span<const model::Exemplar> exemplars, std::string& out);

// Bit for bit what was encoded; `bytes` is the column, whole. Takes memory for as many as the bytes
// say there are, which can be few for many: `max_count` bounds it.
// INVALID_ARGUMENT: not such bytes, or more than that.
StatusOr<std::vector<model::Exemplar>> DecodeExemplars(std::string_view bytes, size_t max_count);

}  // namespace glint::codec
