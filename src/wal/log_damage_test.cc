// What a damaged disk, or one that lost its power, costs a log.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "wal/log_under_test.h"

namespace glint::wal {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class LogDamageTest : public LogTest {
 protected:
  uint64_t HeaderOf(size_t record) { return positions_[record].offset - kRecordHeaderBytes; }
  void FlipLengthOf(size_t record) { files_.FlipBit(Path(1), (HeaderOf(record) + 4) * 8); }
};

// A flipped bit costs the record it is in, or its segment; never a wrong value, and never the
// records of another segment.
TEST_F(LogDamageTest, EveryFlippedBitIsNamedAndTheRestServed) {
  options_.segment_bytes = 110;
  {
    const auto log = Open();
    for (const std::string payload : {"a1", "a2", "a3", "b1", "b2", "b3", "c1"}) {
      ASSERT_TRUE(Append(*log, {payload}).ok());
    }
  }
  ASSERT_EQ(Names().size(), 3u);
  const auto contents = Contents();
  const std::string& first = contents.begin()->second;
  for (uint64_t bit = 0; bit < first.size() * 8; ++bit) {
    SCOPED_TRACE(testing::Message() << "bit " << bit);
    Restore(contents);
    files_.FlipBit(Path(1), bit);
    const auto log = Open();
    ASSERT_EQ(log->replay_report().damage.size(), 1u);
    EXPECT_THAT(log->replay_report().damage[0], HasSubstr(Path(1)));
    const uint64_t byte = bit / 8;
    const size_t left = byte < kClosingMarkOffset ? 4 : byte < kSegmentHeaderBytes ? 7 : 6;
    ASSERT_EQ(replayed_.size(), left);
    EXPECT_EQ(std::vector<std::string>(replayed_.end() - 4, replayed_.end()),
              (std::vector<std::string>{"b1", "b2", "b3", "c1"}));
    for (size_t i = 0; i + 4 < left; ++i) EXPECT_THAT(replayed_[i], testing::StartsWith("a"));
    // A scan passes over the same.
    if (left == 4) continue;
    std::vector<std::string> scanned;
    ASSERT_TRUE(log->Scan(1,
                          [&](const RecordView& record) {
                            scanned.emplace_back(record.payload);
                            return true;
                          })
                    .ok());
    EXPECT_EQ(scanned, std::vector<std::string>(replayed_.begin(), replayed_.end() - 4));
  }
}

TEST_F(LogDamageTest, ADamagedPayloadCostsOnlyItsRecord) {
  ASSERT_TRUE(Append(*Open(), {"one", "two", "three"}).ok());
  files_.FlipBit(Path(1), positions_[1].offset * 8);
  const auto log = Open();
  EXPECT_THAT(replayed_, ElementsAre("one", "three"));
  EXPECT_EQ(log->replay_report().damaged_records, 1u);
  EXPECT_EQ(log->Read(positions_[1]).status().code(), StatusCode::kDataLoss);
  EXPECT_EQ(*log->Read(positions_[2]), "three");
}

TEST_F(LogDamageTest, WhatCannotBeReadIsKeptAside) {
  ASSERT_TRUE(Append(*Open(), {"one", "two", "three"}).ok());
  FlipLengthOf(1);
  const std::string damaged =
      files_.Content(Path(1)).substr(HeaderOf(1), HeaderOf(2) - HeaderOf(1));
  const auto log = Open();
  EXPECT_THAT(replayed_, ElementsAre("one", "three"));
  EXPECT_EQ(files_.Content(Path(1) + ".at-" + std::to_string(HeaderOf(1)) + ".corrupt"), damaged);
  EXPECT_EQ(log->replay_report().quarantined_bytes, damaged.size());
}

// The header is not covered by what it takes to find the records after it, so they must not be.
TEST_F(LogDamageTest, ASegmentWithADamagedHeaderIsKeptWhole) {
  ASSERT_TRUE(Append(*Open(), {"one"}).ok());
  files_.FlipBit(Path(1), 17 * 8);
  const std::string damaged = files_.Content(Path(1));
  const auto log = Open();
  EXPECT_THAT(replayed_, IsEmpty());
  EXPECT_EQ(files_.Content(Path(1) + ".corrupt"), damaged);
  EXPECT_EQ(log->replay_report().damage.size(), 1u);
}

// Of a segment that was being written: a later write shows that what stands before it was
// acknowledged.
TEST_F(LogDamageTest, DamageBeforeALaterWriteIsNamed) {
  for (const bool is_header : {false, true}) {
    Restore({});
    positions_.clear();
    auto log = Open();
    for (const std::string payload : {"one", "two", "three"}) {
      ASSERT_TRUE(Append(*log, {payload}).ok());
    }
    Kill(std::move(log));
    is_header ? FlipLengthOf(1) : files_.FlipBit(Path(1), positions_[1].offset * 8);
    const auto again = Open();
    EXPECT_THAT(replayed_, ElementsAre("one", "three"));
    EXPECT_EQ(again->replay_report().damage.size(), 1u);
  }
}

// Sectors come to the disk in any order. What was not acknowledged may go, without an alarm, but
// may not come back once it was found gone.
TEST_F(LogDamageTest, TheRestOfATornWriteIsCutOffForGood) {
  for (const bool is_header : {false, true}) {
    Restore({});
    positions_.clear();
    auto log = Open();
    ASSERT_TRUE(Append(*log, {"one"}).ok());
    ASSERT_TRUE(Append(*log, {"two", "three", "four"}).ok());
    Kill(std::move(log));
    is_header ? FlipLengthOf(2) : files_.FlipBit(Path(1), positions_[2].offset * 8);
    log = Open();
    EXPECT_THAT(replayed_, ElementsAre("one", "two"));
    EXPECT_THAT(log->replay_report().damage, IsEmpty());
    ASSERT_TRUE(Append(*log, {"THREE"}).ok());
    Kill(std::move(log));
    Open();
    EXPECT_THAT(replayed_, ElementsAre("one", "two", "THREE"));
  }
}

TEST_F(LogDamageTest, ASegmentThatWasNeverClosedThoughAnotherFollowsIsNamed) {
  options_.segment_bytes = 80;
  auto log = Open();
  for (const std::string payload : {"one", "two", "three"}) {
    ASSERT_TRUE(Append(*log, {payload}).ok());
  }
  log.reset();
  std::string bytes = files_.Content(Path(1));
  bytes.replace(kClosingMarkOffset, 16, std::string(16, '\0'));
  files_.SetContent(Path(1), bytes);
  log = Open();
  EXPECT_THAT(replayed_, ElementsAre("one", "two", "three"));
  ASSERT_EQ(log->replay_report().damage.size(), 1u);
  EXPECT_THAT(log->replay_report().damage[0], HasSubstr("never closed"));
}

// A hole where a page was lost: zeros are the end only of what is not closed.
TEST_F(LogDamageTest, ZerosAtTheEndOfAClosedSegmentAreDamage) {
  ASSERT_TRUE(Append(*Open(), {"one", "two"}).ok());
  std::string bytes = files_.Content(Path(1));
  std::fill(bytes.begin() + static_cast<std::ptrdiff_t>(HeaderOf(1)), bytes.end(), '\0');
  files_.SetContent(Path(1), bytes);
  const auto log = Open();
  EXPECT_THAT(replayed_, ElementsAre("one"));
  EXPECT_EQ(log->replay_report().damage.size(), 1u);
}

// The promise of --storage.ack=synced, with segments recycled all the time.
TEST_F(LogDamageTest, PowerLossKeepsWhatWasAcknowledged) {
  const uint64_t seed = std::random_device()();
  SCOPED_TRACE(testing::Message() << "seed " << seed);
  std::mt19937_64 random(seed);
  uint64_t recycled = 0;
  for (int round = 0; round < 300; ++round) {
    InMemoryFileSystem files(random());
    const LogOptions options{.folder = "/log",
                             .kind = 7,
                             .files = &files,
                             .segment_bytes = 2000,
                             .preallocate_bytes = random() % 2 * 512};
    std::vector<std::string> acknowledged;
    std::vector<std::string> attempted;
    std::vector<std::string> removed;
    for (int life = 0; life < 3; ++life) {
      std::vector<std::string> replayed;
      std::map<uint64_t, std::vector<std::string>> by_segment;
      auto log = Log::Open(options, [&](const RecordView& record) {
        replayed.emplace_back(record.payload);
        by_segment[record.position.segment].emplace_back(record.payload);
      });
      ASSERT_TRUE(log.ok()) << log.status().ToString();
      EXPECT_THAT((*log)->replay_report().damage, IsEmpty());
      // All that was acknowledged, in order; what is beyond was at least attempted.
      auto next = acknowledged.begin();
      for (const std::string& payload : replayed) {
        if (next != acknowledged.end() && *next == payload) ++next;
        ASSERT_NE(std::find(attempted.begin(), attempted.end(), payload), attempted.end());
      }
      ASSERT_EQ(next, acknowledged.end()) << *next;
      for (int i = 0; i < 20; ++i) {
        if (random() % 10 == 0) files.FailSyncs(1 + static_cast<int>(random() % 3));
        if (random() % 10 == 0) files.FailChanges(1 + static_cast<int>(random() % 3));
        const auto segment = (*log)->PrepareSegment();
        std::vector<std::string> payloads;
        std::vector<Record> records;
        for (uint64_t n = 0; n <= random() % 3; ++n) {
          payloads.push_back(
              fmt::format("{}/{}/{}/{}{}", round, life, i, n, std::string(random() % 900, '.')));
        }
        for (const std::string& payload : payloads) records.push_back({1, payload});
        attempted.insert(attempted.end(), payloads.begin(), payloads.end());
        if (segment.ok() && (*log)->Append(records).ok()) {
          auto& held = by_segment[*segment];
          held.insert(held.end(), payloads.begin(), payloads.end());
        }
        files.FailChanges(0);
        // The oldest go, and their files come back.
        while ((*log)->segments().size() > 3 && random() % 2 == 0) {
          by_segment.erase((*log)->segments()[0].id);
          ASSERT_TRUE((*log)->Remove((*log)->segments()[0].id).ok());
        }
      }
      acknowledged.clear();
      for (const auto& [id, payloads] : by_segment) {
        acknowledged.insert(acknowledged.end(), payloads.begin(), payloads.end());
      }
      recycled += (*log)->figures().segments_recycled;
      files.FailSyncs(0);
      files.LosePower();
    }
  }
  EXPECT_GT(recycled, 300u);
}

}  // namespace
}  // namespace glint::wal
