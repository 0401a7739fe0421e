#include "storage/exemplar_spread.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <span>

namespace glint::storage {
namespace {

// A NaN is the smallest of all, so that it never takes the place of a value.
double Rank(double value) { return std::isnan(value) ? -HUGE_VAL : value; }

struct Place {
  size_t series;
  size_t index;
  double rank;

  // The larger first; of equal ones, that which comes first.
  bool operator<(const Place& other) const {
    if (rank != other.rank) return rank > other.rank;
    return series != other.series ? series < other.series : index < other.index;
  }
};

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
  // The members of a cell that were not kept before, largest first.
  using Cell = std::span<const Place>;

  Place PlaceAt(size_t series, size_t index) const {
    return {series, index, Rank(series_[series].exemplars[index].value)};
  }
  void Keep(const Place& place) { kept_[place.series][place.index] = true; }

  void KeepLargest() {
    std::vector<Place> largest;
    for (size_t s = 0; s < series_.size(); ++s) {
      if (series_[s].exemplars.empty()) continue;
      Place best = PlaceAt(s, 0);
      for (size_t i = 1; i < series_[s].exemplars.size(); ++i) {
        best = std::min(best, PlaceAt(s, i));
      }
      largest.push_back(best);
    }
    if (largest.size() > limit_) {
      std::sort(largest.begin(), largest.end());
      largest.resize(limit_);
    }
    for (const Place& place : largest) Keep(place);
    left_ = limit_ - largest.size();
  }

  // In order of time, then value; those without members left out. Sorts by counting.
  std::vector<Cell> Cells() {
    Axis times;
    Axis values;
    std::vector<double> logs;
    for (const model::SeriesExemplars& one : series_) {
      for (const model::Exemplar& exemplar : one.exemplars) {
        times.Add(static_cast<double>(exemplar.time));
        logs.push_back(LogOf(exemplar.value));
        values.Add(logs.back());
      }
    }
    const auto side = static_cast<size_t>(std::ceil(std::sqrt(static_cast<double>(limit_))));
    std::vector<size_t> ends(side * side + 1);  // Of the cell before, until members are in place.
    std::vector<Place> places;
    std::vector<size_t> cells;
    size_t i = 0;
    for (size_t s = 0; s < series_.size(); ++s) {
      for (size_t k = 0; k < series_[s].exemplars.size(); ++k, ++i) {
        if (kept_[s][k]) continue;
        const auto time = static_cast<double>(series_[s].exemplars[k].time);
        cells.push_back(times.CellOf(time, side) * side + values.CellOf(logs[i], side));
        places.push_back(PlaceAt(s, k));
        ++ends[cells.back() + 1];
      }
    }
    std::partial_sum(ends.begin(), ends.end(), ends.begin());
    members_.resize(places.size());
    for (i = 0; i < places.size(); ++i) members_[ends[cells[i]]++] = places[i];
    std::vector<Cell> out;
    size_t begin = 0;
    for (size_t cell = 0; cell + 1 < ends.size(); begin = ends[cell++]) {
      if (begin == ends[cell]) continue;
      const std::span<Place> members = std::span(members_).subspan(begin, ends[cell] - begin);
      std::sort(members.begin(), members.end());
      out.push_back(members);
    }
    return out;
  }

  void KeepEvenly() {
    std::vector<Cell> cells = Cells();
    for (size_t round = 0; left_ > 0; ++round) {
      std::erase_if(cells, [round](Cell members) { return members.size() <= round; });
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
  std::vector<Place> members_;  // Of all cells, one after the other.
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
