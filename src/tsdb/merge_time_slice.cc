#include "tsdb/merge_time_slice.h"

#include "tsdb/merge_columns.h"

namespace glint::tsdb {

Status TimeSlice::ReadSamples(size_t i, storage::SeriesData& out) {
  RETURN_IF_ERROR(source_.ReadSamples(i, out));
  CutToRange(range_, out);
  return OkStatus();
}

Status TimeSlice::ReadExemplars(size_t i, std::vector<model::Exemplar>& out) {
  RETURN_IF_ERROR(source_.ReadExemplars(i, out));
  CutToRange(range_, out);
  return OkStatus();
}

}  // namespace glint::tsdb
