#include <algorithm>
#include <set>
#include <utility>

#include "storage/exemplar_spread.h"
#include "storage/same_bits.h"
#include "tsdb/metric_store.h"
#include "tsdb/sample_order.h"

namespace glint::tsdb {
namespace {

using model::Labels;
using model::TimeRange;

constexpr size_t kSeriesPerBlock = 256;
constexpr uint64_t kSamplesPerBlock = 1 << 19;

// A series that a query selected, and where it lies.
struct Selected {
  std::shared_ptr<const Labels> labels;
  std::vector<PlacedSeries> places;
  HeadView head;
};

class StoreCursor final : public storage::SeriesCursor {
 public:
  StoreCursor(std::shared_ptr<const PartSet> parts, std::vector<Selected> series, TimeRange range,
              std::vector<std::string> warnings, QueryBudget& budget)
      : parts_(std::move(parts)),
        series_(std::move(series)),
        range_(range),
        warnings_(std::move(warnings)),
        budget_(budget) {}

  StatusOr<storage::SeriesBlock> Next() override {
    RETURN_IF_ERROR(budget_.Check());
    storage::SeriesBlock block;
    block.warnings = std::exchange(warnings_, {});
    uint64_t samples = 0;
    while (next_ < series_.size() && block.series.size() < kSeriesPerBlock &&
           samples < kSamplesPerBlock) {
      storage::SeriesData data;
      Read(std::exchange(series_[next_++], Selected()), data, block.warnings);
      const uint64_t count = data.times.size() + data.histograms.size();
      if (count == 0) continue;  // All of it was deleted, or cannot be read.
      RETURN_IF_ERROR(budget_.Charge(storage::BytesOf(data), count));
      samples += count;
      block.series.push_back(std::move(data));
    }
    return block;
  }

 private:
  void Read(Selected series, storage::SeriesData& data, std::vector<std::string>& warnings) const {
    data.labels = std::move(series.labels);
    for (const PlacedSeries& place : series.places) {
      const size_t floats = data.times.size();
      const size_t histograms = data.histograms.size();
      const Status read = parts_->ReadSamples(place, range_, data);
      if (!read.ok()) warnings.push_back(read.ToString());
      DropOfOtherKind(floats, histograms, data);
    }
    const size_t floats = data.times.size();
    const size_t histograms = data.histograms.size();
    series.head.Read(range_, data);
    DropOfOtherKind(floats, histograms, data);
    PutInOrder(data);
  }

  const std::shared_ptr<const PartSet> parts_;
  std::vector<Selected> series_;  // Given up once read.
  const TimeRange range_;
  std::vector<std::string> warnings_;
  QueryBudget& budget_;
  size_t next_ = 0;
};

// Calls `visit` with each series of the parts and of the head, ascending in labels, once.
template <typename Visit>
void VisitAll(const PartSet& parts, std::vector<HeadSeries>& head,
              const storage::SeriesQuery& query, std::vector<std::string>& warnings,
              const Visit& visit) {
  size_t next = 0;
  bool goes_on = true;
  const auto from_head = [&](const Labels* before) {
    while (goes_on && next < head.size() && (before == nullptr || *head[next].labels < *before)) {
      HeadSeries& series = head[next++];
      goes_on = visit(Selected{series.labels, {}, std::move(series.view)});
    }
  };
  parts.Visit(
      query.series, query.time,
      [&](Labels labels, std::vector<PlacedSeries> places) {
        from_head(&labels);
        if (!goes_on) return false;
        Selected selected{nullptr, std::move(places), {}};
        if (next < head.size() && *head[next].labels == labels) {
          selected.labels = head[next].labels;
          selected.head = std::move(head[next++].view);
        } else {
          selected.labels = std::make_shared<const Labels>(std::move(labels));
        }
        goes_on = visit(std::move(selected));
        return goes_on;
      },
      warnings);
  from_head(nullptr);
}

// Only whether there is a sample left decides about a series that is in parts alone.
bool HasSampleInParts(const PartSet& parts, std::vector<PlacedSeries>& places, TimeRange range,
                      std::vector<std::string>& warnings) {
  std::erase_if(places, [&](const PlacedSeries& place) {
    const auto has = parts.HasSampleIn(place, range);
    if (!has.ok()) warnings.push_back(has.status().ToString());
    return !has.ok() || !*has;
  });
  return !places.empty();
}

std::vector<std::string> FirstOf(const std::set<std::string>& names, size_t limit) {
  std::vector<std::string> out;
  for (const std::string& name : names) {
    if (limit > 0 && out.size() == limit) break;
    out.push_back(name);
  }
  return out;
}

}  // namespace

MetricStore::Snapshotted MetricStore::TakeSnapshot(const storage::SeriesQuery& query) const {
  const ReaderMutexLock lock(&view_mutex_);
  return {parts_, head_.Select(query)};
}

StatusOr<std::unique_ptr<storage::SeriesCursor>> MetricStore::Select(
    const storage::SeriesQuery& query, QueryBudget& budget) const {
  RETURN_IF_ERROR(budget.Check());
  storage::SeriesQuery visible = query;
  visible.time.start = std::max(query.time.start, head_.floor());
  Snapshotted snapshot = TakeSnapshot(visible);
  std::vector<Selected> selected;
  std::vector<std::string> warnings;
  Status within = OkStatus();
  VisitAll(*snapshot.parts, snapshot.head, visible, warnings, [&](Selected series) {
    const bool is_in_head = !series.head.empty();
    if (HasSampleInParts(*snapshot.parts, series.places, visible.time, warnings) || is_in_head) {
      selected.push_back(std::move(series));
    }
    within = budget.Check();
    return within.ok();
  });
  RETURN_IF_ERROR(within);
  NoteDamage(warnings);
  return std::unique_ptr<storage::SeriesCursor>(std::make_unique<StoreCursor>(
      std::move(snapshot.parts), std::move(selected), visible.time, std::move(warnings), budget));
}

StatusOr<std::vector<Labels>> MetricStore::Series(const storage::SeriesQuery& query, size_t limit,
                                                  QueryBudget& budget) const {
  RETURN_IF_ERROR(budget.Check());
  storage::SeriesQuery visible = query;
  visible.time.start = std::max(query.time.start, head_.floor());
  Snapshotted snapshot = TakeSnapshot(visible);
  std::vector<Labels> out;
  std::vector<std::string> warnings;
  Status within = OkStatus();
  VisitAll(*snapshot.parts, snapshot.head, visible, warnings, [&](Selected series) {
    const bool is_in_head = !series.head.empty();
    if (is_in_head || HasSampleInParts(*snapshot.parts, series.places, visible.time, warnings)) {
      out.push_back(*series.labels);
    }
    within = budget.Check();
    return within.ok() && (limit == 0 || out.size() < limit);
  });
  RETURN_IF_ERROR(within);
  NoteDamage(warnings);
  return out;
}

// Looks only for one series with a sample for each name or value that a part has: it mostly is the
// first, where reading the labels of all series would not end soon.
StatusOr<std::vector<std::string>> MetricStore::LabelTexts(const LabelTextsQuery& wanted,
                                                           const storage::SeriesQuery& query,
                                                           size_t limit,
                                                           QueryBudget& budget) const {
  RETURN_IF_ERROR(budget.Check());
  storage::SeriesQuery visible = query;
  visible.time.start = std::max(query.time.start, head_.floor());
  std::set<std::string> found;
  std::shared_ptr<const PartSet> set;
  {
    const ReaderMutexLock lock(&view_mutex_);
    set = parts_;
    wanted.add_from_head(visible, found);
  }
  std::vector<std::string> warnings;
  for (uint32_t i = 0; i < set->parts().size(); ++i) {
    const Part& part = *set->parts()[i];
    if (!visible.time.Overlaps(part.info().time.start, part.info().time.end)) continue;
    const auto candidates = wanted.candidates_of(part);
    if (!candidates.ok()) {
      warnings.push_back(candidates.status().ToString());
      continue;
    }
    for (const std::string& candidate : *candidates) {
      if (found.count(candidate) > 0) continue;
      RETURN_IF_ERROR(budget.Check());
      std::vector<model::Matcher> matchers = query.series;
      matchers.push_back(wanted.matcher_of(candidate));
      const auto series = part.Select(matchers);
      if (!series.ok()) {
        warnings.push_back(series.status().ToString());
        break;
      }
      for (const PartSeries one : *series) {
        const auto has = set->HasSampleIn({i, one}, visible.time);
        if (!has.ok()) warnings.push_back(has.status().ToString());
        if (!has.ok() || !*has) continue;
        found.insert(candidate);
        break;
      }
    }
  }
  NoteDamage(warnings);
  return FirstOf(found, limit);
}

StatusOr<std::vector<std::string>> MetricStore::LabelNames(const storage::SeriesQuery& query,
                                                           size_t limit,
                                                           QueryBudget& budget) const {
  const LabelTextsQuery names{
      .candidates_of = [](const Part& part) { return part.LabelNames(); },
      .matcher_of =
          [](const std::string& candidate) {
            return model::Matcher::Make(model::MatchOp::kNotEqual, candidate, "").value();
          },
      .add_from_head =
          [this](const storage::SeriesQuery& visible, std::set<std::string>& found) {
            for (const auto& labels : head_.Series(visible)) {
              for (const model::Label& label : *labels) found.insert(label.name);
            }
          }};
  return LabelTexts(names, query, limit, budget);
}

StatusOr<std::vector<std::string>> MetricStore::LabelValues(const std::string& name,
                                                            const storage::SeriesQuery& query,
                                                            size_t limit,
                                                            QueryBudget& budget) const {
  const LabelTextsQuery values{
      .candidates_of = [&](const Part& part) { return part.LabelValues(name); },
      .matcher_of =
          [&](const std::string& candidate) { return model::Matcher::Equal(name, candidate); },
      .add_from_head =
          [&](const storage::SeriesQuery& visible, std::set<std::string>& found) {
            for (const auto& labels : head_.Series(visible)) {
              const std::string_view value = labels->Get(name);
              if (!value.empty()) found.emplace(value);
            }
          }};
  return LabelTexts(values, query, limit, budget);
}

std::vector<model::MetricMetadata> MetricStore::Metadata(const std::string& family) const {
  return head_.Metadata(family);
}

namespace {

// Oldest first, equal times in order of arrival, no two equal.
void PutInOrder(std::vector<model::Exemplar>& exemplars) {
  const auto earlier = [](const model::Exemplar& a, const model::Exemplar& b) {
    return a.time < b.time;
  };
  std::stable_sort(exemplars.begin(), exemplars.end(), earlier);
  std::vector<model::Exemplar> out;
  for (model::Exemplar& exemplar : exemplars) {
    bool is_repeated = false;
    for (auto held = out.rbegin(); held != out.rend() && held->time == exemplar.time; ++held) {
      is_repeated |= storage::SameBits(*held, exemplar);
    }
    if (!is_repeated) out.push_back(std::move(exemplar));
  }
  exemplars = std::move(out);
}

}  // namespace

StatusOr<std::vector<model::SeriesExemplars>> MetricStore::SelectExemplars(
    const storage::ExemplarQuery& query, QueryBudget& budget) const {
  RETURN_IF_ERROR(budget.Check());
  const TimeRange range{std::max(query.time.start, head_.floor()), query.time.end};
  std::shared_ptr<const PartSet> set;
  std::vector<model::SeriesExemplars> head;
  {
    const ReaderMutexLock lock(&view_mutex_);
    set = parts_;
    ASSIGN_OR_RETURN(head, head_.SelectExemplars(query, budget));
  }
  std::map<Labels, std::vector<model::Exemplar>> found;
  std::vector<std::string> warnings;
  Status within = OkStatus();
  std::vector<std::vector<model::Matcher>> any_of = query.any_of;
  if (any_of.empty()) any_of.emplace_back();
  uint64_t bytes = 0;
  for (const std::vector<model::Matcher>& matchers : any_of) {
    set->Visit(
        matchers, range,
        [&](Labels labels, std::vector<PlacedSeries> places) {
          std::vector<model::Exemplar> exemplars;
          for (const PlacedSeries& place : places) {
            const Status read = set->ReadExemplars(place, range, exemplars);
            if (!read.ok()) warnings.push_back(read.ToString());
          }
          if (exemplars.empty()) return true;
          const uint64_t taken = exemplars.size() * sizeof(model::Exemplar);
          bytes += taken;
          // Several sets of matchers may match one series.
          found.try_emplace(std::move(labels), std::move(exemplars));
          within = budget.Charge(taken);
          return within.ok();
        },
        warnings);
    RETURN_IF_ERROR(within);
  }
  NoteDamage(warnings);
  for (model::SeriesExemplars& one : head) {
    std::vector<model::Exemplar>& exemplars = found[one.series];
    bytes += one.exemplars.size() * sizeof(model::Exemplar);
    exemplars.insert(exemplars.end(), std::make_move_iterator(one.exemplars.begin()),
                     std::make_move_iterator(one.exemplars.end()));
  }
  std::vector<model::SeriesExemplars> out;
  for (auto& [labels, exemplars] : found) {
    PutInOrder(exemplars);
    out.push_back({labels, std::move(exemplars)});
  }
  storage::SpreadExemplars(query.limit, out);
  budget.Release(bytes);
  return out;
}

std::vector<bool> MetricStore::ArePinned(std::span<const model::TraceId> ids) const {
  std::vector<bool> pinned(ids.size());
  std::shared_ptr<const PartSet> set;
  {
    const ReaderMutexLock lock(&view_mutex_);
    set = parts_;
    head_.MarkPinned(ids, pinned);
  }
  for (const auto& part : set->parts()) part->MarkPinned(ids, pinned);
  return pinned;
}

}  // namespace glint::tsdb
