#include "tsdb/batch_log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tsdb/row_head.h"

namespace glint::tsdb {
namespace {

using model::Labels;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class BatchLogTest : public ::testing::Test {
 protected:
  BatchLogTest() {
    for (const char* name : {"a", "b", "c"}) {
      series_.push_back(table_.RefOf(table_.Add(Labels{{"__name__", name}, {"job", "x"}})));
    }
  }
  StagedBatch Row(std::vector<double> values, model::TimeMs time, uint64_t segment) {
    StagedBatch batch;
    batch.sender = 7;
    batch.rows = &rows_;
    const std::span<const model::SeriesRef> series(series_.data(), values.size());
    batch.row = rows_.Stage(series, values, {}, time, BatchLogWriter::NeedsKey(rows_, segment));
    return batch;
  }
  // Encodes and applies it.
  std::string Log(std::vector<double> values, model::TimeMs time, uint64_t segment) {
    StagedBatch batch = Row(std::move(values), time, segment);
    std::string record = writer_.Encode(batch, table_, segment);
    writer_.Commit();
    rows_.Apply(std::move(batch.row));
    return record;
  }

  SeriesTable table_;
  std::vector<model::SeriesRef> series_;
  RowHead rows_{nullptr};
  BatchLogWriter writer_;
  BatchLogReader reader_;
};

TEST_F(BatchLogTest, ASegmentTellsEachSeriesOnceAndEachRowByItsKey) {
  const std::string first = Log({1, 2, 3}, 10, 1);
  const std::string second = Log({1, 2, 4}, 20, 1);
  EXPECT_LT(second.size(), first.size() / 2);
  auto read = reader_.Decode(first);
  ASSERT_TRUE(read.ok()) << read.status().ToString();
  ASSERT_THAT(read->definitions, SizeIs(3));
  EXPECT_EQ(reader_.LabelsOf(read->definitions[1]), (Labels{{"__name__", "b"}, {"job", "x"}}));
  EXPECT_THAT(read->row.values, ElementsAre(1, 2, 3));
  read = reader_.Decode(second);
  ASSERT_TRUE(read.ok()) << read.status().ToString();
  EXPECT_THAT(read->definitions, IsEmpty());
  EXPECT_EQ(read->row.sender, 7u);
  EXPECT_EQ(read->row.time, 20);
  EXPECT_THAT(read->row.series, ElementsAre(series_[0], series_[1], series_[2]));
  EXPECT_THAT(read->row.values, ElementsAre(1, 2, 4));
}

TEST_F(BatchLogTest, AnotherSegmentExplainsItself) {
  Log({1, 2, 3}, 10, 1);
  const auto read = BatchLogReader().Decode(Log({1, 2, 4}, 20, 2));
  ASSERT_TRUE(read.ok()) << read.status().ToString();
  EXPECT_THAT(read->definitions, SizeIs(3));
  EXPECT_THAT(read->row.values, ElementsAre(1, 2, 4));
}

// What the disk refused was not said: the next record says it again.
TEST_F(BatchLogTest, WhatWasNotWrittenIsNotTakenForKnown) {
  const StagedBatch lost = Row({1, 2, 3}, 10, 1);
  writer_.Encode(lost, table_, 1);
  writer_.Forget();
  const auto read = reader_.Decode(Log({1, 2, 4}, 20, 1));
  ASSERT_TRUE(read.ok()) << read.status().ToString();
  EXPECT_THAT(read->definitions, SizeIs(3));
  EXPECT_THAT(read->row.values, ElementsAre(1, 2, 4));
}

// A damaged record may have been the key of those after it: they are refused, not misread.
TEST_F(BatchLogTest, ARowWhoseKeyIsLostIsRefused) {
  Log({1, 2, 3}, 10, 1);
  const std::string second = Log({1, 2, 4}, 20, 1);
  EXPECT_THAT(reader_.Decode(second).status().ToString(), HasSubstr("columns, layout 1"));
  ASSERT_TRUE(reader_.Decode(Log({1, 2, 5}, 30, 2)).ok());
  rows_.Seal();
  Log({5, 6, 7}, 40, 2);
  EXPECT_THAT(reader_.Decode(Log({5, 6, 8}, 50, 2)).status().ToString(), HasSubstr("key row"));
}

// The table gives the number of a label that nobody has any more to another one. If the record that
// says so is lost, series after it must not get the label before.
TEST_F(BatchLogTest, ALabelWhoseRecordIsLostIsNotTakenForTheOneBefore) {
  const auto log = [&](const char* instance) {
    const Labels labels{{"__name__", "d"}, {"instance", instance}};
    StagedBatch batch;
    batch.rest.series = {table_.RefOf(table_.Add(labels))};
    batch.rest.values = {1};
    return writer_.Encode(batch, table_, 1);
  };
  ASSERT_TRUE(reader_.Decode(log("old")).ok());
  table_.Remove(std::vector<HeadSlot>{*table_.Find({{"__name__", "d"}, {"instance", "old"}})});
  const std::string lost = log("new");
  StagedBatch batch;
  batch.rest.series = {table_.RefOf(table_.Add({{"__name__", "a"}, {"instance", "new"}}))};
  batch.rest.values = {2};
  EXPECT_THAT(reader_.Decode(writer_.Encode(batch, table_, 1)).status().ToString(),
              HasSubstr("is not defined"));
}

TEST_F(BatchLogTest, SeriesThatJoinComeWithTheirColumns) {
  ASSERT_TRUE(reader_.Decode(Log({1, 2}, 10, 1)).ok());
  auto read = reader_.Decode(Log({1, 2, 3}, 20, 1));
  ASSERT_TRUE(read.ok()) << read.status().ToString();
  EXPECT_THAT(read->definitions, SizeIs(1));
  EXPECT_THAT(read->row.values, ElementsAre(1, 2, 3));
  read = reader_.Decode(Log({1}, 30, 1));
  ASSERT_TRUE(read.ok()) << read.status().ToString();
  EXPECT_THAT(read->row.series, ElementsAre(series_[0]));
}

TEST_F(BatchLogTest, TheRestTravelsBesideTheRow) {
  StagedBatch batch = Row({1, 2, 3}, 10, 1);
  batch.rest.series = {series_[0]};
  batch.rest.values = {9};
  batch.rest.times = {5};
  batch.rest.exemplar_series = {series_[2]};
  batch.rest.exemplars = {{.time = 10, .value = 3}};
  batch.rest.metadata = {{.family = "a", .help = "h"}};
  const auto read = reader_.Decode(writer_.Encode(batch, table_, 1));
  ASSERT_TRUE(read.ok()) << read.status().ToString();
  EXPECT_THAT(read->rest.values, ElementsAre(9));
  EXPECT_THAT(read->rest.times, ElementsAre(5));
  EXPECT_THAT(read->rest.exemplars, SizeIs(1));
  EXPECT_EQ(read->rest.metadata, batch.rest.metadata);
}

TEST_F(BatchLogTest, EveryPrefixOfARecordIsRefusedOrHarmless) {
  const std::string record = Log({1, 2.5, 3}, 10, 1);
  for (size_t length = 0; length < record.size(); ++length) {
    EXPECT_FALSE(BatchLogReader().Decode(record.substr(0, length)).ok()) << length;
  }
}

}  // namespace
}  // namespace glint::tsdb
