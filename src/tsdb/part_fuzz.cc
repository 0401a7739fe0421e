// Any bytes as a part: opened, checked and read all over. Checksums are made right first, so that
// the decoders behind them are reached.
#include <cstddef>
#include <cstdint>
#include <string>

#include "base/file_in_memory.h"
#include "tsdb/part.h"
#include "tsdb/part_checksums_for_test.h"

namespace glint::tsdb {
namespace {

void ReadSeries(const Part& part, PartSeries series) {
  storage::SeriesData data;
  std::vector<model::Exemplar> exemplars;
  static_cast<void>(part.LabelsOf(series));
  static_cast<void>(part.RangeOf(series));
  static_cast<void>(part.HasSampleIn(series, {1'700'000'000'500, 1'700'000'003'000}));
  static_cast<void>(part.ReadSamples(series, {}, data));
  static_cast<void>(part.ReadExemplars(series, {}, exemplars));
  static_cast<void>(part.HasExemplars(series));
}

void Read(const Part& part) {
  constexpr size_t kMaxSeries = 200;  // Enough to see every decoder.
  const auto everything = part.Select({});
  for (size_t i = 0; everything.ok() && i < everything->size() && i < kMaxSeries; ++i) {
    ReadSeries(part, (*everything)[i]);
  }
  const auto names = part.LabelNames();
  for (size_t i = 0; names.ok() && i < names->size() && i < kMaxSeries; ++i) {
    static_cast<void>(part.LabelValues((*names)[i]));
    static_cast<void>(part.Select(std::vector{model::Matcher::Equal((*names)[i], "1")}));
    for (const auto op : {model::MatchOp::kRegex, model::MatchOp::kNotRegex}) {
      const auto matcher = model::Matcher::Make(op, (*names)[i], ".*e.*");
      static_cast<void>(part.Select(std::vector{*matcher}));
    }
  }
  static_cast<void>(part.Metadata());
  model::TraceId id;
  id.bytes.fill(0xab);
  std::vector<bool> pinned(1);
  part.MarkPinned({&id, 1}, pinned);
  static_cast<void>(part.Verify());
}

}  // namespace
}  // namespace glint::tsdb

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  std::string bytes(reinterpret_cast<const char*>(data), size);
  glint::tsdb::RepairChecksums(bytes);
  glint::InMemoryFileSystem files;
  files.SetContent("x.part", std::move(bytes));
  const auto part = glint::tsdb::Part::Open(files, "x.part");
  if (part.ok()) glint::tsdb::Read(**part);
  return 0;
}
