// The engine against the definitions, computed step by step and sample by sample.
#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <random>

#include "promql/engine.h"
#include "storage/memory_metrics.h"

namespace glint::promql {
namespace {

struct PlainSeries {
  model::Labels labels;
  std::vector<model::Sample> samples;
};
using Result = std::map<model::Labels, std::map<model::TimeMs, double>>;

class Data {
 public:
  explicit Data(uint64_t seed) : random_(seed) {
    for (int i = 0; i < 20; ++i) {
      PlainSeries series;
      series.labels = model::Labels{
          {"__name__", "x_total"}, {"job", std::to_string(i % 3)}, {"instance", std::to_string(i)}};
      double value = Below(100);
      for (model::TimeMs time = Below(60'000); time < 1'800'000; time += 5'000 + Below(20'000)) {
        value = Below(20) == 0 ? Below(10) : value + Below(50);
        const bool stale = Below(25) == 0;
        series.samples.push_back({time, stale ? model::StaleNan() : value});
        if (Below(30) == 0) time += 400'000;
      }
      Store(series);
      series_.push_back(std::move(series));
    }
  }

  const std::vector<PlainSeries>& series() const { return series_; }
  const storage::MemoryMetrics& store() const { return store_; }

 private:
  int Below(int limit) { return static_cast<int>(random_() % static_cast<uint64_t>(limit)); }
  void Store(const PlainSeries& series) {
    const auto refs = store_.Resolve(std::span(&series.labels, 1));
    ASSERT_TRUE(refs.ok());
    storage::MetricBatch batch;
    for (const model::Sample& sample : series.samples) {
      batch.series.push_back((*refs)[0]);
      batch.values.push_back(sample.value);
      batch.times.push_back(sample.time);
    }
    ASSERT_TRUE(store_.Append(std::move(batch)).ok());
  }

  std::mt19937_64 random_;
  std::vector<PlainSeries> series_;
  storage::MemoryMetrics store_;
};

std::vector<model::Sample> InWindow(const PlainSeries& series, model::TimeMs after,
                                    model::TimeMs until) {
  std::vector<model::Sample> out;
  for (const model::Sample& sample : series.samples) {
    if (sample.time > after && sample.time <= until && !model::IsStaleNan(sample.value)) {
      out.push_back(sample);
    }
  }
  return out;
}

// As the documentation of rate() has it.
std::optional<double> PlainRate(const std::vector<model::Sample>& window, model::TimeMs start,
                                model::TimeMs end) {
  if (window.size() < 2) return std::nullopt;
  double increase = window.back().value - window.front().value;
  for (size_t i = 1; i < window.size(); ++i) {
    if (window[i].value < window[i - 1].value) increase += window[i - 1].value;
  }
  const double length = static_cast<double>(window.back().time - window.front().time) / 1000;
  const double average = length / static_cast<double>(window.size() - 1);
  double before = static_cast<double>(window.front().time - start) / 1000;
  double after = static_cast<double>(end - window.back().time) / 1000;
  if (before >= average * 1.1) before = average / 2;
  if (after >= average * 1.1) after = average / 2;
  if (increase > 0 && window.front().value >= 0) {
    before = std::min(before, length * window.front().value / increase);
  }
  return increase * (length + before + after) / length / (static_cast<double>(end - start) / 1000);
}

std::optional<double> PlainLast(const PlainSeries& series, model::TimeMs time) {
  std::optional<double> last;
  for (const model::Sample& sample : series.samples) {
    if (sample.time > time) break;
    if (sample.time > time - 300'000) {
      last = sample.value;
    }
  }
  if (last && model::IsStaleNan(*last)) return std::nullopt;
  return last;
}

Result FromEngine(const Data& data, std::string_view query) {
  const Engine engine(data.store());
  QueryBudget budget;
  const auto result = engine.Range(query, 0, 2'000'000, 37'000, budget);
  EXPECT_TRUE(result.ok()) << result.status().ToString();
  Result out;
  if (!result.ok()) return out;
  for (const MatrixSeries& series : std::get<Matrix>(result->value)) {
    for (const model::Sample& sample : series.floats) {
      out[series.labels][sample.time] = sample.value;
    }
  }
  return out;
}

void ExpectSame(const Result& expected, const Result& actual) {
  ASSERT_EQ(expected.size(), actual.size());
  for (const auto& [labels, points] : expected) {
    ASSERT_TRUE(actual.contains(labels)) << labels.ToString();
    const auto& others = actual.at(labels);
    ASSERT_EQ(points.size(), others.size()) << labels.ToString();
    for (const auto& [time, value] : points) {
      ASSERT_TRUE(others.contains(time)) << labels.ToString() << " at " << time;
      ASSERT_NEAR(value, others.at(time), 1e-9 * (1 + std::abs(value)))
          << labels.ToString() << " at " << time;
    }
  }
}

class NaiveTwinTest : public ::testing::TestWithParam<uint64_t> {};

TEST_P(NaiveTwinTest, SumOfRatesIsTheDefinition) {
  SCOPED_TRACE(GetParam());
  const Data data(GetParam());
  Result expected;
  for (model::TimeMs time = 0; time <= 2'000'000; time += 37'000) {
    for (const PlainSeries& series : data.series()) {
      const auto rate = PlainRate(InWindow(series, time - 180'000, time), time - 180'000, time);
      if (!rate) continue;
      expected[model::Labels{{"job", std::string(series.labels.Get("job"))}}][time] += *rate;
    }
  }
  ExpectSame(expected, FromEngine(data, "sum by (job) (rate(x_total[3m]))"));
}

TEST_P(NaiveTwinTest, SelectorsAndMaximaAreTheDefinition) {
  SCOPED_TRACE(GetParam());
  const Data data(GetParam());
  Result last;
  Result largest;
  for (model::TimeMs time = 0; time <= 2'000'000; time += 37'000) {
    for (const PlainSeries& series : data.series()) {
      if (const auto value = PlainLast(series, time - 60'000)) last[series.labels][time] = *value;
      double max = -1;
      for (const model::Sample& sample : InWindow(series, time - 90'000, time)) {
        max = std::max(max, sample.value);
      }
      if (max >= 0) largest[series.labels.Without("__name__")][time] = max;
    }
  }
  ExpectSame(last, FromEngine(data, "x_total offset 1m"));
  ExpectSame(largest, FromEngine(data, "max_over_time(x_total[90s])"));
}

INSTANTIATE_TEST_SUITE_P(Seeds, NaiveTwinTest, ::testing::Range<uint64_t>(1, 9));

}  // namespace
}  // namespace glint::promql
