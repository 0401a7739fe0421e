#include "storage/same_bits.h"

#include <algorithm>
#include <vector>

namespace glint::storage {
namespace {

bool SameColumn(const std::vector<double>& a, const std::vector<double>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](double x, double y) { return SameBits(x, y); });
}

}  // namespace

bool SameBits(const model::Histogram& a, const model::Histogram& b) {
  return a.counter_reset_hint == b.counter_reset_hint && a.schema == b.schema &&
         SameBits(a.zero_threshold, b.zero_threshold) && SameBits(a.zero_count, b.zero_count) &&
         SameBits(a.count, b.count) && SameBits(a.sum, b.sum) &&
         a.positive_spans == b.positive_spans && a.negative_spans == b.negative_spans &&
         SameColumn(a.positive_buckets, b.positive_buckets) &&
         SameColumn(a.negative_buckets, b.negative_buckets) &&
         SameColumn(a.custom_values, b.custom_values);
}

bool SameBits(const model::Exemplar& a, const model::Exemplar& b) {
  return a.time == b.time && SameBits(a.value, b.value) && a.trace_id == b.trace_id &&
         a.span_id == b.span_id && a.labels == b.labels;
}

}  // namespace glint::storage
