#include "tsdb/exemplar_thinning.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <tuple>
#include <utility>

namespace glint::tsdb {
namespace {

using model::TimeMs;

struct Age {
  int64_t hours;  // Applies to hours that began at least that long ago.
  int64_t cell_ms;
};
constexpr int64_t kMinuteMs = 60 * 1000;
constexpr Age kAges[] = {{24, kHourMs}, {6, 10 * kMinuteMs}, {0, 2 * kMinuteMs}};
constexpr int64_t kKeptWholeHours = 24;
static_assert(2 * kMinuteMs % kMaxSlots == 0, "a cell is cut into whole milliseconds");

uint64_t Mix(uint64_t x) {
  x = (x ^ x >> 32) * 0xd6e8feb86659fd93u;
  x = (x ^ x >> 32) * 0xd6e8feb86659fd93u;
  return x ^ x >> 32;
}

// What decides within a slot: a draw among the combinations of time and magnitude that occur in it,
// each with the same chance however many exemplars it has, then among the exemplars of the
// combination. A magnitude is a power of two and the sign.
std::tuple<uint64_t, uint64_t, TimeMs, uint64_t> DrawOf(const ThinningPoint& point,
                                                        int64_t finest_ms) {
  const uint64_t bits = std::bit_cast<uint64_t>(point.value);
  const auto place = static_cast<uint64_t>(CellOf(point.time, finest_ms));
  return {Mix(place * 4096 + (bits >> 52)), Mix(point.ids ^ bits), point.time, bits};
}

}  // namespace

int64_t CellOf(TimeMs time, int64_t cell_ms) {
  return time / cell_ms - static_cast<int64_t>(time % cell_ms < 0);
}

ExemplarDensity DensityOf(uint64_t exemplars, uint64_t series, model::TimeRange time) {
  if (time.start >= time.end) return {.per_hour = exemplars, .series = series};
  const double hours = (static_cast<double>(time.end) - static_cast<double>(time.start)) / kHourMs;
  return {.per_hour = static_cast<uint64_t>(static_cast<double>(exemplars) / std::max(hours, 1.0)),
          .series = series};
}

ThinningStage StageAt(TimeMs time, TimeMs now, const ExemplarDensity& density) {
  const int64_t hours = CellOf(now, kHourMs) - CellOf(time, kHourMs);
  const Age* age = std::begin(kAges);
  while (age->hours > hours && age != std::end(kAges) - 1) ++age;
  ThinningStage stage{.cell_ms = age->cell_ms};
  stage.keeps_all = hours < kKeptWholeHours && density.per_hour <= kFewExemplarsAnHour;
  const uint64_t cells =
      std::max<uint64_t>(density.series, 1) * static_cast<uint64_t>(kHourMs / age->cell_ms);
  const uint64_t share = std::min<uint64_t>(kFewExemplarsAnHour / cells, kMaxSlots + 1);
  stage.slots = share > 1 ? static_cast<uint32_t>(std::bit_floor(share - 1)) : 0;
  return stage;
}

uint64_t IdsHash(const model::TraceId& trace, const model::SpanId& span) {
  return model::IdHash()(trace) * 31 + model::IdHash()(span);
}

bool IsLarger(const ThinningPoint& a, const ThinningPoint& b) {
  const auto rank = [](double value) { return std::isnan(value) ? -HUGE_VAL : value; };
  if (rank(a.value) != rank(b.value)) return rank(a.value) > rank(b.value);
  return std::tie(a.time, a.ids) < std::tie(b.time, b.ids);
}

void PickOfCell(std::span<const ThinningPoint> points, const ThinningStage& stage,
                std::vector<uint32_t>& kept) {
  kept.clear();
  if (points.empty()) return;
  const auto largest = static_cast<uint32_t>(
      std::min_element(points.begin(), points.end(), IsLarger) - points.begin());
  if (stage.slots > 0) {
    const int64_t slot_ms = stage.cell_ms / stage.slots;
    const int64_t finest_ms = stage.cell_ms / kMaxSlots;
    for (uint32_t i = 0; i < points.size();) {
      const int64_t slot = CellOf(points[i].time, slot_ms);
      uint32_t winner = i;
      auto winning = DrawOf(points[i], finest_ms);
      for (++i; i < points.size() && CellOf(points[i].time, slot_ms) == slot; ++i) {
        if (const auto draw = DrawOf(points[i], finest_ms); draw < winning) {
          winner = i;
          winning = draw;
        }
      }
      kept.push_back(winner);
    }
  }
  const auto place = std::lower_bound(kept.begin(), kept.end(), largest);
  if (place == kept.end() || *place != largest) kept.insert(place, largest);
}

size_t ThinExemplars(TimeMs now, const ExemplarDensity& density,
                     std::vector<model::Exemplar>& exemplars) {
  const size_t before = exemplars.size();
  std::vector<ThinningPoint> points;
  std::vector<uint32_t> kept;
  size_t out = 0;
  const auto keep = [&](size_t i) {
    if (out != i) exemplars[out] = std::move(exemplars[i]);
    ++out;
  };
  for (size_t begin = 0; begin < before;) {
    const ThinningStage stage = StageAt(exemplars[begin].time, now, density);
    const int64_t width = stage.keeps_all ? kHourMs : stage.cell_ms;
    const int64_t cell = CellOf(exemplars[begin].time, width);
    size_t end = begin;
    points.clear();
    for (; end < before && CellOf(exemplars[end].time, width) == cell; ++end) {
      const model::Exemplar& one = exemplars[end];
      if (!stage.keeps_all) {
        points.push_back({one.time, one.value, IdsHash(one.trace_id, one.span_id)});
      }
    }
    if (stage.keeps_all) {
      for (size_t i = begin; i < end; ++i) keep(i);
    } else {
      PickOfCell(points, stage, kept);
      for (const uint32_t i : kept) keep(begin + i);
    }
    begin = end;
  }
  exemplars.erase(exemplars.begin() + static_cast<ptrdiff_t>(out), exemplars.end());
  return before - out;
}

}  // namespace glint::tsdb
