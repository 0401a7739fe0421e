#include "storage/exemplar_spread.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <map>

namespace glint::storage {
namespace {

struct Place {
  size_t series;
  size_t index;
};

// A NaN is the smallest of all, so that it never takes the place of a value.
double Rank(double value) { return std::isnan(value) ? -HUGE_VAL : value; }

// Where a value stands on the log axis; what has no logarithm stands at the lowest end.
double LogOf(double value) {
  constexpr double kLowest = -1080;  // Below the smallest double.
  constexpr double kHighest = 1030;
  if (!(value > 0)) return kLowest;
  return std::isinf(value) ? kHighest : std::log2(value);
}

struct Axis {
  double low = HUGE_VAL;
  double high = -HUGE_VAL;

  void Add(double x) {
    low = std::min(low, x);
    high = std::max(high, x);
  }
  size_t CellOf(double x, size_t cells) const {
    if (!(high > low)) return 0;
    return std::min(cells - 1, static_cast<size_t>((x - low) / (high - low) * double(cells)));
  }
};

class Spread {
 public:
  Spread(size_t limit, const std::vector<model::SeriesExemplars>& series)
      : limit_(limit), series_(series), kept_(series.size()) {
    for (size_t s = 0; s < series.size(); ++s) kept_[s].resize(series[s].exemplars.size());
  }

  std::vector<std::vector<bool>> Run() {
    KeepLargest();
    if (left_ > 0) KeepEvenly();
    return std::move(kept_);
  }

 private:
  const model::Exemplar& At(Place place) const {
    return series_[place.series].exemplars[place.index];
  }
  bool Larger(Place a, Place b) const { return Rank(At(a).value) > Rank(At(b).value); }
  void Keep(Place place) { kept_[place.series][place.index] = true; }

  void KeepLargest() {
    std::vector<Place> largest;
    for (size_t s = 0; s < series_.size(); ++s) {
      if (series_[s].exemplars.empty()) continue;
      Place best{s, 0};
      for (size_t i = 1; i < series_[s].exemplars.size(); ++i) {
        if (Larger({s, i}, best)) best = {s, i};
      }
      largest.push_back(best);
    }
    if (largest.size() > limit_) {
      std::stable_sort(largest.begin(), largest.end(),
                       [this](Place a, Place b) { return Larger(a, b); });
      largest.resize(limit_);
    }
    for (const Place place : largest) Keep(place);
    left_ = limit_ - largest.size();
  }

  // The cells' members without those that are kept already, largest first.
  std::vector<std::vector<Place>> Cells() const {
    Axis times;
    Axis values;
    for (const model::SeriesExemplars& one : series_) {
      for (const model::Exemplar& exemplar : one.exemplars) {
        times.Add(static_cast<double>(exemplar.time));
        values.Add(LogOf(exemplar.value));
      }
    }
    const auto side = static_cast<size_t>(std::ceil(std::sqrt(static_cast<double>(limit_))));
    std::map<std::pair<size_t, size_t>, std::vector<Place>> grid;
    for (size_t s = 0; s < series_.size(); ++s) {
      for (size_t i = 0; i < series_[s].exemplars.size(); ++i) {
        if (kept_[s][i]) continue;
        const model::Exemplar& exemplar = At({s, i});
        grid[{times.CellOf(static_cast<double>(exemplar.time), side),
              values.CellOf(LogOf(exemplar.value), side)}]
            .push_back({s, i});
      }
    }
    std::vector<std::vector<Place>> cells;
    for (auto& [cell, members] : grid) {
      std::stable_sort(members.begin(), members.end(),
                       [this](Place a, Place b) { return Larger(a, b); });
      cells.push_back(std::move(members));
    }
    return cells;
  }

  void KeepEvenly() {
    std::vector<std::vector<Place>> cells = Cells();
    for (size_t round = 0; left_ > 0; ++round) {
      std::erase_if(cells, [round](const auto& members) { return members.size() <= round; });
      if (cells.empty()) return;
      // In the last round there is not one for each: every so many cells then.
      const size_t taken = std::min(left_, cells.size());
      for (size_t k = 0; k < taken; ++k) Keep(cells[k * cells.size() / taken][round]);
      left_ -= taken;
    }
  }

  const size_t limit_;
  const std::vector<model::SeriesExemplars>& series_;
  std::vector<std::vector<bool>> kept_;
  size_t left_ = 0;
};

}  // namespace

void SpreadExemplars(size_t limit, std::vector<model::SeriesExemplars>& series) {
  size_t count = 0;
  for (const model::SeriesExemplars& one : series) count += one.exemplars.size();
  if (limit == 0 || count <= limit) return;
  const std::vector<std::vector<bool>> kept = Spread(limit, series).Run();
  for (size_t s = 0; s < series.size(); ++s) {
    std::vector<model::Exemplar> left;
    for (size_t i = 0; i < kept[s].size(); ++i) {
      if (kept[s][i]) left.push_back(std::move(series[s].exemplars[i]));
    }
    series[s].exemplars = std::move(left);
  }
  std::erase_if(series, [](const auto& one) { return one.exemplars.empty(); });
}

}  // namespace glint::storage
