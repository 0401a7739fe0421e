#include "scrape/target_series.h"

#include <algorithm>
#include <bit>
#include <unordered_set>

#include "base/escape.h"
#include "model/sample.h"
#include "scrape/relabel.h"
#include "wire/series_text.h"

namespace glint::scrape {
namespace {

using model::Label;
using model::Labels;
using storage::MetricBatch;

uint64_t HashOf(const wire::ParsedExemplar& exemplar) {
  uint64_t hash = model::AllLabels(exemplar.exemplar).Hash();
  hash = hash * 31 + std::bit_cast<uint64_t>(exemplar.exemplar.value);
  hash = hash * 31 + static_cast<uint64_t>(exemplar.exemplar.time);
  return hash == 0 ? 1 : hash;
}

}  // namespace

Labels MergeLabels(const Labels& scraped, const Labels& target, bool honor) {
  std::vector<Label> merged;
  std::vector<Label> displaced;
  for (const Label& label : scraped) {
    if (honor || !target.Has(label.name)) {
      merged.push_back(label);
    } else {
      displaced.push_back(label);
    }
  }
  for (const Label& label : target) {
    if (!honor || !scraped.Has(label.name)) merged.push_back(label);
  }
  std::stable_sort(displaced.begin(), displaced.end(),
                   [](const Label& a, const Label& b) { return a.name.size() < b.name.size(); });
  const auto taken = [&](const std::string& name) {
    return std::any_of(merged.begin(), merged.end(),
                       [&](const Label& label) { return label.name == name; });
  };
  for (Label& label : displaced) {
    do {
      label.name.insert(0, "exported_");
    } while (taken(label.name) || scraped.Has(label.name));
    merged.push_back(std::move(label));
  }
  return Labels(std::move(merged));
}

std::optional<Labels> TargetSeries::LabelsOf(const Labels& scraped) const {
  return Relabel(config_.metric_relabel_configs,
                 MergeLabels(scraped, target_labels_, config_.honor_labels));
}

Status TargetSeries::CheckLimits(const Labels& labels) const {
  if (labels.metric_name().empty()) {
    return InvalidArgument("missing metric name (__name__ label) in {}", labels.ToString());
  }
  if (config_.label_limit > 0 && labels.size() > config_.label_limit) {
    return ResourceExhausted("label_limit exceeded: metric {} has {} labels, limit {}",
                             Excerpt(labels.metric_name()), labels.size(), config_.label_limit);
  }
  for (const Label& label : labels) {
    if (config_.label_name_length_limit > 0 &&
        label.name.size() > config_.label_name_length_limit) {
      return ResourceExhausted(
          "label_name_length_limit exceeded: metric {}, label {} is {} long, "
          "limit {}",
          Excerpt(labels.metric_name()), Excerpt(label.name), label.name.size(),
          config_.label_name_length_limit);
    }
    if (config_.label_value_length_limit > 0 &&
        label.value.size() > config_.label_value_length_limit) {
      return ResourceExhausted(
          "label_value_length_limit exceeded: metric {}, label {}, value {} "
          "is {} long, limit {}",
          Excerpt(labels.metric_name()), Excerpt(label.name), Excerpt(label.value),
          label.value.size(), config_.label_value_length_limit);
    }
  }
  return OkStatus();
}

// `next`: where in the last scrape this line stands if nothing came or went before it.
StatusOr<TargetSeries::ByText::value_type*> TargetSeries::FindOrMake(const wire::SampleLine& sample,
                                                                     size_t& next) {
  if (next < live_.size() && live_[next]->first == sample.series) return live_[next++];
  if (const auto found = by_text_.find(sample.series); found != by_text_.end()) {
    // After a gap or an insertion the order goes on one further.
    if (next + 1 < live_.size() && live_[next + 1] == &*found) ++next;
    if (next < live_.size() && live_[next] == &*found) ++next;
    return &*found;
  }
  std::optional<Labels> labels = LabelsOf(wire::SeriesLabels(sample));
  if (labels.has_value()) RETURN_IF_ERROR(CheckLimits(*labels));
  const auto made = by_text_.emplace(std::string(sample.series), Entry()).first;
  Entry& entry = made->second;
  entry.born = fill_;
  entry.float_label = sample.float_label;
  entry.dropped = !labels.has_value();
  if (labels.has_value()) {
    new_.push_back(&*made);
    new_labels_.push_back(*std::move(labels));
  }
  return &*made;
}

Status TargetSeries::ResolveNew(storage::MetricWriter& writer) {
  if (new_.empty()) return OkStatus();
  ASSIGN_OR_RETURN(const std::vector<model::SeriesRef> refs, writer.Resolve(new_labels_));
  for (size_t i = 0; i < new_.size(); ++i) new_[i]->second.ref = refs[i];
  return OkStatus();
}

StatusOr<FillCounts> TargetSeries::Fill(const wire::ParsedScrape& scrape,
                                        storage::MetricWriter& writer, MetricBatch& batch) {
  ++fill_;
  pending_stale_ = false;
  filled_.clear();
  new_.clear();
  new_labels_.clear();
  new_exemplars_.clear();
  FillCounts counts;
  std::vector<ByText::value_type*> lines;
  lines.reserve(scrape.samples.size());
  size_t next = 0;
  const auto fail = [this](Status status) {
    Abandon();
    return status;
  };
  for (const wire::SampleLine& sample : scrape.samples) {
    lines.push_back(nullptr);
    if (sample.is_created) continue;  // Its neighbours carry it as their start time.
    StatusOr<ByText::value_type*> line = FindOrMake(sample, next);
    if (!line.ok()) return fail(line.status().At(fmt::format("line {}", sample.line)));
    lines.back() = *line;
    if (!(*line)->second.dropped) ++counts.kept;
    if (config_.sample_limit > 0 && counts.kept > config_.sample_limit) {
      return fail(
          ResourceExhausted("sample limit exceeded: more than {} samples", config_.sample_limit));
    }
  }
  if (Status resolved = ResolveNew(writer); !resolved.ok()) return fail(std::move(resolved));
  counts.added = new_.size();

  batch.series.reserve(counts.kept + live_.size() / 16);
  batch.values.reserve(batch.series.capacity());
  filled_.reserve(lines.size());
  for (size_t i = 0; i < lines.size(); ++i) {
    if (lines[i] == nullptr) continue;
    Entry& entry = lines[i]->second;
    if (entry.seen != fill_) filled_.push_back(lines[i]);
    entry.seen = fill_;
    if (!entry.dropped) AddSample(scrape.samples[i], scrape, entry, batch);
  }
  AddGone(batch);
  if (scrape.metadata != metadata_) batch.metadata = scrape.metadata;
  pending_metadata_ = batch.metadata;
  return counts;
}

void TargetSeries::AddSample(const wire::SampleLine& sample, const wire::ParsedScrape& scrape,
                             Entry& entry, MetricBatch& batch) {
  const bool own_time = sample.has_time && config_.honor_timestamps;
  const model::TimeMs time = own_time ? sample.time : batch.time;
  entry.tracked = !own_time || config_.track_timestamps_staleness;
  // The two optional columns begin with the first sample that needs them.
  if (own_time && batch.times.empty()) batch.times.assign(batch.series.size(), batch.time);
  if (sample.start_time != 0 && batch.start_times.empty()) {
    batch.start_times.assign(batch.series.size(), 0);
  }
  const bool with_times = own_time || !batch.times.empty();
  const bool with_starts = sample.start_time != 0 || !batch.start_times.empty();
  batch.series.push_back(entry.ref);
  batch.values.push_back(sample.value);
  if (with_times) batch.times.push_back(time);
  if (with_starts) batch.start_times.push_back(sample.start_time);
  if (sample.exemplar == wire::kNone) return;

  const wire::ParsedExemplar& exemplar = scrape.exemplars[static_cast<size_t>(sample.exemplar)];
  const uint64_t hash = HashOf(exemplar);
  if (hash == entry.exemplar_hash) return;
  batch.exemplar_series.push_back(entry.ref);
  batch.exemplars.push_back(exemplar.exemplar);
  if (!exemplar.has_time) batch.exemplars.back().time = time;
  new_exemplars_.push_back({&entry, hash});
}

void TargetSeries::AddGone(MetricBatch& batch) {
  std::vector<model::SeriesRef> gone;
  for (const ByText::value_type* line : live_) {
    const Entry& entry = line->second;
    if (entry.seen != fill_ && entry.tracked && !entry.dropped) gone.push_back(entry.ref);
  }
  if (gone.empty()) return;
  // The same labels may have come under another spelling.
  const std::unordered_set<model::SeriesRef> present(batch.series.begin(), batch.series.end());
  for (const model::SeriesRef ref : gone) {
    if (present.count(ref) > 0) continue;
    if (!batch.times.empty()) batch.times.push_back(batch.time);
    if (!batch.start_times.empty()) batch.start_times.push_back(0);
    batch.series.push_back(ref);
    batch.values.push_back(model::StaleNan());
  }
}

void TargetSeries::FillStale(MetricBatch& batch) {
  ++fill_;
  pending_stale_ = true;
  filled_.clear();
  new_exemplars_.clear();
  AddGone(batch);
}

void TargetSeries::Commit() {
  committed_ = fill_;
  for (const NewExemplar& exemplar : new_exemplars_) exemplar.entry->exemplar_hash = exemplar.hash;
  new_exemplars_.clear();
  if (!pending_metadata_.empty()) metadata_ = std::move(pending_metadata_);
  pending_metadata_.clear();
  live_ = std::move(filled_);
  filled_.clear();
  // After a failed scrape the refs are kept: most targets come back with the same series.
  if (pending_stale_ || by_text_.size() == live_.size()) return;
  std::erase_if(by_text_, [this](const auto& line) { return line.second.seen != fill_; });
}

void TargetSeries::Abandon() {
  filled_.clear();
  new_exemplars_.clear();
  pending_metadata_.clear();
  std::erase_if(by_text_, [this](const auto& line) { return line.second.born > committed_; });
}

Status TargetSeries::ResolveAgain(storage::MetricWriter& writer) {
  std::vector<Entry*> entries;
  std::vector<Labels> labels;
  for (auto& line : by_text_) {
    if (line.second.dropped) continue;
    ASSIGN_OR_RETURN(const Labels scraped,
                     wire::ParseSeriesText(line.first, line.second.float_label));
    std::optional<Labels> made = LabelsOf(scraped);
    if (!made.has_value()) continue;
    entries.push_back(&line.second);
    labels.push_back(*std::move(made));
  }
  if (entries.empty()) return OkStatus();
  ASSIGN_OR_RETURN(const std::vector<model::SeriesRef> refs, writer.Resolve(labels));
  for (size_t i = 0; i < entries.size(); ++i) entries[i]->ref = refs[i];
  return OkStatus();
}

}  // namespace glint::scrape
