// The records of version 2, as docs/format/metric-log.md describes them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

#include "codec/byte_reader.h"
#include "codec/byte_writer.h"
#include "model/sample.h"
#include "tsdb/batch_log.h"
#include "tsdb/row_head.h"

namespace glint::tsdb {
namespace {

using model::Labels;
using model::SeriesRef;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr model::TimeMs kStart = 1'700'000'000'000;

// What one sender and a push beside it bring.
class Golden {
 public:
  Golden() {
    for (const char* name : {"up", "requests_total", "errors_total", "seconds"}) {
      series_.push_back(table_.RefOf(table_.Add(Labels{{"__name__", name}, {"job", "shop"}})));
    }
  }

  // Each record with its length before it.
  std::string Encode() {
    codec::ByteWriter out;
    // A key with its columns; a row told against it; one that brings a column, told against it too;
    // a row in which columns are absent; a key with start times.
    out.Text(Row({1, 1000}, {}, kStart));
    out.Text(Row({1, 1003.5}, {}, kStart + 1000));
    out.Text(Row({model::StaleNan(), 1003.5, 1}, {}, kStart + 2000));
    out.Text(Row({0}, {}, kStart + 3000));
    out.Text(Row({0, 1004}, {0, kStart - 60'000}, kStart + 4000));
    StagedBatch batch = Rest();
    out.Text(writer_.Encode(batch, table_, /*segment=*/9));
    return out.Take();
  }

  StagedBatch Rest() const {
    StagedBatch batch;
    batch.sender = 8;
    batch.rest.sender = 8;
    batch.rest.series = {series_[1], series_[0]};
    batch.rest.values = {-0.0, 0.25};
    batch.rest.times = {kStart - 5, kStart - 6};
    batch.rest.histogram_series = {series_[3]};
    batch.rest.histograms = {
        {.time = kStart,
         .histogram = std::make_shared<const model::Histogram>(
             model::Histogram{.schema = 3,
                              .count = 6,
                              .sum = 1.5,
                              .positive_spans = {{-2, 2}, {1, 1}},
                              .positive_buckets = {1, 2, 3}}),
         .start_time = kStart - 5000}};
    batch.rest.exemplar_series = {series_[3]};
    batch.rest.exemplars = {{.time = kStart + 4,
                             .value = 0.75,
                             .trace_id = {{0xab, 2, 3}},
                             .span_id = {{4, 5}},
                             .labels = Labels{{"user", "ann"}}}};
    batch.rest.metadata = {{"seconds", model::MetricType::kHistogram, "How long.", "seconds"}};
    return batch;
  }
  const std::vector<SeriesRef>& series() const { return series_; }

 private:
  std::string Row(std::vector<double> values, std::vector<model::TimeMs> starts,
                  model::TimeMs time) {
    StagedBatch batch;
    batch.sender = 7;
    batch.rows = &rows_;
    batch.row = rows_.Stage(std::span(series_).first(values.size()), values, starts, time,
                            BatchLogWriter::NeedsKey(rows_, 9));
    std::string record = writer_.Encode(batch, table_, 9);
    writer_.Commit();
    rows_.Apply(std::move(batch.row));
    return record;
  }

  SeriesTable table_;
  std::vector<SeriesRef> series_;
  RowHead rows_{nullptr};
  BatchLogWriter writer_;
};

// If this fails, logs on the disks of users are no longer read: make a version 3.
TEST(BatchLogGoldenTest, GoldenFileOfVersion2) {
  std::ifstream stream(GLINT_TESTDATA "/batch_record.v2", std::ios::binary);
  const std::string bytes((std::istreambuf_iterator<char>(stream)),
                          std::istreambuf_iterator<char>());
  Golden golden;
  EXPECT_EQ(golden.Encode(), bytes);
  const std::vector<SeriesRef>& series = golden.series();
  codec::ByteReader in(bytes);
  BatchLogReader reader;
  const auto next = [&] {
    auto batch = reader.Decode(in.Text());
    EXPECT_TRUE(batch.ok()) << batch.status().ToString();
    return batch.ok() ? *std::move(batch) : LoggedBatch();
  };

  LoggedBatch batch = next();
  ASSERT_THAT(batch.definitions, SizeIs(2));
  EXPECT_EQ(reader.LabelsOf(batch.definitions[1]),
            (Labels{{"__name__", "requests_total"}, {"job", "shop"}}));
  EXPECT_EQ(batch.row.sender, 7u);
  EXPECT_EQ(batch.row.time, kStart);
  EXPECT_THAT(batch.row.series, ElementsAre(series[0], series[1]));
  EXPECT_THAT(batch.row.values, ElementsAre(1, 1000));
  EXPECT_THAT(batch.row.start_times, IsEmpty());

  batch = next();
  EXPECT_THAT(batch.definitions, IsEmpty());
  EXPECT_EQ(batch.row.time, kStart + 1000);
  EXPECT_THAT(batch.row.values, ElementsAre(1, 1003.5));

  batch = next();
  EXPECT_THAT(batch.definitions, SizeIs(1));
  EXPECT_THAT(batch.row.series, ElementsAre(series[0], series[1], series[2]));
  ASSERT_THAT(batch.row.values, SizeIs(3));
  EXPECT_TRUE(model::IsStaleNan(batch.row.values[0]));

  batch = next();
  EXPECT_THAT(batch.row.series, ElementsAre(series[0]));
  EXPECT_THAT(batch.row.values, ElementsAre(0));

  batch = next();
  ASSERT_THAT(batch.row.series, SizeIs(2));
  EXPECT_THAT(batch.row.values, ElementsAre(0, 1004));
  EXPECT_THAT(batch.row.start_times, ElementsAre(0, kStart - 60'000));

  batch = next();
  const storage::MetricBatch& rest = batch.rest;
  const storage::MetricBatch expected = golden.Rest().rest;
  EXPECT_THAT(batch.definitions, SizeIs(1));
  EXPECT_THAT(batch.row.series, IsEmpty());
  EXPECT_EQ(rest.sender, 8u);
  EXPECT_EQ(rest.times, expected.times);
  EXPECT_EQ(rest.histogram_series, expected.histogram_series);
  ASSERT_THAT(rest.histograms, SizeIs(1));
  EXPECT_EQ(*rest.histograms[0].histogram, *expected.histograms[0].histogram);
  EXPECT_EQ(rest.exemplars, expected.exemplars);
  EXPECT_EQ(rest.metadata, expected.metadata);
  EXPECT_EQ(in.left(), 0u);
}

}  // namespace
}  // namespace glint::tsdb
