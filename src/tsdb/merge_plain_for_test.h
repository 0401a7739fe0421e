// Parts as a map would have them: the plain twin of merging, for tests.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <map>
#include <memory>
#include <random>
#include <span>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "tsdb/part_source.h"
#include "tsdb/tombstone_cut.h"

namespace glint::tsdb {

struct PlainSample {
  uint64_t bits = 0;  // Of the value, or of a histogram's count.
  model::TimeMs start_time = 0;
  bool is_histogram = false;
};

struct PlainSeries {
  std::map<model::TimeMs, PlainSample> samples;
  std::vector<model::Exemplar> exemplars;  // In order of time, then arrival.
};

using PlainStore = std::map<model::Labels, PlainSeries>;

// A part as a map would have it.
class PlainSource final : public PartSource {
 public:
  explicit PlainSource(const PlainStore& store) {
    for (const auto& [labels, series] : store) series_.push_back({labels, series});
  }

  size_t series_count() const override { return series_.size(); }
  model::Labels LabelsOf(size_t i) const override { return series_[i].first; }
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
  Status ReadExemplars(size_t i, std::vector<model::Exemplar>& out) override {
    out = series_[i].second.exemplars;
    return OkStatus();
  }
  bool MayHaveExemplars(size_t i) const override { return !series_[i].second.exemplars.empty(); }
  std::vector<model::MetricMetadata> Metadata() const override { return metadata; }

  std::vector<model::MetricMetadata> metadata;
  bool is_damaged = false;

 private:
  std::vector<std::pair<model::Labels, PlainSeries>> series_;
};

inline PlainStore ReadAll(PartSource& source) {
  PlainStore out;
  storage::SeriesData data;
  model::Labels last;
  for (size_t i = 0; i < source.series_count(); ++i) {
    const model::Labels labels = source.LabelsOf(i);
    EXPECT_TRUE(i == 0 || last < labels) << "series are in order, each once";
    last = labels;
    PlainSeries series;
    EXPECT_TRUE(source.ReadSamples(i, data).ok());
    EXPECT_EQ(data.times.size(), data.values.size());
    EXPECT_TRUE(data.start_times.empty() || data.start_times.size() == data.times.size());
    model::TimeMs before = model::kMinTimeMs;
    for (size_t at = 0; at < data.times.size(); ++at) {
      EXPECT_LT(before, data.times[at]);
      before = data.times[at];
      const model::TimeMs start = data.start_times.empty() ? 0 : data.start_times[at];
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

inline std::string Print(const PlainStore& store) {
  std::ostringstream out;
  for (const auto& [labels, series] : store) {
    out << labels.ToString();
    for (const auto& [time, sample] : series.samples) {
      out << ' ' << time << (sample.is_histogram ? 'h' : '=') << sample.bits << '/'
          << sample.start_time;
    }
    for (const model::Exemplar& exemplar : series.exemplars) {
      out << " *" << exemplar.time << '=' << exemplar.value << exemplar.labels.ToString();
    }
    out << '\n';
  }
  return out.str();
}

// The first lines that differ.
inline testing::AssertionResult Same(const PlainStore& found, const PlainStore& expected) {
  std::istringstream a(Print(found));
  std::istringstream b(Print(expected));
  for (;;) {
    std::string x;
    std::string y;
    const bool has_a = static_cast<bool>(std::getline(a, x));
    const bool has_b = static_cast<bool>(std::getline(b, y));
    if (!has_a && !has_b) return testing::AssertionSuccess();
    if (x != y) return testing::AssertionFailure() << "\n" << x << "\nbut expected\n" << y;
  }
}

inline constexpr model::TimeMs kNow = 1'700'000'000'000;

class RandomParts {
 public:
  explicit RandomParts(uint64_t seed) : random_(seed) {}

  uint64_t Below(uint64_t n) { return random_() % n; }
  model::TimeMs Time() { return kNow - 3000 + static_cast<model::TimeMs>(Below(100)); }

  PlainStore Part() {
    PlainStore store;
    for (uint64_t n = Below(10); n > 0; --n) {
      const std::string name(1, static_cast<char>('a' + Below(8)));
      PlainSeries& series = store[model::Labels({{"__name__", name}})];
      const uint64_t kind = Below(4);
      // Some come one after the other, some lie within each other.
      const model::TimeMs start = Time();
      for (uint64_t i = Below(40); i > 0; --i) {
        const model::TimeMs time = Below(2) == 0 ? Time() : start + static_cast<model::TimeMs>(i);
        series.samples[time] = {kind == 3 ? 0x7ff0000000000002u : random_(),
                                kind == 1 ? static_cast<model::TimeMs>(1 + Below(3)) : 0,
                                Below(4) == 0};
      }
      std::map<std::pair<model::TimeMs, int>, model::Exemplar> exemplars;
      for (uint64_t i = Below(2) * Below(6); i > 0; --i) {
        model::Exemplar exemplar{.time = kNow - 3000 + static_cast<model::TimeMs>(Below(8))};
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
      std::vector<model::TimeRange> ranges;
      for (uint64_t n = 1 + Below(3); n > 0; --n) {
        const model::TimeMs start = Time();
        ranges.push_back({start, start + static_cast<model::TimeMs>(Below(30))});
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
inline void MergePlainly(const PlainStore& part, const std::vector<DeletedSeries>& deleted,
                         model::TimeMs floor, PlainStore& out, uint64_t& deleted_samples) {
  uint32_t place = 0;
  for (const auto& [labels, series] : part) {
    std::vector<model::TimeRange> ranges;
    for (const DeletedSeries& one : deleted) {
      if (one.series == place) ranges = one.ranges;
    }
    ++place;
    const auto is_deleted = [&](model::TimeMs time) {
      return std::ranges::any_of(ranges,
                                 [&](const model::TimeRange& r) { return r.Contains(time); });
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
    for (const model::Exemplar& exemplar : series.exemplars) {
      if (exemplar.time < floor || is_deleted(exemplar.time)) continue;
      if (std::ranges::find(merged.exemplars, exemplar) == merged.exemplars.end()) {
        merged.exemplars.push_back(exemplar);
      }
    }
    std::ranges::stable_sort(merged.exemplars, {}, &model::Exemplar::time);
    out[labels] = std::move(merged);
    if (out[labels].samples.empty() && out[labels].exemplars.empty()) out.erase(labels);
  }
}

}  // namespace glint::tsdb
