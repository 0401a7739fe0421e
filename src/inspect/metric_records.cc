// The metric store's records: docs/format/metric-log.md.
#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <unordered_set>

#include "codec/byte_reader.h"
#include "inspect/record_content.h"
#include "tsdb/batch_log.h"
#include "tsdb/metric_log.h"

namespace glint::inspect {
namespace {

class MetricRecords final : public RecordContent {
 public:
  std::string TypeName(uint8_t type) const override {
    if (type == tsdb::kFloorRecord) return "floor";
    if (type == tsdb::kBatchRecord) return "batch";
    return fmt::format("type {}", type);
  }

  StatusOr<std::string> Read(const wal::RecordView& record) override {
    if (record.type == tsdb::kFloorRecord) {
      codec::ByteReader in(record.payload);
      const model::TimeMs floor = in.SignedVarint();
      if (!in.ok()) return InvalidArgument("the floor is cut off");
      if (floor == model::kMinTimeMs) return std::string("nothing was let go yet");
      return fmt::format("samples before {} were let go", Time(floor).text);
    }
    if (record.type != tsdb::kBatchRecord) {
      return InvalidArgument("a record of unknown type {}", record.type);
    }
    ASSIGN_OR_RETURN(const tsdb::LoggedBatch batch, reader_.Decode(record.payload));
    return ReadBatch(batch);
  }

  void AddFacts(FileReport& report) const override {
    report.AddFact("senders", Count(senders_.size()));
    report.AddFact("series", Count(series_.size()));
    report.AddFact("samples", Count(samples_));
    report.AddFact("histograms", Count(histograms_));
    report.AddFact("exemplars", Count(exemplars_));
    report.AddFact("metadata", Count(metadata_));
    if (time_.start > time_.end) return;
    report.AddFact("first sample", Time(time_.start));
    report.AddFact("last sample", Time(time_.end));
  }

 private:
  StatusOr<std::string> ReadBatch(const tsdb::LoggedBatch& batch) {
    for (const auto& definition : batch.definitions) series_.insert(definition.series);
    const storage::MetricBatch& row = batch.row;
    const storage::MetricBatch& rest = batch.rest;
    for (const auto* refs :
         {&row.series, &rest.series, &rest.histogram_series, &rest.exemplar_series}) {
      const auto unknown = std::find_if(refs->begin(), refs->end(), [&](model::SeriesRef ref) {
        return series_.count(ref.value) == 0;
      });
      if (unknown != refs->end()) {
        return InvalidArgument("series {} is not defined before", unknown->value);
      }
    }
    model::TimeRange time{model::kMaxTimeMs, model::kMinTimeMs};
    const auto take = [&time](model::TimeMs at) {
      time = {std::min(time.start, at), std::max(time.end, at)};
    };
    if (!row.series.empty()) take(row.time);
    for (size_t i = 0; i < rest.series.size(); ++i) take(rest.TimeOf(i));
    for (const auto& sample : rest.histograms) take(sample.time);
    samples_ += row.series.size() + rest.series.size();
    histograms_ += rest.histograms.size();
    exemplars_ += rest.exemplars.size();
    metadata_ += rest.metadata.size();
    time_ = {std::min(time_.start, time.start), std::max(time_.end, time.end)};

    std::string line;
    const auto add = [&line](size_t count, std::string_view what) {
      if (count == 0) return;
      if (!line.empty()) line += ", ";
      line += fmt::format("{} {}{}", Count(count).text, what, count == 1 ? "" : "s");
    };
    add(row.series.size(), "sample");
    add(rest.series.size(), "sample");
    if (!rest.series.empty()) line += " not in a row";
    add(rest.histograms.size(), "histogram");
    add(rest.exemplars.size(), "exemplar");
    add(batch.definitions.size(), "definition");
    if (!rest.metadata.empty()) line += fmt::format(", metadata of {}", rest.metadata.size());
    if (line.empty()) return std::string("nothing");
    const uint64_t sender = row.series.empty() ? rest.sender : row.sender;
    senders_.insert(sender);
    line =
        fmt::format("sender {:016x}: {}", sender, line.starts_with(", ") ? line.substr(2) : line);
    if (time.start > time.end) return line;
    line += " at " + Time(time.start).text;
    if (time.end > time.start) line += " to " + Time(time.end).text;
    return line;
  }

  tsdb::BatchLogReader reader_;
  std::set<uint64_t> senders_;
  std::unordered_set<uint64_t> series_;
  uint64_t samples_ = 0;
  uint64_t histograms_ = 0;
  uint64_t exemplars_ = 0;
  uint64_t metadata_ = 0;
  model::TimeRange time_{model::kMaxTimeMs, model::kMinTimeMs};
};

}  // namespace

std::unique_ptr<RecordContent> MakeMetricRecords() { return std::make_unique<MetricRecords>(); }

}  // namespace glint::inspect
