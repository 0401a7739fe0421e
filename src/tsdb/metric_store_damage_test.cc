// Lives of a metric store on a disk that fails now and then, cannot read a part, or turns bits
// over: nothing acknowledged is lost that the disk has, and what it lost is named.
#include <gtest/gtest.h>

#include "tsdb/store_life_for_test.h"

namespace glint::tsdb {
namespace {

using MetricStoreDamageTest = StoreLifeTest;

// Single operations of the disk fail, while the store lives and while it opens.
TEST_F(MetricStoreDamageTest, AFailingDiskLosesNothingAcknowledged) {
  SCOPED_TRACE(testing::Message() << "CRASH_SEED=" << seed_);
  const auto fail = [&] {
    const int count = 1 + static_cast<int>(Pick(4));
    if (const size_t kind = Pick(3); kind == 0) {
      disk_.FailSyncs(count);
    } else if (kind == 1) {
      disk_.FailReads(count);
    } else {
      disk_.FailChanges(count);
    }
  };
  for (; life_ < 200 && !HasFailure(); ++life_) {
    if (Pick(3) == 0) {
      fail();
      (void)Open();
      Heal();
      Kill(Pick(2) == 0);
    }
    ASSERT_NO_FATAL_FAILURE(OpenAndSettle(true));
    for (size_t round = Pick(4); round > 0; --round) {
      for (size_t steps = Pick(10); steps > 0; --steps) EXPECT_TRUE(DoSomething().ok());
      fail();
      for (size_t steps = Pick(10); steps > 0; --steps) (void)DoSomething();
      if (Pick(2) == 0) break;
      Heal();
      EXPECT_TRUE(AppendSome().ok());
      Check(*store_, "healed", false);
    }
    if (Pick(2) == 0) {
      Kill(true);
    } else {
      store_.reset();
    }
    Heal();
  }
}

// What is done by a store that could not read a part does no harm to what is in it: once it can be
// read again, all is there but what was deleted.
TEST_F(MetricStoreDamageTest, APartThatCannotBeReadForAWhileIsWholeLater) {
  SCOPED_TRACE(testing::Message() << "CRASH_SEED=" << seed_);
  for (; life_ < 100 && !HasFailure(); ++life_) {
    ASSERT_NO_FATAL_FAILURE(OpenAndSettle(false));
    for (size_t steps = Pick(30); steps > 0; --steps) EXPECT_TRUE(DoSomething().ok());
    store_.reset();
    const auto names = disk_.List(kFolder);
    const std::string name = names->at(Pick(names->size()));
    files_.unreadable = Path(name);
    ASSERT_TRUE(Open().ok());
    EXPECT_EQ(!store_->damage().empty(), name.ends_with(".part")) << name;
    for (size_t steps = Pick(30); steps > 0; --steps) {
      if (const size_t kind = Pick(8); kind == 0) {
        EXPECT_TRUE(DeleteSome().ok());
      } else if (kind == 1) {
        EXPECT_TRUE(store_->CleanTombstones().ok());
      } else if (kind == 2) {
        store_->Maintain();
      } else {
        EXPECT_TRUE(AppendSome().ok());
      }
    }
    store_.reset();
    files_.unreadable.clear();
  }
}

// A bit turns over in any file: what is missing then is named, what is answered is true.
TEST_F(MetricStoreDamageTest, ABitThatTurnedOverIsNamed) {
  SCOPED_TRACE(testing::Message() << "CRASH_SEED=" << seed_);
  int named = 0;
  for (; life_ < 300 && !HasFailure(); ++life_) {
    if (life_ % 10 == 0) {
      ASSERT_NO_FATAL_FAILURE(OpenAndSettle(true));
      for (size_t steps = 5 + Pick(30); steps > 0; --steps) EXPECT_TRUE(DoSomething().ok());
      // Opened once more and not written to, all segments are closed: one that was being written
      // could not tell a turned bit from its torn end.
      Kill(true);
      ASSERT_NO_FATAL_FAILURE(OpenAndSettle(true));
      Kill(false);
    }
    std::map<std::string, std::string> before;
    const auto names = disk_.List(kFolder);
    for (const std::string& name : *names) before[name] = disk_.Content(Path(name));
    const std::string flipped = names->at(Pick(names->size()));
    const size_t bits = before[flipped].size() * 8;
    const uint64_t bit = bits == 0 ? 0 : Pick(bits);
    if (bits > 0) disk_.FlipBit(Path(flipped), bit);
    SCOPED_TRACE(testing::Message() << flipped << " bit " << bit << " life " << life_);
    if (const Status opened = Open(); !opened.ok()) {
      EXPECT_NE(opened.message().find(flipped), std::string::npos) << opened.ToString();
      ++named;
    } else {
      named += CheckDamaged(flipped);
    }
    Kill(false);
    const auto left = disk_.List(kFolder);
    for (const std::string& name : *left) {
      if (before.count(name) == 0) (void)disk_.Remove(Path(name));
    }
    ASSERT_TRUE(disk_.SyncFolder(kFolder).ok());
    for (const auto& [name, content] : before) disk_.SetContent(Path(name), content);
  }
  EXPECT_GT(named, 20);
}

}  // namespace
}  // namespace glint::tsdb
