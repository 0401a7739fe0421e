#include "base/file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "base/directory_lock.h"
#include "base/file_in_memory.h"
#include "base/test_folder.h"

namespace glint {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

// Both kinds of disk are the same to a store.
void CheckAllOperations(FileSystem& files, const std::string& folder) {
  ASSERT_TRUE(files.MakeFolder(folder).ok());
  EXPECT_EQ(files.Open(folder + "/none", OpenMode::kRead).status().code(), StatusCode::kNotFound);
  {
    auto file = files.Open(folder + "/a", OpenMode::kCreate);
    ASSERT_TRUE(file.ok()) << file.status().ToString();
    ASSERT_TRUE((*file)->Write(0, "hello world").ok());
    ASSERT_TRUE((*file)->Write(6, "there").ok());
    EXPECT_EQ(*(*file)->Read(0, 100), "hello there");
    EXPECT_EQ(*(*file)->Read(100, 5), "");
    ASSERT_TRUE((*file)->Truncate(5).ok());
    ASSERT_TRUE((*file)->Preallocate(8).ok());
    EXPECT_EQ(*(*file)->Read(0, 100), std::string("hello\0\0\0", 8));
    ASSERT_TRUE((*file)->Preallocate(4).ok());
    EXPECT_EQ(*(*file)->Size(), 8u);
    ASSERT_TRUE((*file)->Sync().ok());
  }
  ASSERT_TRUE(files.Rename(folder + "/a", folder + "/b").ok());
  ASSERT_TRUE(files.SyncFolder(folder).ok());
  ASSERT_TRUE(files.Open(folder + "/c", OpenMode::kCreate).ok());
  EXPECT_THAT(*files.List(folder), ElementsAre("b", "c"));
  ASSERT_TRUE(files.Remove(folder + "/c").ok());
  EXPECT_EQ(files.Remove(folder + "/c").code(), StatusCode::kNotFound);
  EXPECT_EQ(*(*files.Open(folder + "/b", OpenMode::kWrite))->Read(0, 5), "hello");

  ASSERT_TRUE(files.Link(folder + "/b", folder + "/linked").ok());
  EXPECT_EQ(files.Link(folder + "/b", folder + "/linked").code(), StatusCode::kDataLoss);
  EXPECT_EQ(files.Link(folder + "/none", folder + "/x").code(), StatusCode::kNotFound);
  ASSERT_TRUE(files.Remove(folder + "/b").ok());
  EXPECT_EQ(files.Map(folder + "/b").status().code(), StatusCode::kNotFound);
  const auto mapped = files.Map(folder + "/linked");
  ASSERT_TRUE(mapped.ok()) << mapped.status().ToString();
  ASSERT_TRUE(files.Remove(folder + "/linked").ok());
  EXPECT_EQ((*mapped)->bytes(), std::string_view("hello\0\0\0", 8));
  ASSERT_TRUE(files.Open(folder + "/b", OpenMode::kCreate).ok());
  EXPECT_EQ((*files.Map(folder + "/b"))->bytes(), "");
  EXPECT_EQ(*(*files.Open(folder + "/b", OpenMode::kCreate))->Size(), 0u);
}

TEST(FileTest, RealDisk) {
  const TestFolder folder;
  CheckAllOperations(PosixFileSystem(), folder.path() + "/x/y");
}

TEST(FileTest, DiskInMemory) {
  InMemoryFileSystem files;
  CheckAllOperations(files, "/x");
}

TEST(FileTest, ErrorsNamePathAndReason) {
  const auto opened = PosixFileSystem().Open("/nowhere/file", OpenMode::kRead);
  EXPECT_THAT(opened.status().ToString(), HasSubstr("/nowhere/file: No such file"));
}

// The second process says who holds the folder and leaves.
TEST(DirectoryLockTest, SecondIsToldWhoHoldsIt) {
  const TestFolder folder;
  {
    const auto first = DirectoryLock::Acquire(folder.path() + "/data");
    ASSERT_TRUE(first.ok()) << first.status().ToString();
    const auto second = DirectoryLock::Acquire(folder.path() + "/data");
    EXPECT_EQ(second.status().code(), StatusCode::kFailedPrecondition);
    EXPECT_THAT(second.status().ToString(), HasSubstr("process " + std::to_string(getpid())));
  }
  EXPECT_TRUE(DirectoryLock::Acquire(folder.path() + "/data").ok());
}

}  // namespace
}  // namespace glint
