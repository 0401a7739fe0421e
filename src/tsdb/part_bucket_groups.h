// Which series are buckets of one classic histogram.
//
// Thread-safe: a function without state.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "tsdb/part_labels_writer.h"

namespace glint::tsdb {

// Series whose labels are the same but for `le`, a number, and whose metric's name ends in _bucket:
// groups of two or more and at most kMaxGroupColumns, ascending in the number. Of the series
// 0 to `count`-1 of `labels`.
std::vector<std::vector<uint32_t>> FindBucketGroups(const PartLabelsWriter& labels, size_t count);

}  // namespace glint::tsdb
