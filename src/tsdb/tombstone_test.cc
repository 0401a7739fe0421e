#include "tsdb/tombstone.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tsdb/tombstone_cut.h"

namespace glint::tsdb {
namespace {

using model::TimeRange;
using testing::ElementsAre;

std::vector<std::pair<int64_t, int64_t>> United(std::vector<TimeRange> ranges) {
  UniteRanges(ranges);
  std::vector<std::pair<int64_t, int64_t>> out;
  for (const TimeRange& range : ranges) out.emplace_back(range.start, range.end);
  return out;
}

TEST(TombstoneCutTest, RangesThatTouchBecomeOne) {
  using Pair = std::pair<int64_t, int64_t>;
  EXPECT_THAT(United({{5, 9}, {1, 2}, {3, 3}, {8, 12}, {20, 19}}),
              ElementsAre(Pair(1, 3), Pair(5, 12)));
  EXPECT_THAT(United({{1, model::kMaxTimeMs}, {5, 7}, {model::kMinTimeMs, -3}}),
              ElementsAre(Pair(model::kMinTimeMs, -3), Pair(1, model::kMaxTimeMs)));
}

TEST(TombstoneCutTest, CutsFloatsHistogramsAndExemplars) {
  storage::SeriesData data;
  data.times = {1, 2, 3, 4};
  data.values = {10, 20, 30, 40};
  data.start_times = {0, 1, 2, 3};
  for (const int64_t time : {2, 3, 9}) {
    data.histograms.push_back({time, std::make_shared<model::Histogram>(), 0});
  }
  const std::vector<TimeRange> ranges = {{2, 2}, {4, 8}};
  EXPECT_EQ(CutDeleted(ranges, data), 3u);
  EXPECT_THAT(data.times, ElementsAre(1, 3));
  EXPECT_THAT(data.values, ElementsAre(10, 30));
  EXPECT_THAT(data.start_times, ElementsAre(0, 2));
  ASSERT_EQ(data.histograms.size(), 2u);
  EXPECT_EQ(data.histograms[0].time, 3);

  std::vector<model::Exemplar> exemplars = {{.time = 1}, {.time = 4}, {.time = 8}, {.time = 9}};
  EXPECT_EQ(CutDeleted(ranges, exemplars), 2u);
  EXPECT_EQ(CutDeleted({}, exemplars), 0u);
}

// A tombstone without a condition would delete everything.
TEST(TombstoneTest, BytesThatAreNoneAreRefused) {
  Tombstone tombstone;
  tombstone.any_of = {{model::Matcher::Equal("job", "x")}};
  const std::string bytes = EncodeTombstone(tombstone);
  for (size_t length = 0; length < bytes.size(); ++length) {
    EXPECT_EQ(DecodeTombstone(3, bytes.substr(0, length)).status().code(),
              StatusCode::kInvalidArgument);
  }
  EXPECT_EQ(DecodeTombstone(3, bytes + "x").status().message(),
            "tombstone 3: 1 of 32 bytes follow it");
  tombstone.any_of.push_back({});
  EXPECT_EQ(DecodeTombstone(3, EncodeTombstone(tombstone)).status().message(),
            "tombstone 3: a set without matchers");
}

}  // namespace
}  // namespace glint::tsdb
