#include "tsdb/compaction.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

#include "base/file_in_memory.h"
#include "tsdb/merge_part.h"
#include "tsdb/merge_plain_for_test.h"

namespace glint::tsdb {
namespace {

using model::Labels;
using model::Matcher;
using model::TimeMs;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

using SharedPart = std::shared_ptr<const Part>;

class CompactionTest : public testing::Test {
 protected:
  SharedPart Open(uint64_t id) {
    auto part = Part::Open(disk_, "/parts/" + PartName(id));
    EXPECT_TRUE(part.ok()) << part.status().ToString();
    return part.ok() ? *std::move(part) : nullptr;
  }
  SharedPart Write(uint64_t id, const PlainStore& store) {
    PlainSource source(store);
    const auto info = WritePart("/parts", source, {.files = &disk_, .id = id});
    EXPECT_TRUE(info.ok()) << info.status().ToString();
    return Open(id);
  }
  StatusOr<CompactionResult> TryCompact(const std::vector<SharedPart>& parts, uint64_t id,
                                        TimeMs floor = model::kMinTimeMs,
                                        std::stop_token stop = {}) {
    return Compact(parts, tombstones_, {.now = kNow, .floor = floor}, "/parts",
                   {.files = &disk_, .id = id}, std::move(stop));
  }
  CompactionResult CompactInto(const std::vector<SharedPart>& parts, uint64_t id,
                               TimeMs floor = model::kMinTimeMs) {
    auto result = TryCompact(parts, id, floor);
    EXPECT_TRUE(result.ok()) << result.status().ToString();
    return result.ok() ? *result : CompactionResult();
  }
  static PlainStore Content(const SharedPart& part) { return ReadAll(**PartAsSource::Make(part)); }
  void Delete(uint64_t id, uint64_t last_part, std::vector<std::vector<Matcher>> any_of,
              model::TimeRange time) {
    tombstones_[id] = {
        .id = id, .last_part = last_part, .created = kNow, .time = time, .any_of = any_of};
  }
  std::vector<std::string> Files() { return *disk_.List("/parts"); }

  InMemoryFileSystem disk_;
  std::map<uint64_t, Tombstone> tombstones_;
};

// Which ranges the tombstones delete, without an index.
std::vector<DeletedSeries> DeletedPlainly(const PlainStore& store, uint64_t part,
                                          const std::map<uint64_t, Tombstone>& tombstones) {
  std::vector<DeletedSeries> out;
  uint32_t place = 0;
  for (const auto& entry : store) {
    DeletedSeries deleted{place++, {}};
    for (const auto& [id, tombstone] : tombstones) {
      const bool matches = std::ranges::any_of(tombstone.any_of, [&](const auto& set) {
        return std::ranges::all_of(set, [&](const Matcher& m) { return m.Matches(entry.first); });
      });
      if (matches && part <= tombstone.last_part) deleted.ranges.push_back(tombstone.time);
    }
    UniteRanges(deleted.ranges);
    if (!deleted.ranges.empty()) out.push_back(std::move(deleted));
  }
  return out;
}

TEST_F(CompactionTest, IsAPlainMergeOfRandomParts) {
  const uint64_t seed = std::random_device()();
  SCOPED_TRACE(testing::Message() << "seed " << seed);
  RandomParts random(seed);
  uint64_t id = 0;
  for (int round = 0; round < 100; ++round) {
    const uint64_t first = id + 1;
    tombstones_.clear();
    for (uint64_t n = random.Below(4); n > 0; --n) {
      const std::string name =
          "[a-" + std::string(1, static_cast<char>('a' + random.Below(8))) + "]";
      const TimeMs start = random.Time();
      Delete(n, id + random.Below(5), {{*Matcher::Make(model::MatchOp::kRegex, "__name__", name)}},
             {start, start + static_cast<TimeMs>(random.Below(40))});
    }
    const TimeMs floor = random.Below(2) == 0 ? model::kMinTimeMs : random.Time();
    std::vector<SharedPart> parts;
    PlainStore expected;
    uint64_t deleted_samples = 0;
    for (uint64_t n = 1 + random.Below(4); n > 0; --n) {
      const PlainStore store = random.Part();
      PlainStore kept;  // Series with nothing have no part in a part.
      MergePlainly(store, {}, model::kMinTimeMs, kept, deleted_samples);
      parts.push_back(Write(++id, kept));
      MergePlainly(kept, DeletedPlainly(kept, id, tombstones_), floor, expected, deleted_samples);
    }
    const CompactionResult result = CompactInto(parts, ++id, floor);
    ASSERT_EQ(result.part.series, expected.size());
    ASSERT_EQ(result.deleted_samples, deleted_samples) << "from part " << first;
    if (expected.empty()) continue;
    ASSERT_TRUE(Same(Content(Open(id)), expected)) << "from part " << first;
    ASSERT_EQ(result.part.level, 1u);
    ASSERT_TRUE(Open(id)->Verify().ok());
  }
}

TEST_F(CompactionTest, OfCompactionsIsTheCompactionOfAll) {
  const uint64_t seed = std::random_device()();
  SCOPED_TRACE(testing::Message() << "seed " << seed);
  RandomParts random(seed);
  std::vector<SharedPart> parts;
  for (uint64_t id = 1; id <= 6; ++id) {
    PlainStore store = random.Part();
    store[Labels({{"__name__", "always"}})].samples[kNow] = {id, 0, false};
    parts.push_back(Write(id, store));
  }
  CompactInto(parts, 7);
  CompactInto({parts[0], parts[1], parts[2]}, 8);
  CompactInto({parts[3], parts[4], parts[5]}, 9);
  const CompactionResult last = CompactInto({Open(8), Open(9)}, 10);
  EXPECT_EQ(last.part.level, 2u);
  EXPECT_TRUE(Same(Content(Open(10)), Content(Open(7))));
}

PlainStore OneSeries(const std::string& name, TimeMs from, int samples) {
  PlainStore store;
  for (int i = 0; i < samples; ++i) {
    store[Labels({{"__name__", name}})].samples[from + i] = {static_cast<uint64_t>(i), 0, false};
  }
  return store;
}

TEST_F(CompactionTest, AFullDiskLeavesTheOldParts) {
  const std::vector<SharedPart> parts = {Write(1, OneSeries("a", kNow, 900)),
                                         Write(2, OneSeries("b", kNow, 900))};
  const uint64_t used = disk_.used_bytes();
  for (uint64_t room = 0; room < 4000; room += 100) {
    disk_.SetCapacity(used + room);
    const auto result = TryCompact(parts, 3);
    if (result.ok()) break;
    ASSERT_LT(room, 3900u) << result.status().ToString();
    EXPECT_EQ(result.status().code(), StatusCode::kUnavailable);
    EXPECT_THAT(Files(), ElementsAre(PartName(1), PartName(2)));
  }
  disk_.SetCapacity(UINT64_MAX);
  EXPECT_EQ(CompactInto(parts, 4).part.samples, 1800u);
}

TEST_F(CompactionTest, WhereNothingIsLeftThereIsNoFile) {
  const std::vector<SharedPart> parts = {Write(1, OneSeries("a", kNow, 9))};
  Delete(1, 1, {{Matcher::Equal("__name__", "a")}}, {});
  const CompactionResult result = CompactInto(parts, 2);
  EXPECT_EQ(result.part.series, 0u);
  EXPECT_EQ(result.deleted_samples, 9u);
  EXPECT_THAT(Files(), ElementsAre(PartName(1)));
}

TEST_F(CompactionTest, IsStopped) {
  std::stop_source stop;
  stop.request_stop();
  const auto result =
      TryCompact({Write(1, OneSeries("a", kNow, 9))}, 2, model::kMinTimeMs, stop.get_token());
  EXPECT_EQ(result.status().code(), StatusCode::kCancelled);
  EXPECT_THAT(Files(), ElementsAre(PartName(1)));
}

// What cannot be read is not thrown away: the part stays as it is, named.
TEST_F(CompactionTest, ADamagedPartIsNamedAndNothingIsWritten) {
  PlainStore noise;
  std::mt19937_64 random(1);
  for (int i = 0; i < 40000; ++i) {  // Some of the pages that are checked one by one.
    noise[Labels({{"__name__", "b"}})].samples[kNow + i] = {random(), 0, false};
  }
  const SharedPart good = Write(1, OneSeries("a", kNow, 900));
  const SharedPart whole = Write(2, noise);
  CompactInto({good, whole}, 3);
  const PlainStore expected = Content(Open(3));
  const std::string path = whole->path();
  const std::string bytes = disk_.Content(path);
  size_t refused = 0;
  for (uint64_t bit = 0; bit < bytes.size() * 8; bit += 29989) {
    disk_.SetContent(path, bytes);
    disk_.FlipBit(path, bit);
    const auto part = Part::Open(disk_, path);
    if (!part.ok()) continue;
    ASSERT_TRUE(disk_.Remove("/parts/" + PartName(3)).ok() || refused > 0);
    const auto result = TryCompact({good, *part}, 3);
    if (result.ok()) {  // Nothing of it was needed.
      ASSERT_TRUE(Same(Content(Open(3)), expected));
      continue;
    }
    ++refused;
    ASSERT_EQ(result.status().code(), StatusCode::kDataLoss);
    ASSERT_THAT(std::string(result.status().message()), HasSubstr(PartName(2)));
    ASSERT_THAT(Files(), ElementsAre(PartName(1), PartName(2)));
  }
  EXPECT_GT(refused, 20u);
}

TEST_F(CompactionTest, DeletionsAreFoundPlannedForAndSpent) {
  PlainStore store = OneSeries("a", kNow, 100);
  store.merge(OneSeries("b", kNow, 100));
  std::vector<SharedPart> parts = {Write(1, store), Write(2, OneSeries("b", kNow + 200, 9))};
  Delete(1, 1, {{Matcher::Equal("__name__", "none")}, {Matcher::Equal("__name__", "b")}},
         {kNow + 10, kNow + 15});
  Delete(2, 9, {{Matcher::Equal("__name__", "none")}}, {});
  Delete(3, 9, {{Matcher::Equal("__name__", "a")}}, {kNow - 10, kNow - 1});

  const auto deleted = DeletedFrom(*parts[0], tombstones_);
  ASSERT_TRUE(deleted.ok());
  ASSERT_EQ(deleted->size(), 1u);
  EXPECT_EQ((*deleted)[0].series, 1u);
  ASSERT_EQ((*deleted)[0].ranges.size(), 1u);
  EXPECT_EQ((*deleted)[0].ranges[0].start, kNow + 10);
  EXPECT_THAT(*DeletedFrom(*parts[1], tombstones_), IsEmpty());
  EXPECT_THAT(SpentTombstones(parts, tombstones_), ElementsAre(2, 3));

  // 6 of 200 are not worth a rewriting at once, but after an hour, or when asked for.
  EXPECT_THAT(PlanCompaction(parts, tombstones_, kNow + 1000, 1000).parts, IsEmpty());
  const TimeMs later = kNow + kMaxDeletedMs + 1;
  EXPECT_THAT(PlanCompaction(parts, tombstones_, later, 1ll << 40).parts, ElementsAre(parts[0]));
  const CompactionPlan plan = PlanClean(parts, tombstones_);
  ASSERT_THAT(plan.parts, ElementsAre(parts[0]));
  EXPECT_EQ(plan.reason, "tombstones");
  EXPECT_EQ(CompactInto(plan.parts, 3).deleted_samples, 6u);
  parts[0] = Open(3);
  EXPECT_THAT(PlanClean(parts, tombstones_).parts, IsEmpty());
  EXPECT_THAT(SpentTombstones(parts, tombstones_), ElementsAre(1, 2, 3));
  EXPECT_EQ(Content(parts[0])[Labels({{"__name__", "b"}})].samples.size(), 94u);

  // Most of it at once.
  Delete(4, 3, {{Matcher::Equal("__name__", "a")}}, {kNow, kNow + 50});
  EXPECT_THAT(PlanCompaction(parts, tombstones_, kNow + 1000, 1000).parts, ElementsAre(parts[0]));
}

}  // namespace
}  // namespace glint::tsdb
