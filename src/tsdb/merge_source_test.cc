#include "tsdb/merge_source.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <bit>
#include <map>
#include <random>
#include <set>
#include <sstream>
#include <string>

#include "tsdb/merge_time_slice.h"

namespace glint::tsdb {
namespace {

using model::Exemplar;
using model::Labels;
using model::TimeMs;
using model::TimeRange;
using testing::ElementsAre;
using testing::SizeIs;

struct PlainSample {
  uint64_t bits = 0;  // Of the value, or of a histogram's count.
  TimeMs start_time = 0;
  bool is_histogram = false;
};

struct PlainSeries {
  std::map<TimeMs, PlainSample> samples;
  std::vector<Exemplar> exemplars;  // In order of time, then arrival.
};

using PlainStore = std::map<Labels, PlainSeries>;

// A part as a map would have it.
class PlainSource final : public PartSource {
 public:
  explicit PlainSource(const PlainStore& store) {
    for (const auto& [labels, series] : store) series_.push_back({labels, series});
  }

  size_t series_count() const override { return series_.size(); }
  Labels LabelsOf(size_t i) const override { return series_[i].first; }
  Status ReadSamples(size_t i, storage::SeriesData& out) override {
    if (is_damaged) return DataLoss("page 7");
    out.times.clear();
    out.values.clear();
    out.start_times.clear();
    out.histograms.clear();
    bool has_starts = false;
    for (const auto& [time, sample] : series_[i].second.samples) {
      if (sample.is_histogram) {
        auto histogram = std::make_shared<model::Histogram>();
        histogram->count = std::bit_cast<double>(sample.bits);
        out.histograms.push_back({time, std::move(histogram), sample.start_time});
        continue;
      }
      out.times.push_back(time);
      out.values.push_back(std::bit_cast<double>(sample.bits));
      out.start_times.push_back(sample.start_time);
      has_starts = has_starts || sample.start_time != 0;
    }
    if (!has_starts) out.start_times.clear();
    return OkStatus();
  }
  Status ReadExemplars(size_t i, std::vector<Exemplar>& out) override {
    out = series_[i].second.exemplars;
    return OkStatus();
  }
  bool MayHaveExemplars(size_t i) const override { return !series_[i].second.exemplars.empty(); }
  std::vector<model::MetricMetadata> Metadata() const override { return metadata; }

  std::vector<model::MetricMetadata> metadata;
  bool is_damaged = false;

 private:
  std::vector<std::pair<Labels, PlainSeries>> series_;
};

PlainStore ReadAll(PartSource& source) {
  PlainStore out;
  storage::SeriesData data;
  Labels last;
  for (size_t i = 0; i < source.series_count(); ++i) {
    const Labels labels = source.LabelsOf(i);
    EXPECT_TRUE(i == 0 || last < labels) << "series are in order, each once";
    last = labels;
    PlainSeries series;
    EXPECT_TRUE(source.ReadSamples(i, data).ok());
    EXPECT_EQ(data.times.size(), data.values.size());
    EXPECT_TRUE(data.start_times.empty() || data.start_times.size() == data.times.size());
    TimeMs before = model::kMinTimeMs;
    for (size_t at = 0; at < data.times.size(); ++at) {
      EXPECT_LT(before, data.times[at]);
      before = data.times[at];
      const TimeMs start = data.start_times.empty() ? 0 : data.start_times[at];
      series.samples[data.times[at]] = {std::bit_cast<uint64_t>(data.values[at]), start, false};
    }
    before = model::kMinTimeMs;
    for (const storage::HistogramSample& sample : data.histograms) {
      EXPECT_LT(before, sample.time);
      before = sample.time;
      const bool is_new =
          series.samples
              .insert({sample.time,
                       {std::bit_cast<uint64_t>(sample.histogram->count), sample.start_time, true}})
              .second;
      EXPECT_TRUE(is_new) << "a float and a histogram at " << sample.time;
    }
    EXPECT_TRUE(source.ReadExemplars(i, series.exemplars).ok());
    EXPECT_TRUE(series.exemplars.empty() || source.MayHaveExemplars(i));
    if (!series.samples.empty() || !series.exemplars.empty()) out[labels] = std::move(series);
  }
  return out;
}

std::string Print(const PlainStore& store) {
  std::ostringstream out;
  for (const auto& [labels, series] : store) {
    out << labels.ToString();
    for (const auto& [time, sample] : series.samples) {
      out << ' ' << time << (sample.is_histogram ? 'h' : '=') << sample.bits << '/'
          << sample.start_time;
    }
    for (const Exemplar& exemplar : series.exemplars) {
      out << " *" << exemplar.time << '=' << exemplar.value << exemplar.labels.ToString();
    }
    out << '\n';
  }
  return out.str();
}

// The first lines that differ.
testing::AssertionResult Same(const PlainStore& found, const PlainStore& expected) {
  std::istringstream a(Print(found));
  std::istringstream b(Print(expected));
  for (std::string x, y; std::getline(a, x).good() | std::getline(b, y).good(); x = y = "") {
    if (x != y) return testing::AssertionFailure() << "\n" << x << "\nbut expected\n" << y;
  }
  return testing::AssertionSuccess();
}

constexpr TimeMs kNow = 1'700'000'000'000;

class RandomParts {
 public:
  explicit RandomParts(uint64_t seed) : random_(seed) {}

  uint64_t Below(uint64_t n) { return random_() % n; }
  TimeMs Time() { return kNow - 3000 + static_cast<TimeMs>(Below(100)); }

  PlainStore Part() {
    PlainStore store;
    for (uint64_t n = Below(10); n > 0; --n) {
      const std::string name(1, static_cast<char>('a' + Below(8)));
      PlainSeries& series = store[Labels({{"__name__", name}})];
      const uint64_t kind = Below(4);
      // Some come one after the other, some lie within each other.
      const TimeMs start = Time();
      for (uint64_t i = Below(40); i > 0; --i) {
        const TimeMs time = Below(2) == 0 ? Time() : start + static_cast<TimeMs>(i);
        series.samples[time] = {kind == 3 ? 0x7ff0000000000002u : random_(),
                                kind == 1 ? static_cast<TimeMs>(1 + Below(3)) : 0, Below(4) == 0};
      }
      std::map<std::pair<TimeMs, int>, Exemplar> exemplars;
      for (uint64_t i = Below(2) * Below(6); i > 0; --i) {
        Exemplar exemplar{.time = kNow - 3000 + static_cast<TimeMs>(Below(8))};
        const int which = static_cast<int>(Below(3));
        exemplar.value = which;
        exemplars[{exemplar.time, which}] = exemplar;
      }
      series.exemplars.clear();  // The same name may be drawn twice.
      for (const auto& [key, exemplar] : exemplars) series.exemplars.push_back(exemplar);
    }
    return store;
  }

  std::vector<DeletedSeries> Deleted(size_t series_count) {
    std::vector<DeletedSeries> out;
    for (uint32_t i = 0; i < series_count; ++i) {
      if (Below(3) != 0) continue;
      std::vector<TimeRange> ranges;
      for (uint64_t n = 1 + Below(3); n > 0; --n) {
        const TimeMs start = Time();
        ranges.push_back({start, start + static_cast<TimeMs>(Below(30))});
      }
      UniteRanges(ranges);
      out.push_back({i, ranges});
    }
    return out;
  }

 private:
  std::mt19937_64 random_;
};

// The plain twin of a merge: what was there first stays.
void MergePlainly(const PlainStore& part, const std::vector<DeletedSeries>& deleted, TimeMs floor,
                  PlainStore& out, uint64_t& deleted_samples) {
  uint32_t place = 0;
  for (const auto& [labels, series] : part) {
    std::vector<TimeRange> ranges;
    for (const DeletedSeries& one : deleted) {
      if (one.series == place) ranges = one.ranges;
    }
    ++place;
    const auto is_deleted = [&](TimeMs time) {
      return std::ranges::any_of(ranges, [&](const TimeRange& r) { return r.Contains(time); });
    };
    PlainSeries merged = out[labels];
    for (const auto& [time, sample] : series.samples) {
      if (time < floor) continue;
      if (is_deleted(time)) {
        ++deleted_samples;
      } else {
        merged.samples.insert({time, sample});
      }
    }
    for (const Exemplar& exemplar : series.exemplars) {
      if (exemplar.time < floor || is_deleted(exemplar.time)) continue;
      if (std::ranges::find(merged.exemplars, exemplar) == merged.exemplars.end()) {
        merged.exemplars.push_back(exemplar);
      }
    }
    std::ranges::stable_sort(merged.exemplars, {}, &Exemplar::time);
    out[labels] = std::move(merged);
    if (out[labels].samples.empty() && out[labels].exemplars.empty()) out.erase(labels);
  }
}

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
