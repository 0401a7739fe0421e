// A metric store on a disk that can be made bad, the random things done to it, and the oracle of
// what it must answer: the fixture of metric_store_crash_test.cc and metric_store_damage_test.cc.
#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <limits>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "base/file_in_memory.h"
#include "base/log.h"
#include "model/sample.h"
#include "tsdb/dying_file_system_for_test.h"
#include "tsdb/facts_for_test.h"
#include "tsdb/metric_store.h"

namespace glint::tsdb {

inline constexpr char kFolder[] = "/metrics";

class ManualClock final : public Clock {
 public:
  int64_t NowNs() const override { return now_ms * 1'000'000; }
  int64_t now_ms = 1'700'000'000'000;
};

inline double ValueOf(const model::Labels& series, model::TimeMs time) {
  const uint64_t hash = std::hash<std::string>()(fmt::format("{} {}", series.ToString(), time));
  switch (hash % 11) {
    case 0:
      return model::StaleNan();
    case 1:
      return -0.0;
    case 2:
      return std::numeric_limits<double>::infinity();
    case 3:
      return static_cast<double>(hash) / 1e9;
    default:
      return static_cast<double>(hash / 11 % 1000);
  }
}

inline model::TimeMs StartOf(const model::Labels& series, model::TimeMs time) {
  return ValueOf(series, 0) < 300 ? time / 100'000 * 100'000 : 0;
}

// One batch under way: refs are asked for when it is sent.
struct Letter {
  storage::MetricBatch batch;
  std::vector<model::Labels> floats, histograms, exemplars;
  Facts facts;
};

// Prints its seed as CRASH_SEED, and takes it from the environment.
class StoreLifeTest : public testing::Test {
 protected:
  StoreLifeTest() { SetUpLog(LogLevel::kOff, LogFormat::kText); }
  ~StoreLifeTest() override {
    store_.reset();
    SetUpLog(LogLevel::kInfo, LogFormat::kText);
  }

  size_t Pick(size_t n) { return random_() % n; }

  MetricStoreOptions OptionsIn(const std::string& folder) {
    return {.folder = folder,
            .retention_ms = 100ll * 365 * 24 * 3'600'000,
            .out_of_order_ms = -1,
            .max_head_bytes = 30'000,
            .segment_bytes = uint64_t{2000} << (life_ % 4),
            .patience_ms = 3'600'000,
            .files = &files_,
            .clock = &clock_,
            .maintenance_interval_ms = 0};
  }

  Status Open() {
    store_.reset();
    auto opened = MetricStore::Open(OptionsIn(kFolder));
    if (!opened.ok()) return opened.status();
    store_ = *std::move(opened);
    return OkStatus();
  }

  model::TimeMs SomeTime() {
    const model::TimeMs second = clock_.now_ms - clock_.now_ms % 1000;
    return Pick(6) == 0 ? second - static_cast<int64_t>(Pick(3 * 3600)) * 1000 : second;
  }

  void AddFloats(Letter& letter) {
    storage::MetricBatch& batch = letter.batch;
    // Senders with rows of a layout that changes now and then; one without; none at all.
    batch.sender = Pick(4);
    batch.time = SomeTime();
    const bool has_own_times = Pick(3) == 0;
    const size_t size = Pick(20);
    for (size_t i = Pick(10) == 0; i < size; ++i) {
      const std::string metric = batch.sender == 0 ? "m" : "row" + std::to_string(batch.sender);
      const model::Labels series{{"__name__", metric}, {"i", std::to_string(i)}};
      const model::TimeMs time = has_own_times ? SomeTime() : batch.time;
      const double value = ValueOf(series, time);
      letter.floats.push_back(series);
      batch.values.push_back(value);
      if (has_own_times) batch.times.push_back(time);
      batch.start_times.push_back(StartOf(series, time));
      letter.facts[FactOfSample(series, time, value, batch.start_times.back())] = {metric, time};
    }
  }

  void AddOthers(Letter& letter) {
    for (size_t i = Pick(4); i > 0; --i) {
      const model::Labels series{{"__name__", "h"}, {"i", std::to_string(Pick(3))}};
      const model::TimeMs time = SomeTime();
      const double value = ValueOf(series, time);
      auto histogram = std::make_shared<const model::Histogram>(
          model::Histogram{.count = 3,
                           .sum = value,
                           .positive_spans = {{0, 2}},
                           .positive_buckets = {1, static_cast<double>(time % 100'000)}});
      letter.histograms.push_back(series);
      letter.facts[FactOfHistogram(series, time, *histogram)] = {"h", time};
      letter.batch.histograms.push_back({time, std::move(histogram)});
    }
    for (size_t i = Pick(4); i > 0; --i) {
      const model::Labels series{{"__name__", "m"}, {"i", std::to_string(Pick(10))}};
      model::Exemplar exemplar{.time = SomeTime(), .value = static_cast<double>(Pick(9))};
      exemplar.trace_id.bytes[15] = static_cast<uint8_t>(1 + exemplar.value);
      letter.exemplars.push_back(series);
      letter.facts[FactOfExemplar(series, exemplar)] = {"m", exemplar.time};
      letter.batch.exemplars.push_back(exemplar);
    }
  }

  Letter MakeLetter() {
    Letter letter;
    AddFloats(letter);
    AddOthers(letter);
    if (Pick(5) == 0) letter.batch.metadata.push_back({.family = "m" + std::to_string(Pick(4))});
    letter.batch.series = *store_->Resolve(letter.floats);
    letter.batch.histogram_series = *store_->Resolve(letter.histograms);
    letter.batch.exemplar_series = *store_->Resolve(letter.exemplars);
    return letter;
  }

  // Sends up to three batches as one commit; the first refusal.
  Status AppendSome() {
    std::vector<Letter> letters(1 + (Pick(4) == 0) * Pick(3));
    std::vector<StatusOr<storage::AppendCounts>> results(letters.size(), storage::AppendCounts());
    for (Letter& letter : letters) letter = MakeLetter();
    for (size_t i = 1; i < letters.size(); ++i) {
      store_->AppendSoon(std::move(letters[i].batch), [&results, i](auto r) { results[i] = r; });
    }
    results[0] = store_->Append(std::move(letters[0].batch));
    Status first = OkStatus();
    for (size_t i = 0; i < letters.size(); ++i) {
      if (results[i].ok()) continue;
      first = results[i].status();
      EXPECT_EQ(first.code(), StatusCode::kUnavailable) << first.ToString();
    }
    for (size_t i = 0; i < letters.size(); ++i) {
      if (results[i].ok()) oracle_.Acknowledge(letters[i].facts);
    }
    for (size_t i = 0; i < letters.size(); ++i) {
      if (!results[i].ok()) oracle_.Refuse(letters[i].facts);
    }
    return first;
  }

  Status DeleteSome() {
    std::string metric = std::vector<std::string>{"m", "h", "row1", "row2"}[Pick(4)];
    const model::TimeMs start = clock_.now_ms - static_cast<int64_t>(Pick(3 * 3'600'000));
    model::TimeRange time{start, start + static_cast<int64_t>(Pick(3'600'000))};
    if (Pick(2) == 0) {  // Everything, or looking at all of it takes too long.
      metric.clear();
      time = {model::kMinTimeMs, clock_.now_ms};
    }
    const auto op = metric.empty() ? model::MatchOp::kNotEqual : model::MatchOp::kEqual;
    const Status deleted = store_->Delete({{*model::Matcher::Make(op, "__name__", metric)}}, time);
    oracle_.Delete(metric, time, deleted.ok());
    return deleted;
  }

  void Heal() {
    disk_.FailSyncs(0);
    disk_.FailReads(0);
    disk_.FailChanges(0);
  }

  // A backup is a store that answers the same.
  Status TakeBackup() {
    const auto folder = store_->Snapshot();
    if (!folder.ok()) return folder.status();
    Heal();
    {
      MetricStoreOptions options = OptionsIn(*folder);
      options.files = &disk_;
      const auto backup = MetricStore::Open(options);
      EXPECT_TRUE(backup.ok()) << backup.status().ToString();
      if (backup.ok()) Check(**backup, "backup", false);
    }
    const auto names = disk_.List(*folder);
    for (const std::string& name : *names) (void)disk_.Remove(*folder + "/" + name);
    return disk_.SyncFolder(*folder);
  }

  Status DoSomething() {
    clock_.now_ms += static_cast<int64_t>(Pick(5000));
    switch (Pick(20)) {
      case 0:
        return store_->Flush();
      case 1:
        store_->Maintain();
        return OkStatus();
      case 2:
        return DeleteSome();
      case 3:
        return store_->CleanTombstones();
      case 4:
        return TakeBackup();
      case 5:
        Check(*store_, "in between", false);
        return OkStatus();
      default:
        return AppendSome();
    }
  }

  void Check(const MetricStore& store, const std::string& when, bool after_power_loss) {
    const Answered answered = AskForAll(store);
    EXPECT_EQ(oracle_.Judge(answered, after_power_loss), "") << when << ", life " << life_;
    for (const std::string& line : answered.warnings) ADD_FAILURE() << when << ": " << line;
    for (const std::string& line : store.damage()) ADD_FAILURE() << when << ": " << line;
  }

  // The store ends without another word to the disk.
  void Kill(bool loses_power) {
    files_.operations = 0;
    store_.reset();
    files_.operations = INT_MAX;
    if (loses_power) disk_.LosePower();
  }

  // Opens on a disk that works; all that is answered is from now on what must be.
  void OpenAndSettle(bool after_power_loss) {
    const Status opened = Open();
    ASSERT_TRUE(opened.ok()) << opened.ToString() << ", life " << life_;
    ASSERT_NO_FATAL_FAILURE(Check(*store_, "opened", after_power_loss));
    if (HasFailure()) return;
    oracle_.Settle(AskForAll(*store_));
  }

  static std::string Path(const std::string& name) { return std::string(kFolder) + "/" + name; }

  // Whether something of the file was found damaged. The store lives on with what it has.
  bool CheckDamaged(const std::string& flipped) {
    const Answered answered = AskForAll(*store_);
    EXPECT_EQ(oracle_.Invented(answered), "");
    std::vector<std::string> said = store_->damage();
    said.insert(said.end(), answered.warnings.begin(), answered.warnings.end());
    const bool is_named = std::any_of(said.begin(), said.end(), [&](const std::string& line) {
      return line.find(flipped) != std::string::npos;
    });
    if (const std::string wrong = oracle_.Judge(answered, false); !wrong.empty()) {
      EXPECT_TRUE(is_named) << wrong << "\nand all that is said of it is\n"
                            << fmt::format("{}", fmt::join(said, "\n"));
    }
    const Oracle whole = oracle_;
    oracle_.Settle(answered);
    for (size_t steps = Pick(10); steps > 0; --steps) (void)AppendSome();
    (void)store_->Flush();
    store_->Maintain();
    const Answered later = AskForAll(*store_);
    EXPECT_EQ(oracle_.Judge(later, false), "");
    oracle_ = whole;
    return is_named;
  }

  const uint64_t seed_ = [] {
    const char* wanted = std::getenv("CRASH_SEED");
    return wanted != nullptr ? std::strtoull(wanted, nullptr, 10) : std::random_device()();
  }();
  std::mt19937_64 random_{seed_};
  ManualClock clock_;
  InMemoryFileSystem disk_{seed_};
  DyingFileSystem files_{disk_};
  Oracle oracle_;
  std::unique_ptr<MetricStore> store_;
  int life_ = 0;
};

}  // namespace glint::tsdb
