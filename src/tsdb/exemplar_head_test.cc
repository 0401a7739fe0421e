#include "tsdb/exemplar_head.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <random>
#include <set>

#include "storage/same_bits.h"

namespace glint::tsdb {
namespace {

using model::Exemplar;
using model::TimeMs;
using Put = ExemplarHead::Put;

constexpr TimeMs kHour = 473'000 * kHourMs;
constexpr TimeMs kNow = kHour + 10 * 60 * 1000;

model::TraceId Trace(uint64_t number) {
  model::TraceId id;
  std::memcpy(id.bytes.data() + 3, &number, sizeof number);
  return id;
}

std::vector<Exemplar> ReadAll(const ExemplarHead& head, HeadSlot series,
                              model::TimeRange range = {}) {
  std::vector<Exemplar> out;
  head.Read(series, range, out);
  return out;
}

bool IsPinned(const ExemplarHead& head, const model::TraceId& id) {
  std::vector<bool> pinned(1);
  head.MarkPinned(std::span(&id, 1), pinned);
  return pinned[0];
}

// The same without thinning, as plainly as can be.
class NaiveHead {
 public:
  Put Add(HeadSlot series, const Exemplar& exemplar) {
    Held& held = series_[series];
    const auto same = [&](const Exemplar& one) { return storage::SameBits(one, exemplar); };
    if (std::ranges::any_of(held.exemplars, same)) return Put::kRepeated;
    if (!held.newest_gone.empty() && same(held.newest_gone[0])) return Put::kRepeated;
    const auto place = std::ranges::upper_bound(held.exemplars, exemplar.time, {}, &Exemplar::time);
    held.exemplars.insert(place, exemplar);
    return Put::kStored;
  }
  std::vector<Exemplar> Read(HeadSlot series, model::TimeRange range) const {
    std::vector<Exemplar> out;
    const auto held = series_.find(series);
    if (held == series_.end()) return out;
    for (const Exemplar& one : held->second.exemplars) {
      if (range.Contains(one.time)) out.push_back(one);
    }
    return out;
  }
  uint64_t DropBefore(TimeMs time) {
    uint64_t dropped = 0;
    for (auto& [series, held] : series_) {
      auto& all = held.exemplars;
      for (; !all.empty() && all[0].time < time; ++dropped) {
        if (held.newest_gone.empty() || held.newest_gone[0].time <= all[0].time) {
          held.newest_gone = {all[0]};
        }
        all.erase(all.begin());
      }
    }
    return dropped;
  }
  uint64_t Drop(HeadSlot series, model::TimeRange range) {
    return std::erase_if(series_[series].exemplars,
                         [&](const Exemplar& one) { return range.Contains(one.time); });
  }
  uint64_t Forget(HeadSlot series) {
    const uint64_t dropped = series_[series].exemplars.size();
    series_.erase(series);
    return dropped;
  }
  std::set<model::TraceId> Traces() const {
    std::set<model::TraceId> ids;
    for (const auto& [series, held] : series_) {
      for (const Exemplar& one : held.exemplars) ids.insert(one.trace_id);
    }
    return ids;
  }
  std::vector<HeadSlot> Series() const {
    std::vector<HeadSlot> out;
    for (const auto& [series, held] : series_) {
      if (!held.exemplars.empty()) out.push_back(series);
    }
    return out;
  }

 private:
  struct Held {
    std::vector<Exemplar> exemplars;
    std::vector<Exemplar> newest_gone;  // One at most.
  };
  std::map<HeadSlot, Held> series_;
};

void ExpectSame(const std::vector<Exemplar>& got, const std::vector<Exemplar>& wanted) {
  ASSERT_EQ(got.size(), wanted.size());
  for (size_t i = 0; i < got.size(); ++i) {
    ASSERT_TRUE(storage::SameBits(got[i], wanted[i])) << i << " at " << wanted[i].time;
  }
}

// Few exemplars are all kept, whatever the order, the repeats, the values: as the naive one does.
TEST(ExemplarHeadTest, DoesWhatTheNaiveOneDoes) {
  const uint64_t seed = std::random_device()();
  SCOPED_TRACE(testing::Message() << "seed " << seed);
  std::mt19937_64 random(seed);
  const double values[] = {0.0, -0.0, 0.5, NAN, HUGE_VAL, 3};
  for (int round = 0; round < 20; ++round) {
    ExemplarHead head;
    NaiveHead naive;
    uint64_t size = 0;
    const auto some_time = [&] { return kNow - static_cast<TimeMs>(random() % 3000); };
    for (int step = 0; step < 4000; ++step) {
      const auto series = static_cast<HeadSlot>(random() % 20 * 7);
      const uint64_t what = random() % 1000;
      if (what < 990) {
        Exemplar exemplar{.time = some_time(), .value = values[random() % std::size(values)]};
        if (random() % 4 != 0) exemplar.trace_id = Trace(random() % 500);
        if (random() % 3 == 0) exemplar.span_id.bytes[2] = static_cast<uint8_t>(random() % 3);
        if (random() % 3 == 0) exemplar.labels = {{"user", std::to_string(random() % 3)}};
        const Put put = head.Add(series, exemplar, kNow);
        ASSERT_EQ(put, naive.Add(series, exemplar)) << "step " << step;
        size += put == Put::kStored;
      } else if (what < 995) {
        const TimeMs time = kNow - 2000 - static_cast<TimeMs>(random() % 1000);
        const uint64_t dropped = head.DropBefore(time);
        ASSERT_EQ(dropped, naive.DropBefore(time));
        size -= dropped;
      } else if (what < 998) {
        const model::TimeRange range{some_time(), some_time()};
        const uint64_t dropped = head.Drop(series, range);
        ASSERT_EQ(dropped, naive.Drop(series, range));
        size -= dropped;
      } else {
        const uint64_t dropped = head.Forget(series);
        ASSERT_EQ(dropped, naive.Forget(series));
        size -= dropped;
      }
      ASSERT_EQ(head.size(), size) << "step " << step;
      if (step % 50 != 0) continue;
      const model::TimeRange range{some_time(), some_time()};
      ASSERT_NO_FATAL_FAILURE(ExpectSame(ReadAll(head, series, range), naive.Read(series, range)));
      ASSERT_EQ(head.Series(), naive.Series());
      ASSERT_EQ(head.Has(series), !naive.Read(series, {}).empty());
      const std::set<model::TraceId> traces = naive.Traces();
      for (uint64_t id = 0; id < 500; id += 13) {
        ASSERT_EQ(IsPinned(head, Trace(id)), id != 0 && traces.contains(Trace(id))) << id;
      }
    }
    EXPECT_EQ(head.thinned(), 0u);
    for (const HeadSlot series : head.Series()) {
      ASSERT_NO_FATAL_FAILURE(ExpectSame(ReadAll(head, series), naive.Read(series, {})));
    }
  }
}

// In a flood the order of arrival is chance. What stays must not be, and no trace may stay pinned
// for an exemplar that is gone.
TEST(ExemplarHeadTest, ThinningAtTheDoorChangesNothingOfTheEnd) {
  const uint64_t seed = std::random_device()();
  SCOPED_TRACE(testing::Message() << "seed " << seed);
  std::mt19937_64 random(seed);
  for (const uint64_t series_count : {5, 300, 2000}) {
    ExemplarHead head;
    std::vector<std::pair<HeadSlot, Exemplar>> all;
    for (uint64_t i = 0; i < 150'000; ++i) {
      Exemplar exemplar{.time = kHour + static_cast<TimeMs>(i * 4),
                        .value = std::ldexp(1.0 + static_cast<double>(random() % 64) / 64,
                                            static_cast<int>(random() % 20)),
                        .trace_id = Trace(i + 1)};
      if (i % 50 == 0) exemplar.labels = {{"user", std::to_string(random() % 3)}};
      all.emplace_back(static_cast<HeadSlot>(i % series_count), exemplar);
    }
    // Mostly in order, some of it late.
    for (size_t i = 0; i < all.size(); i += 1 + random() % 5) {
      std::swap(all[i], all[std::min(all.size() - 1, i + random() % 3000)]);
    }
    for (const auto& [series, exemplar] : all) {
      ASSERT_EQ(head.Add(series, exemplar, kNow), Put::kStored);
    }
    EXPECT_EQ(head.size() + head.thinned(), all.size());
    EXPECT_EQ(head.density().per_hour, all.size());
    EXPECT_EQ(head.density().series, series_count);
    const ThinningStage stage = StageAt(kHour, kNow, head.density());
    ASSERT_FALSE(stage.keeps_all);

    std::vector<std::vector<Exemplar>> by_series(series_count);
    for (const auto& [series, exemplar] : all) by_series[series].push_back(exemplar);
    std::set<model::TraceId> held;
    for (HeadSlot series = 0; series < series_count; ++series) {
      std::vector<Exemplar> wanted = by_series[series];
      std::ranges::stable_sort(wanted, {}, &Exemplar::time);
      ThinExemplars(kNow, head.density(), wanted);
      std::vector<Exemplar> got = ReadAll(head, series);
      for (const Exemplar& one : got) held.insert(one.trace_id);
      ThinExemplars(kNow, head.density(), got);
      ASSERT_NO_FATAL_FAILURE(ExpectSame(got, wanted)) << "series " << series;
    }
    EXPECT_EQ(held.size(), head.size());
    for (const auto& [series, exemplar] : all) {
      ASSERT_EQ(IsPinned(head, exemplar.trace_id), held.contains(exemplar.trace_id));
    }
    EXPECT_EQ(head.DropBefore(model::kMaxTimeMs), held.size());
    EXPECT_FALSE(IsPinned(head, *held.begin()));
    EXPECT_TRUE(head.Series().empty());
  }
}

// The head's room is part of a promise for the whole process: what it says has to be so.
TEST(ExemplarHeadTest, AFloodTakesBoundedRoom) {
  constexpr HeadSlot kSeries = 2000;
  ExemplarHead head;
  uint64_t number = 0;
  for (TimeMs time = kHour; time < kHour + 300'000; time += 1000) {
    for (HeadSlot series = 0; series < kSeries; ++series) {
      head.Add(series,
               {.time = time,
                .value = static_cast<double>(number * 7919 % 1000),
                .trace_id = Trace(++number),
                .span_id = {{1}}},
               kNow);
    }
  }
  ASSERT_EQ(StageAt(kHour, kNow, head.density()).slots, 0u);
  EXPECT_EQ(head.size(), kSeries * 3u);  // One for each that it has of the cells of two minutes.
  EXPECT_LE(head.bytes(), head.size() * 100 + 100'000);
  EXPECT_GE(head.bytes(), head.size() * (48 + 4));
  const uint64_t full = head.bytes();
  head.DropBefore(model::kMaxTimeMs);
  EXPECT_EQ(head.size(), 0u);
  EXPECT_LT(head.bytes(), full / 2);
}

TEST(ExemplarHeadTest, SoManyAtOneTimeKeepTheLargest) {
  ExemplarHead head;
  for (uint64_t i = 0; i < 2000; ++i) {
    head.Add(1, {.time = kNow, .value = static_cast<double>(i * 7919 % 2000)}, kNow);
  }
  const std::vector<Exemplar> held = ReadAll(head, 1);
  EXPECT_EQ(held.size(), ExemplarHead::kMaxAtOneTime);
  EXPECT_EQ(head.thinned(), 2000 - held.size());
  EXPECT_EQ(std::ranges::max(held, {}, &Exemplar::value).value, 1999);
}

// A scrape sends the last exemplar of a quiet bucket for hours, also when it is in a part by then.
TEST(ExemplarHeadTest, WhatWasWrittenOutAndComesAgainIsARepeat) {
  ExemplarHead head;
  const Exemplar exemplar{.time = kNow, .value = 1, .trace_id = Trace(1), .labels = {{"a", "b"}}};
  EXPECT_EQ(head.Add(3, exemplar, kNow), Put::kStored);
  EXPECT_EQ(head.DropBefore(kNow + 1), 1u);
  EXPECT_EQ(head.Add(3, exemplar, kNow), Put::kRepeated);
  EXPECT_EQ(head.Add(4, exemplar, kNow), Put::kStored);
  EXPECT_EQ(head.Forget(3), 0u);
  EXPECT_EQ(head.Add(3, exemplar, kNow), Put::kStored);
  EXPECT_EQ(head.Drop(3, {kNow, kNow}), 1u);
  EXPECT_EQ(head.Add(3, exemplar, kNow), Put::kStored);
}

// The head is written out every few minutes, and a flood goes on for hours.
TEST(ExemplarHeadTest, ASuccessorKnowsWhatCameBefore) {
  ExemplarHead first;
  const auto at = [](TimeMs time, double value) { return Exemplar{.time = time, .value = value}; };
  for (int i = 0; i < 1000; ++i) first.Add(2, at(kHour - 100 * kHourMs + i, i), kNow);
  first.Add(3, at(kNow, 1), kNow);
  first.Add(4, at(kNow - 1, 1), kNow);
  first.Add(4, at(kNow, 2), kNow);
  const uint64_t size = first.size();
  ExemplarHead second = first.Successor(kNow);
  EXPECT_EQ(second.size(), 0u);
  EXPECT_EQ(second.density().per_hour, 3u);
  ExemplarHead third = second.Successor(kNow);
  for (ExemplarHead* head : {&second, &third}) {
    EXPECT_FALSE(head->Has(3));
    EXPECT_EQ(head->Add(3, at(kNow, 1), kNow), Put::kRepeated);
    EXPECT_EQ(head->Add(4, at(kNow, 2), kNow), Put::kRepeated);
    EXPECT_EQ(head->Add(4, at(kNow, 3), kNow), Put::kStored);
    EXPECT_EQ(head->Add(5, at(kNow, 1), kNow), Put::kStored);
    EXPECT_EQ(head->density().per_hour, 5u);
  }
  EXPECT_EQ(first.size(), size);
}

// Each user is another set of labels: memory must not keep those of all who ever came.
TEST(ExemplarHeadTest, LabelsGoWithTheLastThatHasThem) {
  ExemplarHead head;
  const auto add = [&](TimeMs time, int user) {
    head.Add(1,
             {.time = time,
              .value = 1,
              .labels = {{"user", std::string(100, 'x') + std::to_string(user)}}},
             kNow);
  };
  add(kNow, 0);
  const uint64_t before = head.bytes();
  for (int user = 0; user < 1000; ++user) add(kNow - 1000 + user, user);
  EXPECT_GT(head.bytes(), before + 1000 * 100);
  head.DropBefore(kNow);
  EXPECT_LT(head.bytes(), before + 1000 * 100);
  const std::vector<Exemplar> held = ReadAll(head, 1);
  ASSERT_EQ(held.size(), 1u);
  EXPECT_EQ(held[0].labels.Get("user"), std::string(100, 'x') + "0");
}

TEST(ExemplarHeadTest, KnowsItsTimes) {
  ExemplarHead head;
  EXPECT_GT(head.time().start, head.time().end);
  head.Add(3, {.time = 70, .value = 1}, kNow);
  head.Add(5, {.time = -20, .value = 1}, kNow);
  EXPECT_EQ(head.time().start, -20);
  EXPECT_EQ(head.time().end, 70);
  head.DropBefore(0);
  EXPECT_EQ(head.time().start, 70);
}

}  // namespace
}  // namespace glint::tsdb
