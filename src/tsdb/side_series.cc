#include "tsdb/side_series.h"

#include <algorithm>
#include <utility>

#include "storage/same_bits.h"

namespace glint::tsdb {
namespace {

using codec::TimedSample;
using model::TimeMs;
using storage::HistogramSample;
using storage::SameBits;

constexpr uint32_t kFirstCapacity = 8;
constexpr uint32_t kGrowth = 4;

uint64_t BytesOf(const SampleChunk& chunk) { return sizeof chunk + chunk.bytes.size(); }

uint64_t BytesOf(const HistogramSample& sample) {
  const model::Histogram& histogram = *sample.histogram;
  return sizeof sample + sizeof histogram +
         (histogram.positive_buckets.size() + histogram.negative_buckets.size() +
          histogram.custom_values.size()) *
             sizeof(double) +
         (histogram.positive_spans.size() + histogram.negative_spans.size()) *
             sizeof(model::BucketSpan);
}

std::shared_ptr<const SampleChunk> MakeChunk(std::span<const TimedSample> samples) {
  auto chunk = std::make_shared<SampleChunk>();
  chunk->first = samples.front().time;
  chunk->last = samples.back().time;
  chunk->count = static_cast<uint32_t>(samples.size());
  chunk->bytes = codec::EncodeSamples(samples);
  chunk->bytes.shrink_to_fit();
  return chunk;
}

// Our own bytes in our own memory.
std::vector<TimedSample> SamplesOf(const SampleChunk& chunk) {
  return codec::DecodeSamples(chunk.bytes).value();
}

bool IsBefore(const TimedSample& sample, TimeMs time) { return sample.time < time; }
bool IsEarlier(const HistogramSample& sample, TimeMs time) { return sample.time < time; }

// The first chunk that ends at `time` or later.
auto ChunkAt(const std::vector<std::shared_ptr<const SampleChunk>>& chunks, TimeMs time) {
  return std::lower_bound(chunks.begin(), chunks.end(), time,
                          [](const auto& chunk, TimeMs t) { return chunk->last < t; });
}
auto ChunkAt(const std::vector<std::shared_ptr<const HistogramChunk>>& chunks, TimeMs time) {
  return std::lower_bound(chunks.begin(), chunks.end(), time,
                          [](const auto& chunk, TimeMs t) { return chunk->back().time < t; });
}

}  // namespace

bool SideSeries::HasFloatAt(TimeMs time) const {
  if (open_count_ > 0 && time >= OpenAt(0).time) {
    const TimedSample* begin = open_->samples.get();
    const TimedSample* end = begin + open_count_;
    const TimedSample* at = std::lower_bound(begin, end, time, IsBefore);
    return at != end && at->time == time;
  }
  const auto chunk = ChunkAt(sealed_, time);
  if (chunk == sealed_.end() || (*chunk)->first > time) return false;
  const auto samples = SamplesOf(**chunk);
  return std::lower_bound(samples.begin(), samples.end(), time, IsBefore)->time == time;
}

bool SideSeries::HasHistogramAt(TimeMs time) const {
  const auto chunk = ChunkAt(histograms_, time);
  if (chunk == histograms_.end()) return false;
  return std::lower_bound((*chunk)->begin(), (*chunk)->end(), time, IsEarlier)->time == time;
}

SideSeries::Put SideSeries::PutFloat(const TimedSample& sample) {
  if (!histograms_.empty() && HasHistogramAt(sample.time)) return Put::kConflicting;
  const bool is_late = !sealed_.empty() && sample.time <= sealed_.back()->last;
  const Put put = is_late ? PutInSealed(sample) : PutInOpen(sample);
  if (put == Put::kStored) ++samples_;
  return put;
}

void SideSeries::Grow(uint32_t capacity) {
  auto grown = std::make_shared<OpenChunk>();
  grown->capacity = capacity;
  grown->samples = std::make_unique<TimedSample[]>(capacity);
  if (open_ != nullptr) {
    std::copy_n(open_->samples.get(), open_count_, grown->samples.get());
    bytes_ -= open_->capacity * sizeof(TimedSample);
  }
  bytes_ += capacity * sizeof(TimedSample);
  open_ = std::move(grown);
}

SideSeries::Put SideSeries::PutInOpen(const TimedSample& sample) {
  uint32_t at = open_count_;
  if (open_count_ > 0 && sample.time <= OpenAt(open_count_ - 1).time) {
    const TimedSample* begin = open_->samples.get();
    at = static_cast<uint32_t>(std::lower_bound(begin, begin + open_count_, sample.time, IsBefore) -
                               begin);
    if (OpenAt(at).time == sample.time) {
      return SameBits(OpenAt(at).value, sample.value) ? Put::kRepeated : Put::kConflicting;
    }
    // Views may hold this chunk: what they see of it stays.
    Grow(open_->capacity);
  }
  if (open_ == nullptr) Grow(kFirstCapacity);
  if (open_count_ == open_->capacity) {
    Grow(std::min(kSamplesPerChunk, open_->capacity * kGrowth));
  }
  TimedSample* begin = open_->samples.get();
  std::copy_backward(begin + at, begin + open_count_, begin + open_count_ + 1);
  begin[at] = sample;
  if (++open_count_ == kSamplesPerChunk) Seal();
  return Put::kStored;
}

void SideSeries::Seal() {
  sealed_.push_back(MakeChunk({open_->samples.get(), open_count_}));
  bytes_ += BytesOf(*sealed_.back());
  bytes_ -= open_->capacity * sizeof(TimedSample);
  open_.reset();
  open_count_ = 0;
}

SideSeries::Put SideSeries::PutInSealed(const TimedSample& sample) {
  const auto index = static_cast<size_t>(ChunkAt(sealed_, sample.time) - sealed_.begin());
  std::vector<TimedSample> samples = SamplesOf(*sealed_[index]);
  const auto at = std::lower_bound(samples.begin(), samples.end(), sample.time, IsBefore);
  if (at->time == sample.time) {
    return SameBits(at->value, sample.value) ? Put::kRepeated : Put::kConflicting;
  }
  samples.insert(at, sample);
  bytes_ -= BytesOf(*sealed_[index]);
  const std::span<const TimedSample> all = samples;
  if (samples.size() < 2 * kSamplesPerChunk) {
    sealed_[index] = MakeChunk(all);
  } else {
    sealed_[index] = MakeChunk(all.subspan(kSamplesPerChunk));
    sealed_.insert(sealed_.begin() + static_cast<ptrdiff_t>(index),
                   MakeChunk(all.first(kSamplesPerChunk)));
    bytes_ += BytesOf(*sealed_[index + 1]);
  }
  bytes_ += BytesOf(*sealed_[index]);
  return Put::kStored;
}

SideSeries::Put SideSeries::PutHistogram(const HistogramSample& sample) {
  const auto found = ChunkAt(histograms_, sample.time);
  auto index = static_cast<size_t>(found - histograms_.begin());
  if (found != histograms_.end()) {
    const auto held = std::lower_bound((*found)->begin(), (*found)->end(), sample.time, IsEarlier);
    if (held->time == sample.time) {
      return SameBits(*held->histogram, *sample.histogram) ? Put::kRepeated : Put::kConflicting;
    }
  }
  if (HasFloatAt(sample.time)) return Put::kConflicting;
  bytes_ += BytesOf(sample);
  ++samples_;
  const bool is_newest = found == histograms_.end();
  const bool last_has_room = !histograms_.empty() && histograms_.back()->size() < kSamplesPerChunk;
  if (is_newest && !last_has_room) {
    histograms_.push_back(std::make_shared<const HistogramChunk>(HistogramChunk{sample}));
    return Put::kStored;
  }
  if (is_newest) --index;
  HistogramChunk chunk = *histograms_[index];
  chunk.insert(std::lower_bound(chunk.begin(), chunk.end(), sample.time, IsEarlier), sample);
  if (chunk.size() > kSamplesPerChunk) {
    const auto middle = chunk.begin() + static_cast<ptrdiff_t>(chunk.size() / 2);
    histograms_.insert(
        histograms_.begin() + static_cast<ptrdiff_t>(index),
        std::make_shared<const HistogramChunk>(HistogramChunk(chunk.begin(), middle)));
    ++index;
    chunk.erase(chunk.begin(), middle);
  }
  histograms_[index] = std::make_shared<const HistogramChunk>(std::move(chunk));
  return Put::kStored;
}

SideView SideSeries::View(model::TimeRange range) const {
  SideView view;
  for (auto chunk = ChunkAt(sealed_, range.start);
       chunk != sealed_.end() && (*chunk)->first <= range.end; ++chunk) {
    view.chunks.push_back(*chunk);
  }
  if (open_count_ > 0 && range.Overlaps(OpenAt(0).time, OpenAt(open_count_ - 1).time)) {
    view.open = open_;
    view.open_count = open_count_;
  }
  for (auto chunk = ChunkAt(histograms_, range.start);
       chunk != histograms_.end() && (*chunk)->front().time <= range.end; ++chunk) {
    view.histograms.push_back(*chunk);
  }
  return view;
}

bool SideSeries::HasSampleIn(model::TimeRange range) const {
  const auto chunk = ChunkAt(sealed_, range.start);
  if (chunk != sealed_.end() && (*chunk)->first <= range.end) {
    if ((*chunk)->first >= range.start || (*chunk)->last <= range.end) return true;
    const auto samples = SamplesOf(**chunk);
    const auto at = std::lower_bound(samples.begin(), samples.end(), range.start, IsBefore);
    if (at != samples.end() && at->time <= range.end) return true;
  }
  if (open_count_ > 0) {
    const TimedSample* begin = open_->samples.get();
    const TimedSample* end = begin + open_count_;
    const TimedSample* at = std::lower_bound(begin, end, range.start, IsBefore);
    if (at != end && at->time <= range.end) return true;
  }
  const auto held = ChunkAt(histograms_, range.start);
  return held != histograms_.end() &&
         std::lower_bound((*held)->begin(), (*held)->end(), range.start, IsEarlier)->time <=
             range.end;
}

model::TimeRange SideSeries::time() const {
  model::TimeRange range{model::kMaxTimeMs, model::kMinTimeMs};
  const auto cover = [&](TimeMs first, TimeMs last) {
    range = {std::min(range.start, first), std::max(range.end, last)};
  };
  if (!sealed_.empty()) cover(sealed_.front()->first, sealed_.back()->last);
  if (open_count_ > 0) cover(OpenAt(0).time, OpenAt(open_count_ - 1).time);
  if (!histograms_.empty()) {
    cover(histograms_.front()->front().time, histograms_.back()->back().time);
  }
  return range;
}

}  // namespace glint::tsdb
