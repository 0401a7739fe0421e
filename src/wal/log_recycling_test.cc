// Room that a log takes ahead, uses again and gives back.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <algorithm>
#include <deque>
#include <filesystem>
#include <random>

#include "base/clock.h"
#include "base/test_folder.h"
#include "wal/log_under_test.h"

namespace glint::wal {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class LogRecyclingTest : public LogTest {
 protected:
  class ManualClock final : public Clock {
   public:
    int64_t NowNs() const override { return now_ms * 1'000'000; }
    int64_t now_ms = 1'700'000'000'000;
  };

  void Fill(Log& log, int segments) {
    const uint64_t last = log.segments().empty() ? 0 : log.segments().back().id;
    do {
      ASSERT_TRUE(Append(log, {std::string(100, 'x')}).ok());
    } while (log.segments().back().id < last + static_cast<uint64_t>(segments));
  }
  uint64_t BytesOnDisk() { return files_.used_bytes(); }
  size_t Spares() {
    size_t count = 0;
    for (const std::string& name : Names()) count += name.ends_with(".spare");
    return count;
  }

  ManualClock clock_;
};

TEST_F(LogRecyclingTest, RoomIsTakenInGrowingSteps) {
  options_.preallocate_bytes = 1 << 10;
  options_.segment_bytes = 10 << 10;
  const auto log = Open();
  EXPECT_EQ(log->bytes(), 0u);
  ASSERT_TRUE(Append(*log, {"x"}).ok());
  EXPECT_EQ(files_.Content(Path(1)).size(), 1u << 10);
  std::vector<uint64_t> sizes;
  while (log->segments().size() == 1) {
    ASSERT_TRUE(Append(*log, {std::string(100, 'x')}).ok());
    const uint64_t size = files_.Content(Path(1)).size();
    if (sizes.empty() || sizes.back() != size) sizes.push_back(size);
    EXPECT_EQ(log->bytes(), BytesOnDisk());
    EXPECT_LE(log->bytes(), (1 << 10) + 2 * log->segments()[0].bytes);
  }
  EXPECT_LE(sizes.size(), 6u);
}

TEST_F(LogRecyclingTest, ARemovedSegmentBecomesANewOne) {
  options_.segment_bytes = 1000;
  const auto log = Open();
  Fill(*log, 4);
  ASSERT_TRUE(log->Remove(1).ok());
  ASSERT_TRUE(log->Remove(2).ok());
  ASSERT_TRUE(log->Remove(3).ok());
  EXPECT_EQ(Spares(), 2u);
  EXPECT_EQ(log->figures().spare_segments, 2u);
  EXPECT_EQ(log->bytes(), BytesOnDisk());
  EXPECT_EQ(log->Read(positions_[0]).status().code(), StatusCode::kNotFound);
  Fill(*log, 2);
  EXPECT_EQ(Spares(), 0u);
  EXPECT_EQ(log->figures().segments_recycled, 2u);
  EXPECT_EQ(log->figures().spare_bytes, 0u);
  EXPECT_EQ(log->bytes(), BytesOnDisk());
  EXPECT_EQ(*log->Read(positions_.back()), std::string(100, 'x'));
}

TEST_F(LogRecyclingTest, ClosedInGoodOrderItKeepsOnlyItsRecords) {
  options_.segment_bytes = 10'000;
  uint64_t held = 0;
  {
    const auto log = Open();
    Fill(*log, 3);
    ASSERT_TRUE(log->Remove(1).ok());
    for (const SegmentInfo& segment : log->segments()) held += segment.bytes;
    EXPECT_GT(BytesOnDisk(), held);
  }
  EXPECT_EQ(BytesOnDisk(), held);
  EXPECT_EQ(Spares(), 0u);
}

TEST_F(LogRecyclingTest, SparesOfALogThatWasKilledGo) {
  options_.segment_bytes = 1000;
  auto log = Open();
  Fill(*log, 3);
  ASSERT_TRUE(log->Remove(1).ok());
  EXPECT_EQ(Spares(), 1u);
  Kill(std::move(log));
  EXPECT_EQ(Spares(), 1u);
  log = Open();
  EXPECT_EQ(Spares(), 0u);
  EXPECT_EQ(log->bytes(), BytesOnDisk());
}

// A log that holds little is not to take a lot of room.
TEST_F(LogRecyclingTest, WhatWasClosedByAgeIsNotKept) {
  options_.clock = &clock_;
  const auto log = Open();
  ASSERT_TRUE(Append(*log, {"x"}).ok());
  clock_.now_ms += options_.segment_age_ms;
  ASSERT_TRUE(Append(*log, {"x"}).ok());
  ASSERT_TRUE(log->Remove(1).ok());
  EXPECT_THAT(Names(), ElementsAre(SegmentName(2)));
}

TEST_F(LogRecyclingTest, NothingIsKeptWhereNothingIsSynced) {
  options_.segment_bytes = 1000;
  options_.ack = AckMode::kWritten;
  const auto log = Open();
  Fill(*log, 2);
  ASSERT_TRUE(log->Remove(1).ok());
  EXPECT_EQ(Spares(), 0u);
}

// Who is in the middle of a segment when it goes reads it to its end, and nothing else.
TEST_F(LogRecyclingTest, AFileThatIsStillReadIsNotWrittenTo) {
  options_.segment_bytes = 1000;
  const auto log = Open();
  Fill(*log, 2);
  size_t scanned = 0;
  ASSERT_TRUE(log->Scan(1,
                        [&](const RecordView& record) {
                          EXPECT_EQ(record.position, positions_[scanned]);
                          if (++scanned == 1) {
                            EXPECT_TRUE(log->Remove(1).ok());
                            Fill(*log, 2);
                            EXPECT_EQ(log->figures().segments_recycled, 0u);
                          }
                          return true;
                        })
                  .ok());
  EXPECT_GT(scanned, 5u);
  Fill(*log, 1);
  EXPECT_EQ(log->figures().segments_recycled, 1u);
}

// Killed at any instant, with old records of every kind behind the end.
TEST_F(LogRecyclingTest, OldBytesAreNeitherBelievedNorDamage) {
  const uint64_t seed = std::random_device()();
  SCOPED_TRACE(testing::Message() << "seed " << seed);
  std::mt19937_64 random(seed);
  options_.segment_bytes = 700;
  auto log = Open();
  std::deque<std::pair<uint64_t, std::string>> held;
  uint64_t recycled = 0;
  for (int i = 0; i < 3000; ++i) {
    std::string payload = std::to_string(i) + std::string(random() % 150, '.');
    // Some payloads are records themselves, of the segment that their file may become, where they
    // would have to be.
    if (random() % 2 == 0 && !log->segments().empty()) {
      const SegmentInfo last = log->segments().back();
      const SegmentHeader guessed{options_.kind, last.id + 1 + random() % 6};
      const uint64_t offset = last.bytes + kRecordHeaderBytes + payload.size();
      FrameRecord(guessed, offset, 1, /*begins_write=*/true, "invented", payload);
    }
    ASSERT_TRUE(Append(*log, {payload}).ok());
    held.emplace_back(log->segments().back().id, payload);
    if (log->segments().size() > 3) {
      const uint64_t oldest = log->segments()[0].id;
      ASSERT_TRUE(log->Remove(oldest).ok());
      while (held.front().first == oldest) held.pop_front();
    }
    if (random() % 10 != 0) continue;
    recycled += log->figures().segments_recycled;
    if (random() % 3 == 0) {
      // Under way when it happened.
      const auto contents = Contents();
      ASSERT_TRUE(Append(*log, {std::string(100, 'y')}).ok());
      const uint64_t begin = positions_.back().offset - kRecordHeaderBytes;
      const uint64_t written = random() % (kRecordHeaderBytes + 100);
      if (positions_.back().segment == held.back().first) {
        std::string torn = contents.at(SegmentName(positions_.back().segment));
        const std::string now = files_.Content(Path(positions_.back().segment));
        if (torn.size() >= begin + written) torn.replace(begin, written, now, begin, written);
        log.reset();
        Restore(contents);
        files_.SetContent(Path(positions_.back().segment), torn);
      } else {
        log.reset();
        Restore(contents);
      }
    } else {
      Kill(std::move(log));
    }
    log = Open();
    ASSERT_THAT(log->replay_report().damage, IsEmpty());
    std::vector<std::string> expected;
    for (const auto& [segment, text] : held) expected.push_back(text);
    ASSERT_EQ(replayed_, expected);
  }
  EXPECT_GT(recycled, 50u);
}

uint64_t BlockBytesIn(const std::string& folder) {
  uint64_t bytes = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    struct stat info;
    EXPECT_EQ(stat(entry.path().c_str(), &info), 0);
    bytes += static_cast<uint64_t>(info.st_blocks) * 512;
  }
  return bytes;
}

// On a real disk, as du counts.
TEST_F(LogRecyclingTest, TakesNoMoreRoomThanItSays) {
  constexpr uint64_t kBlock = 64 << 10;  // More than any file system rounds a file up by.
  const TestFolder folder;
  options_.folder = folder.path();
  options_.files = &PosixFileSystem();
  options_.segment_bytes = 1 << 20;
  options_.preallocate_bytes = 256 << 10;
  {
    const auto log = Open();
    EXPECT_EQ(BlockBytesIn(folder.path()), 0u);
    while (log->segments().size() < 4) {
      ASSERT_TRUE(Append(*log, {std::string(100'000, 'x')}).ok());
      ASSERT_LE(BlockBytesIn(folder.path()), log->bytes() + 4 * kBlock);
    }
    ASSERT_TRUE(log->Remove(1).ok());
    ASSERT_TRUE(log->Remove(2).ok());
    EXPECT_EQ(log->figures().spare_segments, 2u);
    EXPECT_LE(BlockBytesIn(folder.path()), log->bytes() + 4 * kBlock);
    EXPECT_GE(log->bytes(), 3u << 20);
  }
  EXPECT_LE(BlockBytesIn(folder.path()), (1 << 20) + 2 * 100'000 + 4 * kBlock);
}

// Renamed to what it shall be, and not yet begun: it has the header of what it was.
TEST_F(LogRecyclingTest, ASegmentThatWasNotYetBegunIsNoDamage) {
  options_.segment_bytes = 1000;
  {
    const auto log = Open();
    Fill(*log, 2);
  }
  files_.SetContent(Path(3), files_.Content(Path(1)));
  const auto log = Open();
  EXPECT_THAT(log->replay_report().damage, IsEmpty());
  EXPECT_EQ(replayed_.size(), positions_.size());
  EXPECT_THAT(Names(), ElementsAre(SegmentName(1), SegmentName(2)));
}

}  // namespace
}  // namespace glint::wal
