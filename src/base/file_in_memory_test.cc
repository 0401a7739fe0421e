#include "base/file_in_memory.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <set>

namespace glint {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

// A test disk that lost nothing would prove nothing.
TEST(InMemoryFileSystemTest, PowerLossKeepsTheSyncedAndMayLoseTheRest) {
  bool lost_some = false;
  bool kept_some = false;
  for (uint64_t seed = 0; seed < 50; ++seed) {
    InMemoryFileSystem files(seed);
    auto file = *files.Open("/d/f", OpenMode::kCreate);
    ASSERT_TRUE(file->Write(0, "synced").ok());
    ASSERT_TRUE(file->Sync().ok());
    ASSERT_TRUE(files.SyncFolder("/d").ok());
    ASSERT_TRUE(file->Write(6, "not").ok());
    files.LosePower();
    EXPECT_EQ(file->Read(0, 1).status().code(), StatusCode::kUnavailable);
    const std::string content = files.Content("/d/f");
    EXPECT_EQ(content.substr(0, 6), "synced");
    lost_some |= content == "synced";
    kept_some |= content == "syncednot";
  }
  EXPECT_TRUE(lost_some);
  EXPECT_TRUE(kept_some);
}

// What is written is in sectors; each may have come to the disk or not.
TEST(InMemoryFileSystemTest, PowerLossTearsTheLastWriteAtSectors) {
  std::set<std::string> seen;
  for (uint64_t seed = 0; seed < 100; ++seed) {
    InMemoryFileSystem files(seed);
    files.SetContent("/d/f", std::string(1024, 'a'));
    auto file = *files.Open("/d/f", OpenMode::kWrite);
    ASSERT_TRUE(file->Write(0, std::string(1024, 'b')).ok());
    files.LosePower();
    const std::string content = files.Content("/d/f");
    ASSERT_EQ(content.substr(0, 512), std::string(512, content[0]));
    ASSERT_EQ(content.substr(512), std::string(512, content[512]));
    seen.insert({content[0], content[512]});
  }
  EXPECT_THAT(seen, ElementsAre("aa", "ab", "ba", "bb"));
}

// All that is found after a power loss, over many, of files made by `change` in a folder where
// "old" was synced.
std::set<std::vector<std::string>> NamesAfter(
    const std::function<void(InMemoryFileSystem&)>& change) {
  std::set<std::vector<std::string>> seen;
  for (uint64_t seed = 0; seed < 100; ++seed) {
    InMemoryFileSystem files(seed);
    files.SetContent("/d/old", "x");
    change(files);
    files.LosePower();
    seen.insert(*files.List("/d"));
  }
  return seen;
}

using Found = std::vector<std::string>;

TEST(InMemoryFileSystemTest, PowerLossMayUndoWhatWasDoneToNames) {
  EXPECT_THAT(NamesAfter([](auto& files) { (void)files.Open("/d/new", OpenMode::kCreate); }),
              UnorderedElementsAre(Found{"new", "old"}, Found{"old"}));
  EXPECT_THAT(NamesAfter([](auto& files) { (void)files.Remove("/d/old"); }),
              UnorderedElementsAre(Found{}, Found{"old"}));
  // Never both names, never none.
  EXPECT_THAT(NamesAfter([](auto& files) { (void)files.Rename("/d/old", "/d/new"); }),
              UnorderedElementsAre(Found{"new"}, Found{"old"}));
  EXPECT_THAT(NamesAfter([](auto& files) { (void)files.Link("/d/old", "/d/new"); }),
              UnorderedElementsAre(Found{"new", "old"}, Found{"old"}));
  EXPECT_THAT(NamesAfter([](auto& files) {
                (void)files.Rename("/d/old", "/d/new");
                (void)files.Rename("/d/new", "/d/newer");
              }),
              UnorderedElementsAre(Found{"newer"}, Found{"new"}, Found{"old"}));
}

TEST(InMemoryFileSystemTest, WhatWasDoneToNamesIsSyncedWithTheFolder) {
  const auto sync = [](InMemoryFileSystem& files) { EXPECT_TRUE(files.SyncFolder("/d").ok()); };
  EXPECT_THAT(NamesAfter([&](auto& files) {
                (void)files.Rename("/d/old", "/d/new");
                (void)files.Link("/d/new", "/d/linked");
                sync(files);
              }),
              ElementsAre(Found{"linked", "new"}));
  EXPECT_THAT(NamesAfter([&](auto& files) {
                (void)files.Remove("/d/old");
                sync(files);
              }),
              ElementsAre(Found{}));
  // Of another folder nothing.
  EXPECT_THAT(NamesAfter([&](auto& files) {
                (void)files.Remove("/d/old");
                EXPECT_TRUE(files.SyncFolder("/e").ok());
              }),
              UnorderedElementsAre(Found{}, Found{"old"}));
}

TEST(InMemoryFileSystemTest, AFullDiskStoresWhatFits) {
  InMemoryFileSystem files;
  auto file = *files.Open("/d/f", OpenMode::kCreate);
  files.SetCapacity(4);
  EXPECT_EQ(file->Write(0, "too long").code(), StatusCode::kUnavailable);
  EXPECT_EQ(files.Content("/d/f"), "too ");
  EXPECT_EQ(file->Preallocate(5).code(), StatusCode::kUnavailable);
  ASSERT_TRUE(file->Write(1, "abc").ok());
  // A second name takes no room.
  ASSERT_TRUE(files.Link("/d/f", "/d/g").ok());
  EXPECT_EQ(files.used_bytes(), 4u);
  ASSERT_TRUE(files.Remove("/d/f").ok());
  EXPECT_EQ(files.used_bytes(), 4u);
  ASSERT_TRUE(files.Remove("/d/g").ok());
  EXPECT_EQ(files.used_bytes(), 0u);
}

// Every call that a store makes can be made to fail, once, and leaves things as they were.
TEST(InMemoryFileSystemTest, EveryCallFailsOnDemand) {
  InMemoryFileSystem files;
  files.SetContent("/d/f", "as it was");
  const auto file = *files.Open("/d/f", OpenMode::kWrite);
  const std::vector<std::function<Status()>> reads = {
      [&] { return file->Read(0, 1).status(); },
      [&] { return files.Map("/d/f").status(); },
  };
  for (const auto& read : reads) {
    files.FailReads(1);
    EXPECT_EQ(read().code(), StatusCode::kDataLoss);
    EXPECT_TRUE(read().ok());
  }
  const std::vector<std::function<Status()>> syncs = {
      [&] { return file->Sync(); },
      [&] { return files.SyncFolder("/d"); },
  };
  for (const auto& sync : syncs) {
    files.FailSyncs(1);
    EXPECT_EQ(sync().code(), StatusCode::kDataLoss);
    EXPECT_TRUE(sync().ok());
  }
  const std::vector<std::function<Status()>> changes = {
      [&] { return file->Write(0, "x"); },
      [&] { return file->Truncate(3); },
      [&] { return file->Preallocate(30); },
      [&] { return files.Open("/d/new", OpenMode::kCreate).status(); },
      [&] { return files.Open("/d/f", OpenMode::kCreate).status(); },
      [&] { return files.Link("/d/f", "/d/linked"); },
      [&] { return files.Rename("/d/f", "/d/g"); },
      [&] { return files.Remove("/d/f"); },
  };
  for (const auto& change : changes) {
    files.FailChanges(1);
    EXPECT_EQ(change().code(), StatusCode::kDataLoss);
    EXPECT_THAT(*files.List("/d"), ElementsAre("f"));
    EXPECT_EQ(files.Content("/d/f"), "as it was");
  }
  for (const auto& change : changes) {
    EXPECT_TRUE(change().ok());
    const std::vector<std::string> names = *files.List("/d");
    for (const std::string& name : names) ASSERT_TRUE(files.Remove("/d/" + name).ok());
    files.SetContent("/d/f", "as it was");
  }
}

// A new file is not the older one of its name.
TEST(InMemoryFileSystemTest, WhatIsSetIsThereAfterAPowerLoss) {
  InMemoryFileSystem files;
  ASSERT_TRUE(files.Open("/d/f", OpenMode::kCreate).ok());
  ASSERT_TRUE(files.Remove("/d/f").ok());
  files.SetContent("/d/f", "set");
  ASSERT_TRUE(files.SyncFolder("/d").ok());
  files.LosePower();
  EXPECT_EQ(files.Content("/d/f"), "set");
}

}  // namespace
}  // namespace glint
