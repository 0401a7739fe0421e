#include "tsdb/part_chunks_writer.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "codec/histogram_column.h"
#include "codec/value_column.h"

namespace glint::tsdb {
namespace {

using Times = std::span<const model::TimeMs>;

bool AreKnown(Times starts) {
  return std::any_of(starts.begin(), starts.end(), [](model::TimeMs time) { return time != 0; });
}

Times Slice(const std::vector<model::TimeMs>& times, size_t begin, size_t count) {
  return times.empty() ? Times() : Times(times).subspan(begin, count);
}

void Clear(storage::SeriesData& data) {
  data.times.clear();
  data.values.clear();
  data.start_times.clear();
  data.histograms.clear();
}

}  // namespace

size_t ChunkCutter::Next(Times times) {
  if (times.size() <= max_samples_) return times.size();
  for (size_t cut = max_samples_; cut > 0; --cut) {
    if (begins_.contains(times[cut])) return cut;
  }
  begins_.insert(times[max_samples_]);
  return max_samples_;
}

PartChunksWriter::PartChunksWriter(PartSource& source, PartFileWriter& file,
                                   size_t max_chunk_samples)
    : source_(source),
      file_(file),
      max_chunk_samples_(std::clamp<size_t>(max_chunk_samples, 1, kMaxChunkSamples)),
      cutter_(max_chunk_samples_),
      series_(source.series_count()) {}

SeriesShape PartChunksWriter::ShapeOf(size_t series) const {
  const Series& found = series_[series];
  return {.floats = found.floats,
          .float_chunks = found.float_chunks,
          .histogram_chunks = found.histogram_chunks,
          .columns = found.columns,
          .rank = found.rank,
          .leader = found.leader};
}

std::span<const ListedChunk> PartChunksWriter::ChunksOf(size_t series) const {
  const Series& found = series_[series];
  return std::span(chunks_).subspan(found.first_chunk,
                                    size_t{found.float_chunks} + found.histogram_chunks);
}

Status PartChunksWriter::Write(std::vector<std::vector<uint32_t>> groups) {
  groups_ = std::move(groups);
  for (uint32_t group = 0; group < groups_.size(); ++group) {
    for (const uint32_t member : groups_[group]) series_[member].group = group;
  }
  for (uint32_t i = 0; i < series_.size(); ++i) {
    if (chunks_.size() > std::numeric_limits<uint32_t>::max()) {
      return ResourceExhausted("{} chunks are too many for a part", chunks_.size());
    }
    series_[i].first_chunk = static_cast<uint32_t>(chunks_.size());
    RETURN_IF_ERROR(series_[i].group == kNoGroup ? WriteSeries(i) : WriteGroupOf(i));
  }
  return OkStatus();
}

Status PartChunksWriter::WriteColumns() {
  RETURN_IF_ERROR(times_.Write(file_));
  return starts_.Write(file_);
}

Status PartChunksWriter::ReadSource(uint32_t series, storage::SeriesData& data) {
  Clear(data);
  return source_.ReadSamples(series, data);
}

Status PartChunksWriter::WriteSeries(uint32_t series) {
  const bool is_written = series_[series].floats != FloatsIn::kNothing;
  if (is_written && !series_[series].has_histograms) return OkStatus();
  storage::SeriesData data;
  RETURN_IF_ERROR(ReadSource(series, data));
  if (!is_written) {
    const storage::SeriesData* const columns[] = {&data};
    RETURN_IF_ERROR(WriteColumnsOf(series, columns));
  }
  return WriteHistograms(series, data);
}

Status PartChunksWriter::WriteGroupOf(uint32_t series) {
  const std::vector<uint32_t> group = groups_[series_[series].group];
  Members members(group.size());
  const storage::SeriesData* own = nullptr;
  for (size_t i = 0; i < group.size(); ++i) {
    RETURN_IF_ERROR(ReadSource(group[i], members[i]));
    series_[group[i]].has_histograms = !members[i].histograms.empty();
    if (group[i] == series) own = &members[i];
  }
  const std::vector<const storage::SeriesData*> columns = SortOut(series, members);
  RETURN_IF_ERROR(WriteColumnsOf(series, columns));
  return WriteHistograms(series, *own);
}

std::vector<const storage::SeriesData*> PartChunksWriter::SortOut(uint32_t series,
                                                                  const Members& members) {
  const std::vector<uint32_t> group = std::move(groups_[series_[series].group]);
  // Each a list of places in `group`.
  std::vector<std::vector<size_t>> kinds;
  for (size_t i = 0; i < group.size(); ++i) {
    const storage::SeriesData& data = members[i];
    const auto kind = std::find_if(kinds.begin(), kinds.end(), [&](const auto& places) {
      const storage::SeriesData& other = members[places[0]];
      return other.times == data.times && other.start_times == data.start_times;
    });
    if (kind != kinds.end() && !data.times.empty()) {
      kind->push_back(i);
    } else {
      kinds.push_back({i});
    }
  }
  std::vector<const storage::SeriesData*> own;
  for (const std::vector<size_t>& places : kinds) {
    const bool is_own = std::any_of(places.begin(), places.end(),
                                    [&](size_t place) { return group[place] == series; });
    std::vector<uint32_t> kind;
    for (const size_t place : places) kind.push_back(group[place]);
    for (uint32_t rank = 0; rank < kind.size(); ++rank) {
      Series& member = series_[kind[rank]];
      member.group = kNoGroup;
      if (is_own) own.push_back(&members[places[rank]]);
      if (kind.size() == 1) continue;
      if (is_own) {
        member.floats = kind[rank] == series ? FloatsIn::kLedGroup : FloatsIn::kGroup;
        member.rank = static_cast<uint8_t>(rank);
        member.leader = series;
      } else {
        member.group = static_cast<uint32_t>(groups_.size());
      }
    }
    if (!is_own && kind.size() > 1) groups_.push_back(kind);
  }
  return own;
}

Status PartChunksWriter::WriteColumnsOf(uint32_t series,
                                        std::span<const storage::SeriesData* const> columns) {
  const storage::SeriesData& first = *columns[0];
  if (first.times.empty()) return OkStatus();
  Series& listed = series_[series];
  if (columns.size() == 1) {
    listed.floats = FloatsIn::kOwnChunks;
  } else {
    listed.columns = static_cast<uint8_t>(columns.size());
  }
  time_.start = std::min(time_.start, first.times.front());
  time_.end = std::max(time_.end, first.times.back());
  samples_ += first.times.size() * columns.size();
  std::vector<std::span<const double>> values(columns.size());
  for (size_t begin = 0; begin < first.times.size();) {
    const size_t count = cutter_.Next(Times(first.times).subspan(begin));
    for (size_t i = 0; i < columns.size(); ++i) {
      values[i] = std::span(columns[i]->values).subspan(begin, count);
    }
    bytes_.clear();
    if (columns.size() == 1) {
      codec::EncodeValues(values[0], bytes_);
    } else {
      codec::EncodeBuckets(values, bytes_);
    }
    ListedChunk chunk;
    chunk.times = times_.Add(Slice(first.times, begin, count));
    const Times starts = Slice(first.start_times, begin, count);
    if (AreKnown(starts)) chunk.starts = starts_.Add(starts) + 1;
    RETURN_IF_ERROR(Put(chunk));
    ++listed.float_chunks;
    begin += count;
  }
  return OkStatus();
}

Status PartChunksWriter::WriteHistograms(uint32_t series, const storage::SeriesData& data) {
  if (data.histograms.empty()) return OkStatus();
  std::vector<model::TimeMs> times;
  std::vector<model::TimeMs> starts;
  std::vector<codec::HistogramPointer> histograms;
  for (const storage::HistogramSample& sample : data.histograms) {
    times.push_back(sample.time);
    starts.push_back(sample.start_time);
    histograms.push_back(sample.histogram);
  }
  time_.start = std::min(time_.start, times.front());
  time_.end = std::max(time_.end, times.back());
  samples_ += times.size();
  for (size_t begin = 0; begin < times.size();) {
    const size_t count = cutter_.Next(Times(times).subspan(begin));
    bytes_.clear();
    codec::EncodeHistograms(std::span(histograms).subspan(begin, count), bytes_);
    ListedChunk chunk;
    chunk.times = times_.Add(Slice(times, begin, count));
    if (AreKnown(Slice(starts, begin, count))) {
      chunk.starts = starts_.Add(Slice(starts, begin, count)) + 1;
    }
    RETURN_IF_ERROR(Put(chunk));
    ++series_[series].histogram_chunks;
    begin += count;
  }
  return OkStatus();
}

Status PartChunksWriter::Put(ListedChunk chunk) {
  chunk.length = static_cast<uint32_t>(bytes_.size());
  chunks_.push_back(chunk);
  return file_.Append(bytes_);
}

}  // namespace glint::tsdb
