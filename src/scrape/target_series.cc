#include "scrape/target_series.h"

#include <unordered_set>
#include <utility>

#include "model/sample.h"
#include "scrape/stored_labels.h"

namespace glint::scrape {
namespace {

using model::Labels;
using model::SeriesRef;
using model::TimeMs;
using storage::MetricBatch;
using wire::ExpositionShape;

constexpr int64_t kNew = -1;

// The report of the scrape is added to the columns after this.
constexpr size_t kRoomForReport = 8;

uint64_t HashOf(const std::vector<model::MetricMetadata>& metadata) {
  uint64_t hash = metadata.size();
  for (const model::MetricMetadata& family : metadata) {
    for (const std::string_view text :
         {std::string_view(family.family), std::string_view(family.help),
          std::string_view(family.unit)}) {
      hash = hash * 0x9e3779b97f4a7c15u + ExpositionShape::HashOf(text);
    }
    hash = hash * 31 + static_cast<uint64_t>(family.type);
  }
  return hash == 0 ? 1 : hash;
}

}  // namespace

// Where in the last scrape a series stood: most stand where they stood, or a little further on.
class TargetSeries::LineFinder {
 public:
  explicit LineFinder(const Known& known) : shape_(known.shape) {}

  int64_t Find(uint64_t key) {
    // Where lines have gone the order goes on behind them.
    for (size_t line = next_; line < shape_.lines() && line < next_ + kNear; ++line) {
      if (shape_.KeyOf(line) == key) return TakeUpTo(line);
    }
    if (by_key_.empty()) {
      by_key_.reserve(shape_.lines());
      for (size_t line = 0; line < shape_.lines(); ++line) {
        by_key_.try_emplace(shape_.KeyOf(line), line);
      }
    }
    const auto found = by_key_.find(key);
    return found == by_key_.end() ? kNew : TakeUpTo(found->second);
  }

 private:
  static constexpr size_t kNear = 4;

  int64_t TakeUpTo(size_t line) {
    next_ = line + 1;
    return static_cast<int64_t>(line);
  }

  const ExpositionShape& shape_;
  size_t next_ = 0;
  std::unordered_map<uint64_t, size_t> by_key_;  // The first of each; made when it is needed.
};

// Series that the store is to be asked for, each once, and the lines that say them.
struct TargetSeries::NewSeries {
  static constexpr uint32_t kDropped = UINT32_MAX;

  std::vector<Labels> labels;
  std::unordered_map<uint64_t, uint32_t> by_key;  // Into labels, or kDropped.
  std::vector<std::pair<size_t, uint32_t>> lines;
};

bool TargetSeries::IsTracked(size_t line) const {
  // Who says its own times may be a proxy that lags behind.
  return !known_.shape.HasTime(line) || !config_.honor_timestamps ||
         config_.track_timestamps_staleness;
}

std::optional<FillCounts> TargetSeries::FillSame(std::string_view body,
                                                 wire::ExpositionFormat format,
                                                 MetricBatch& batch) {
  wire::Readings readings;
  readings.values.reserve(known_.shape.lines() + kRoomForReport);
  if (!known_.shape.Read(body, format, readings)) return std::nullopt;
  pending_ = Pending::kSame;
  new_exemplars_ = readings.exemplar_marks;
  new_metadata_hash_ = metadata_hash_;
  Put(known_, std::move(readings), batch);
  return FillCounts{known_.counts.scraped, known_.counts.kept, 0};
}

StatusOr<FillCounts> TargetSeries::Fill(std::string_view body, wire::ParsedScrape scrape,
                                        storage::MetricWriter& writer, MetricBatch& batch) {
  pending_ = Pending::kNothing;
  Known next;
  std::vector<int64_t> before;  // Of each line: its place in the last scrape.
  RETURN_IF_ERROR(FillRefs(scrape, writer, next, before));
  next.shape = ExpositionShape(body, scrape);
  Put(next, TakeReadings(scrape, before, next), batch);
  if (!known_.ended) {
    std::vector<bool> still_there(known_.refs.size());
    for (const int64_t line : before) {
      if (line != kNew) still_there[static_cast<size_t>(line)] = true;
    }
    AddGone(still_there, batch);
  }
  new_metadata_hash_ = metadata_hash_;
  if (const uint64_t hash = HashOf(scrape.metadata);
      hash != metadata_hash_ && !scrape.metadata.empty()) {
    batch.metadata = std::move(scrape.metadata);
    new_metadata_hash_ = hash;
  }
  pending_ = Pending::kNew;
  new_ = std::move(next);
  return new_.counts;
}

// The first line that is refused decides, as if all were looked at one after the other.
Status TargetSeries::FillRefs(const wire::ParsedScrape& scrape, storage::MetricWriter& writer,
                              Known& next, std::vector<int64_t>& before) {
  NewSeries fresh;
  LineFinder finder(known_);
  next.counts.scraped = scrape.samples.size();
  next.refs.reserve(scrape.samples.size());
  before.reserve(scrape.samples.size());
  for (const wire::SampleLine& sample : scrape.samples) {
    if (sample.is_created) continue;  // Its neighbours carry it as their start time.
    const size_t line = before.size();
    const uint64_t key = ExpositionShape::KeyOf(sample);
    before.push_back(finder.Find(key));
    bool dropped = false;
    if (const int64_t known = before.back(); known != kNew) {
      next.refs.push_back(known_.refs[static_cast<size_t>(known)]);
      dropped = known_.IsDropped(static_cast<size_t>(known));
    } else {
      next.refs.push_back({});
      const auto [found, is_new] = fresh.by_key.try_emplace(key, NewSeries::kDropped);
      if (is_new) {
        StatusOr<std::optional<Labels>> labels =
            StoredLabels(config_, wire::SeriesLabels(sample), target_labels_);
        if (!labels.ok()) return labels.status().At(fmt::format("line {}", sample.line));
        if (labels->has_value()) {
          found->second = static_cast<uint32_t>(fresh.labels.size());
          fresh.labels.push_back(**std::move(labels));
        }
      }
      dropped = found->second == NewSeries::kDropped;
      if (!dropped) fresh.lines.emplace_back(line, found->second);
    }
    if (dropped) {
      next.dropped.resize(line + 1);
      next.dropped[line] = true;
    } else {
      ++next.counts.kept;
    }
    if (config_.sample_limit > 0 && next.counts.kept > config_.sample_limit) {
      return ResourceExhausted("sample limit exceeded: more than {} samples", config_.sample_limit);
    }
  }
  next.refs.shrink_to_fit();
  if (!next.dropped.empty()) next.dropped.resize(before.size());
  next.counts.added = fresh.labels.size();
  if (fresh.labels.empty()) return OkStatus();
  ASSIGN_OR_RETURN(const std::vector<SeriesRef> refs, writer.Resolve(fresh.labels));
  for (const auto& [line, series] : fresh.lines) next.refs[line] = refs[series];
  return OkStatus();
}

// What ExpositionShape::Read() would have taken, had it known these lines.
wire::Readings TargetSeries::TakeReadings(wire::ParsedScrape& scrape,
                                          const std::vector<int64_t>& before, Known& next) const {
  wire::Readings readings;
  std::vector<wire::ExemplarMark> carried;
  readings.values.reserve(before.size() + kRoomForReport);
  for (const wire::SampleLine& sample : scrape.samples) {
    if (sample.is_created) continue;
    const size_t line = readings.values.size();
    readings.values.push_back(sample.value);
    if (sample.has_time) {
      readings.times.resize(before.size());
      readings.times[line] = sample.time;
    }
    if (sample.start_time != 0) {
      next.start_times.resize(before.size());
      next.start_times[line] = sample.start_time;
    }
    const uint64_t last_exemplar =
        before[line] == kNew ? 0 : known_.shape.ExemplarHashOf(static_cast<size_t>(before[line]));
    if (sample.exemplar == wire::kNone) {
      if (last_exemplar != 0) carried.push_back({static_cast<uint32_t>(line), last_exemplar});
      continue;
    }
    wire::ParsedExemplar& exemplar = scrape.exemplars[static_cast<size_t>(sample.exemplar)];
    const uint64_t hash = ExpositionShape::HashOf(exemplar.text);
    if (hash == last_exemplar) continue;
    readings.exemplars.push_back(std::move(exemplar));
    readings.exemplar_marks.push_back({static_cast<uint32_t>(line), hash});
  }
  next.shape.Remember(carried);
  return readings;
}

void TargetSeries::Put(const Known& lines, wire::Readings readings, MetricBatch& batch) {
  const bool own_times = !readings.times.empty() && config_.honor_timestamps;
  const auto time_of = [&](size_t line) {
    return own_times && lines.shape.HasTime(line) ? readings.times[line] : batch.time;
  };
  for (size_t i = 0; i < readings.exemplars.size(); ++i) {
    const size_t line = readings.exemplar_marks[i].line;
    if (lines.IsDropped(line)) continue;
    wire::ParsedExemplar& parsed = readings.exemplars[i];
    batch.exemplar_series.push_back(lines.refs[line]);
    batch.exemplars.push_back(std::move(parsed.exemplar));
    if (!parsed.has_time) batch.exemplars.back().time = time_of(line);
  }
  batch.series.reserve(lines.refs.size() + kRoomForReport);
  batch.series = lines.refs;
  batch.values = std::move(readings.values);
  batch.start_times = lines.start_times;
  if (own_times) {
    batch.times.resize(lines.refs.size());
    for (size_t line = 0; line < lines.refs.size(); ++line) batch.times[line] = time_of(line);
  }
  if (lines.dropped.empty()) return;
  size_t kept = 0;
  for (size_t line = 0; line < lines.refs.size(); ++line) {
    if (lines.dropped[line]) continue;
    batch.series[kept] = batch.series[line];
    batch.values[kept] = batch.values[line];
    if (!batch.times.empty()) batch.times[kept] = batch.times[line];
    if (!batch.start_times.empty()) batch.start_times[kept] = batch.start_times[line];
    ++kept;
  }
  batch.series.resize(kept);
  batch.values.resize(kept);
  if (!batch.times.empty()) batch.times.resize(kept);
  if (!batch.start_times.empty()) batch.start_times.resize(kept);
}

void TargetSeries::AddGone(const std::vector<bool>& still_there, MetricBatch& batch) const {
  std::vector<SeriesRef> gone;
  for (size_t line = 0; line < known_.refs.size(); ++line) {
    if (still_there[line] || known_.IsDropped(line) || !IsTracked(line)) continue;
    gone.push_back(known_.refs[line]);
  }
  if (gone.empty()) return;
  // The same labels may have come under another spelling, or twice.
  std::unordered_set<SeriesRef> present(batch.series.begin(), batch.series.end());
  for (const SeriesRef ref : gone) {
    if (!present.insert(ref).second) continue;
    if (!batch.times.empty()) batch.times.push_back(batch.time);
    if (!batch.start_times.empty()) batch.start_times.push_back(0);
    batch.series.push_back(ref);
    batch.values.push_back(model::StaleNan());
  }
}

void TargetSeries::FillStale(MetricBatch& batch) {
  pending_ = Pending::kStale;
  if (!known_.ended) AddGone(std::vector<bool>(known_.refs.size()), batch);
}

void TargetSeries::Commit() {
  switch (std::exchange(pending_, Pending::kNothing)) {
    case Pending::kNothing:
      return;
    case Pending::kStale:
      // The refs are kept: most targets come back with the same series.
      known_.ended = true;
      return;
    case Pending::kSame:
      known_.ended = false;
      known_.shape.Remember(new_exemplars_);
      break;
    case Pending::kNew:
      known_ = std::exchange(new_, Known());
      break;
  }
  metadata_hash_ = new_metadata_hash_;
  new_exemplars_.clear();
}

void TargetSeries::Abandon() {
  pending_ = Pending::kNothing;
  new_ = Known();
  new_exemplars_.clear();
}

void TargetSeries::Forget() {
  Abandon();
  known_ = Known();
  metadata_hash_ = 0;
}

}  // namespace glint::scrape
