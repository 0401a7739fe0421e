#include "wal/log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <random>

#include "codec/byte_writer.h"
#include "codec/crc32c.h"
#include "wal/log_under_test.h"

namespace glint::wal {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

std::string ReadTestdata(const std::string& name) {
  std::ifstream file(GLINT_TESTDATA "/" + name, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

TEST_F(LogTest, ReplaysInOrderOverSegments) {
  options_.segment_bytes = 80;
  {
    const auto log = Open();
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
  for (const bool is_closed : {false, true}) {
    Restore({});
    auto log = Open();
    ASSERT_TRUE(Append(*log, {all[0]}).ok());
    ASSERT_TRUE(Append(*log, {all[1], all[2]}).ok());
    ASSERT_TRUE(Append(*log, {all[3]}).ok());
    const uint64_t end = log->segments()[0].bytes;
    if (!is_closed) Kill(std::move(log));
    log.reset();
    const std::string whole = files_.Content(Path(1)).substr(0, end);
    size_t longest = 0;
    for (size_t length = 0; length <= whole.size(); ++length) {
      Restore({{SegmentName(1), whole.substr(0, length)}});
      {
        const auto cut = Open();
        ASSERT_LE(replayed_.size(), all.size());
        ASSERT_GE(replayed_.size(), longest);
        longest = replayed_.size();
        for (size_t i = 0; i < replayed_.size(); ++i) ASSERT_EQ(replayed_[i], all[i]);
        // A segment that was being written may end anywhere, a closed one does not.
        if (length >= kSegmentHeaderBytes) {
          ASSERT_EQ(cut->replay_report().damage.empty(), !is_closed || length == whole.size());
        }
        // And what comes after stands behind it.
        ASSERT_TRUE(Append(*cut, {"next"}).ok());
      }
      const auto again = Open();
      ASSERT_EQ(replayed_.size(), longest + 1) << length;
      ASSERT_EQ(replayed_.back(), "next");
    }
    EXPECT_EQ(longest, all.size());
  }
}

TEST_F(LogTest, AnotherStoresLogIsRefused) {
  ASSERT_TRUE(Append(*Open(), {"x"}).ok());
  options_.kind = 8;
  EXPECT_EQ(TryOpen().status().code(), StatusCode::kFailedPrecondition);
}

// Data of a newer glint is not damage.
TEST_F(LogTest, AnUnknownVersionIsRefused) {
  ASSERT_TRUE(Append(*Open(), {"x"}).ok());
  std::string bytes = files_.Content(Path(1));
  const std::string covered = bytes.substr(0, 8) + '\3' + bytes.substr(9, kClosingMarkOffset - 13);
  codec::ByteWriter header;
  header.Raw(covered);
  header.U32(codec::Crc32c(covered));
  files_.SetContent(Path(1), bytes.replace(0, header.size(), header.bytes()));
  const auto opened = TryOpen();
  EXPECT_EQ(opened.status().code(), StatusCode::kFailedPrecondition);
  EXPECT_THAT(opened.status().ToString(), HasSubstr("version 3"));
  EXPECT_EQ(files_.Content(Path(1)), bytes);
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

// Whatever part of a segment and its records still fits.
TEST_F(LogTest, ADiskThatIsFullAtAnyByteLosesNothingAndInventsNothing) {
  for (const uint64_t room_ahead : {0, 256}) {
    for (uint64_t capacity = 0; capacity < 500; ++capacity) {
      SCOPED_TRACE(testing::Message() << "capacity " << capacity << ", ahead " << room_ahead);
      Restore({});
      files_.SetCapacity(UINT64_MAX);
      options_.preallocate_bytes = room_ahead;
      options_.segment_bytes = 300;
      auto log = Open();
      files_.SetCapacity(capacity);
      std::vector<std::string> acknowledged;
      const auto append = [&](const std::vector<std::string>& payloads) {
        const Status appended = Append(*log, payloads);
        if (appended.ok()) {
          acknowledged.insert(acknowledged.end(), payloads.begin(), payloads.end());
        } else {
          EXPECT_EQ(appended.code(), StatusCode::kUnavailable);
          EXPECT_THAT(std::string(appended.message()), HasSubstr("No space left"));
        }
        for (size_t i = 0; i < positions_.size(); ++i) {
          ASSERT_EQ(*log->Read(positions_[i]), acknowledged[i]);
        }
      };
      positions_.clear();
      for (const std::string payload : {"one", "two", "three"}) append({payload, payload + "'"});
      files_.SetCapacity(capacity + 30);
      append({"more"});
      files_.SetCapacity(UINT64_MAX);
      append({"last"});
      ASSERT_EQ(acknowledged.back(), "last");
      if (capacity % 2 == 0) Kill(std::move(log));
      log.reset();
      const auto again = Open();
      EXPECT_EQ(replayed_, acknowledged);
      EXPECT_THAT(again->replay_report().damage, IsEmpty());
    }
  }
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

// A disk that takes nothing is no reason not to show what it has.
TEST_F(LogTest, OpensOnADiskThatCannotSync) {
  {
    auto log = Open();
    ASSERT_TRUE(Append(*log, {"before"}).ok());
    Kill(std::move(log));
  }
  files_.FailSyncs(2);
  const auto log = Open();
  EXPECT_THAT(replayed_, ElementsAre("before"));
  EXPECT_EQ(Append(*log, {"refused"}).code(), StatusCode::kUnavailable);
  ASSERT_TRUE(Append(*log, {"after"}).ok());
  Open();
  EXPECT_THAT(replayed_, ElementsAre("before", "after"));
}

// Else a segment that nobody closed would stand before one that was begun: damage that is none.
TEST_F(LogTest, AMarkThatWasNotSyncedIsSyncedByTheNextLife) {
  for (size_t i = 1; i <= 8; ++i) {  // What is lost is chance.
    auto log = Open();
    ASSERT_TRUE(Append(*log, {"one"}).ok());
    files_.FailSyncs(1);
    log.reset();  // Closes it; the mark is written, not synced.
    log = Open();
    ASSERT_TRUE(Append(*log, {"two"}).ok());
    files_.LosePower();
    log = Open();
    EXPECT_EQ(replayed_.size(), 2 * i);
    EXPECT_THAT(log->replay_report().damage, testing::IsEmpty());
  }
}

TEST_F(LogTest, FiguresCountWhatWasDone) {
  const auto log = Open();
  ASSERT_TRUE(Append(*log, {"one", "two"}).ok());
  ASSERT_TRUE(Append(*log, {"three"}).ok());
  const LogFigures figures = log->figures();
  EXPECT_EQ(figures.writes, 2u);
  EXPECT_EQ(figures.written_bytes, 3 * kRecordHeaderBytes + 11);
  EXPECT_EQ(figures.syncs, 3u);  // The header's too.
  EXPECT_GT(figures.longest_sync_ns, 0);
  EXPECT_GE(figures.sync_ns, figures.longest_sync_ns);
  EXPECT_EQ(figures.segments_begun, 1u);
}

// Whose manifest says that all before some segment is elsewhere.
TEST_F(LogTest, SegmentsBeginWhereTheOwnerSays) {
  options_.first_segment = 40;
  ASSERT_TRUE(Append(*Open(), {"x"}).ok());
  EXPECT_THAT(Names(), ElementsAre(SegmentName(40)));
  options_.first_segment = 3;
  ASSERT_TRUE(Append(*Open(), {"y"}).ok());
  EXPECT_THAT(Names(), ElementsAre(SegmentName(40), SegmentName(41)));
}

// Written by version 1 of the format. If this fails, old logs are no longer read: make another
// version.
TEST_F(LogTest, GoldenFileOfVersion1) {
  files_.SetContent(Path(1), ReadTestdata("segment.v1"));
  options_.kind = 1;
  const auto log = Open();
  EXPECT_THAT(replayed_, ElementsAre("first", "", "third"));
  EXPECT_THAT(log->replay_report().damage, IsEmpty());
  EXPECT_EQ(log->segments()[0].created_ms, 1'700'000'000'000);
  ASSERT_TRUE(Append(*log, {"fourth"}).ok());
  Open();
  EXPECT_THAT(replayed_, ElementsAre("first", "", "third", "fourth"));
}

TEST_F(LogTest, GoldenFileOfVersion2) {
  const std::string golden = ReadTestdata("segment.v2");
  files_.SetContent(Path(1), golden);
  options_.kind = 1;
  {
    const auto log = Open();
    EXPECT_THAT(replayed_, ElementsAre("first", "", "third"));
    EXPECT_THAT(log->replay_report().damage, IsEmpty());
    EXPECT_EQ(log->segments()[0].created_ms, 1'700'000'000'000);
  }
  EXPECT_EQ(files_.Content(Path(1)), golden);

  const SegmentHeader header{1, 1, 1'700'000'000'000, 0x0123456789abcdef};
  std::string made = EncodeSegmentHeader(header);
  FrameRecord(header, made.size(), 1, true, "first", made);
  FrameRecord(header, made.size(), 255, false, "", made);
  FrameRecord(header, made.size(), 1, true, "third", made);
  const std::string mark = EncodeClosingMark(header, made.size());
  EXPECT_EQ(made.replace(kClosingMarkOffset, mark.size(), mark), golden);
}

}  // namespace
}  // namespace glint::wal
