#include "wal/log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <random>

#include "base/file_in_memory.h"

namespace glint::wal {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr uint32_t kKind = 7;

class LogTest : public ::testing::Test {
 protected:
  StatusOr<std::unique_ptr<Log>> TryOpen(uint64_t segment_bytes = 1 << 20) {
    replayed_.clear();
    LogOptions options{.folder = "/log",
                       .kind = kKind,
                       .files = &files_,
                       .segment_bytes = segment_bytes,
                       .preallocate_bytes = 4096};
    return Log::Open(options,
                     [this](const RecordView& record) { replayed_.emplace_back(record.payload); });
  }
  std::unique_ptr<Log> Open(uint64_t segment_bytes = 1 << 20) {
    auto log = TryOpen(segment_bytes);
    EXPECT_TRUE(log.ok()) << log.status().ToString();
    return *std::move(log);
  }

  Status Append(Log& log, const std::vector<std::string>& payloads) {
    RETURN_IF_ERROR(log.PrepareSegment().status());
    std::vector<Record> records;
    for (const std::string& payload : payloads) records.push_back({1, payload});
    auto positions = log.Append(records);
    if (positions.ok()) positions_.insert(positions_.end(), positions->begin(), positions->end());
    return positions.status();
  }

  std::vector<std::string> Names() {
    auto names = files_.List("/log");
    EXPECT_TRUE(names.ok());
    return *std::move(names);
  }
  static std::string Path(uint64_t id) { return "/log/" + SegmentName(id); }

  InMemoryFileSystem files_{testing::UnitTest::GetInstance()->random_seed() + 1u};
  std::vector<std::string> replayed_;
  std::vector<Position> positions_;
};

TEST_F(LogTest, ReplaysInOrderOverSegments) {
  {
    const auto log = Open(/*segment_bytes=*/60);
    for (const std::string payload : {"a", "b", "", "d"}) ASSERT_TRUE(Append(*log, {payload}).ok());
    EXPECT_EQ(*log->Read(positions_[3]), "d");
    EXPECT_GT(log->segments().size(), 1u);
  }
  const auto log = Open();
  EXPECT_THAT(replayed_, ElementsAre("a", "b", "", "d"));
  EXPECT_THAT(log->replay_report().damage, IsEmpty());
}

// The disk may hold any part of what was being written when the power went.
TEST_F(LogTest, EveryPrefixOfALogReplaysToAPrefixOfItsRecords) {
  const std::vector<std::string> all = {"first", "second", "", "fourth one"};
  {
    const auto log = Open();
    ASSERT_TRUE(Append(*log, all).ok());
  }
  const std::string whole = files_.Content(Path(1));
  size_t longest = 0;
  for (size_t length = 0; length <= whole.size(); ++length) {
    files_.SetContent(Path(1), whole.substr(0, length));
    {
      const auto log = Open();
      ASSERT_LE(replayed_.size(), all.size());
      ASSERT_GE(replayed_.size(), longest);
      longest = replayed_.size();
      for (size_t i = 0; i < replayed_.size(); ++i) ASSERT_EQ(replayed_[i], all[i]);
      // And what comes after stands behind it.
      ASSERT_TRUE(Append(*log, {"next"}).ok());
    }
    const auto log = Open();
    ASSERT_EQ(replayed_.size(), longest + 1) << length;
    ASSERT_EQ(replayed_.back(), "next");
    for (const std::string& name : Names()) {
      ASSERT_TRUE(files_.Remove("/log/" + name).ok());
    }
  }
  EXPECT_EQ(longest, all.size());
}

// A flipped bit may cost the record it is in, or the rest of its segment; never a wrong value, and
// never the records of another segment.
TEST_F(LogTest, EveryFlippedBitIsNamedAndTheRestServed) {
  const auto fill = [&] {
    const auto log = Open(/*segment_bytes=*/90);
    for (const std::string payload : {"a1", "a2", "a3", "b1", "b2", "b3", "c1"}) {
      ASSERT_TRUE(Append(*log, {payload}).ok());
    }
  };
  fill();
  ASSERT_EQ(Names().size(), 3u);
  std::map<std::string, std::string> contents;
  for (const std::string& name : Names()) {
    contents[name] = files_.Content("/log/" + name);
  }
  const std::string& first = contents.begin()->second;
  for (uint64_t bit = 0; bit < first.size() * 8; ++bit) {
    for (const std::string& name : Names()) (void)files_.Remove("/log/" + name);
    for (const auto& [name, content] : contents) files_.SetContent("/log/" + name, content);
    files_.FlipBit(Path(1), bit);
    const auto log = TryOpen();
    const bool is_version = bit / 8 >= 8 && bit / 8 < 12;
    if (!log.ok()) {
      ASSERT_TRUE(is_version) << bit << log.status().ToString();
      continue;
    }
    ASSERT_EQ((*log)->replay_report().damage.size(), 1u) << bit;
    EXPECT_THAT((*log)->replay_report().damage[0], HasSubstr(Path(1)));
    ASSERT_GE(replayed_.size(), 4u) << bit;
    ASSERT_LT(replayed_.size(), 7u) << bit;
    EXPECT_EQ(std::vector<std::string>(replayed_.end() - 4, replayed_.end()),
              (std::vector<std::string>{"b1", "b2", "b3", "c1"}));
    const std::vector<std::string> before(replayed_.begin(), replayed_.end() - 4);
    for (const std::string& payload : before) EXPECT_THAT(payload, testing::StartsWith("a"));
  }
}

TEST_F(LogTest, DamageInOneRecordCostsOnlyThatRecord) {
  {
    const auto log = Open();
    ASSERT_TRUE(Append(*log, {"one", "two", "three"}).ok());
  }
  files_.FlipBit(Path(1), positions_[1].offset * 8);
  const auto log = Open();
  EXPECT_THAT(replayed_, ElementsAre("one", "three"));
  EXPECT_EQ(log->replay_report().damaged_records, 1u);
  EXPECT_EQ(log->Read(positions_[1]).status().code(), StatusCode::kDataLoss);
  EXPECT_EQ(*log->Read(positions_[2]), "three");
}

TEST_F(LogTest, WhatCannotBeFollowedIsKeptAside) {
  {
    const auto log = Open();
    ASSERT_TRUE(Append(*log, {"one", "two", "three"}).ok());
  }
  const uint64_t header = positions_[1].offset - kRecordHeaderBytes;
  files_.FlipBit(Path(1), (header + 4) * 8);
  const std::string rest = files_.Content(Path(1)).substr(header);
  const auto log = Open();
  EXPECT_THAT(replayed_, ElementsAre("one"));
  EXPECT_EQ(files_.Content(Path(1) + ".at-" + std::to_string(header) + ".corrupt"), rest);
}

TEST_F(LogTest, AnotherStoresLogAndANewerVersionAreRefused) {
  Open().reset();
  LogOptions options{.folder = "/log", .kind = kKind, .files = &files_};
  {
    const auto log = Open();
    ASSERT_TRUE(Append(*log, {"x"}).ok());
  }
  options.kind = 8;
  const auto visit = [](const RecordView&) {};
  EXPECT_EQ(Log::Open(options, visit).status().code(), StatusCode::kFailedPrecondition);
}

// Writes are refused with the reason, reads go on, and when there is room so do writes.
TEST_F(LogTest, FullDiskRefusesAndRecovers) {
  const auto log = Open();
  ASSERT_TRUE(Append(*log, {"before"}).ok());
  files_.SetCapacity(files_.used_bytes());
  const std::string big(8192, 'x');
  for (int i = 0; i < 3; ++i) {
    const Status refused = Append(*log, {"half", big});
    EXPECT_EQ(refused.code(), StatusCode::kUnavailable);
    EXPECT_THAT(std::string(refused.message()), HasSubstr("No space left"));
    EXPECT_EQ(*log->Read(positions_[0]), "before");
  }
  files_.SetCapacity(UINT64_MAX);
  ASSERT_TRUE(Append(*log, {"after"}).ok());
  Open();
  EXPECT_THAT(replayed_, ElementsAre("before", "after"));
}

TEST_F(LogTest, AFailedSyncIsARefusal) {
  const auto log = Open();
  ASSERT_TRUE(Append(*log, {"before"}).ok());
  files_.FailSyncs(2);
  EXPECT_EQ(Append(*log, {"lost"}).code(), StatusCode::kUnavailable);
  ASSERT_TRUE(Append(*log, {"after"}).ok());
  Open();
  EXPECT_THAT(replayed_, ElementsAre("before", "after"));
}

// The promise of --storage.ack=synced.
TEST_F(LogTest, PowerLossKeepsWhatWasAcknowledged) {
  const uint64_t seed = std::random_device()();
  SCOPED_TRACE(testing::Message() << "seed " << seed);
  std::mt19937_64 random(seed);
  for (int round = 0; round < 300; ++round) {
    InMemoryFileSystem files(random());
    const LogOptions options{.folder = "/log",
                             .kind = kKind,
                             .files = &files,
                             .segment_bytes = 2000,
                             .preallocate_bytes = random() % 2 * 4096};
    std::vector<std::string> acknowledged;
    std::vector<std::string> attempted;
    for (int life = 0; life < 3; ++life) {
      std::vector<std::string> replayed;
      auto log = Log::Open(
          options, [&](const RecordView& record) { replayed.emplace_back(record.payload); });
      ASSERT_TRUE(log.ok()) << log.status().ToString();
      // All that was acknowledged, in order; what is beyond was at least attempted.
      auto next = acknowledged.begin();
      for (const std::string& payload : replayed) {
        if (next != acknowledged.end() && *next == payload) ++next;
        ASSERT_NE(std::find(attempted.begin(), attempted.end(), payload), attempted.end());
      }
      ASSERT_EQ(next, acknowledged.end()) << *next;
      acknowledged = replayed;
      for (int i = 0; i < 20; ++i) {
        const std::string payload = std::to_string(round) + "/" + std::to_string(life) + "/" +
                                    std::to_string(i) + std::string(random() % 900, '.');
        attempted.push_back(payload);
        if (random() % 10 == 0) files.FailSyncs(1 + random() % 3);
        if ((*log)->PrepareSegment().ok() &&
            (*log)->Append(std::vector<Record>{{1, payload}}).ok()) {
          acknowledged.push_back(payload);
        }
      }
      files.FailSyncs(0);
      files.LosePower();
    }
  }
}

// Written by version 1 of the format. If this fails, old logs are no longer read: make a version 2.
TEST_F(LogTest, GoldenFileOfVersion1) {
  std::ifstream file(GLINT_TESTDATA "/segment.v1", std::ios::binary);
  const std::string bytes((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  files_.SetContent(Path(1), bytes);
  LogOptions options{.folder = "/log", .kind = 1, .files = &files_};
  const auto log = Log::Open(options, [this](const RecordView& record) {
    EXPECT_EQ(record.type, 1);
    replayed_.emplace_back(record.payload);
  });
  ASSERT_TRUE(log.ok()) << log.status().ToString();
  EXPECT_THAT(replayed_, ElementsAre("first", "", "third"));
  EXPECT_THAT((*log)->replay_report().damage, IsEmpty());
  EXPECT_EQ((*log)->segments()[0].created_ms, 1'700'000'000'000);
}

}  // namespace
}  // namespace glint::wal
