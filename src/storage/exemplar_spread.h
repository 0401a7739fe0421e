// Fewer exemplars that still show what all of them show: the tail, and the whole of the picture.
// Thread-safe.
#pragma once

#include <cstddef>
#include <vector>

#include "model/exemplar.h"

namespace glint::storage {

// Takes exemplars away until at most `limit` are left (0: none are taken). Each series' largest
// value stays; the rest is taken evenly from the cells of a grid over time and log(value), in each
// cell the largest first. With more series than `limit` the largest of the largest stay. Series
// that lose all are taken away too; order is kept. The same input gives the same output.
void SpreadExemplars(size_t limit, std::vector<model::SeriesExemplars>& series);

}  // namespace glint::storage
