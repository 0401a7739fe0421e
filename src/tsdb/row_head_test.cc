#include "tsdb/row_head.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <random>

#include "model/sample.h"
#include "tsdb/sample_order.h"

namespace glint::tsdb {
namespace {

using model::SeriesRef;
using model::TimeMs;

// What rows of a sender hold is what went in, whatever series come and go between them.
TEST(RowHeadTest, ReadsWhatAPlainMapHolds) {
  const uint64_t seed = std::random_device()();
  SCOPED_TRACE(testing::Message() << "seed " << seed);
  std::mt19937_64 random(seed);
  for (int life = 0; life < 20; ++life) {
    RowHead rows(nullptr);
    std::map<uint64_t, std::map<TimeMs, std::pair<uint64_t, TimeMs>>> plain;
    std::vector<SeriesRef> series;
    for (uint64_t i = 0; i < 1 + random() % 20; ++i) series.push_back({i * 7 % 50 + 1});
    const bool with_starts = random() % 3 == 0;
    for (TimeMs time = 0; time < 300; ++time) {
      switch (random() % 12) {
        case 0:
          series.push_back({100 + random() % 100});
          std::sort(series.begin(), series.end());
          series.erase(std::unique(series.begin(), series.end()), series.end());
          break;
        case 1:
          if (series.size() > 1) series.erase(series.begin());
          break;
        case 2:
          std::shuffle(series.begin(), series.end(), random);
          break;
        default:
          break;
      }
      std::vector<double> values;
      std::vector<TimeMs> starts;
      for (const SeriesRef ref : series) {
        const double value = random() % 9 == 0   ? model::StaleNan()
                             : random() % 2 == 0 ? static_cast<double>(ref.value)
                                                 : static_cast<double>(random() % 1000) / 8;
        values.push_back(value);
        if (with_starts) starts.push_back(time / 100 * 10);
        plain[ref.value][time] = {std::bit_cast<uint64_t>(value),
                                  with_starts ? time / 100 * 10 : 0};
      }
      rows.Apply(rows.Stage(series, values, starts, time, /*as_key=*/random() % 50 == 0));
      ASSERT_EQ(rows.last_time(), time);
    }
    if (life % 2 == 0) rows.Seal();
    const auto view = rows.View();
    uint64_t samples = 0;
    for (const auto& [ref, held] : plain) {
      samples += held.size();
      const model::TimeRange range{static_cast<TimeMs>(random() % 300),
                                   static_cast<TimeMs>(random() % 300)};
      storage::SeriesData data;
      view->Read({ref}, range, data);
      if (!data.start_times.empty()) data.start_times.resize(data.times.size());
      size_t next = 0;
      for (const auto& [time, sample] : held) {
        if (!range.Contains(time)) continue;
        ASSERT_LT(next, data.times.size());
        EXPECT_EQ(data.times[next], time);
        EXPECT_EQ(std::bit_cast<uint64_t>(data.values[next]), sample.first);
        EXPECT_EQ(data.start_times.empty() ? 0 : data.start_times[next], sample.second);
        ++next;
      }
      EXPECT_EQ(next, data.times.size());
      EXPECT_EQ(view->HasSampleIn({ref}, range), next > 0);
    }
    EXPECT_EQ(rows.samples(), samples);
    storage::SeriesData none;
    view->Read({12345}, {}, none);
    EXPECT_TRUE(none.times.empty());
  }
}

// A target that lost most of its series does not carry their columns for ever.
TEST(RowHeadTest, SeriesThatAreGoneLeaveTheLayout) {
  RowHead rows(nullptr);
  std::vector<SeriesRef> series;
  for (uint64_t i = 0; i < 100; ++i) series.push_back({i});
  rows.Apply(rows.Stage(series, std::vector<double>(100, 1), {}, 0, false));
  series.resize(3);
  for (TimeMs time = 1; time < 70; ++time) {
    rows.Apply(rows.Stage(series, std::vector<double>(3, 2), {}, time, false));
  }
  EXPECT_EQ(rows.layout().columns().size(), 3u);
  EXPECT_TRUE(rows.HasLayout(series, {}));
}

// A view is what it was, whatever comes after.
TEST(RowHeadTest, AViewDoesNotChange) {
  RowHead rows(nullptr);
  const std::vector<SeriesRef> series{{1}, {2}};
  const auto append = [&](TimeMs time) {
    rows.Apply(
        rows.Stage(series, std::vector<double>(2, static_cast<double>(time)), {}, time, false));
  };
  for (TimeMs time = 0; time < 60; ++time) append(time);
  const auto view = rows.View();
  for (TimeMs time = 60; time < 200; ++time) append(time);
  storage::SeriesData data;
  view->Read({2}, {}, data);
  EXPECT_EQ(data.times.size(), 60u);
  EXPECT_EQ(data.values.back(), 59);
}

}  // namespace
}  // namespace glint::tsdb
