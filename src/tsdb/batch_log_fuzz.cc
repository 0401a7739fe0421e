// The records of one segment, as the input says: two bytes of length before each.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/check.h"
#include "tsdb/batch_log.h"

namespace {

using glint::tsdb::BatchLogReader;
using glint::tsdb::LoggedBatch;

// What a record says is never more than the bytes so far can have told.
void CheckBounds(const LoggedBatch& batch, const BatchLogReader& reader, size_t told) {
  CHECK(batch.row.series.size() == batch.row.values.size());
  CHECK(batch.row.series.size() <= told);
  CHECK(batch.row.start_times.empty() || batch.row.start_times.size() == batch.row.series.size());
  CHECK(batch.rest.Check().ok());
  size_t references = 0;
  for (const LoggedBatch::Definition& definition : batch.definitions) {
    references += definition.labels.size();
    size_t text = 0;
    const glint::model::Labels labels = reader.LabelsOf(definition);
    CHECK(!labels.empty());
    for (const glint::model::Label& label : labels) text += label.name.size() + label.value.size();
    CHECK(text <= told);
  }
  CHECK(references <= told);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  BatchLogReader reader;
  size_t at = 0;
  while (at + 2 <= size) {
    const size_t length = data[at] | static_cast<size_t>(data[at + 1]) << 8;
    at += 2;
    const std::string_view rest(reinterpret_cast<const char*>(data) + at, size - at);
    const std::string_view record = rest.substr(0, length);
    at += record.size();
    const auto batch = reader.Decode(record);
    if (batch.ok()) CheckBounds(*batch, reader, at);
  }
  return 0;
}
