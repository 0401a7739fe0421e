#include "tsdb/manifest.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "base/file_in_memory.h"
#include "tsdb/manifest_changes_for_test.h"
#include "tsdb/manifest_record.h"

namespace glint::tsdb {
namespace {

using model::Matcher;
using model::MatchOp;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

constexpr char kPath[] = "/m/MANIFEST";

class ManifestTest : public testing::Test {
 protected:
  std::unique_ptr<Manifest> Open() {
    auto opened = Manifest::Open(disk_, "/m");
    EXPECT_TRUE(opened.ok()) << opened.status().ToString();
    return opened.ok() ? *std::move(opened) : nullptr;
  }
  std::string Reopened() { return Print(Open()->state()); }

  InMemoryFileSystem disk_;
};

TEST_F(ManifestTest, BeginsEmptyAndRemembersAChange) {
  auto manifest = Open();
  EXPECT_EQ(manifest->state().next_part_id, 1u);
  ManifestChange change;
  change.added_parts = {1, 2};
  change.first_log_segment = 9;
  change.added_tombstones = {Deleting(1, {{Matcher::Equal("job", "x")}})};
  ASSERT_TRUE(manifest->Apply(change).ok());
  const std::string before = Print(manifest->state());
  EXPECT_THAT(before, HasSubstr("next part 3, tombstone 2, log 9\nparts 1 2\n1 1700000000000 "
                                "{job=\"x\"} from -5"));
  EXPECT_EQ(Reopened(), before);
}

// A deletion that means something else after a restart deletes what nobody asked for.
TEST_F(ManifestTest, EveryKindOfMatcherComesBackAsItWas) {
  const std::string odd("a\"b\\c\n\xff\0d|e", 11);
  auto manifest = Open();
  ManifestChange change;
  change.added_tombstones = {Deleting(
      1, {{Matcher::Equal("quoted name", odd), *Matcher::Make(MatchOp::kNotEqual, "a", "")},
          {*Matcher::Make(MatchOp::kRegex, "job", "a|b.*(c)?"),
           *Matcher::Make(MatchOp::kNotRegex, "job", "x+")}})};
  ASSERT_TRUE(manifest->Apply(change).ok());
  manifest = Open();
  const Tombstone& read = manifest->state().tombstones.at(1);
  ASSERT_THAT(read.any_of, SizeIs(2));
  EXPECT_EQ(EncodeTombstone(read), EncodeTombstone(change.added_tombstones[0]));
  EXPECT_EQ(read.any_of[0][0].value(), odd);
  EXPECT_TRUE(read.any_of[1][0].Matches("bxxc"));
  EXPECT_FALSE(read.any_of[1][1].Matches("xx"));
}

// A part file of an old id may lie in the folder; a tombstone reaches up to an id.
TEST_F(ManifestTest, NoIdIsUsedTwice) {
  auto manifest = Open();
  const uint64_t slow = manifest->TakePartId();
  const uint64_t quick = manifest->TakePartId();
  EXPECT_LT(slow, quick);
  ASSERT_TRUE(manifest->Apply({.added_parts = {quick}}).ok());
  ASSERT_TRUE(manifest->Apply({.added_parts = {slow}, .removed_parts = {quick}}).ok());
  for (const uint64_t id : {quick, slow, uint64_t{0}}) {
    EXPECT_EQ(manifest->Apply({.added_parts = {id}}).code(), StatusCode::kInvalidArgument) << id;
  }
  EXPECT_EQ(manifest->Apply({.added_parts = {9, 9}}).code(), StatusCode::kInvalidArgument);
  EXPECT_EQ(manifest->Apply({.removed_parts = {quick}}).code(), StatusCode::kInvalidArgument);
  EXPECT_EQ(manifest->Apply({.removed_tombstones = {1}}).code(), StatusCode::kInvalidArgument);

  const auto set = std::vector<std::vector<Matcher>>{{Matcher::Equal("a", "b")}};
  ASSERT_TRUE(manifest->Apply({.added_tombstones = {Deleting(1, set)}}).ok());
  ASSERT_TRUE(manifest->Apply({.removed_tombstones = {1}}).ok());
  manifest = Open();
  EXPECT_EQ(manifest->Apply({.added_tombstones = {Deleting(1, set)}}).code(),
            StatusCode::kInvalidArgument);
  EXPECT_EQ(manifest->Apply({.added_tombstones = {Deleting(2, {{}})}}).code(),
            StatusCode::kInvalidArgument);
  EXPECT_EQ(manifest->Apply({.added_parts = {quick}}).code(), StatusCode::kInvalidArgument);
  EXPECT_GT(manifest->TakePartId(), quick);
}

TEST_F(ManifestTest, LogSegmentsDoNotComeBack) {
  auto manifest = Open();
  ASSERT_TRUE(manifest->Apply({.first_log_segment = 5}).ok());
  ASSERT_TRUE(manifest->Apply({.first_log_segment = 3}).ok());
  EXPECT_EQ(manifest->state().first_log_segment, 5u);
}

TEST_F(ManifestTest, DamageInTheMiddleIsNamedAndTheRestCounts) {
  auto manifest = Open();
  ASSERT_TRUE(manifest->Apply({.added_parts = {1}}).ok());
  const uint64_t start = manifest->bytes();
  ASSERT_TRUE(
      manifest->Apply({.added_tombstones = {Deleting(1, {{Matcher::Equal("a", "b")}})}}).ok());
  const uint64_t end = manifest->bytes();
  ASSERT_TRUE(manifest->Apply({.added_parts = {2}}).ok());
  std::string bytes = disk_.Content(kPath);
  for (uint64_t at = start; at < end; ++at) bytes[at] = '?';
  disk_.SetContent(kPath, bytes);

  manifest = Open();
  EXPECT_THAT(manifest->state().parts, ElementsAre(1, 2));
  EXPECT_THAT(manifest->state().tombstones, IsEmpty());
  EXPECT_THAT(manifest->damage(),
              ElementsAre(HasSubstr("/m/MANIFEST: damaged at 94: the record header's crc is "),
                          HasSubstr("tombstone 1 is in no whole record")));
  // For a person; nothing here reads it again.
  EXPECT_EQ(disk_.Content("/m/MANIFEST.at-94.corrupt"), bytes);
  EXPECT_EQ(manifest->state().next_tombstone_id, 2u);
  EXPECT_THAT(Open()->damage(), IsEmpty());
}

// Opening it as empty would let go of all data.
TEST_F(ManifestTest, WhatIsNoManifestIsRefused) {
  for (const std::string& bytes : {std::string(), std::string("GLINTMAN"), std::string(500, '\0'),
                                   std::string(500, 'x'), ManifestHeader()}) {
    disk_.SetContent(kPath, bytes);
    const auto opened = Manifest::Open(disk_, "/m");
    ASSERT_FALSE(opened.ok());
    EXPECT_EQ(opened.status().code(), StatusCode::kDataLoss);
    EXPECT_THAT(std::string(opened.status().message()), HasSubstr(kPath));
    EXPECT_EQ(disk_.Content(kPath), bytes);
  }
}

TEST_F(ManifestTest, ANewerVersionIsNotDamage) {
  Open();
  std::string bytes = disk_.Content(kPath);
  bytes.replace(0, 16, std::string("GLINTMAN\x02\0\0\0\xf0\x9b\x61\xc0", 16));
  disk_.SetContent(kPath, bytes);
  const auto opened = Manifest::Open(disk_, "/m");
  ASSERT_FALSE(opened.ok());
  EXPECT_EQ(opened.status().ToString(), "FAILED_PRECONDITION: /m/MANIFEST: version 2, known is 1");
}

// Who sends deletions without end gets an answer, not a store that no longer opens.
TEST_F(ManifestTest, DeletionsHaveABound) {
  auto manifest = Open();
  const std::string large(kMaxManifestRecordBytes / 2, 'x');
  const auto deleting = [&](uint64_t id) {
    return ManifestChange{.added_tombstones = {Deleting(id, {{Matcher::Equal("a", large)}})}};
  };
  ASSERT_TRUE(manifest->Apply(deleting(1)).ok());
  EXPECT_EQ(manifest->Apply(deleting(2)).code(), StatusCode::kResourceExhausted);
  ASSERT_TRUE(manifest->Apply({.added_parts = {1}, .removed_tombstones = {1}}).ok());
  EXPECT_TRUE(manifest->Apply(deleting(2)).ok());
}

TEST_F(ManifestTest, GoldenFileOfVersion1) {
  std::ifstream file(GLINT_TESTDATA "/manifest.v1", std::ios::binary);
  const std::string bytes((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  ASSERT_FALSE(bytes.empty());
  disk_.SetContent(kPath, bytes);
  const auto golden = Open();
  EXPECT_EQ(Print(golden->state()),
            "next part 12, tombstone 3, log 40\n"
            "parts 3 9 10\n"
            "2 1700000000000 {job=~\"a|b.*\", env!=\"\"} or {__name__=\"up\"} from -5 to "
            "9223372036854775807 in parts up to 7");
  // And it is written as it was then.
  disk_.SetContent(kPath, "");
  ASSERT_TRUE(disk_.Remove(kPath).ok());
  auto manifest = Open();
  ASSERT_TRUE(manifest->Apply({.added_parts = {1, 2, 3}, .first_log_segment = 12}).ok());
  ASSERT_TRUE(
      manifest->Apply({.added_tombstones = {Deleting(1, {{Matcher::Equal("a", "b")}})}}).ok());
  ASSERT_TRUE(manifest
                  ->Apply({.added_parts = {9, 10},
                           .removed_parts = {1, 2},
                           .added_tombstones = {Deleting(
                               2, {{*Matcher::Make(MatchOp::kRegex, "job", "a|b.*"),
                                    *Matcher::Make(MatchOp::kNotEqual, "env", "")},
                                   {Matcher::Equal("__name__", "up")}})},
                           .removed_tombstones = {1},
                           .first_log_segment = 40,
                           .next_part_id = 12})
                  .ok());
  EXPECT_EQ(disk_.Content(kPath), bytes);
}

}  // namespace
}  // namespace glint::tsdb
