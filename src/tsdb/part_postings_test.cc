#include "tsdb/part_postings.h"

#include <gtest/gtest.h>

#include <random>
#include <set>

namespace glint::tsdb {
namespace {

using Set = std::set<uint32_t>;

Set RandomSet(std::mt19937_64& random, uint32_t bound) {
  Set set;
  const uint64_t step = 1 + random() % 9;
  for (uint32_t i = 0; i < bound; ++i) {
    if (random() % step == 0) set.insert(i);
  }
  return set;
}

SeriesRuns RunsOf(const Set& set) {
  SeriesRuns runs;
  for (const uint32_t series : set) AppendSeries(series, runs);
  return runs;
}

std::string Encode(const Set& set) {
  PostingsEncoder encoder;
  for (const uint32_t series : set) encoder.Add(series);
  return encoder.Take();
}

TEST(PartPostingsTest, SetsAreCombinedAsSetsAre) {
  for (uint64_t seed = 0; seed < 300; ++seed) {
    SCOPED_TRACE(seed);
    std::mt19937_64 random(seed);
    const Set a = RandomSet(random, 200);
    const Set b = RandomSet(random, 200);
    Set both, left, either = a;
    for (const uint32_t series : a) (b.contains(series) ? both : left).insert(series);
    either.insert(b.begin(), b.end());
    EXPECT_EQ(Intersect(RunsOf(a), RunsOf(b)), RunsOf(both));
    EXPECT_EQ(Subtract(RunsOf(a), RunsOf(b)), RunsOf(left));
    SeriesRuns runs = RunsOf(a);
    for (const SeriesRun& run : RunsOf(b)) runs.push_back(run);
    EXPECT_EQ(Unite(runs), RunsOf(either));
    EXPECT_EQ(CountSeries(RunsOf(a)), a.size());
  }
}

TEST(PartPostingsTest, ComeBack) {
  for (uint64_t seed = 0; seed < 300; ++seed) {
    SCOPED_TRACE(seed);
    std::mt19937_64 random(seed);
    const auto bound = static_cast<uint32_t>(1 + random() % 3000);
    Set set = RandomSet(random, bound);
    set.insert(bound - 1);
    SeriesRuns runs;
    EXPECT_TRUE(DecodePostings(Encode(set), bound, runs).ok());
    EXPECT_EQ(runs, RunsOf(set));
    EXPECT_FALSE(DecodePostings(Encode(set), bound - 1, runs).ok());
  }
}

TEST(PartPostingsTest, LargestSeriesComesBack) {
  SeriesRuns runs;
  ASSERT_TRUE(DecodePostings(Encode({0, UINT32_MAX - 2, UINT32_MAX - 1}), UINT32_MAX, runs).ok());
  EXPECT_EQ(runs, (SeriesRuns{{0, 1}, {UINT32_MAX - 2, UINT32_MAX}}));
}

TEST(PartPostingsTest, OtherBytesAreRefused) {
  SeriesRuns runs;
  EXPECT_FALSE(DecodePostings("", 10, runs).ok());
  EXPECT_FALSE(DecodePostings(std::string("\x08\x02", 2), 10, runs).ok());      // Cut off.
  EXPECT_FALSE(DecodePostings(std::string("\x04\x02\x00", 3), 10, runs).ok());  // Touching runs.
  EXPECT_FALSE(DecodePostings(std::string("\x02\x81", 2), 10, runs).ok());
}

}  // namespace
}  // namespace glint::tsdb
