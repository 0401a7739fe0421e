// tsdb::MetricStore against storage::MemoryMetrics: the same random life, restarts included.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <random>
#include <set>

#include "base/file_in_memory.h"
#include "model/sample.h"
#include "storage/memory_metrics.h"
#include "storage/same_bits.h"
#include "tsdb/metric_store.h"

namespace glint::tsdb {
namespace {

using model::TimeMs;
using storage::MetricBatch;

class ManualClock final : public Clock {
 public:
  int64_t NowNs() const override { return now_ms * 1'000'000; }
  int64_t now_ms = 1'700'000'000'000;
};

std::string TextOf(const storage::SeriesData& data) {
  std::string out = data.labels->ToString();
  for (size_t i = 0; i < data.times.size(); ++i) {
    out += fmt::format("\n {} {:016x}", data.times[i], std::bit_cast<uint64_t>(data.values[i]));
    if (!data.start_times.empty()) out += fmt::format(" from {}", data.start_times[i]);
  }
  for (const storage::HistogramSample& sample : data.histograms) {
    out += fmt::format("\n {} histogram {} {:016x} from {}", sample.time, sample.histogram->count,
                       std::bit_cast<uint64_t>(sample.histogram->sum), sample.start_time);
  }
  return out + "\n";
}

std::string TextOf(const storage::AppendCounts& counts) {
  return fmt::format("{} {} {} {} {} {} {} {} {}", counts.samples_stored, counts.samples_repeated,
                     counts.samples_conflicting, counts.samples_too_old, counts.samples_too_new,
                     counts.exemplars_stored, counts.exemplars_repeated, counts.exemplars_expired,
                     counts.exemplars_too_new);
}

// In any order: a restart finds them by part.
std::multiset<std::string> TextOf(const std::vector<model::MetricMetadata>& metadata) {
  std::multiset<std::string> out;
  for (const model::MetricMetadata& one : metadata) {
    out.insert(fmt::format("{} {} {}", one.family, MetricTypeName(one.type), one.help));
  }
  return out;
}

std::string ReadAll(const storage::MetricReader& store, const storage::SeriesQuery& query) {
  QueryBudget budget;
  auto cursor = store.Select(query, budget);
  if (!cursor.ok()) return cursor.status().ToString();
  std::string out;
  while (true) {
    const auto block = (*cursor)->Next();
    if (!block.ok()) return block.status().ToString();
    if (block->series.empty()) return out;
    for (const storage::SeriesData& data : block->series) out += TextOf(data);
  }
}

std::string ReadExemplars(const storage::ExemplarReader& store,
                          const storage::ExemplarQuery& query) {
  QueryBudget budget;
  const auto found = store.SelectExemplars(query, budget);
  if (!found.ok()) return found.status().ToString();
  std::string out;
  for (const model::SeriesExemplars& one : *found) {
    out += one.series.ToString() + "\n";
    for (const model::Exemplar& exemplar : one.exemplars) {
      out += fmt::format(" {} {} {}\n", exemplar.time, exemplar.value,
                         model::AllLabels(exemplar).ToString());
    }
  }
  return out;
}

class TwinTest : public ::testing::Test {
 protected:
  static constexpr int64_t kRetentionMs = 4 * 3'600'000;

  void Open() {
    store_.reset();
    MetricStoreOptions options{.folder = "/metrics",
                               .retention_ms = kRetentionMs,
                               .out_of_order_ms = -1,
                               .max_head_bytes = 200'000,
                               .segment_bytes = 20'000,
                               .files = &files_,
                               .clock = &clock_,
                               .maintenance_interval_ms = 0};
    auto opened = MetricStore::Open(options);
    ASSERT_TRUE(opened.ok()) << opened.status().ToString();
    store_ = *std::move(opened);
    ASSERT_EQ(store_->Stats().unreadable_records, 0u);
    twin_.DropBefore(clock_.now_ms - kRetentionMs);
  }

  size_t Pick(size_t n) { return random_() % n; }

  model::Labels SomeSeries() {
    return model::Labels{{"__name__", "m" + std::to_string(Pick(4))},
                         {"job", Pick(2) == 0 ? "a" : "b"},
                         {"i", std::to_string(Pick(5))}};
  }

  TimeMs SomeTime() {
    switch (Pick(8)) {
      case 0:
        return clock_.now_ms - static_cast<int64_t>(Pick(5 * 3'600'000));  // Late, or too late.
      case 1:
        return clock_.now_ms + storage::kMaxFutureMs + static_cast<int64_t>(Pick(3)) - 1;
      default:
        return clock_.now_ms - clock_.now_ms % 1000;  // Repeats within a second.
    }
  }

  double SomeValue() {
    switch (Pick(6)) {
      case 0:
        return model::StaleNan();
      case 1:
        return -0.0;
      case 2:
        return static_cast<double>(random_()) / 1e9;
      default:
        return static_cast<double>(Pick(1000));
    }
  }

  // The same batch for both, with refs of each.
  void AppendSome() {
    std::vector<model::Labels> series;
    MetricBatch batch;
    const size_t size = 1 + Pick(30);
    for (size_t i = 0; i < size; ++i) series.push_back(SomeSeries());
    batch.time = SomeTime();
    // A sender that repeats itself, so that there are rows; one that does not; none.
    batch.sender = Pick(3);
    if (batch.sender == 1) {
      series.clear();
      for (size_t i = 0; i < size; ++i) {
        series.push_back({{"__name__", "row"}, {"i", std::to_string(i)}, {"job", "a"}});
      }
    }
    batch.values.resize(size);
    for (double& value : batch.values) value = SomeValue();
    if (Pick(2) == 0) {
      for (size_t i = 0; i < size; ++i) batch.times.push_back(SomeTime());
    }
    if (Pick(3) == 0) {
      for (size_t i = 0; i < size; ++i) {
        batch.start_times.push_back(static_cast<TimeMs>(Pick(3)) * 1000);
      }
    }
    const size_t histograms = Pick(4);
    for (size_t i = 0; i < histograms; ++i) {
      batch.histograms.push_back(
          {SomeTime(),
           std::make_shared<const model::Histogram>(model::Histogram{.count = SomeValue(),
                                                                     .sum = SomeValue(),
                                                                     .positive_spans = {{0, 1}},
                                                                     .positive_buckets = {3}}),
           static_cast<TimeMs>(Pick(3)) * 1000});
    }
    const size_t exemplars = Pick(4);
    for (size_t i = 0; i < exemplars; ++i) {
      model::Exemplar exemplar{.time = SomeTime(), .value = static_cast<double>(Pick(3))};
      if (Pick(4) > 0) exemplar.trace_id.bytes[15] = static_cast<uint8_t>(1 + Pick(40));
      if (Pick(2) > 0) exemplar.labels = model::Labels{{"x", "y"}};
      batch.exemplars.push_back(exemplar);
    }
    if (Pick(5) == 0) {
      batch.metadata.push_back({.family = "m" + std::to_string(Pick(4)),
                                .type = static_cast<model::MetricType>(Pick(8)),
                                .help = std::to_string(Pick(3))});
    }
    std::vector<model::Labels> all = series;
    for (size_t i = 0; i < histograms + exemplars; ++i) all.push_back(SomeSeries());
    const auto with_refs = [&](storage::MetricWriter& writer) {
      const auto refs = writer.Resolve(all);
      MetricBatch copy = batch;
      copy.series.assign(refs->begin(), refs->begin() + static_cast<ptrdiff_t>(size));
      copy.histogram_series.assign(refs->begin() + static_cast<ptrdiff_t>(size),
                                   refs->begin() + static_cast<ptrdiff_t>(size + histograms));
      copy.exemplar_series.assign(refs->begin() + static_cast<ptrdiff_t>(size + histograms),
                                  refs->end());
      return copy;
    };
    const auto counts = store_->Append(with_refs(*store_));
    const auto wanted = twin_.Append(with_refs(twin_));
    ASSERT_TRUE(counts.ok()) << counts.status().ToString();
    // What is in parts already is not looked up when it comes again: reading tells it apart.
    const auto held = [](const storage::AppendCounts& c) {
      return c.samples_stored + c.samples_repeated + c.samples_conflicting;
    };
    ASSERT_EQ(held(*counts), held(*wanted));
    ASSERT_EQ(counts->exemplars_stored + counts->exemplars_repeated,
              wanted->exemplars_stored + wanted->exemplars_repeated);
    if (!has_parts_) {
      ASSERT_EQ(TextOf(*counts), TextOf(*wanted));
    }
  }

  void DeleteSome() {
    const std::vector<std::vector<model::Matcher>> any_of = {
        {model::Matcher::Equal("__name__", "m" + std::to_string(Pick(4)))},
        {model::Matcher::Equal("__name__", "row"), model::Matcher::Equal("i", "2")}};
    const TimeMs start = clock_.now_ms - static_cast<int64_t>(Pick(3'600'000));
    const model::TimeRange time{start, start + static_cast<int64_t>(Pick(3'600'000))};
    ASSERT_TRUE(store_->Delete(any_of, time).ok());
    ASSERT_TRUE(twin_.Delete(any_of, time).ok());
    has_parts_ = true;
  }

  void Compare() {
    storage::SeriesQuery query;
    for (size_t i = Pick(3); i > 0; --i) {
      const std::string value =
          std::vector<std::string>{"m1", "a", "m[12]", "", ".*", "3"}[Pick(6)];
      const std::string name = std::vector<std::string>{"__name__", "job", "i"}[Pick(3)];
      query.series.push_back(
          *model::Matcher::Make(static_cast<model::MatchOp>(Pick(4)), name, value));
    }
    if (Pick(2) == 0) {
      query.time.start = clock_.now_ms - static_cast<int64_t>(Pick(5 * 3'600'000));
      query.time.end = query.time.start + static_cast<int64_t>(Pick(3'600'000));
    }
    QueryBudget budget;
    ASSERT_EQ(ReadAll(*store_, query), ReadAll(twin_, query));
    EXPECT_EQ(*store_->Series(query, 3, budget), *twin_.Series(query, 3, budget));
    EXPECT_EQ(*store_->LabelNames(query, 0, budget), *twin_.LabelNames(query, 0, budget));
    EXPECT_EQ(*store_->LabelValues("i", query, 0, budget),
              *twin_.LabelValues("i", query, 0, budget));
    EXPECT_EQ(TextOf(store_->Metadata("")), TextOf(twin_.Metadata("")));
    const storage::ExemplarQuery exemplars{
        .any_of = {query.series}, .time = query.time, .limit = Pick(2) * 20};
    EXPECT_EQ(ReadExemplars(*store_, exemplars), ReadExemplars(twin_, exemplars));
    std::vector<model::TraceId> ids(42);
    for (size_t i = 0; i < ids.size(); ++i) ids[i].bytes[15] = static_cast<uint8_t>(i);
    // An exemplar that was deleted or is too old pins its trace until its part is rewritten.
    const std::vector<bool> pinned = store_->ArePinned(ids);
    const std::vector<bool> wanted = twin_.ArePinned(ids);
    for (size_t i = 0; i < ids.size(); ++i) EXPECT_GE(pinned[i], wanted[i]);
  }

  const uint64_t seed_ = std::random_device()();
  std::mt19937_64 random_{seed_};
  ManualClock clock_;
  InMemoryFileSystem files_{seed_};
  storage::MemoryMetrics twin_{storage::MemoryMetrics::Options{.clock = &clock_}};
  std::unique_ptr<MetricStore> store_;
  bool has_parts_ = false;
};

TEST_F(TwinTest, TheSameLifeGivesTheSameAnswers) {
  SCOPED_TRACE(testing::Message() << "seed " << seed_);
  Open();
  uint64_t restarts = 0;
  for (int step = 0; step < 1500; ++step) {
    clock_.now_ms += static_cast<int64_t>(Pick(20'000));
    ASSERT_NO_FATAL_FAILURE(AppendSome());
    if (Pick(10) == 0) {
      ASSERT_NO_FATAL_FAILURE(Compare());
    }
    if (Pick(100) == 0) {
      twin_.DropBefore(clock_.now_ms - kRetentionMs);
      store_->Maintain();
    }
    if (Pick(60) == 0) {
      ASSERT_TRUE(store_->Flush().ok());
      has_parts_ = true;
    }
    if (Pick(80) == 0) {
      ASSERT_NO_FATAL_FAILURE(DeleteSome());
    }
    if (Pick(150) == 0) {
      ASSERT_TRUE(store_->CleanTombstones().ok());
    }
    if (Pick(100) == 0) {
      ++restarts;
      has_parts_ = true;
      if (Pick(2) == 0) files_.LosePower();
      ASSERT_NO_FATAL_FAILURE(Open());
    }
    if (HasFailure()) FAIL() << "step " << step;
  }
  // The test has seen what it is about.
  EXPECT_GT(restarts, 2u);
  EXPECT_GT(store_->Stats().parts, 0u);
}

}  // namespace
}  // namespace glint::tsdb
