#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

#include "base/file_in_memory.h"
#include "tsdb/dying_file_system_for_test.h"
#include "tsdb/manifest.h"
#include "tsdb/manifest_changes_for_test.h"

namespace glint::tsdb {
namespace {

using testing::IsEmpty;

constexpr char kPath[] = "/m/MANIFEST";

class ManifestCrashTest : public testing::Test {
 protected:
  std::unique_ptr<Manifest> Open() {
    auto opened = Manifest::Open(disk_, "/m");
    EXPECT_TRUE(opened.ok()) << opened.status().ToString();
    return opened.ok() ? *std::move(opened) : nullptr;
  }
  std::string Reopened() { return Print(Open()->state()); }

  InMemoryFileSystem disk_;
};

TEST_F(ManifestCrashTest, ThousandsOfChangesAreAPlainModelsAfterAnyRestart) {
  const uint64_t seed = std::random_device()();
  SCOPED_TRACE(testing::Message() << "seed " << seed);
  Changes changes(seed);
  std::mt19937_64 random(seed);
  auto manifest = Open();
  ManifestState model;
  uint64_t largest = 0;
  for (int i = 0; i < 4000; ++i) {
    const ManifestChange change = changes.Next(model);
    ASSERT_TRUE(manifest->Apply(change).ok());
    ApplyPlainly(change, model);
    largest = std::max(largest, manifest->bytes());
    if (random() % 100 == 0) {
      manifest = Open();
      ASSERT_THAT(manifest->damage(), IsEmpty());
    }
    ASSERT_EQ(Print(manifest->state()), Print(model)) << "change " << i;
  }
  EXPECT_EQ(Reopened(), Print(model));
  EXPECT_GT(largest, 60u << 10);
  EXPECT_LT(largest, 1u << 20) << "history was not let go";
}

// Power goes at each operation of each change: what was answered is there, what was not is there
// whole or not at all, and it all goes on.
TEST_F(ManifestCrashTest, PowerLossAtEveryStep) {
  const uint64_t seed = std::random_device()();
  SCOPED_TRACE(testing::Message() << "seed " << seed);
  for (int step = 0; step < 60; ++step) {
    for (uint64_t round = 0; round < 12; ++round) {
      InMemoryFileSystem disk(seed + round);
      DyingFileSystem dying(disk);
      dying.operations = step;
      Changes changes(seed + round);
      ManifestState acknowledged;
      ManifestState asked;
      if (auto manifest = Manifest::Open(dying, "/m"); manifest.ok()) {
        for (;;) {
          const ManifestChange change = changes.Next(acknowledged);
          asked = acknowledged;
          ApplyPlainly(change, asked);
          if (!(*manifest)->Apply(change).ok()) break;
          acknowledged = asked;
        }
        ASSERT_EQ(Print((*manifest)->state()), Print(acknowledged));
      }
      disk.LosePower();
      auto manifest = Manifest::Open(disk, "/m");
      ASSERT_TRUE(manifest.ok()) << manifest.status().ToString();
      ASSERT_THAT((*manifest)->damage(), IsEmpty()) << "step " << step << " round " << round;
      const std::string found = Print((*manifest)->state());
      ASSERT_TRUE(found == Print(acknowledged) || found == Print(asked))
          << "step " << step << " round " << round << "\n"
          << found << "\nis neither\n"
          << Print(acknowledged) << "\nnor\n"
          << Print(asked);
      const uint64_t id = (*manifest)->TakePartId();
      ASSERT_TRUE((*manifest)->Apply({.added_parts = {id}}).ok());
      disk.LosePower();
      auto again = Manifest::Open(disk, "/m");
      ASSERT_TRUE(again.ok());
      ASSERT_THAT((*again)->damage(), IsEmpty());
      ASSERT_EQ(Print((*again)->state()), Print((*manifest)->state()));
    }
  }
}

Status ReplacePart(Manifest& manifest) {
  const std::set<uint64_t>& parts = manifest.state().parts;
  return manifest.Apply({.added_parts = {manifest.state().next_part_id},
                         .removed_parts = std::vector<uint64_t>(parts.begin(), parts.end())});
}

// So that the next change makes it be rewritten; how long that one will be.
uint64_t FillUpToRewriting(Manifest& manifest) {
  for (uint64_t last = 0; manifest.bytes() + last < 64 << 10;) {
    const uint64_t before = manifest.bytes();
    EXPECT_TRUE(ReplacePart(manifest).ok());
    last = manifest.bytes() - before;
    if (manifest.bytes() + last >= 64 << 10) return last;
  }
  return 0;
}

// Rewriting replaces the only file that says what is live.
TEST_F(ManifestCrashTest, PowerLossWhileItIsRewritten) {
  const uint64_t seed = std::random_device()();
  SCOPED_TRACE(testing::Message() << "seed " << seed);
  for (uint64_t round = 0; round < 60; ++round) {
    InMemoryFileSystem disk(seed + round);
    DyingFileSystem dying(disk);
    auto manifest = *Manifest::Open(dying, "/m");
    FillUpToRewriting(*manifest);
    const uint64_t full = manifest->bytes();
    dying.operations = static_cast<int>(round % 12);
    while (ReplacePart(*manifest).ok()) continue;
    EXPECT_EQ(manifest->bytes() < full, round % 12 > 5) << "the steps are not those of rewriting";
    const std::set<uint64_t> acknowledged = manifest->state().parts;
    disk.LosePower();
    auto found = Manifest::Open(disk, "/m");
    ASSERT_TRUE(found.ok()) << found.status().ToString();
    EXPECT_THAT((*found)->damage(), IsEmpty());
    EXPECT_TRUE((*found)->state().parts == acknowledged ||
                (*found)->state().parts == std::set<uint64_t>{*acknowledged.begin() + 1})
        << round;
  }
}

// What is there is as good as what would be written.
TEST_F(ManifestCrashTest, AChangeIsAnsweredThoughThereIsNoRoomToRewrite) {
  auto manifest = Open();
  const uint64_t length = FillUpToRewriting(*manifest);
  disk_.SetCapacity(disk_.used_bytes() + length + 1);
  ASSERT_TRUE(ReplacePart(*manifest).ok());
  EXPECT_GT(manifest->bytes(), 60u << 10);
  EXPECT_EQ(Reopened(), Print(manifest->state()));
  disk_.SetCapacity(UINT64_MAX);
  ASSERT_TRUE(ReplacePart(*manifest).ok());
  EXPECT_LT(manifest->bytes(), 1000u);
  EXPECT_EQ(Reopened(), Print(manifest->state()));
}

TEST_F(ManifestCrashTest, AFullDiskRefusesAndGoesOnWhenThereIsRoom) {
  auto manifest = Open();
  ASSERT_TRUE(manifest->Apply({.added_parts = {1}}).ok());
  const std::string before = Print(manifest->state());
  for (uint64_t room = 0; room < 60; ++room) {
    disk_.SetCapacity(disk_.used_bytes() + room);
    const Status refused = manifest->Apply({.added_parts = {2, 3, 4}, .removed_parts = {1}});
    if (refused.ok()) break;
    EXPECT_EQ(refused.code(), StatusCode::kUnavailable);
    EXPECT_EQ(Print(manifest->state()), before);
    EXPECT_EQ(Reopened(), before);
  }
  disk_.SetCapacity(UINT64_MAX);
  EXPECT_EQ(Print(manifest->state()).substr(0, 11), "next part 5");
  ASSERT_TRUE(manifest->Apply({.added_parts = {5}}).ok());
  EXPECT_EQ(Reopened(), Print(manifest->state()));
}

TEST_F(ManifestCrashTest, AFailedSyncChangesNothing) {
  for (int syncs = 1; syncs <= 4; ++syncs) {
    disk_.FailSyncs(0);
    auto manifest = Open();
    const std::string before = Print(manifest->state());
    disk_.FailSyncs(syncs);
    EXPECT_FALSE(manifest->Apply({.added_parts = {manifest->TakePartId()}}).ok());
    EXPECT_EQ(manifest->state().parts.size(), static_cast<size_t>(syncs) - 1);
    disk_.FailSyncs(0);
    const auto reread = Open();
    EXPECT_EQ(Print(reread->state()), before) << syncs;
    ASSERT_TRUE(manifest->Apply({.added_parts = {manifest->TakePartId()}}).ok());
    EXPECT_EQ(Reopened(), Print(manifest->state()));
  }
}

// One bit anywhere costs nothing: what is live, what is deleted, what may be written on top.
TEST_F(ManifestCrashTest, OneFlippedBitLosesNothing) {
  auto manifest = Open();
  Changes changes(3);
  while (manifest->bytes() < 1500)
    ASSERT_TRUE(manifest->Apply(changes.Next(manifest->state())).ok());
  const std::string before = Print(manifest->state());
  const std::string bytes = disk_.Content(kPath);
  size_t named = 0;
  for (uint64_t bit = 0; bit < bytes.size() * 8; ++bit) {
    disk_.SetContent(kPath, bytes);
    disk_.FlipBit(kPath, bit);
    const auto opened = Open();
    ASSERT_NE(opened, nullptr) << bit;
    ASSERT_EQ(Print(opened->state()), before) << bit;
    if (!opened->damage().empty()) ++named;
    ASSERT_TRUE(opened->Apply({.first_log_segment = 1u << 20}).ok());
    const auto again = Open();
    ASSERT_THAT(again->damage(), IsEmpty()) << bit;  // It was rewritten.
    ASSERT_EQ(again->state().first_log_segment, 1u << 20);
  }
  // The rest is in the last change, where damage and a torn write look the same.
  EXPECT_GT(named, bytes.size() * 8 * 3 / 4);
}

}  // namespace
}  // namespace glint::tsdb
