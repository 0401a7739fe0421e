#include "store.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

#include "promql/native_histogram.h"
#include "promql/parse_float.h"

namespace glint::promqltest {
namespace {

// Senders of histograms say of each whether the counter began anew; the store that the scripts
// were written for finds that out by itself, so it is done here.
void GiveHint(const Item* before, Item& item) {
  if (before == nullptr || before->kind != Item::Kind::kHistogram || item.hint_given) return;
  model::Histogram& now = item.histogram;
  if (now.counter_reset_hint != model::CounterResetHint::kUnknown) return;
  if (before->histogram.counter_reset_hint == model::CounterResetHint::kGauge) return;
  if (now.schema != before->histogram.schema ||
      now.zero_threshold != before->histogram.zero_threshold ||
      now.custom_values != before->histogram.custom_values) {
    return;
  }
  if (!promql::WasReset(now, before->histogram)) {
    now.counter_reset_hint = model::CounterResetHint::kNotReset;
  }
}

Status Store(const Series& series, int64_t step_ms, storage::MemoryMetrics& store) {
  const model::Labels labels[] = {series.labels};
  ASSIGN_OR_RETURN(const std::vector<model::SeriesRef> refs, store.Resolve(labels));
  storage::MetricBatch batch;
  Item before;
  bool has_before = false;
  for (size_t i = 0; i < series.items.size(); ++i) {
    Item item = series.items[i];
    if (item.kind == Item::Kind::kGap) continue;
    const int64_t time = static_cast<int64_t>(i) * step_ms;
    if (item.kind == Item::Kind::kFloat) {
      batch.series.push_back(refs[0]);
      batch.values.push_back(item.value);
      batch.times.push_back(time);
      batch.start_times.push_back(item.has_start ? time + item.start_offset : 0);
    } else {
      GiveHint(has_before ? &before : nullptr, item);
      batch.histogram_series.push_back(refs[0]);
      batch.histograms.push_back({time, std::make_shared<const model::Histogram>(item.histogram),
                                  item.has_start ? time + item.start_offset : 0});
    }
    before = std::move(item);
    has_before = true;
  }
  ASSIGN_OR_RETURN(const storage::AppendCounts counts, store.Append(std::move(batch)));
  (void)counts;  // A sample that another load brought already stays as it was.
  return OkStatus();
}

struct ClassicHistogram {
  std::map<double, const Series*> buckets;
  const Series* count = nullptr;
  const Series* sum = nullptr;
};

const Item* At(const Series* series, size_t i) {
  if (series == nullptr || i >= series->items.size()) return nullptr;
  return series->items[i].kind == Item::Kind::kFloat ? &series->items[i] : nullptr;
}

StatusOr<Item> Combine(const ClassicHistogram& classic, size_t i) {
  Item item;
  model::Histogram& h = item.histogram;
  h.schema = model::kCustomBucketsSchema;
  double cumulative = 0;
  bool any = false;
  bool infinite = false;
  std::vector<double> counts;
  for (const auto& [upper, series] : classic.buckets) {
    const Item* value = At(series, i);
    if (value == nullptr) continue;
    any = true;
    if (value->value < cumulative) return InvalidArgument("buckets are not cumulative");
    counts.push_back(value->value - cumulative);
    cumulative = value->value;
    infinite = std::isinf(upper);
    if (!infinite) h.custom_values.push_back(upper);
  }
  const Item* count = At(classic.count, i);
  const Item* sum = At(classic.sum, i);
  if (!any && count == nullptr && sum == nullptr) return item;
  const double total = count == nullptr ? cumulative : count->value;
  if (infinite && total != cumulative) {
    return InvalidArgument("count {} differs from the top bucket {}", total, cumulative);
  }
  if (!infinite) {
    if (total < cumulative) return InvalidArgument("buckets exceed the count");
    counts.push_back(total - cumulative);
  }
  item.kind = Item::Kind::kHistogram;
  h.count = total;
  h.sum = sum == nullptr ? 0 : sum->value;
  h.positive_spans.push_back({0, static_cast<uint32_t>(counts.size())});
  h.positive_buckets = std::move(counts);
  return item;
}

Status StoreClassicAsNative(const Command& command, storage::MemoryMetrics& store) {
  std::map<model::Labels, ClassicHistogram> groups;
  for (const Series& series : command.series) {
    const std::string name(series.labels.metric_name());
    for (const std::string_view suffix : {"_bucket", "_count", "_sum"}) {
      if (!name.ends_with(suffix)) continue;
      const auto le = promql::ParseFloat(series.labels.Get("le"));
      if (suffix == "_bucket" && !le) continue;
      ClassicHistogram& group = groups[series.labels.Without("le").With(
          model::kMetricName, name.substr(0, name.size() - suffix.size()))];
      if (suffix == "_bucket") group.buckets[*le] = &series;
      if (suffix == "_count") group.count = &series;
      if (suffix == "_sum") group.sum = &series;
    }
  }
  for (const auto& [labels, group] : groups) {
    Series native;
    native.labels = labels;
    size_t length = 0;
    for (const auto& [upper, series] : group.buckets) {
      length = std::max(length, series->items.size());
    }
    if (group.count != nullptr) length = std::max(length, group.count->items.size());
    if (group.sum != nullptr) length = std::max(length, group.sum->items.size());
    for (size_t i = 0; i < length; ++i) {
      ASSIGN_OR_RETURN(Item item, Combine(group, i));
      native.items.push_back(std::move(item));
    }
    RETURN_IF_ERROR(Store(native, command.step_ms, store));
  }
  return OkStatus();
}

}  // namespace

Status Load(const Command& command, storage::MemoryMetrics& store) {
  for (const Series& series : command.series) {
    RETURN_IF_ERROR(Store(series, command.step_ms, store));
  }
  return command.with_nhcb ? StoreClassicAsNative(command, store) : OkStatus();
}

}  // namespace glint::promqltest
