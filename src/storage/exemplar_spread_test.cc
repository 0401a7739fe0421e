#include "storage/exemplar_spread.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>
#include <set>

namespace glint::storage {
namespace {

std::vector<model::SeriesExemplars> RandomSeries(size_t series, size_t each, uint64_t seed) {
  std::mt19937_64 random(seed);
  std::vector<model::SeriesExemplars> out;
  for (size_t s = 0; s < series; ++s) {
    model::SeriesExemplars one{.series = {{"s", std::to_string(s)}}};
    for (size_t i = 0; i < each; ++i) {
      const double value = std::exp2(static_cast<double>(random() % 1000) / 100);
      one.exemplars.push_back({.time = static_cast<int64_t>(i * 1000), .value = value});
    }
    out.push_back(std::move(one));
  }
  return out;
}

size_t CountOf(const std::vector<model::SeriesExemplars>& series) {
  size_t count = 0;
  for (const auto& one : series) count += one.exemplars.size();
  return count;
}

double LargestOf(const model::SeriesExemplars& one) {
  return std::max_element(one.exemplars.begin(), one.exemplars.end(),
                          [](const auto& a, const auto& b) { return a.value < b.value; })
      ->value;
}

// The slowest request is the one that somebody is looking for.
TEST(ExemplarSpreadTest, EachSeriesKeepsItsLargestAndTheLimitIsFilled) {
  const auto all = RandomSeries(7, 200, 1);
  auto thinned = all;
  SpreadExemplars(50, thinned);
  EXPECT_EQ(CountOf(thinned), 50u);
  ASSERT_EQ(thinned.size(), all.size());
  for (size_t s = 0; s < all.size(); ++s) {
    EXPECT_EQ(LargestOf(thinned[s]), LargestOf(all[s]));
    EXPECT_TRUE(std::is_sorted(thinned[s].exemplars.begin(), thinned[s].exemplars.end(),
                               [](const auto& a, const auto& b) { return a.time < b.time; }));
  }
}

// A burst of a thousand dots in one second must not cost the rest of the hour its dots.
TEST(ExemplarSpreadTest, ACrowdDoesNotPushOutTheRest) {
  model::SeriesExemplars one;
  for (int i = 0; i < 20; ++i) one.exemplars.push_back({.time = i * 60'000, .value = 1});
  for (int i = 0; i < 1000; ++i) one.exemplars.push_back({.time = 1'140'000, .value = 1});
  std::vector<model::SeriesExemplars> series = {one};
  SpreadExemplars(30, series);
  std::set<model::TimeMs> times;
  for (const model::Exemplar& exemplar : series[0].exemplars) times.insert(exemplar.time / 300'000);
  EXPECT_EQ(times.size(), 4u);
}

TEST(ExemplarSpreadTest, WithMoreSeriesThanTheLimitTheLargestStay) {
  auto series = RandomSeries(20, 3, 2);
  std::vector<double> largest;
  for (const auto& one : series) largest.push_back(LargestOf(one));
  std::sort(largest.rbegin(), largest.rend());
  SpreadExemplars(5, series);
  ASSERT_EQ(CountOf(series), 5u);
  for (const auto& one : series) EXPECT_GE(one.exemplars[0].value, largest[4]);
}

TEST(ExemplarSpreadTest, NoLimitAndEnoughRoomChangeNothing) {
  auto series = RandomSeries(3, 10, 3);
  SpreadExemplars(0, series);
  SpreadExemplars(30, series);
  EXPECT_EQ(CountOf(series), 30u);
}

// NaN, infinities, zero and negatives have no place on a log axis.
TEST(ExemplarSpreadTest, ValuesWithoutALogarithmAreTakenToo) {
  model::SeriesExemplars one;
  for (const double value : std::vector<double>{NAN, -1, 0, HUGE_VAL, -HUGE_VAL, 1}) {
    one.exemplars.push_back({.time = INT64_MAX - 1, .value = value});
    one.exemplars.push_back({.time = INT64_MIN, .value = value});
  }
  std::vector<model::SeriesExemplars> series = {one};
  SpreadExemplars(6, series);
  EXPECT_EQ(CountOf(series), 6u);
  EXPECT_EQ(LargestOf(series[0]), HUGE_VAL);
}

}  // namespace
}  // namespace glint::storage
