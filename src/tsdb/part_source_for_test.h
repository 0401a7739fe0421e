// Sources of parts for tests: series in memory, and random ones of every kind.
//
// Single-threaded.
#pragma once

#include <fmt/core.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "model/sample.h"
#include "tsdb/part_source.h"

namespace glint::tsdb {

struct SeriesForTest {
  model::Labels labels;
  storage::SeriesData data;
  std::vector<model::Exemplar> exemplars;

  bool IsEmpty() const {
    return data.times.empty() && data.histograms.empty() && exemplars.empty();
  }
};

class SourceForTest final : public PartSource {
 public:
  // In any order.
  explicit SourceForTest(std::vector<SeriesForTest> series,
                         std::vector<model::MetricMetadata> metadata = {})
      : series_(std::move(series)), metadata_(std::move(metadata)) {
    std::sort(series_.begin(), series_.end(),
              [](const auto& a, const auto& b) { return a.labels < b.labels; });
  }

  size_t series_count() const override { return series_.size(); }
  model::Labels LabelsOf(size_t i) const override { return series_[i].labels; }
  Status ReadSamples(size_t i, storage::SeriesData& out) override {
    out = series_[i].data;
    return OkStatus();
  }
  Status ReadExemplars(size_t i, std::vector<model::Exemplar>& out) override {
    out = series_[i].exemplars;
    return OkStatus();
  }
  std::vector<model::MetricMetadata> Metadata() const override { return metadata_; }

  // Those that have something.
  std::vector<SeriesForTest> Kept() const {
    std::vector<SeriesForTest> kept;
    for (const SeriesForTest& series : series_) {
      if (!series.IsEmpty()) kept.push_back(series);
    }
    return kept;
  }

 private:
  std::vector<SeriesForTest> series_;
  std::vector<model::MetricMetadata> metadata_;
};

// A few targets with gauges, counters, classic and native histograms, exemplars; some series late,
// with holes, without anything, with start times, NaNs, fractions in buckets.
class RandomSeries {
 public:
  explicit RandomSeries(uint64_t seed) : random_(seed) {}

  std::vector<SeriesForTest> Make() {
    const size_t targets = Below(4) + 1;
    for (size_t i = 0; i < targets; ++i) {
      target_ = "host-" + std::to_string(i) + ":9090";
      times_ = Times(Below(300));
      MakeTarget();
    }
    return std::move(series_);
  }

 private:
  uint64_t Below(uint64_t bound) { return random_() % bound; }
  bool OneIn(uint64_t n) { return Below(n) == 0; }

  std::vector<model::TimeMs> Times(size_t count) {
    std::vector<model::TimeMs> times;
    model::TimeMs time = 1'700'000'000'000 + static_cast<int64_t>(Below(15'000));
    for (size_t i = 0; i < count; ++i) {
      times.push_back(time);
      time += OneIn(20) ? 15'000 + static_cast<int64_t>(Below(100'000)) : 15'000;
    }
    return times;
  }

  std::vector<model::TimeMs> TimesOfSeries() {
    std::vector<model::TimeMs> times = times_;
    if (OneIn(10)) times.clear();
    if (OneIn(8)) std::erase_if(times, [this](auto) { return OneIn(10); });
    if (OneIn(8)) times.erase(times.begin(), times.begin() + Below(times.size() + 1));
    return times;
  }

  double Value(uint64_t kind, double last) {
    if (OneIn(50)) return model::StaleNan();
    if (OneIn(80)) return OneIn(2) ? -0.0 : 1.0 / 0.0;
    if (kind == 0) return std::isfinite(last) ? last + static_cast<double>(Below(9)) : 5;
    if (kind == 1) return static_cast<double>(Below(1000)) / 100;
    if (kind == 2) return std::bit_cast<double>(random_());
    return 7;
  }

  model::Labels LabelsOf(std::string name, std::string path, std::string le = "") {
    return model::Labels{{"__name__", std::move(name)},
                         {"instance", target_},
                         {"job", "shop"},
                         {"le", std::move(le)},
                         {"path", std::move(path)}};
  }

  std::vector<model::TimeMs> StartsFor(const std::vector<model::TimeMs>& times) {
    if (!OneIn(4)) return {};
    std::vector<model::TimeMs> starts(times.size(), OneIn(3) ? 0 : 1'699'999'000'000);
    for (auto& start : starts) {
      if (OneIn(20)) start += static_cast<int64_t>(Below(5));
    }
    return starts;
  }

  void MakeTarget() {
    for (uint64_t i = 0; i < 30; ++i) {
      SeriesForTest series;
      series.labels = LabelsOf("metric_" + std::to_string(i / 3), std::to_string(i % 3));
      series.data.times = TimesOfSeries();
      series.data.start_times = StartsFor(series.data.times);
      double last = 0;
      for (size_t j = 0; j < series.data.times.size(); ++j) {
        last = Value(i % 4, last);
        series.data.values.push_back(last);
      }
      if (OneIn(5)) AddHistograms(series);
      if (OneIn(3)) AddExemplars(series);
      series_.push_back(std::move(series));
    }
    for (uint64_t i = 0; i < 4; ++i) MakeBuckets("/" + std::to_string(i));
  }

  void MakeBuckets(const std::string& path) {
    const std::string bounds[] = {"0.005", "0.5", "1", "2.5", "10", "+Inf", "no number"};
    std::vector<model::TimeMs> times = TimesOfSeries();
    const std::vector<model::TimeMs> starts = StartsFor(times);
    const double unit = OneIn(4) ? 0.5 : 1;
    std::vector<double> counts(times.size());
    for (const std::string& bound : bounds) {
      SeriesForTest series;
      series.labels = LabelsOf("seconds_bucket", path, bound);
      series.data.times = times;
      series.data.start_times = starts;
      double added = 0;
      for (double& count : counts) {
        added += unit * static_cast<double>(Below(4));
        count += added;
        series.data.values.push_back(OneIn(100) ? model::StaleNan() : count);
      }
      if (OneIn(6) && !times.empty()) {  // One scrape lacked this bucket.
        series.data.times.pop_back();
        series.data.values.pop_back();
        if (!starts.empty()) series.data.start_times.pop_back();
      }
      if (OneIn(9)) continue;
      if (OneIn(12)) AddHistograms(series);
      if (OneIn(2)) AddExemplars(series);
      series_.push_back(std::move(series));
    }
  }

  void AddHistograms(SeriesForTest& series) {
    for (const model::TimeMs time : times_) {
      if (OneIn(9)) continue;
      model::Histogram histogram;
      histogram.schema = OneIn(5) ? 3 : 2;
      histogram.count = static_cast<double>(Below(100));
      histogram.sum = OneIn(20) ? model::StaleNan() : static_cast<double>(Below(1000)) / 8;
      histogram.positive_spans = {{-2, 2}, {1, 1}};
      histogram.positive_buckets = {static_cast<double>(Below(10)), 1, 2};
      series.data.histograms.push_back(
          {.time = time,
           .histogram = std::make_shared<const model::Histogram>(std::move(histogram)),
           .start_time = OneIn(2) ? 0 : 1'699'999'999'000});
    }
  }

  void AddExemplars(SeriesForTest& series) {
    model::TimeMs time = 1'700'000'000'000;
    const uint64_t count = OneIn(10) ? 1300 : Below(5);
    for (uint64_t i = 0; i < count; ++i) {
      time += static_cast<int64_t>(Below(3000)) + 1;
      model::Exemplar exemplar;
      exemplar.time = time;
      exemplar.value = static_cast<double>(Below(1000)) / 1000;
      if (!OneIn(5)) {
        for (auto& byte : exemplar.trace_id.bytes) byte = static_cast<uint8_t>(random_());
        for (auto& byte : exemplar.span_id.bytes) byte = static_cast<uint8_t>(random_());
      }
      if (OneIn(3)) exemplar.labels = model::Labels{{"user", "ann"}};
      series.exemplars.push_back(std::move(exemplar));
    }
  }

  std::mt19937_64 random_;
  std::string target_;
  std::vector<model::TimeMs> times_;
  std::vector<SeriesForTest> series_;
};

// Everything of a series as text, doubles by their bits, so that a difference can be read.
inline std::string TextOf(const storage::SeriesData& data) {
  std::string out;
  for (size_t i = 0; i < data.times.size(); ++i) {
    out += fmt::format(" {} {:016x}", data.times[i], std::bit_cast<uint64_t>(data.values[i]));
    const model::TimeMs start = data.start_times.empty() ? 0 : data.start_times[i];
    if (start != 0) out += fmt::format(" from {}", start);
    out += "\n";
  }
  for (const storage::HistogramSample& sample : data.histograms) {
    const model::Histogram& histogram = *sample.histogram;
    out += fmt::format(" {} histogram {} {} {:016x} {} from {}\n", sample.time, histogram.schema,
                       histogram.count, std::bit_cast<uint64_t>(histogram.sum),
                       histogram.positive_buckets.empty() ? 0 : histogram.positive_buckets[0],
                       sample.start_time);
  }
  return out;
}

inline storage::SeriesData CutTo(const storage::SeriesData& data, model::TimeRange range) {
  storage::SeriesData out;
  for (size_t i = 0; i < data.times.size(); ++i) {
    if (!range.Contains(data.times[i])) continue;
    out.times.push_back(data.times[i]);
    out.values.push_back(data.values[i]);
    if (!data.start_times.empty()) out.start_times.push_back(data.start_times[i]);
  }
  for (const storage::HistogramSample& sample : data.histograms) {
    if (range.Contains(sample.time)) out.histograms.push_back(sample);
  }
  return out;
}

}  // namespace glint::tsdb
