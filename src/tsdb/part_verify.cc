#include <algorithm>
#include <utility>

#include "codec/byte_reader.h"
#include "tsdb/part_index.h"
#include "tsdb/part_metadata.h"

namespace glint::tsdb {
namespace {

bool Ascends(const std::vector<model::TimeMs>& times) {
  return std::adjacent_find(times.begin(), times.end(), [](auto a, auto b) { return a >= b; }) ==
         times.end();
}

}  // namespace

// Goes through a part front to back; what it adds up is held against the footer.
class Part::Index::Verifier {
 public:
  explicit Verifier(const Index& index)
      : index_(index), bytes_(index.bytes()), info_(bytes_.footer().info) {}

  Status Run() {
    RETURN_IF_ERROR(bytes_.VerifyPages());
    RETURN_IF_ERROR(index_.chunks().times().Verify().status());
    RETURN_IF_ERROR(index_.chunks().starts().Verify().status());
    RETURN_IF_ERROR(VerifyValues());
    for (PartSeries series = 0; series < info_.series; ++series) {
      RETURN_IF_ERROR(VerifySeries(series).At(fmt::format("series {}", series)));
    }
    RETURN_IF_ERROR(VerifyPostings());
    RETURN_IF_ERROR(VerifyExemplars());
    RETURN_IF_ERROR(VerifyTraces());
    RETURN_IF_ERROR(ReadPartMetadata(bytes_).status());
    return VerifyInfo();
  }

 private:
  Status VerifyValues() {
    const PartLabels& labels = index_.labels();
    uint64_t end = 0;
    for (uint32_t name = 0; name < labels.name_count(); ++name) {
      first_value_.push_back(postings_.size());
      std::string last;
      RETURN_IF_ERROR(labels.ForEachValue(name, [&](const PartLabels::Value& value) {
        if (value.text <= last || value.postings.offset != end) {
          return bytes_.Damaged(
              PartSection::kValues, 0,
              fmt::format("{}=\"{}\" out of order, or its postings, at {}, are",
                          labels.NameAt(name), value.text, value.postings.offset));
        }
        last = value.text;
        end += value.postings.length;
        postings_.push_back(value.postings);
        return OkStatus();
      }));
    }
    if (end != bytes_.SizeOf(PartSection::kPostings)) {
      return bytes_.Damaged(PartSection::kPostings, end, "belongs to no value");
    }
    runs_.resize(postings_.size());
    return OkStatus();
  }

  Status VerifySeries(PartSeries series) {
    ASSIGN_OR_RETURN(const DirectoryEntry entry, index_.directory().Find(series));
    ASSIGN_OR_RETURN(model::Labels labels, index_.LabelsOf(entry));
    if (series > 0 && !(labels_ < labels)) {
      return bytes_.Damaged(
          PartSection::kSeries, 0,
          fmt::format("{} is not after {}", labels.ToString(), labels_.ToString()));
    }
    labels_ = std::move(labels);
    const std::span<const uint32_t> names = index_.labels().Schema(entry.entry->schema);
    const std::span<const uint32_t> values = index_.directory().ValuesOf(entry);
    for (size_t i = 0; i < names.size(); ++i) {
      AppendSeries(series, runs_[first_value_[names[i]] + values[i]]);
    }
    for (const PartChunk& chunk : entry.block->chunks) {
      if (entry.entry != entry.block->series.data()) break;  // Once a block.
      if (chunk.offset != chunk_end_) {
        return bytes_.Damaged(PartSection::kChunks, chunk_end_,
                              fmt::format("the next chunk is at {}", chunk.offset));
      }
      chunk_end_ += chunk.length;
      ++chunks_;
    }
    return VerifySamples(entry);
  }

  Status VerifySamples(const DirectoryEntry& entry) {
    storage::SeriesData data;
    RETURN_IF_ERROR(index_.ReadSamples(entry, model::TimeRange(), data));
    std::vector<model::TimeMs> histogram_times;
    for (const storage::HistogramSample& sample : data.histograms) {
      histogram_times.push_back(sample.time);
    }
    for (const std::vector<model::TimeMs>& times : {data.times, histogram_times}) {
      if (!Ascends(times)) {
        return bytes_.Damaged(PartSection::kTimes, 0, "times of a series do not ascend");
      }
      for (const model::TimeMs time : times) RETURN_IF_ERROR(VerifyTime(time));
      samples_ += times.size();
    }
    return OkStatus();
  }

  Status VerifyTime(model::TimeMs time) const {
    if (info_.time.Contains(time)) return OkStatus();
    return DataLoss("{}: time {} is not in the footer's range, {} to {}", bytes_.path(), time,
                    info_.time.start, info_.time.end);
  }

  Status VerifyPostings() const {
    for (size_t i = 0; i < postings_.size(); ++i) {
      SeriesRuns runs;
      RETURN_IF_ERROR(index_.labels().ReadPostings(postings_[i], runs));
      if (runs != runs_[i]) {
        return bytes_.Damaged(PartSection::kPostings, postings_[i].offset,
                              fmt::format("{} series, the directory has {}", CountSeries(runs),
                                          CountSeries(runs_[i])));
      }
    }
    return OkStatus();
  }

  Status VerifyExemplars() {
    uint64_t end = 0;
    PartExemplars::Run last;
    RETURN_IF_ERROR(index_.exemplars().ForEachRun([&](const PartExemplars::Run& run) -> Status {
      const bool is_after = end == 0 || run.series > last.series ||
                            (run.series == last.series && run.time.start >= last.time.end);
      if (run.offset != end || !is_after) {
        return bytes_.Damaged(
            PartSection::kExemplarRuns, 0,
            fmt::format("run of series {} at {} is out of order", run.series, run.offset));
      }
      ASSIGN_OR_RETURN(const std::vector<model::Exemplar> exemplars,
                       index_.exemplars().Decode(run));
      for (const model::Exemplar& exemplar : exemplars) {
        RETURN_IF_ERROR(VerifyTime(exemplar.time));
        if (exemplar.trace_id.IsZero()) continue;
        ASSIGN_OR_RETURN(const bool is_named, index_.exemplars().Names(exemplar.trace_id));
        if (!is_named) {
          return bytes_.Damaged(
              PartSection::kTraces, 0,
              fmt::format("trace {} of an exemplar is not here", exemplar.trace_id.ToHex()));
        }
      }
      exemplars_ += exemplars.size();
      end += run.length;
      last = run;
      return OkStatus();
    }));
    if (end == bytes_.SizeOf(PartSection::kExemplars)) return OkStatus();
    return bytes_.Damaged(PartSection::kExemplars, end, "belongs to no series");
  }

  Status VerifyTraces() const {
    uint64_t count = 0;
    uint64_t next = 0;
    for (uint64_t i = 0; i < bytes_.BlockCount(PartSection::kTraceBlocks); ++i) {
      ASSIGN_OR_RETURN(const PartBytes::Block block,
                       bytes_.ReadBlock(PartSection::kTraceBlocks, PartSection::kTraces, i));
      codec::ByteReader in(block.bytes);
      if (block.place < next) in.Fail();
      next = block.place + 1;
      ++count;
      for (; in.left() > 0; ++count) next += in.Varint() + 1;
      if (!in.ok()) return bytes_.Damaged(PartSection::kTraces, block.offset, "does not ascend");
    }
    if (count == bytes_.footer().traces) return OkStatus();
    return bytes_.Damaged(
        PartSection::kTraces, 0,
        fmt::format("{} traces, the footer says {}", count, bytes_.footer().traces));
  }

  Status VerifyInfo() const {
    const std::pair<std::string_view, std::pair<uint64_t, uint64_t>> sums[] = {
        {"samples", {samples_, info_.samples}},
        {"chunks", {chunks_, info_.chunks}},
        {"exemplars", {exemplars_, info_.exemplars}},
        {"bytes of chunks", {chunk_end_, bytes_.SizeOf(PartSection::kChunks)}},
    };
    for (const auto& [what, numbers] : sums) {
      if (numbers.first != numbers.second) {
        return DataLoss("{}: {} {}, the footer says {}", bytes_.path(), numbers.first, what,
                        numbers.second);
      }
    }
    return OkStatus();
  }

  const Index& index_;
  const PartBytes& bytes_;
  const PartInfo& info_;
  // Of each name its first value's place in these two.
  std::vector<size_t> first_value_;
  std::vector<PartExtent> postings_;
  std::vector<SeriesRuns> runs_;  // As the directory has them.
  model::Labels labels_;          // Of the series before.
  uint64_t chunk_end_ = 0;
  uint64_t chunks_ = 0;
  uint64_t samples_ = 0;
  uint64_t exemplars_ = 0;
};

Status Part::Index::Verify() const { return Verifier(*this).Run(); }

}  // namespace glint::tsdb
