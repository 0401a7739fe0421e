#include "tsdb/part_chunks.h"

#include <algorithm>

#include "codec/histogram_column.h"
#include "codec/value_column.h"

namespace glint::tsdb {
namespace {

constexpr size_t kCachedGroups = 64;
constexpr size_t kCachedBytes = 1 << 20;

// The places in `times` that are in the range.
struct Slice {
  size_t begin = 0;
  size_t end = 0;
};

Slice SliceOf(const TimeColumn& times, model::TimeRange range) {
  Slice slice;
  slice.end = times.size();
  if (times.front() < range.start) {
    slice.begin = static_cast<size_t>(std::lower_bound(times.begin(), times.end(), range.start) -
                                      times.begin());
  }
  if (times.back() > range.end) {
    slice.end = static_cast<size_t>(std::upper_bound(times.begin(), times.end(), range.end) -
                                    times.begin());
  }
  return slice;
}

}  // namespace

PartChunks::PartChunks(const PartBytes& bytes)
    : bytes_(bytes),
      times_(bytes, ColumnKind::kTimes),
      starts_(bytes, ColumnKind::kStartTimes),
      groups_(kCachedGroups, kCachedBytes) {}

StatusOr<model::TimeRange> PartChunks::RangeOf(const PartChunk& chunk) const {
  ASSIGN_OR_RETURN(const PartColumns::Info info, times_.InfoOf(chunk.times));
  return model::TimeRange{info.first, info.last};
}

StatusOr<bool> PartChunks::HasTimeIn(const PartChunk& chunk, model::TimeRange range) const {
  ASSIGN_OR_RETURN(const PartColumns::Info info, times_.InfoOf(chunk.times));
  if (!range.Overlaps(info.first, info.last)) return false;
  if (range.Contains(info.first) || range.Contains(info.last)) return true;
  ASSIGN_OR_RETURN(const auto times, times_.Read(chunk.times));
  const Slice slice = SliceOf(*times, range);
  return slice.begin < slice.end;
}

Status PartChunks::ReadFloats(const PartChunk& chunk, const Place& place, model::TimeRange range,
                              storage::SeriesData& out) const {
  ASSIGN_OR_RETURN(const auto times, times_.Read(chunk.times, range));
  if (times == nullptr) return OkStatus();
  const Slice slice = SliceOf(*times, range);
  if (slice.begin >= slice.end) return OkStatus();
  RETURN_IF_ERROR(ReadStarts(chunk, times->size(), slice.begin, slice.end, out));
  const size_t before = out.values.size();
  out.values.resize(before + times->size());
  const std::span<double> values = std::span(out.values).subspan(before);
  RETURN_IF_ERROR(DecodeColumn(chunk, place, values));
  if (slice.begin > 0) {
    std::copy(values.begin() + static_cast<ptrdiff_t>(slice.begin),
              values.begin() + static_cast<ptrdiff_t>(slice.end), values.begin());
  }
  out.values.resize(before + slice.end - slice.begin);
  out.times.insert(out.times.end(), times->begin() + static_cast<ptrdiff_t>(slice.begin),
                   times->begin() + static_cast<ptrdiff_t>(slice.end));
  return OkStatus();
}

Status PartChunks::ReadStarts(const PartChunk& chunk, size_t count, size_t begin, size_t end,
                              storage::SeriesData& out) const {
  const size_t before = out.times.size();
  if (chunk.starts == 0) {
    if (!out.start_times.empty()) out.start_times.resize(before + end - begin);
    return OkStatus();
  }
  ASSIGN_OR_RETURN(const auto starts, starts_.Read(chunk.starts - 1));
  if (starts->size() != count) {
    return bytes_.Damaged(PartSection::kChunks, chunk.offset,
                          fmt::format("{} start times for {} times", starts->size(), count));
  }
  const auto first = starts->begin() + static_cast<ptrdiff_t>(begin);
  const auto last = starts->begin() + static_cast<ptrdiff_t>(end);
  if (out.start_times.empty() && std::all_of(first, last, [](auto time) { return time == 0; })) {
    return OkStatus();
  }
  out.start_times.resize(before);
  out.start_times.insert(out.start_times.end(), first, last);
  return OkStatus();
}

Status PartChunks::DecodeColumn(const PartChunk& chunk, const Place& place,
                                std::span<double> out) const {
  ASSIGN_OR_RETURN(const std::string_view bytes,
                   bytes_.Read(PartSection::kChunks, chunk.offset, chunk.length));
  const Status status =
      place.columns == 1 ? codec::DecodeValues(bytes, out) : DecodeBucket(chunk, place, bytes, out);
  if (status.ok()) return status;
  return bytes_.Damaged(PartSection::kChunks, chunk.offset, status.message());
}

Status PartChunks::DecodeBucket(const PartChunk& chunk, const Place& place, std::string_view bytes,
                                std::span<double> out) const {
  std::shared_ptr<const Buckets> held = groups_.Find(chunk.offset);
  if (held == nullptr) {
    // One bucket alone is cheaper than all of them; who asks for a second one wants them all.
    const uint64_t key = chunk.offset + 1;
    const size_t slot = (chunk.offset ^ chunk.offset >> 8) % kRemembered;
    if (read_once_[slot].exchange(key, std::memory_order_relaxed) != key) {
      return codec::DecodeBucket(bytes, place.columns, place.rank, out);
    }
    Buckets buckets;
    RETURN_IF_ERROR(codec::DecodeBuckets(bytes, place.columns, out.size(), buckets));
    held = std::make_shared<const Buckets>(std::move(buckets));
    groups_.Put(chunk.offset, held, place.columns * out.size_bytes());
  }
  if (held->size() <= place.rank || (*held)[place.rank].size() != out.size()) {
    return InvalidArgument("no column {} of {} values", place.rank, out.size());
  }
  std::copy((*held)[place.rank].begin(), (*held)[place.rank].end(), out.begin());
  return OkStatus();
}

Status PartChunks::ReadHistograms(const PartChunk& chunk, model::TimeRange range,
                                  storage::SeriesData& out) const {
  ASSIGN_OR_RETURN(const auto times, times_.Read(chunk.times, range));
  if (times == nullptr) return OkStatus();
  const Slice slice = SliceOf(*times, range);
  if (slice.begin >= slice.end) return OkStatus();
  std::shared_ptr<const TimeColumn> starts;
  if (chunk.starts != 0) {
    ASSIGN_OR_RETURN(starts, starts_.Read(chunk.starts - 1));
    if (starts->size() != times->size()) {
      return bytes_.Damaged(PartSection::kChunks, chunk.offset,
                            fmt::format("{} start times for {}", starts->size(), times->size()));
    }
  }
  ASSIGN_OR_RETURN(const std::string_view bytes,
                   bytes_.Read(PartSection::kChunks, chunk.offset, chunk.length));
  auto histograms = codec::DecodeHistograms(bytes, times->size());
  if (!histograms.ok()) {
    return bytes_.Damaged(PartSection::kChunks, chunk.offset, histograms.status().message());
  }
  for (size_t i = slice.begin; i < slice.end; ++i) {
    out.histograms.push_back({.time = (*times)[i],
                              .histogram = std::move((*histograms)[i]),
                              .start_time = starts == nullptr ? 0 : (*starts)[i]});
  }
  return OkStatus();
}

}  // namespace glint::tsdb
