#include "tsdb/merge_source.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

#include "tsdb/merge_plain_for_test.h"
#include "tsdb/merge_time_slice.h"

namespace glint::tsdb {
namespace {

using model::Exemplar;
using model::Labels;
using model::TimeMs;
using testing::ElementsAre;
using testing::SizeIs;

TEST(MergeSourceTest, IsAPlainMergeOnRandomParts) {
  const uint64_t seed = std::random_device()();
  SCOPED_TRACE(testing::Message() << "seed " << seed);
  RandomParts random(seed);
  for (int round = 0; round < 1000; ++round) {
    const TimeMs floor = random.Below(2) == 0 ? model::kMinTimeMs : random.Time();
    std::vector<std::unique_ptr<PlainSource>> sources;
    std::vector<MergeInput> inputs;
    PlainStore expected;
    uint64_t deleted_samples = 0;
    for (uint64_t n = 1 + random.Below(5); n > 0; --n) {
      const PlainStore part = random.Part();
      auto deleted =
          random.Below(2) == 0 ? random.Deleted(part.size()) : std::vector<DeletedSeries>();
      MergePlainly(part, deleted, floor, expected, deleted_samples);
      sources.push_back(std::make_unique<PlainSource>(part));
      inputs.push_back({sources.back().get(), std::move(deleted)});
    }
    MergeSource merged(std::move(inputs), {.now = kNow, .floor = floor}, {});
    ASSERT_TRUE(Same(ReadAll(merged), expected)) << "round " << round;
    ASSERT_EQ(merged.counts().deleted_samples, deleted_samples);
    // A writer may come again; nothing is counted twice.
    ASSERT_TRUE(Same(ReadAll(merged), expected)) << "round " << round;
    ASSERT_EQ(merged.counts().deleted_samples, deleted_samples);
  }
}

// What is united in steps must answer as what is united at once.
TEST(MergeSourceTest, AMergeOfMergesIsTheMergeOfAll) {
  const uint64_t seed = std::random_device()();
  SCOPED_TRACE(testing::Message() << "seed " << seed);
  RandomParts random(seed);
  for (int round = 0; round < 300; ++round) {
    std::vector<std::unique_ptr<PlainSource>> parts;
    for (int i = 0; i < 5; ++i) parts.push_back(std::make_unique<PlainSource>(random.Part()));
    const auto merge = [&](std::vector<PartSource*> sources) {
      std::vector<MergeInput> inputs;
      for (PartSource* source : sources) inputs.push_back({source, {}});
      return std::make_unique<MergeSource>(std::move(inputs), MergeLimits{.now = kNow},
                                           std::stop_token());
    };
    const size_t first = 1 + random.Below(3);
    std::vector<PartSource*> all;
    for (const auto& part : parts) all.push_back(part.get());
    const auto older = merge({all.begin(), all.begin() + static_cast<ptrdiff_t>(first)});
    const auto newer = merge({all.begin() + static_cast<ptrdiff_t>(first), all.end()});
    const auto in_steps = merge({older.get(), newer.get()});
    const auto at_once = merge(all);
    ASSERT_TRUE(Same(ReadAll(*in_steps), ReadAll(*at_once)));
  }
}

TEST(MergeSourceTest, OfEqualTimesTheFirstPartsSampleStays) {
  const Labels up({{"__name__", "up"}});
  PlainStore older;
  older[up].samples = {{10, {1, 0, false}}, {20, {2, 0, true}}};
  PlainStore newer;
  newer[up].samples = {{10, {3, 0, true}}, {15, {5, 7, false}}, {20, {4, 0, false}}};
  PlainSource a(older);
  PlainSource b(newer);
  MergeSource merged({{&a, {}}, {&b, {}}}, {.now = kNow}, {});
  EXPECT_EQ(Print(ReadAll(merged)), "up 10=1/0 15=5/7 20h2/0\n");
}

TEST(MergeSourceTest, WhatTwoPartsSayOfAFamilyIsThereOnce) {
  PlainSource a{PlainStore()};
  PlainSource b{PlainStore()};
  const model::MetricMetadata counter{"x", model::MetricType::kCounter, "Help.", ""};
  const model::MetricMetadata gauge{"x", model::MetricType::kGauge, "Help.", ""};
  const model::MetricMetadata other{"a", model::MetricType::kGauge, "", "s"};
  a.metadata = {counter, other};
  b.metadata = {gauge, counter};
  MergeSource merged({{&a, {}}, {&b, {}}}, {.now = kNow}, {});
  EXPECT_THAT(merged.Metadata(), ElementsAre(other, counter, gauge));
  EXPECT_EQ(merged.series_count(), 0u);
}

// Shutting down does not wait for a day of data.
TEST(MergeSourceTest, StopsBetweenSeries) {
  RandomParts random(1);
  PlainStore store;
  while (store.size() < 3) store.merge(random.Part());
  PlainSource source(store);
  std::stop_source stop;
  MergeSource merged({{&source, {}}}, {.now = kNow}, stop.get_token());
  storage::SeriesData data;
  EXPECT_TRUE(merged.ReadSamples(0, data).ok());
  stop.request_stop();
  EXPECT_EQ(merged.ReadSamples(1, data).code(), StatusCode::kCancelled);
  std::vector<Exemplar> exemplars;
  EXPECT_EQ(merged.ReadExemplars(1, exemplars).code(), StatusCode::kCancelled);
}

TEST(MergeSourceTest, AnUnreadableInputIsAnError) {
  PlainStore store;
  store[Labels({{"__name__", "up"}})].samples = {{10, {1, 0, false}}};
  PlainSource a(store);
  PlainSource b(store);
  b.is_damaged = true;
  MergeSource merged({{&a, {}}, {&b, {}}}, {.now = kNow}, {});
  storage::SeriesData data;
  EXPECT_EQ(merged.ReadSamples(0, data).ToString(), "DATA_LOSS: page 7");
}

// Old exemplars are thinned as they are united, and the rule sees those of all parts.
TEST(MergeSourceTest, ThinsExemplarsByAge) {
  const auto part = [](int first) {
    PlainStore store;
    PlainSeries& series = store[Labels({{"__name__", "x_bucket"}})];
    for (int i = 0; i < 500; ++i) {
      Exemplar exemplar{.time = kNow - 40ll * 86'400'000 + 2 * i + first};
      exemplar.value = 1 + i;
      series.exemplars.push_back(exemplar);
    }
    return store;
  };
  PlainSource a(part(0));
  PlainSource b(part(1));
  MergeSource merged({{&a, {}, 500, {kNow - 40ll * 86'400'000, kNow}}, {&b, {}, 500, {kNow, kNow}}},
                     {.now = kNow}, {});
  std::vector<Exemplar> exemplars;
  ASSERT_TRUE(merged.ReadExemplars(0, exemplars).ok());
  EXPECT_LT(exemplars.size(), 200u);
  EXPECT_EQ(merged.counts().thinned_exemplars, 1000 - exemplars.size());
  EXPECT_EQ(std::ranges::max(exemplars, {}, &Exemplar::value).value, 500);
}

// A head that spans partitions is written in slices: together they are all of it.
TEST(TimeSliceTest, SlicesOfASourceAreAllOfIt) {
  const uint64_t seed = std::random_device()();
  SCOPED_TRACE(testing::Message() << "seed " << seed);
  RandomParts random(seed);
  for (int round = 0; round < 200; ++round) {
    const PlainStore store = random.Part();
    PlainSource source(store);
    const TimeMs border = random.Time();
    TimeSlice before(source, {model::kMinTimeMs, border - 1});
    TimeSlice after(source, {border, model::kMaxTimeMs});
    EXPECT_EQ(before.series_count(), store.size());
    PlainStore both;
    uint64_t ignored = 0;
    for (TimeSlice* slice : {&before, &after}) {
      const PlainStore part = ReadAll(*slice);
      for (const auto& [labels, series] : part) {
        for (const auto& [time, sample] : series.samples)
          EXPECT_EQ(time < border, slice == &before);
      }
      MergePlainly(part, {}, model::kMinTimeMs, both, ignored);
    }
    PlainStore expected;
    MergePlainly(store, {}, model::kMinTimeMs, expected, ignored);
    EXPECT_TRUE(Same(both, expected));
  }
  PlainSource source(random.Part());
  TimeSlice none(source, {5, 4});
  EXPECT_THAT(ReadAll(none), SizeIs(0));
}

}  // namespace
}  // namespace glint::tsdb
