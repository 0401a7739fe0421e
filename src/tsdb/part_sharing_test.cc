// What makes parts small: buckets in one chunk, columns of times that are shared.
#include <gtest/gtest.h>

#include "base/file_in_memory.h"
#include "tsdb/part.h"
#include "tsdb/part_source_for_test.h"

namespace glint::tsdb {
namespace {

std::shared_ptr<const Part> Write(PartSource& source, size_t max_chunk_samples) {
  InMemoryFileSystem files;
  const auto info =
      WritePart("parts", source, {.files = &files, .max_chunk_samples = max_chunk_samples});
  EXPECT_TRUE(info.ok()) << info.status().ToString();
  auto part = Part::Open(files, "parts/" + PartName(0));
  EXPECT_TRUE(part.ok() && (*part)->Verify().ok());
  return *part;
}

SeriesForTest Counting(model::Labels labels, model::TimeMs first, size_t count) {
  SeriesForTest series;
  series.labels = std::move(labels);
  for (size_t i = 0; i < count; ++i) {
    series.data.times.push_back(first + static_cast<model::TimeMs>(i * 1000 + i * i % 7));
    series.data.values.push_back(static_cast<double>(i));
  }
  return series;
}

model::Labels Bucket(std::string le, std::string path = "/") {
  return {{"__name__", "seconds_bucket"}, {"le", std::move(le)}, {"path", std::move(path)}};
}

// What makes histograms small, and a query of all their buckets fast.
TEST(PartSharingTest, BucketsOfAHistogramShareChunks) {
  std::vector<SeriesForTest> series;
  for (const char* path : {"/a", "/b"}) {
    for (const char* le : {"0.1", "1", "10", "+Inf"}) {
      series.push_back(Counting(Bucket(le, path), 0, 250));
    }
  }
  series.push_back(Counting(Bucket("text", "/a"), 0, 250));
  series.push_back(Counting({{"__name__", "seconds_count"}, {"le", "1"}}, 0, 250));
  SourceForTest source(series);
  EXPECT_EQ(Write(source, 100)->info().chunks, 4 * 3u);
}

// A bucket that lacks a scrape goes alone; it takes nobody with it.
TEST(PartSharingTest, BucketsWithOtherTimesStandAlone) {
  std::vector<SeriesForTest> series;
  for (const char* le : {"0.1", "1", "10", "+Inf"}) {
    series.push_back(Counting(Bucket(le), 0, le[0] == '+' ? 99 : 100));
  }
  SourceForTest source(series);
  const auto part = Write(source, 100);
  EXPECT_EQ(part->info().chunks, 2u);
  EXPECT_TRUE(part->Verify().ok());
  EXPECT_EQ(part->info().samples, 399u);
}

// More bounds than a chunk has columns, and bounds that are equal as numbers.
TEST(PartSharingTest, HistogramsOfManyBucketsComeBack) {
  std::vector<SeriesForTest> series;
  for (int i = 0; i < 300; ++i) {
    series.push_back(Counting(Bucket(fmt::format("{}", i)), 0, 5 + i / 299));
  }
  series.push_back(Counting(Bucket("7.0"), 0, 5));
  SourceForTest source(series);
  const auto part = Write(source, 100);
  EXPECT_EQ(part->info().chunks, 3 + 1u);
  const auto kept = source.Kept();
  for (PartSeries i = 0; i < kept.size(); ++i) {
    storage::SeriesData data;
    EXPECT_TRUE(part->ReadSamples(i, {}, data).ok());
    EXPECT_EQ(TextOf(data), TextOf(kept[i].data)) << i;
  }
}

// Else each new pod of a deployment would have its own columns of times, for ever.
TEST(PartSharingTest, SeriesThatBeginLateShareColumnsOfTimes) {
  const auto bytes_of_times = [](model::TimeMs step) {
    std::vector<SeriesForTest> series;
    for (int i = 0; i < 20; ++i) {
      SeriesForTest one = Counting({{"__name__", fmt::format("m{:02}", i)}}, 0, 1000);
      const ptrdiff_t late = i % 2 == 0 ? 0 : 50;
      one.data.times.erase(one.data.times.begin(), one.data.times.begin() + late);
      for (auto& time : one.data.times) time += i * step;
      one.data.values.assign(one.data.times.size(), 7);
      series.push_back(std::move(one));
    }
    SourceForTest source(series);
    return Write(source, 100)->info().sample_bytes;
  };
  EXPECT_LT(3 * bytes_of_times(0), bytes_of_times(1));
}

TEST(PartSharingTest, ChunksHaveNoMoreSamplesThanAsked) {
  SourceForTest source({Counting({{"__name__", "a"}}, 0, 1000)});
  EXPECT_EQ(Write(source, 1)->info().chunks, 1000u);
  EXPECT_EQ(Write(source, 999)->info().chunks, 2u);
  EXPECT_EQ(Write(source, 1000)->info().chunks, 1u);
}

}  // namespace
}  // namespace glint::tsdb
