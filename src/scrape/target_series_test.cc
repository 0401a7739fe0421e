#include "scrape/target_series.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "model/sample.h"
#include "storage/memory_metrics.h"

namespace glint::scrape {
namespace {

using model::Labels;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr std::string_view kOpenMetrics = "application/openmetrics-text; version=1.0.0";
constexpr std::string_view kText = "text/plain; version=0.0.4";

class TargetSeriesTest : public testing::Test {
 protected:
  // One scrape, committed if it went well.
  StatusOr<FillCounts> Scrape(std::string body, std::string_view type = kText) {
    batch_ = storage::MetricBatch();
    batch_.time = time_ += 1000;
    const wire::ExpositionFormat format = *wire::ParserForContentType(type);
    const auto same = series_.FillSame(body, format, batch_);
    was_same_ = same.has_value();
    if (was_same_) {
      series_.Commit();
      return *same;
    }
    StatusOr<wire::ParsedScrape> parsed =
        wire::ParseExposition(body, format, wire::ParseMode::kScrape);
    EXPECT_TRUE(parsed.ok()) << parsed.status().ToString();
    StatusOr<FillCounts> counts = series_.Fill(body, *std::move(parsed), store_, batch_);
    if (counts.ok()) series_.Commit();
    return counts;
  }
  size_t Markers() const {
    return static_cast<size_t>(
        std::count_if(batch_.values.begin(), batch_.values.end(), model::IsStaleNan));
  }

  config::ScrapeConfig config_;
  const Labels target_ = {{"instance", "h:1"}, {"job", "app"}};
  storage::MemoryMetrics store_;
  TargetSeries series_{config_, target_};
  model::TimeMs time_ = 0;
  bool was_same_ = false;  // The last scrape had the lines of the one before.
  storage::MetricBatch batch_;
};

TEST_F(TargetSeriesTest, TheSameLinesAreTheSameSeries) {
  EXPECT_EQ(Scrape("a 1\nb{x=\"1\"} 2\n")->added, 2u);
  const std::vector<model::SeriesRef> refs = batch_.series;
  EXPECT_EQ(Scrape("a 3\nb{x=\"1\"} 4\n")->added, 0u);
  EXPECT_TRUE(was_same_);
  EXPECT_EQ(batch_.series, refs);
  EXPECT_THAT(batch_.values, ElementsAre(3, 4));
  EXPECT_EQ(Scrape("b{x=\"1\"} 5\na 6\n")->added, 0u);
  EXPECT_THAT(batch_.series, ElementsAre(refs[1], refs[0]));
}

TEST_F(TargetSeriesTest, WhatIsGoneEndsOnce) {
  ASSERT_TRUE(Scrape("a 1\nb 2\nc 3\n").ok());
  const model::SeriesRef b = batch_.series[1];
  ASSERT_TRUE(Scrape("a 1\nc 3\nd 4\n").ok());
  EXPECT_EQ(Markers(), 1u);
  EXPECT_EQ(batch_.series.back(), b);
  ASSERT_TRUE(Scrape("a 1\nc 3\nd 4\n").ok());
  EXPECT_EQ(Markers(), 0u);
  EXPECT_EQ(series_.series(), 3u);
  ASSERT_TRUE(Scrape("a 1\nb 2\nc 3\nd 4\n").ok());
  EXPECT_EQ(batch_.series[1], b);
}

// A target that writes its labels in another order after an update has not lost a series.
TEST_F(TargetSeriesTest, AnotherSpellingOfASeriesIsNoEnd) {
  ASSERT_TRUE(Scrape("a{x=\"1\",y=\"2\"} 1\n").ok());
  const model::SeriesRef ref = batch_.series[0];
  ASSERT_TRUE(Scrape("a{y=\"2\",x=\"1\"} 2\n").ok());
  EXPECT_THAT(batch_.series, ElementsAre(ref));
  EXPECT_EQ(Markers(), 0u);
}

TEST_F(TargetSeriesTest, AFailureEndsAllAndTheReturnBeginsAnew) {
  ASSERT_TRUE(Scrape("a 1\nb 2\n").ok());
  batch_ = storage::MetricBatch();
  series_.FillStale(batch_);
  series_.Commit();
  EXPECT_EQ(Markers(), 2u);
  batch_ = storage::MetricBatch();
  series_.FillStale(batch_);
  EXPECT_THAT(batch_.series, IsEmpty());
  series_.Commit();
  EXPECT_EQ(Scrape("a 1\nb 2\n")->added, 0u);
  EXPECT_EQ(Markers(), 0u);
}

// Prometheus' rule too: who says its own times may be a proxy that lags behind.
TEST_F(TargetSeriesTest, OwnTimesAreKeptAndNotTracked) {
  ASSERT_TRUE(Scrape("a 1 5000\nb 2\n").ok());
  EXPECT_THAT(batch_.times, ElementsAre(5000, 1000));
  ASSERT_TRUE(Scrape("c 1\n").ok());
  EXPECT_EQ(Markers(), 1u);
  config_.honor_timestamps = false;
  ASSERT_TRUE(Scrape("a 1 5000\n").ok());
  EXPECT_THAT(batch_.times, IsEmpty());
}

TEST_F(TargetSeriesTest, AnExemplarIsStoredOnce) {
  const std::string with = "# TYPE a counter\na_total 1 # {trace_id=\"ab\"} 0.5\n# EOF\n";
  ASSERT_TRUE(Scrape(with, kOpenMetrics).ok());
  ASSERT_EQ(batch_.exemplars.size(), 1u);
  EXPECT_EQ(batch_.exemplars[0].time, batch_.time);
  EXPECT_FALSE(batch_.exemplars[0].trace_id.IsZero());
  ASSERT_TRUE(Scrape(with, kOpenMetrics).ok());
  EXPECT_THAT(batch_.exemplars, IsEmpty());
  ASSERT_TRUE(
      Scrape("# TYPE a counter\na_total 1 # {trace_id=\"cd\"} 0.5\n# EOF\n", kOpenMetrics).ok());
  EXPECT_EQ(batch_.exemplars.size(), 1u);
}

TEST_F(TargetSeriesTest, CreatedBecomesTheStartTime) {
  ASSERT_TRUE(Scrape("# TYPE a counter\na_total 1\na_created 1.5\n# EOF\n", kOpenMetrics).ok());
  EXPECT_EQ(batch_.series.size(), 1u);
  EXPECT_THAT(batch_.start_times, ElementsAre(1500));
}

TEST_F(TargetSeriesTest, MetadataIsSentWhenItChanges) {
  ASSERT_TRUE(Scrape("# HELP a b\n# TYPE a gauge\na 1\n").ok());
  EXPECT_EQ(batch_.metadata.size(), 1u);
  ASSERT_TRUE(Scrape("# HELP a b\n# TYPE a gauge\na 1\n").ok());
  EXPECT_THAT(batch_.metadata, IsEmpty());
}

// A label bomb: refused as a whole, and nothing of it stays in memory or becomes a series.
TEST_F(TargetSeriesTest, BeyondALimitNothingIsKept) {
  ASSERT_TRUE(Scrape("a 1\n").ok());
  config_.sample_limit = 2;
  EXPECT_THAT(std::string(Scrape("a 1\nb 1\nc 1\n").status().message()),
              HasSubstr("sample limit exceeded: more than 2"));
  config_.sample_limit = 0;
  config_.label_limit = 3;
  EXPECT_THAT(std::string(Scrape("d 1\nb{x=\"1\"} 1\n").status().message()),
              HasSubstr("line 2: label_limit exceeded: metric b has 4 labels, limit 3"));
  config_.label_limit = 0;
  config_.label_value_length_limit = 5;
  EXPECT_THAT(std::string(Scrape("d{x=\"123456\"} 1\n").status().message()),
              HasSubstr("label_value_length_limit exceeded"));
  config_.label_value_length_limit = 0;
  config_.label_name_length_limit = 10;
  EXPECT_THAT(std::string(Scrape("d{a_longer_name=\"1\"} 1\n").status().message()),
              HasSubstr("label_name_length_limit exceeded: metric d, label a_longer_name is 13 "
                        "long, limit 10"));
  EXPECT_EQ(series_.series(), 1u);
  EXPECT_EQ(store_.series_count(), 1u);
  EXPECT_EQ(Markers(), 0u);
}

TEST_F(TargetSeriesTest, WhatCouldNotBeStoredIsForgotten) {
  ASSERT_TRUE(Scrape("a 1\n").ok());
  const std::string body = "a 1\nb 1\n";
  auto parsed = wire::ParseExposition(body, kText, wire::ParseMode::kScrape);
  storage::MetricBatch refused;
  ASSERT_TRUE(series_.Fill(body, *std::move(parsed), store_, refused).ok());
  series_.Abandon();
  series_.Commit();
  EXPECT_EQ(series_.series(), 1u);
  EXPECT_EQ(Scrape("a 1\nb 1\n")->added, 1u);
}

TEST_F(TargetSeriesTest, WhatIsForgottenIsNewAgainAndDoesNotEnd) {
  ASSERT_TRUE(Scrape("a 1\nb 1\n").ok());
  series_.Forget();
  EXPECT_EQ(Scrape("a 1\n")->added, 1u);
  EXPECT_EQ(Markers(), 0u);
}

}  // namespace
}  // namespace glint::scrape
