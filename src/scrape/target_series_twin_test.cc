// TargetSeries that reads by numbers alone, against one that parses every scrape in full, and both
// against the plainest way there is: expositions of all shapes, changed at random.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <bit>
#include <cstdlib>
#include <map>
#include <random>
#include <set>

#include "model/sample.h"
#include "scrape/mutated_exposition_for_test.h"
#include "scrape/stored_labels.h"
#include "scrape/target_series.h"

namespace glint::scrape {
namespace {

using model::Labels;
using model::SeriesRef;
using storage::MetricBatch;
using wire::ExpositionFormat;

class RefMap final : public storage::MetricWriter {
 public:
  StatusOr<std::vector<SeriesRef>> Resolve(std::span<const Labels> series) override {
    std::vector<SeriesRef> refs;
    for (const Labels& labels : series) {
      refs.push_back(refs_.try_emplace(labels, SeriesRef{refs_.size() + 1}).first->second);
    }
    return refs;
  }
  StatusOr<storage::AppendCounts> Append(MetricBatch) override { return storage::AppendCounts(); }

 private:
  std::map<Labels, SeriesRef> refs_;
};

std::string Described(const MetricBatch& batch) {
  std::string text;
  for (size_t i = 0; i < batch.series.size(); ++i) {
    text += fmt::format("{} {:016x} {} {}\n", batch.series[i].value,
                        std::bit_cast<uint64_t>(batch.values[i]), batch.TimeOf(i),
                        batch.start_times.empty() ? 0 : batch.start_times[i]);
  }
  for (size_t i = 0; i < batch.exemplars.size(); ++i) {
    const model::Exemplar& exemplar = batch.exemplars[i];
    text += fmt::format("exemplar {} {} {} {}\n", batch.exemplar_series[i].value, exemplar.time,
                        exemplar.value, model::AllLabels(exemplar).ToString());
  }
  for (const model::MetricMetadata& family : batch.metadata) {
    text += fmt::format("{} {} {}\n", family.family, static_cast<int>(family.type), family.help);
  }
  return text;
}

// The samples of a scrape and the ends of what it no longer has, by the rules alone.
class PlainTarget {
 public:
  PlainTarget(const config::ScrapeConfig& config, const Labels& target, RefMap& refs)
      : config_(config), target_(target), refs_(refs) {}

  std::multiset<std::string> Rows(const wire::ParsedScrape& scrape, model::TimeMs time) {
    std::multiset<std::string> rows;
    std::set<SeriesRef> present;
    tracked_now_.clear();
    for (const wire::SampleLine& sample : scrape.samples) {
      if (sample.is_created) continue;
      const auto labels = StoredLabels(config_, wire::SeriesLabels(sample), target_);
      if (!labels->has_value()) continue;
      const SeriesRef ref = refs_.Resolve(std::span(&**labels, 1))->front();
      rows.insert(Row(ref, sample.value, sample.has_time ? sample.time : time, sample.start_time));
      present.insert(ref);
      if (!sample.has_time) tracked_now_.insert(ref);
    }
    AddEnds(present, time, rows);
    return rows;
  }
  std::multiset<std::string> RowsOfFailure(model::TimeMs time) {
    std::multiset<std::string> rows;
    tracked_now_.clear();
    AddEnds({}, time, rows);
    return rows;
  }
  void Commit() { tracked_ = tracked_now_; }

  static std::multiset<std::string> Rows(const MetricBatch& batch) {
    std::multiset<std::string> rows;
    for (size_t i = 0; i < batch.series.size(); ++i) {
      rows.insert(Row(batch.series[i], batch.values[i], batch.TimeOf(i),
                      batch.start_times.empty() ? 0 : batch.start_times[i]));
    }
    return rows;
  }

 private:
  static std::string Row(SeriesRef ref, double value, model::TimeMs time, model::TimeMs start) {
    return fmt::format("{} {:016x} {} {}", ref.value, std::bit_cast<uint64_t>(value), time, start);
  }
  void AddEnds(const std::set<SeriesRef>& present, model::TimeMs time,
               std::multiset<std::string>& rows) const {
    for (const SeriesRef ref : tracked_) {
      if (present.count(ref) == 0) rows.insert(Row(ref, model::StaleNan(), time, 0));
    }
  }

  const config::ScrapeConfig& config_;
  const Labels& target_;
  RefMap& refs_;
  std::set<SeriesRef> tracked_;
  std::set<SeriesRef> tracked_now_;
};

struct Tally {
  int same = 0;
  int parsed = 0;
  int refused = 0;
};

void Compare(uint64_t seed, Tally& tally) {
  SCOPED_TRACE(fmt::format("seed {}", seed));
  std::mt19937_64 random(seed);
  const auto format =
      seed % 2 == 0 ? ExpositionFormat::kOpenMetrics : ExpositionFormat::kPrometheusText;
  config::ScrapeConfig config;
  const Labels target = {{"instance", "h:1"}, {"job", "app"}};
  RefMap refs;
  TargetSeries remembering(config, target);
  TargetSeries parsing(config, target);
  PlainTarget plain(config, target, refs);
  MutatedExposition exposition(random, format);
  for (int step = 1; step <= 40; ++step) {
    exposition.Advance();
    const std::vector<MutatedExposition::Line> before = exposition.lines();
    const bool mutated = exposition.Chance(3);
    if (mutated) exposition.Mutate();
    const std::string body = exposition.Text();
    SCOPED_TRACE(fmt::format("step {}:\n{}", step, body));
    if (mutated && exposition.Chance(2)) exposition.Restore(before);

    MetricBatch fast;
    MetricBatch slow;
    fast.time = slow.time = step * 1000;
    const auto same = remembering.FillSame(body, format, fast);
    auto parsed = wire::ParseExposition(body, format, wire::ParseMode::kScrape);
    if (!parsed.ok()) {
      ASSERT_FALSE(same.has_value()) << parsed.status().ToString();
      ++tally.refused;
      remembering.FillStale(fast);
      parsing.FillStale(slow);
      ASSERT_EQ(PlainTarget::Rows(fast), plain.RowsOfFailure(fast.time));
    } else {
      const std::multiset<std::string> wanted = plain.Rows(*parsed, slow.time);
      ++(same ? tally.same : tally.parsed);
      const auto counts = same ? *same : *remembering.Fill(body, *parsed, refs, fast);
      const auto slow_counts = parsing.Fill(body, *std::move(parsed), refs, slow);
      ASSERT_EQ(counts.scraped, slow_counts->scraped);
      ASSERT_EQ(counts.kept, slow_counts->kept);
      ASSERT_EQ(counts.added, slow_counts->added);
      ASSERT_EQ(PlainTarget::Rows(fast), wanted);
    }
    ASSERT_EQ(Described(fast), Described(slow));
    ASSERT_TRUE(fast.Check().ok());
    if (exposition.Chance(15)) {
      remembering.Abandon();
      parsing.Abandon();
      continue;
    }
    remembering.Commit();
    parsing.Commit();
    plain.Commit();
  }
}

TEST(TargetSeriesTwin, NumbersAloneGiveWhatParsingGives) {
  const char* chosen = std::getenv("GLINT_SEED");
  const uint64_t first = chosen != nullptr ? std::stoull(chosen) : std::random_device()();
  Tally tally;
  for (uint64_t seed = first; seed < first + (chosen != nullptr ? 1 : 150); ++seed) {
    Compare(seed, tally);
    if (testing::Test::HasFatalFailure()) return;
  }
  if (chosen != nullptr) return;

  EXPECT_GT(tally.same, 1000);
  EXPECT_GT(tally.parsed, 300);
  EXPECT_GT(tally.refused, 300);
}

}  // namespace
}  // namespace glint::scrape
