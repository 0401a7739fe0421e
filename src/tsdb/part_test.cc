#include "tsdb/part.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <random>
#include <thread>

#include "base/file_in_memory.h"
#include "storage/same_bits.h"
#include "tsdb/part_layout.h"
#include "tsdb/part_source_for_test.h"

namespace glint::tsdb {
namespace {

using model::Matcher;
using model::MatchOp;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr model::TimeRange kAll;

class PartTest : public testing::Test {
 protected:
  std::shared_ptr<const Part> Write(PartSource& source, size_t max_chunk_samples = 120) {
    const auto info = WritePart("parts", source, Options(max_chunk_samples));
    EXPECT_TRUE(info.ok()) << info.status().ToString();
    auto part = Part::Open(files_, Path());
    EXPECT_TRUE(part.ok()) << part.status().ToString();
    if (!part.ok()) return nullptr;
    EXPECT_EQ(info->bytes, files_.Content(Path()).size());
    EXPECT_EQ((*part)->info().bytes, info->bytes);
    EXPECT_EQ((*part)->info().samples, info->samples);
    EXPECT_EQ((*part)->info().index_bytes, info->index_bytes);
    return *part;
  }
  PartWriteOptions Options(size_t max_chunk_samples = 120) {
    return {.files = &files_, .id = 42, .level = 3, .max_chunk_samples = max_chunk_samples};
  }
  static std::string Path() { return "parts/0000000000000042.part"; }

  InMemoryFileSystem files_;
};

storage::SeriesData Read(const Part& part, PartSeries series, model::TimeRange range = kAll) {
  storage::SeriesData data;
  const Status status = part.ReadSamples(series, range, data);
  EXPECT_TRUE(status.ok()) << status.ToString();
  return data;
}

void ExpectSameExemplars(const std::vector<model::Exemplar>& got,
                         const std::vector<model::Exemplar>& want) {
  ASSERT_EQ(got.size(), want.size());
  for (size_t i = 0; i < got.size(); ++i) {
    EXPECT_TRUE(storage::SameBits(got[i], want[i])) << i;
  }
}

TEST(PartNameTest, IsTheIdInSixteenDigits) {
  EXPECT_EQ(PartName(42), "0000000000000042.part");
  EXPECT_EQ(PartIdOf("0000000000000042.part"), 42u);
  EXPECT_EQ(PartIdOf("0000000000000042.part.tmp"), std::nullopt);
  EXPECT_EQ(PartIdOf("000000000000004x.part"), std::nullopt);
  EXPECT_EQ(PartIdOf("42.part"), std::nullopt);
  EXPECT_EQ(PartIdOf("0000000000000042.wal_"), std::nullopt);
}

// The one promise: what went in comes out, bit for bit, whatever it is.
TEST_F(PartTest, RandomSourcesComeBack) {
  for (uint64_t seed = 0; seed < 40; ++seed) {
    SCOPED_TRACE(seed);
    std::mt19937_64 random(seed);
    SourceForTest source(RandomSeries(seed).Make());
    const std::shared_ptr<const Part> part = Write(source, 1 + random() % 200);
    ASSERT_NE(part, nullptr);
    const Status verified = part->Verify();
    EXPECT_TRUE(verified.ok()) << verified.ToString();
    const std::vector<SeriesForTest> kept = source.Kept();
    ASSERT_EQ(part->info().series, kept.size());
    uint64_t samples = 0;
    for (PartSeries i = 0; i < kept.size(); ++i) {
      SCOPED_TRACE(kept[i].labels.ToString());
      const auto labels = part->LabelsOf(i);
      ASSERT_TRUE(labels.ok()) << labels.status().ToString();
      EXPECT_EQ(labels->ToString(), kept[i].labels.ToString());
      EXPECT_EQ(TextOf(Read(*part, i)), TextOf(kept[i].data));
      EXPECT_EQ(part->HasExemplars(i), !kept[i].exemplars.empty());
      std::vector<model::Exemplar> exemplars;
      EXPECT_TRUE(part->ReadExemplars(i, kAll, exemplars).ok());
      ExpectSameExemplars(exemplars, kept[i].exemplars);
      samples += kept[i].data.times.size() + kept[i].data.histograms.size();
    }
    EXPECT_EQ(part->info().samples, samples);
  }
}

TEST_F(PartTest, RangesCutColumns) {
  for (uint64_t seed = 100; seed < 120; ++seed) {
    SCOPED_TRACE(seed);
    std::mt19937_64 random(seed);
    SourceForTest source(RandomSeries(seed).Make());
    const std::shared_ptr<const Part> part = Write(source, 50);
    const std::vector<SeriesForTest> kept = source.Kept();
    for (int turn = 0; turn < 200; ++turn) {
      const auto series = static_cast<PartSeries>(random() % kept.size());
      const SeriesForTest& want = kept[series];
      model::TimeRange range;
      range.start = 1'700'000'000'000 + static_cast<int64_t>(random() % 4'000'000);
      range.end = range.start + static_cast<int64_t>(random() % 2'000'000) - 1000;
      const storage::SeriesData cut = CutTo(want.data, range);
      EXPECT_EQ(TextOf(Read(*part, series, range)), TextOf(cut));
      const auto has = part->HasSampleIn(series, range);
      EXPECT_EQ(*has, !cut.times.empty() || !cut.histograms.empty());

      model::TimeRange whole{model::kMaxTimeMs, model::kMinTimeMs};
      if (!want.data.times.empty()) whole = {want.data.times.front(), want.data.times.back()};
      if (!want.data.histograms.empty()) {
        whole.start = std::min(whole.start, want.data.histograms.front().time);
        whole.end = std::max(whole.end, want.data.histograms.back().time);
      }
      const auto held = part->RangeOf(series);
      EXPECT_EQ(held->start, whole.start);
      EXPECT_EQ(held->end, whole.end);

      std::vector<model::Exemplar> exemplars;
      EXPECT_TRUE(part->ReadExemplars(series, range, exemplars).ok());
      std::vector<model::Exemplar> in_range = want.exemplars;
      std::erase_if(in_range, [&](const auto& one) { return !range.Contains(one.time); });
      ExpectSameExemplars(exemplars, in_range);
    }
  }
}

// A reader merges parts by appending: what was there stays, and start times stay beside theirs.
TEST_F(PartTest, SamplesAreAppended) {
  SeriesForTest with_starts;
  with_starts.labels = model::Labels{{"__name__", "a"}};
  with_starts.data.times = {1000, 2000};
  with_starts.data.values = {1, 2};
  with_starts.data.start_times = {0, 500};
  SeriesForTest without = with_starts;
  without.labels = model::Labels{{"__name__", "b"}};
  without.data.start_times.clear();
  SourceForTest source({with_starts, without});
  const auto part = Write(source, 1);

  storage::SeriesData data;
  ASSERT_TRUE(part->ReadSamples(1, kAll, data).ok());
  EXPECT_THAT(data.start_times, IsEmpty());
  ASSERT_TRUE(part->ReadSamples(0, kAll, data).ok());
  ASSERT_TRUE(part->ReadSamples(1, kAll, data).ok());
  EXPECT_THAT(data.times, ElementsAre(1000, 2000, 1000, 2000, 1000, 2000));
  EXPECT_THAT(data.values, ElementsAre(1, 2, 1, 2, 1, 2));
  EXPECT_THAT(data.start_times, ElementsAre(0, 0, 0, 500, 0, 0));
}

std::vector<Matcher> RandomMatchers(std::mt19937_64& random) {
  static const std::vector<std::pair<std::string, std::vector<std::string>>> kLabels = {
      {"__name__", {"metric_1", "seconds_bucket", "metric_.*", "metric_1|metric_7", "nope"}},
      {"instance", {"host-0:9090", "host-[12].*", ".*", ".+", ""}},
      {"le", {"0.5", "", ".*", ".+", "1|10", "\\+Inf|"}},
      {"path", {"1", "/2", "/.*", "", ".+"}},
      {"absent", {"", "x", ".*", ".+"}}};
  std::vector<Matcher> matchers;
  const size_t count = random() % 4;
  for (size_t i = 0; i < count; ++i) {
    const auto& [name, values] = kLabels[random() % kLabels.size()];
    auto matcher =
        Matcher::Make(static_cast<MatchOp>(random() % 4), name, values[random() % values.size()]);
    matchers.push_back(*matcher);
  }
  return matchers;
}

TEST_F(PartTest, SelectsAsMatchingEachSeriesWould) {
  for (uint64_t seed = 200; seed < 210; ++seed) {
    SCOPED_TRACE(seed);
    std::mt19937_64 random(seed);
    SourceForTest source(RandomSeries(seed).Make());
    const auto part = Write(source);
    const std::vector<SeriesForTest> kept = source.Kept();
    for (int turn = 0; turn < 300; ++turn) {
      const std::vector<Matcher> matchers = RandomMatchers(random);
      std::string text;
      for (const Matcher& matcher : matchers) text += matcher.ToString() + " ";
      std::vector<PartSeries> want;
      for (PartSeries i = 0; i < kept.size(); ++i) {
        if (std::all_of(matchers.begin(), matchers.end(),
                        [&](const Matcher& one) { return one.Matches(kept[i].labels); })) {
          want.push_back(i);
        }
      }
      const auto got = part->Select(matchers);
      ASSERT_TRUE(got.ok()) << got.status().ToString();
      EXPECT_EQ(*got, want) << text;
    }
  }
}

TEST_F(PartTest, KnowsItsLabels) {
  std::vector<SeriesForTest> series;
  for (int i = 0; i < 100; ++i) {
    SeriesForTest one;
    one.labels = model::Labels{{"__name__", "up"}, {"pod", fmt::format("pod-{}", i)}};
    one.data.times = {1};
    one.data.values = {1};
    series.push_back(one);
  }
  SourceForTest source(series, {{"up", model::MetricType::kGauge, "Is it up?", ""},
                                {"gone", model::MetricType::kGauge, "Of no series here", ""}});
  const auto part = Write(source);
  EXPECT_THAT(*part->LabelNames(), ElementsAre("__name__", "pod"));
  const auto pods = part->LabelValues("pod");
  EXPECT_EQ(pods->size(), 100u);
  EXPECT_TRUE(std::is_sorted(pods->begin(), pods->end()));
  EXPECT_THAT(*part->LabelValues("nope"), IsEmpty());
  const auto metadata = part->Metadata();
  ASSERT_EQ(metadata->size(), 1u);
  EXPECT_EQ((*metadata)[0].help, "Is it up?");
}

TEST_F(PartTest, EmptySourceIsAPartWithoutSeries) {
  SourceForTest source({});
  const auto part = Write(source);
  EXPECT_EQ(part->info().series, 0u);
  EXPECT_GT(part->info().time.start, part->info().time.end);
  EXPECT_TRUE(part->Verify().ok()) << part->Verify().ToString();
  EXPECT_THAT(*part->Select({}), IsEmpty());
  EXPECT_THAT(*part->LabelNames(), IsEmpty());
  EXPECT_EQ(part->LabelsOf(0).status().code(), StatusCode::kInvalidArgument);
  EXPECT_FALSE(part->HasExemplars(0));
}

// Ids that no exemplar names must not be kept by chance alone, those that one names always are.
TEST_F(PartTest, PinsTheTracesThatExemplarsName) {
  SourceForTest source(RandomSeries(7).Make());
  const auto part = Write(source);
  std::vector<model::TraceId> ids;
  std::vector<bool> want;
  for (const SeriesForTest& series : source.Kept()) {
    for (const model::Exemplar& exemplar : series.exemplars) {
      ids.push_back(exemplar.trace_id);
      want.push_back(!exemplar.trace_id.IsZero());
    }
  }
  ASSERT_GT(ids.size(), 100u);
  std::mt19937_64 random(8);  // Not the ids that the source drew.
  for (int i = 0; i < 1000; ++i) {
    model::TraceId id;
    for (auto& byte : id.bytes) byte = static_cast<uint8_t>(random());
    ids.push_back(id);
    want.push_back(false);
  }
  std::vector<bool> pinned(ids.size());
  part->MarkPinned(ids, pinned);
  EXPECT_EQ(pinned, want);
}

// Queries share a part: caches, marks of pages that were good.
TEST_F(PartTest, IsReadByManyThreads) {
  SourceForTest source(RandomSeries(21).Make());
  const auto part = Write(source, 50);
  const std::vector<SeriesForTest> kept = source.Kept();
  std::vector<std::thread> threads;
  std::atomic<int> wrong = 0;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      for (PartSeries i = 0; i < kept.size(); ++i) {
        const auto series = static_cast<PartSeries>((i * 7 + t * 31) % kept.size());
        storage::SeriesData data;
        if (!part->ReadSamples(series, kAll, data).ok()) ++wrong;
        if (TextOf(data) != TextOf(kept[series].data)) ++wrong;
        if (!part->Select({}).ok() || *part->LabelsOf(series) != kept[series].labels) ++wrong;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(wrong, 0);
}

// Compaction answers a full disk by going on with what it had: nothing half-written may be found.
TEST_F(PartTest, FailedWritesLeaveNothing) {
  SourceForTest source(RandomSeries(5).Make());
  ASSERT_TRUE(WritePart("parts", source, Options()).ok());
  const uint64_t bytes = files_.Content(Path()).size();
  ASSERT_TRUE(files_.Remove(Path()).ok());
  for (const uint64_t capacity : {uint64_t{0}, uint64_t{100}, bytes / 2, bytes - 1}) {
    files_.SetCapacity(capacity);
    EXPECT_EQ(WritePart("parts", source, Options()).status().code(), StatusCode::kUnavailable);
    EXPECT_THAT(*files_.List("parts"), IsEmpty());
  }
  files_.SetCapacity(UINT64_MAX);
  for (int i = 0; i < 2; ++i) {
    files_.FailSyncs(1);
    EXPECT_EQ(WritePart("parts", source, Options()).status().code(), StatusCode::kDataLoss);
    EXPECT_THAT(*files_.List("parts"), IsEmpty());
  }
  ASSERT_TRUE(WritePart("parts", source, Options()).ok());
  files_.LosePower();
  EXPECT_TRUE(Part::Open(files_, Path()).ok());
}

}  // namespace
}  // namespace glint::tsdb
