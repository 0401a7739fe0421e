// The file of version 1, as docs/format/part.md describes it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

#include "base/file_in_memory.h"
#include "storage/same_bits.h"
#include "tsdb/part.h"
#include "tsdb/part_source_for_test.h"

namespace glint::tsdb {
namespace {

constexpr model::TimeMs kStart = 1'700'000'000'000;

SeriesForTest Floats(model::Labels labels, std::vector<double> values) {
  SeriesForTest series;
  series.labels = std::move(labels);
  for (size_t i = 0; i < values.size(); ++i) {
    series.data.times.push_back(kStart + static_cast<model::TimeMs>(i) * 1000);
  }
  series.data.values = std::move(values);
  return series;
}

SeriesForTest Native() {
  SeriesForTest series;
  series.labels = model::Labels{{"__name__", "native_seconds"}, {"job", "shop"}};
  for (int i = 0; i < 3; ++i) {
    model::Histogram histogram;
    histogram.schema = 3;
    histogram.count = 6 + i;
    histogram.sum = 1.5 * i;
    histogram.positive_spans = {{-2, 2}, {1, 1}};
    histogram.positive_buckets = {1, 2, 3.0 + i};
    series.data.histograms.push_back(
        {.time = kStart + i * 1000,
         .histogram = std::make_shared<const model::Histogram>(std::move(histogram)),
         .start_time = kStart - 5000});
  }
  return series;
}

// One of each: buckets that share a chunk, a bucket that stands alone, start times, a native
// histogram, exemplars with and without a trace, a series of nothing but exemplars.
SourceForTest Golden() {
  const auto bucket = [](std::string le) {
    return model::Labels{{"__name__", "seconds_bucket"}, {"job", "shop"}, {"le", std::move(le)}};
  };
  std::vector<SeriesForTest> series = {
      Floats({{"__name__", "up"}, {"job", "shop"}}, {1, 1, model::StaleNan(), -0.0, 0.25}),
      Floats(bucket("0.1"), {1, 2, 2, 3, 5}),
      Floats(bucket("1"), {1, 4, 5, 6, 9}),
      Floats(bucket("+Inf"), {2, 5, 6, 8, 12}),
      Floats(bucket("10"), {7}),
      Native(),
      Floats({{"__name__", "only_exemplars"}}, {})};
  series[0].data.start_times = {0, kStart, kStart, kStart, kStart};
  series[2].exemplars = {{.time = kStart + 400,
                          .value = 0.75,
                          .trace_id = {{0xab, 2, 3}},
                          .span_id = {{4, 5}},
                          .labels = model::Labels{{"user", "ann"}}}};
  series[6].exemplars = {{.time = kStart, .value = 1}, {.time = kStart + 1, .value = 2}};
  return SourceForTest(std::move(series), {{"seconds", model::MetricType::kHistogram,
                                            "How long it took.", "seconds"}});
}

// If this fails, parts on the disks of users are no longer read: make a version 2.
TEST(PartGoldenTest, GoldenFileOfVersion1) {
  std::ifstream stream(GLINT_TESTDATA "/part.v1", std::ios::binary);
  const std::string bytes((std::istreambuf_iterator<char>(stream)),
                          std::istreambuf_iterator<char>());
  ASSERT_FALSE(bytes.empty());
  InMemoryFileSystem files;
  files.SetContent("part.v1", bytes);
  const auto opened = Part::Open(files, "part.v1");
  ASSERT_TRUE(opened.ok()) << opened.status().ToString();
  const Part& part = **opened;
  EXPECT_TRUE(part.Verify().ok()) << part.Verify().ToString();
  EXPECT_EQ(part.info().id, 7u);
  EXPECT_EQ(part.info().level, 2u);
  EXPECT_EQ(part.info().time.start, kStart);
  EXPECT_EQ(part.info().time.end, kStart + 4000);
  const std::vector<SeriesForTest> want = Golden().Kept();
  ASSERT_EQ(part.info().series, want.size());
  for (PartSeries i = 0; i < want.size(); ++i) {
    EXPECT_EQ(*part.LabelsOf(i), want[i].labels);
    storage::SeriesData data;
    EXPECT_TRUE(part.ReadSamples(i, {}, data).ok());
    EXPECT_EQ(TextOf(data), TextOf(want[i].data));
    std::vector<model::Exemplar> exemplars;
    EXPECT_TRUE(part.ReadExemplars(i, {}, exemplars).ok());
    EXPECT_EQ(exemplars, want[i].exemplars);
  }
  EXPECT_EQ(*part.Metadata(), Golden().Metadata());
  const std::vector<model::TraceId> ids = {{{0xab, 2, 3}}, {{0xab, 2, 4}}};
  std::vector<bool> pinned(2);
  part.MarkPinned(ids, pinned);
  EXPECT_THAT(pinned, testing::ElementsAre(true, false));
}

}  // namespace
}  // namespace glint::tsdb
