#include "tsdb/compaction_plan.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>

namespace glint::tsdb {
namespace {

using model::TimeMs;
using model::TimeRange;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr TimeMs kMinute = 60'000;
constexpr TimeMs kHour = 60 * kMinute;
// A midnight.
constexpr TimeMs kDay0 = 19'000 * kLargePartitionMs;

PartFacts APart(uint64_t id, TimeMs start, TimeMs end, uint64_t bytes) {
  PartFacts facts;
  facts.info.id = id;
  facts.info.time = {kDay0 + start, kDay0 + end - 1};
  facts.info.bytes = bytes;
  facts.info.samples = bytes;
  return facts;
}

std::vector<uint64_t> Chosen(const std::vector<PartFacts>& parts, TimeMs now) {
  return ChoosePartsToUnite(parts, kDay0 + now, kHour).ids;
}

TEST(PartitionOfTest, IsAlignedAlsoBefore1970) {
  EXPECT_EQ(PartitionOf(0, 10).start, 0);
  EXPECT_EQ(PartitionOf(9, 10).end, 9);
  EXPECT_EQ(PartitionOf(-1, 10).start, -10);
  EXPECT_EQ(PartitionOf(-1, 10).end, -1);
  EXPECT_EQ(PartitionOf(-10, 10).start, -10);
  EXPECT_EQ(PartitionOf(model::kMinTimeMs, kLargePartitionMs).start, model::kMinTimeMs);
  EXPECT_EQ(PartitionOf(model::kMaxTimeMs, kLargePartitionMs).end, model::kMaxTimeMs);
}

TEST(CompactionPlanTest, SmallPartitions) {
  const auto minutes = [](uint64_t id, int at, uint64_t bytes) {
    return APart(id, at * kMinute, (at + 10) * kMinute, bytes);
  };
  const std::vector<PartFacts> three = {minutes(1, 0, 100), minutes(2, 10, 110),
                                        minutes(3, 20, 90)};
  EXPECT_THAT(Chosen(three, 30 * kMinute), IsEmpty());
  std::vector<PartFacts> four = three;
  four.push_back(minutes(4, 30, 100));
  EXPECT_THAT(Chosen(four, 40 * kMinute), ElementsAre(1, 2, 3, 4));
  EXPECT_EQ(ChoosePartsToUnite(four, kDay0 + 40 * kMinute, kHour).reason, "4 parts of 2 h");
  // Not with one that is much larger.
  std::vector<PartFacts> with_large = {minutes(1, 0, 400), minutes(2, 10, 100), minutes(3, 20, 100),
                                       minutes(4, 30, 100)};
  EXPECT_THAT(Chosen(with_large, kHour), IsEmpty());
  with_large.push_back(minutes(5, 40, 100));
  EXPECT_THAT(Chosen(with_large, kHour), ElementsAre(2, 3, 4, 5));
  // The partition is over an hour after its end, and not before.
  EXPECT_THAT(Chosen(three, 3 * kHour - 1), IsEmpty());
  EXPECT_THAT(Chosen(three, 3 * kHour), ElementsAre(1, 2, 3));
  // Who comes after that waits for the day to be over.
  EXPECT_THAT(Chosen({minutes(8, 0, 1000), minutes(9, 10, 20), minutes(10, 5, 20)}, 5 * kHour),
              IsEmpty());
  // Other partitions do not count.
  EXPECT_THAT(
      Chosen({three[0], three[1], three[2], APart(4, 2 * kHour, 3 * kHour, 100)}, 150 * kMinute),
      IsEmpty());
}

TEST(CompactionPlanTest, Days) {
  const std::vector<PartFacts> parts = {
      APart(7, 22 * kHour, 24 * kHour, 100), APart(3, 0, 2 * kHour, 100),
      APart(5, 4 * kHour, 6 * kHour, 100), APart(8, 24 * kHour, 25 * kHour, 100)};
  EXPECT_THAT(Chosen(parts, 27 * kHour - 1), IsEmpty());
  EXPECT_THAT(Chosen(parts, 27 * kHour), ElementsAre(3, 5, 7));
  EXPECT_EQ(ChoosePartsToUnite(parts, kDay0 + 27 * kHour, kHour).reason, "3 parts of a day");
  // After a night without power a day goes in one step, not in two.
  EXPECT_THAT(Chosen({APart(1, 0, kHour, 9), APart(2, kHour, 2 * kHour, 9),
                      APart(3, 5 * kHour, 6 * kHour, 9)},
                     48 * kHour),
              ElementsAre(1, 2, 3));
  // A day that was united is not written again for one straggler, nor each of them by itself.
  std::vector<PartFacts> united = {APart(10, 0, 24 * kHour, 1000),
                                   APart(11, 23 * kHour, 24 * kHour, 9)};
  EXPECT_THAT(Chosen(united, 48 * kHour), IsEmpty());
  for (uint64_t id = 12; id <= 14; ++id) united.push_back(APart(id, 23 * kHour, 24 * kHour, 10));
  EXPECT_THAT(Chosen(united, 48 * kHour), ElementsAre(11, 12, 13, 14));
  united.push_back(APart(15, 20 * kHour, 22 * kHour, 300));
  EXPECT_THAT(Chosen(united, 48 * kHour), ElementsAre(10, 11, 12, 13, 14, 15));
}

// What spans two partitions is left alone, whatever it is from; what has no time has nothing.
TEST(CompactionPlanTest, OddPartsAreLeftAlone) {
  EXPECT_THAT(Chosen({APart(1, 0, 48 * kHour, 1), APart(2, 0, 48 * kHour, 1), APart(3, 5, 4, 1),
                      APart(4, 5, 4, 1)},
                     100 * kHour),
              IsEmpty());
  EXPECT_THAT(Chosen({}, 0), IsEmpty());
  std::vector<PartFacts> extreme = {APart(1, 0, 1, 1), APart(2, 0, 1, 1)};
  extreme[0].info.time = {model::kMinTimeMs, model::kMaxTimeMs};
  extreme[1].info.time = {model::kMaxTimeMs, model::kMaxTimeMs};
  EXPECT_THAT(Chosen(extreme, 100 * kHour), IsEmpty());
}

TEST(CompactionPlanTest, Tombstones) {
  std::vector<PartFacts> parts = {APart(1, 0, 24 * kHour, 1000),
                                  APart(2, 24 * kHour, 48 * kHour, 9)};
  parts[0].deleted_share = 0.04;
  parts[0].deleted_since = kDay0 + 99 * kHour;
  EXPECT_THAT(Chosen(parts, 100 * kHour), IsEmpty());
  EXPECT_THAT(Chosen(parts, 101 * kHour), ElementsAre(1));
  EXPECT_THAT(ChoosePartsToClean(parts).ids, ElementsAre(1));
  parts[0].deleted_share = 0.06;
  EXPECT_THAT(Chosen(parts, 100 * kHour), ElementsAre(1));
  EXPECT_EQ(ChoosePartsToUnite(parts, kDay0 + 100 * kHour, kHour).reason, "tombstones");
  parts[0].deleted_since = model::kMaxTimeMs;
  EXPECT_THAT(ChoosePartsToClean(parts).ids, IsEmpty());
}

// What is rewritten gets a higher id, so a newer part that overlaps it would begin to win against
// it: the answer to a query would change.
TEST(CompactionPlanTest, NewerPartsThatOverlapAreTakenAlong) {
  std::vector<PartFacts> parts = {APart(1, 0, 2 * kHour, 1000), APart(2, 0, kHour, 10),
                                  APart(3, 3 * kHour, 4 * kHour, 10),
                                  APart(4, 30 * kMinute, 90 * kMinute, 10)};
  parts[1].deleted_since = kDay0;
  EXPECT_THAT(ChoosePartsToClean(parts).ids, ElementsAre(2, 4));
  EXPECT_EQ(ChoosePartsToClean(parts).reason, "tombstones, 2 parts");
}

TEST(PartsToDropTest, ByTimeAndByBytes) {
  const std::vector<PartInfo> parts = {APart(1, 0, 10, 100).info, APart(4, 0, 20, 100).info,
                                       APart(2, 10, 30, 100).info, APart(3, 30, 40, 100).info};
  EXPECT_THAT(PartsToDrop(parts, kDay0, 0), IsEmpty());
  EXPECT_THAT(PartsToDrop(parts, kDay0 + 9, 0), IsEmpty());
  EXPECT_THAT(PartsToDrop(parts, kDay0 + 10, 0), ElementsAre(1));
  EXPECT_THAT(PartsToDrop(parts, kDay0 + 25, 0), ElementsAre(1, 4));
  EXPECT_THAT(PartsToDrop(parts, kDay0, 400), IsEmpty());
  EXPECT_THAT(PartsToDrop(parts, kDay0, 399), ElementsAre(1));
  EXPECT_THAT(PartsToDrop(parts, kDay0, 250), ElementsAre(1, 4));
  EXPECT_THAT(PartsToDrop(parts, kDay0 + 10, 300), ElementsAre(1));
  EXPECT_THAT(PartsToDrop(parts, kDay0, 1), ElementsAre(1, 2, 3, 4));
}

// Parts by the plan, as a store would have them; bytes are samples.
class SimulatedStore {
 public:
  uint64_t flushed = 0;
  uint64_t rewritten = 0;
  size_t most_parts = 0;

  void Flush(TimeMs start, TimeMs end, uint64_t samples) {
    flushed += samples;
    parts_.push_back(APart(next_id_++, start, end, samples));
    most_parts = std::max(most_parts, parts_.size());
  }

  void Compact(TimeMs now) {
    for (int i = 0; i < 100; ++i) {
      const PartsToUnite chosen = ChoosePartsToUnite(parts_, kDay0 + now, kHour);
      if (chosen.ids.empty()) return;
      CheckOrder(chosen.ids);
      PartFacts united = APart(next_id_++, 0, 0, 0);
      united.info.time = {model::kMaxTimeMs, model::kMinTimeMs};
      std::erase_if(parts_, [&](const PartFacts& part) {
        if (!std::ranges::binary_search(chosen.ids, part.info.id)) return false;
        united.info.bytes += part.info.bytes;
        united.info.time.start = std::min(united.info.time.start, part.info.time.start);
        united.info.time.end = std::max(united.info.time.end, part.info.time.end);
        return true;
      });
      rewritten += united.info.bytes;
      parts_.push_back(united);
    }
    FAIL() << "there is always something to do";
  }

  const std::vector<PartFacts>& parts() const { return parts_; }

 private:
  void CheckOrder(const std::vector<uint64_t>& ids) const {
    for (const PartFacts& out : parts_) {
      if (std::ranges::binary_search(ids, out.info.id)) continue;
      for (const PartFacts& in : parts_) {
        if (!std::ranges::binary_search(ids, in.info.id) || in.info.id > out.info.id) continue;
        EXPECT_FALSE(in.info.time.Overlaps(out.info.time.start, out.info.time.end))
            << in.info.id << " is rewritten, the newer " << out.info.id << " is not";
      }
    }
  }

  std::vector<PartFacts> parts_;
  uint64_t next_id_ = 1;
};

struct Load {
  TimeMs every = 10 * kMinute;
  uint64_t a_minute = 1000;
  uint64_t late_a_minute = 0;  // For up to an hour ago.
};

SimulatedStore SimulateADay(const Load& load) {
  SimulatedStore store;
  for (TimeMs at = load.every; at <= 28 * kHour; at += load.every) {
    const TimeMs start = at - load.every;
    if (start < 24 * kHour) {
      const auto minutes = static_cast<uint64_t>(load.every / kMinute);
      store.Flush(start, at, load.a_minute * minutes);
      const TimeMs border = PartitionOf(kDay0 + start, kSmallPartitionMs).start - kDay0;
      if (load.late_a_minute > 0 && border > start - kHour && border > 0) {
        store.Flush(start - kHour, border, load.late_a_minute * minutes);
      }
    }
    store.Compact(at);
  }
  return store;
}

// Write amplification is what wears out disks, and what a busy store does instead of answering.
TEST(CompactionSimulationTest, ADayEndsAsOnePartForFewRewrites) {
  const SimulatedStore store = SimulateADay({});
  ASSERT_EQ(store.parts().size(), 1u);
  EXPECT_EQ(store.parts()[0].info.bytes, store.flushed);
  EXPECT_LE(static_cast<double>(store.rewritten) / static_cast<double>(store.flushed), 3.0);
  EXPECT_LE(store.most_parts, 20u);
}

TEST(CompactionSimulationTest, LateSamplesCostLittle) {
  const SimulatedStore store = SimulateADay({.late_a_minute = 10});
  EXPECT_EQ(store.parts().size(), 1u);
  EXPECT_LE(static_cast<double>(store.rewritten) / static_cast<double>(store.flushed), 3.2);
  EXPECT_LE(store.most_parts, 26u);
}

TEST(CompactionSimulationTest, FlushesEveryMinuteCostOneLevelMore) {
  const SimulatedStore store = SimulateADay({.every = kMinute, .late_a_minute = 10});
  EXPECT_EQ(store.parts().size(), 1u);
  EXPECT_LE(static_cast<double>(store.rewritten) / static_cast<double>(store.flushed), 5.0);
  EXPECT_LE(store.most_parts, 40u);
}

TEST(CompactionSimulationTest, FlushesOfTwoHoursAreRewrittenOnce) {
  const SimulatedStore store = SimulateADay({.every = 2 * kHour, .late_a_minute = 10});
  EXPECT_EQ(store.parts().size(), 1u);
  EXPECT_LE(static_cast<double>(store.rewritten) / static_cast<double>(store.flushed), 1.1);
}

}  // namespace
}  // namespace glint::tsdb
