// Hundreds of short lives of a metric store, each ended by power loss, a full disk or in good
// order: what was acknowledged is answered, nothing is invented.
#include <gtest/gtest.h>

#include "tsdb/store_life_for_test.h"

namespace glint::tsdb {
namespace {

using MetricStoreCrashTest = StoreLifeTest;

// A machine loses its power at any operation, of opening too.
TEST_F(MetricStoreCrashTest, PowerIsLostAtAnyOperation) {
  SCOPED_TRACE(testing::Message() << "CRASH_SEED=" << seed_);
  for (; life_ < 200 && !HasFailure(); ++life_) {
    const bool dies_opening = Pick(4) == 0;
    if (dies_opening) files_.operations = static_cast<int>(Pick(12));
    if (dies_opening && !Open().ok()) Kill(true);
    if (dies_opening && store_ != nullptr) Kill(true);
    ASSERT_NO_FATAL_FAILURE(OpenAndSettle(true));
    if (Pick(2) == 0) files_.operations = static_cast<int>(Pick(Pick(2) == 0 ? 60 : 300));
    for (size_t steps = 5 + Pick(40); steps > 0 && files_.operations > 0; --steps) {
      if (const Status done = DoSomething(); !done.ok()) {
        EXPECT_LT(files_.operations, 0) << done.ToString();
      }
    }
    Kill(true);
  }
  EXPECT_GT(oracle_.sent(), 5000u);
}

// The process ends in good order: then there is nothing to replay.
TEST_F(MetricStoreCrashTest, AnOrderlyEndLeavesNothingToReplay) {
  SCOPED_TRACE(testing::Message() << "CRASH_SEED=" << seed_);
  for (; life_ < 50 && !HasFailure(); ++life_) {
    ASSERT_NO_FATAL_FAILURE(OpenAndSettle(false));
    // There may be records of what has no sample: the floor, metadata.
    EXPECT_EQ(store_->Stats().replayed_samples, 0u);
    EXPECT_EQ(store_->Stats().head.exemplars, 0u);
    for (size_t steps = Pick(30); steps > 0; --steps) EXPECT_TRUE(DoSomething().ok());
    store_.reset();
    if (Pick(2) == 0) disk_.LosePower();
  }
}

// A full disk: refused with the reason, reading goes on; with room again all goes on by itself.
TEST_F(MetricStoreCrashTest, AFullDiskRefusesUntilThereIsRoom) {
  SCOPED_TRACE(testing::Message() << "CRASH_SEED=" << seed_);
  int refused = 0;
  for (; life_ < 100 && !HasFailure(); ++life_) {
    ASSERT_NO_FATAL_FAILURE(OpenAndSettle(true));
    for (size_t steps = Pick(20); steps > 0; --steps) EXPECT_TRUE(DoSomething().ok());
    disk_.SetCapacity(disk_.used_bytes() + Pick(Pick(2) == 0 ? 300 : 20'000));
    for (size_t steps = 5 + Pick(20); steps > 0 && !HasFailure(); --steps) {
      const Status done = DoSomething();
      if (done.ok()) continue;
      ++refused;
      EXPECT_NE(done.message().find("No space left on device"), std::string::npos)
          << done.ToString();
      Check(*store_, "full", false);
    }
    disk_.SetCapacity(UINT64_MAX);
    const Status appended = AppendSome();
    EXPECT_TRUE(appended.ok()) << appended.ToString();
    for (size_t steps = Pick(20); steps > 0; --steps) EXPECT_TRUE(DoSomething().ok());
    Check(*store_, "room again", false);
    if (Pick(2) == 0) {
      Kill(true);
    } else {
      store_.reset();
    }
  }
  EXPECT_GT(refused, 50);
}

}  // namespace
}  // namespace glint::tsdb
