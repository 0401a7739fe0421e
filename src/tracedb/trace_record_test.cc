#include "tracedb/trace_record.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

#include "tracedb/recent_hashes.h"
#include "tracedb/trace_index.h"

namespace glint::tracedb {
namespace {

using ::testing::ElementsAre;

// Written by version 1 of the format. If this fails, old logs are no longer read: make a version 2.
TEST(TraceRecordTest, GoldenFileOfVersion1) {
  std::ifstream file(GLINT_TESTDATA "/trace_record.v1", std::ios::binary);
  const std::string bytes((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  const auto head = DecodeTraceRecordHead(bytes);
  ASSERT_TRUE(head.ok()) << head.status().ToString();
  EXPECT_EQ(head->trace_id, (model::TraceId{{1}}));
  EXPECT_EQ(head->first_start_ns, 1'700'000'000'000'000'001);
  EXPECT_EQ(head->last_start_ns, 1'700'000'000'000'000'001);
  EXPECT_EQ(head->last_end_ns, 1'700'000'000'000'000'001);
  EXPECT_THAT(head->services, ElementsAre("shop"));
  EXPECT_THAT(head->hashes, ElementsAre(42));
  const auto groups = DecodeTraceRecordSpans(bytes);
  ASSERT_TRUE(groups.ok()) << groups.status().ToString();
  EXPECT_EQ(groups->at(0).spans.at(0).name, "GET /");
  for (size_t length = 0; length < bytes.size(); ++length) {
    EXPECT_FALSE(DecodeTraceRecordHead(bytes.substr(0, length)).ok()) << length;
  }
}

TEST(RecentHashesTest, KnowsAtLeastItsCapacityAndForgets) {
  RecentHashes recent(100);
  for (uint64_t i = 1; i <= 1000; ++i) {
    recent.Add(i);
    for (uint64_t back = 0; back < 100 && back < i; ++back) ASSERT_TRUE(recent.Contains(i - back));
  }
  EXPECT_FALSE(recent.Contains(700));
  EXPECT_FALSE(recent.Contains(0));
}

TEST(TraceIndexTest, ForgetsOneSegmentAndUsesItsRoomAgain) {
  TraceIndex index;
  const model::TraceId a{{1}};
  const model::TraceId b{{2}};
  index.Add(a, {1, 100, 5});
  index.Add(b, {1, 200, 6});
  index.Add(a, {2, 300, 7});
  index.Add(a, {1, 400, 8});
  index.Remove(1, std::vector<model::TraceId>{a, b, a, {{3}}});
  EXPECT_THAT(index.Find(a), ElementsAre(wal::Position{2, 300, 7}));
  EXPECT_FALSE(index.Contains(b));
  index.Add(b, {3, 1, 1});
  index.Add(a, {3, 2, 2});
  EXPECT_THAT(index.Find(a), ElementsAre(wal::Position{2, 300, 7}, wal::Position{3, 2, 2}));
  EXPECT_EQ(index.trace_count(), 2u);
}

}  // namespace
}  // namespace glint::tracedb
