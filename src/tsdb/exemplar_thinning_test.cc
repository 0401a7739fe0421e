#include "tsdb/exemplar_thinning.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <random>

namespace glint::tsdb {
namespace {

using model::Exemplar;
using model::TimeMs;

constexpr TimeMs kNow = 473'000 * kHourMs + 10 * 60 * 1000;
constexpr TimeMs kThisHour = 473'000 * kHourMs;
constexpr ExemplarDensity kFlood = {.per_hour = 72'000'000, .series = 20'000};
constexpr ExemplarDensity kDemo = {.per_hour = 8'640, .series = 12};

Exemplar At(TimeMs time, double value, uint64_t id) {
  Exemplar exemplar{.time = time, .value = value};
  std::memcpy(exemplar.trace_id.bytes.data(), &id, sizeof id);
  return exemplar;
}

// One series for an hour, an exemplar every `step_ms`.
std::vector<Exemplar> AnHour(TimeMs hour, int64_t step_ms, std::mt19937_64& random) {
  std::vector<Exemplar> exemplars;
  for (TimeMs time = hour; time < hour + kHourMs; time += step_ms) {
    exemplars.push_back(At(time, static_cast<double>(random() % 1000), random()));
  }
  return exemplars;
}

std::map<int64_t, double> LargestByCell(const std::vector<Exemplar>& exemplars, int64_t cell_ms) {
  std::map<int64_t, double> largest;
  for (const Exemplar& one : exemplars) {
    double& value = largest.try_emplace(CellOf(one.time, cell_ms), -HUGE_VAL).first->second;
    value = std::max(value, one.value);
  }
  return largest;
}

// A developer with a laptop sees every dot of the day; later ones thin out, but never to nothing.
TEST(ExemplarThinningTest, FewAreAllKeptForADay) {
  std::mt19937_64 random(1);
  for (const int64_t age : {0, 7, 23}) {
    std::vector<Exemplar> exemplars = AnHour(kThisHour - age * kHourMs, 5000, random);
    EXPECT_EQ(ThinExemplars(kNow, kDemo, exemplars), 0u) << age;
  }
  std::vector<Exemplar> exemplars = AnHour(kThisHour - 24 * kHourMs, 5000, random);
  ThinExemplars(kNow, kDemo, exemplars);
  EXPECT_GE(exemplars.size(), 64u);
  EXPECT_LE(exemplars.size(), 65u);
}

TEST(ExemplarThinningTest, AFloodComesDownToOneACell) {
  std::mt19937_64 random(2);
  const auto left = [&](int64_t age) {
    std::vector<Exemplar> exemplars = AnHour(kThisHour - age * kHourMs, 1000, random);
    ThinExemplars(kNow, kFlood, exemplars);
    return exemplars.size();
  };
  EXPECT_EQ(left(0), 30u);
  EXPECT_EQ(left(5), 30u);
  EXPECT_EQ(left(6), 6u);
  EXPECT_EQ(left(23), 6u);
  EXPECT_LE(left(24), 5u);
  EXPECT_LE(left(24 * 300), 5u);
}

// The price of exemplars is known beforehand, however many series have some.
TEST(ExemplarThinningTest, AllCellsTogetherKeepNoMoreThanTheShare) {
  for (const int64_t age : {0, 6, 24}) {
    for (uint64_t series = 1; series < 200'000; series = series * 3 / 2 + 1) {
      const ThinningStage stage =
          StageAt(kThisHour - age * kHourMs, kNow, {.per_hour = 1'000'000'000, .series = series});
      ASSERT_FALSE(stage.keeps_all);
      ASSERT_LE(stage.slots, kMaxSlots);
      const uint64_t cells = series * static_cast<uint64_t>(kHourMs / stage.cell_ms);
      EXPECT_LE((stage.slots + 1) * cells, std::max(kFewExemplarsAnHour, cells)) << series;
    }
  }
}

// The slowest requests are what a person looks for.
TEST(ExemplarThinningTest, TheLargestOfEachCellStays) {
  const uint64_t seed = std::random_device()();
  SCOPED_TRACE(testing::Message() << "seed " << seed);
  std::mt19937_64 random(seed);
  for (int round = 0; round < 200; ++round) {
    const ExemplarDensity density{.per_hour = 1'000'000, .series = 1 + random() % 5000};
    const int64_t age = static_cast<int64_t>(random() % 40);
    std::vector<Exemplar> exemplars =
        AnHour(kThisHour - age * kHourMs, 1 + static_cast<int64_t>(random() % 20'000), random);
    const std::vector<Exemplar> all = exemplars;
    const ThinningStage stage = StageAt(all[0].time, kNow, density);
    const size_t gone = ThinExemplars(kNow, density, exemplars);
    ASSERT_EQ(gone + exemplars.size(), all.size());
    ASSERT_EQ(LargestByCell(exemplars, stage.cell_ms), LargestByCell(all, stage.cell_ms));
    ASSERT_TRUE(std::ranges::is_sorted(exemplars, {}, &Exemplar::time));
    for (const Exemplar& one : exemplars) {
      ASSERT_TRUE(std::ranges::find(all, one) != all.end());
    }
    std::vector<Exemplar> twice = exemplars;
    ASSERT_EQ(ThinExemplars(kNow, density, twice), 0u);
  }
}

// The head thins what came so far, compaction what several heads left: as if all had come at once.
TEST(ExemplarThinningTest, TheWinnersOfWinnersAreTheWinnersOfAll) {
  const uint64_t seed = std::random_device()();
  SCOPED_TRACE(testing::Message() << "seed " << seed);
  std::mt19937_64 random(seed);
  for (int round = 0; round < 200; ++round) {
    const uint64_t series = 1 + random() % 4000;
    const ExemplarDensity density{.per_hour = 1'000'000, .series = series};
    const ExemplarDensity sparser{.per_hour = 1'000'000, .series = 1 + series / 2};
    std::vector<Exemplar> all = AnHour(kThisHour, 200, random);
    std::vector<Exemplar> parts[2];
    for (const Exemplar& one : all) parts[random() % 2].push_back(one);
    ThinExemplars(kNow, density, parts[0]);
    ThinExemplars(kNow, sparser, parts[1]);  // Of twice as many slots, or as many.
    std::vector<Exemplar> merged;
    std::ranges::merge(parts[0], parts[1], std::back_inserter(merged), {}, &Exemplar::time,
                       &Exemplar::time);
    ThinExemplars(kNow, density, merged);
    ThinExemplars(kNow, density, all);
    ASSERT_EQ(merged, all) << "round " << round << ", " << series << " series";
  }
}

TEST(ExemplarThinningTest, EachSlotKeepsOne) {
  std::mt19937_64 random(3);
  const ExemplarDensity density{.per_hour = 1'000'000, .series = 100};
  const ThinningStage stage = StageAt(kThisHour, kNow, density);
  ASSERT_EQ(stage.slots, 32u);
  std::vector<Exemplar> exemplars = AnHour(kThisHour, 100, random);
  ThinExemplars(kNow, density, exemplars);
  std::map<int64_t, int> by_slot;
  for (const Exemplar& one : exemplars) ++by_slot[CellOf(one.time, stage.cell_ms / stage.slots)];
  EXPECT_EQ(by_slot.size(), 30u * 32u);
  EXPECT_LE(exemplars.size(), 30u * 33u);
}

// A native histogram holds all magnitudes. Dots only where most requests are say nothing new.
TEST(ExemplarThinningTest, ARareMagnitudeHasTheChanceOfAFrequentOne) {
  std::mt19937_64 random(4);
  std::vector<Exemplar> exemplars;
  for (int i = 0; i < 36'000; ++i) {
    const double value = i % 100 == 7 ? 0.001 : 1.0 + static_cast<double>(random() % 900) / 1000;
    exemplars.push_back(At(kThisHour + i * 100, value, random()));
  }
  ThinExemplars(kNow, {.per_hour = 1'000'000, .series = 500}, exemplars);
  const auto rare = std::ranges::count(exemplars, 0.001, &Exemplar::value);
  ASSERT_LE(exemplars.size(), 30u * 5u);
  EXPECT_GE(rare, 15);  // One of a hundred would be 1 or 2.
}

// Clocks are wrong and values are odd: neither may stop a compaction.
TEST(ExemplarThinningTest, AnyTimeAndAnyValueIsThinned) {
  std::vector<Exemplar> exemplars = {At(model::kMinTimeMs, NAN, 1),
                                     At(model::kMinTimeMs, -HUGE_VAL, 2),
                                     At(-1, -0.0, 3),
                                     At(0, 0.0, 4),
                                     At(0, NAN, 5),
                                     At(kNow, HUGE_VAL, 6),
                                     At(model::kMaxTimeMs, 1, 7),
                                     At(model::kMaxTimeMs, NAN, 8)};
  ThinExemplars(kNow, {.per_hour = 1'000'000'000, .series = 1'000'000}, exemplars);
  std::vector<uint8_t> left;
  for (const Exemplar& one : exemplars) left.push_back(one.trace_id.bytes[0]);
  EXPECT_THAT(left, testing::ElementsAre(testing::AnyOf(1, 2), 3, 4, 6, 7));
  std::vector<Exemplar> none;
  EXPECT_EQ(ThinExemplars(model::kMinTimeMs, {}, none), 0u);
}

TEST(ExemplarThinningTest, DensityIsThatOfAnHour) {
  const auto density = DensityOf(1000, 7, {kThisHour, kThisHour + 4 * kHourMs});
  EXPECT_EQ(density.per_hour, 250u);
  EXPECT_EQ(density.series, 7u);
  EXPECT_EQ(DensityOf(1000, 7, {kThisHour, kThisHour + 60'000}).per_hour, 1000u);
  EXPECT_EQ(DensityOf(1000, 7, {model::kMaxTimeMs, model::kMinTimeMs}).per_hour, 1000u);
  EXPECT_EQ(DensityOf(1000, 7, {}).per_hour, 0u);
}

}  // namespace
}  // namespace glint::tsdb
