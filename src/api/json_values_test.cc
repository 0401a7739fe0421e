#include "api/json_values.h"

#include <gtest/gtest.h>

#include <cmath>

namespace glint::api {
namespace {

// Grafana parses these strings; another spelling is another number to it.
TEST(JsonValuesTest, NumbersArePrintedAsPrometheusPrintsThem) {
  EXPECT_EQ(FormatValue(0.1), "0.1");
  EXPECT_EQ(FormatValue(1e20), "100000000000000000000");
  EXPECT_EQ(FormatValue(1e21), "1e+21");
  EXPECT_EQ(FormatValue(0.000001), "0.000001");
  EXPECT_EQ(FormatValue(1e-7), "1e-07");
  EXPECT_EQ(FormatValue(-0.0), "-0");
  EXPECT_EQ(FormatValue(std::nan("")), "NaN");
  EXPECT_EQ(FormatValue(-INFINITY), "-Inf");
}

std::string Time(model::TimeMs time) {
  JsonWriter json;
  WriteTime(time, json);
  return json.Take();
}

TEST(JsonValuesTest, TimesHaveNoMoreDecimalsThanNeeded) {
  EXPECT_EQ(Time(1435781430781), "1435781430.781");
  EXPECT_EQ(Time(1435781430000), "1435781430");
  EXPECT_EQ(Time(1500), "1.5");
  EXPECT_EQ(Time(-1), "-0.001");
}

TEST(JsonValuesTest, HistogramBucketsCarryTheirEnds) {
  model::Histogram histogram;
  histogram.count = 7;
  histogram.sum = 12;
  histogram.zero_threshold = 0.5;
  histogram.zero_count = 1;
  histogram.positive_spans = {{1, 2}};
  histogram.positive_buckets = {2, 3};
  histogram.negative_spans = {{0, 1}};
  histogram.negative_buckets = {1};
  JsonWriter json;
  WriteHistogram(1000, histogram, json);
  EXPECT_EQ(json.text(),
            R"([1,{"count":"7","sum":"12","buckets":[[1,"-1","-0.5","1"],[3,"-0.5","0.5","1"],)"
            R"([0,"1","2","2"],[0,"2","4","3"]]}])");
}

}  // namespace
}  // namespace glint::api
