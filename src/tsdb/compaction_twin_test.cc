// Manifest, parts, plans, compactions and deletions together, on a disk that fails: whatever is
// united when, the answer is the one of a map into which samples came in order of arrival.
#include <gtest/gtest.h>

#include <random>
#include <set>

#include "base/file_in_memory.h"
#include "tsdb/compaction.h"
#include "tsdb/manifest.h"
#include "tsdb/merge_part.h"
#include "tsdb/merge_plain_for_test.h"
#include "tsdb/merge_time_slice.h"

namespace glint::tsdb {
namespace {

using model::Labels;
using model::Matcher;
using model::TimeMs;
using model::TimeRange;

constexpr TimeMs kMinute = 60'000;
constexpr int64_t kLateMs = 60 * kMinute;

class Twins {
 public:
  explicit Twins(uint64_t seed) : random_(seed), disk_(seed) { Open(); }

  size_t compactions = 0;
  size_t refused = 0;

  void Step() {
    now_ += kMinute * static_cast<int64_t>(1 + Below(30));
    // As the bytes of a store go up and down.
    disk_.SetCapacity(Below(4) == 0 ? disk_.used_bytes() + Below(3000) : UINT64_MAX);
    if (Below(8) == 0) {
      Delete();
    } else {
      Flush();
    }
    for (int i = 0; i < 4; ++i) Compact();
    RemoveSpentTombstones();
    if (Below(16) == 0) {
      if (Below(2) == 0) disk_.LosePower();
      Open();
    }
  }

  // What a reader would see, part by part.
  testing::AssertionResult IsAsExpected() {
    PlainStore found;
    uint64_t ignored = 0;
    for (const auto& [id, part] : parts_) {
      const auto source = *PartAsSource::Make(part);
      const auto deleted = DeletedFrom(*part, manifest_->state().tombstones);
      MergePlainly(ReadAll(*source), *deleted, model::kMinTimeMs, found, ignored);
    }
    return Same(found, expected_);
  }

  size_t part_count() const { return parts_.size(); }

 private:
  uint64_t Below(uint64_t n) { return random_() % n; }

  void Open() {
    disk_.SetCapacity(UINT64_MAX);
    auto manifest = Manifest::Open(disk_, "/m");
    ASSERT_TRUE(manifest.ok()) << manifest.status().ToString();
    manifest_ = *std::move(manifest);
    ASSERT_TRUE(manifest_->damage().empty());
    const std::vector<std::string> names = *disk_.List("/m");
    for (const std::string& name : names) {
      const auto id = PartIdOf(name);
      if (!id.has_value() || manifest_->state().parts.count(*id) > 0) continue;
      ASSERT_TRUE(disk_.Remove("/m/" + name).ok());
    }
    parts_.clear();
    for (const uint64_t id : manifest_->state().parts) OpenPart(id);
  }

  void OpenPart(uint64_t id) {
    auto part = Part::Open(disk_, "/m/" + PartName(id));
    ASSERT_TRUE(part.ok()) << part.status().ToString();
    parts_[id] = *std::move(part);
  }

  // Some samples of now and some late ones, a few of which are there already.
  PlainStore Head() {
    PlainStore head;
    for (uint64_t n = 1 + Below(3); n > 0; --n) {
      const std::string name(1, static_cast<char>('a' + Below(5)));
      PlainSeries& series = head[Labels({{"__name__", name}})];
      for (uint64_t i = 1 + Below(12); i > 0; --i) {
        const auto ago = static_cast<int64_t>(Below(3) == 0 ? Below(90) : Below(10));
        series.samples[now_ / kMinute * kMinute - ago * kMinute] = {random_(), 0, Below(5) == 0};
      }
    }
    return head;
  }

  void Flush() {
    const PlainStore head = Head();
    PlainSource source(head);
    std::set<TimeMs> partitions;
    for (const auto& [labels, series] : head) {
      for (const auto& [time, sample] : series.samples) {
        partitions.insert(PartitionOf(time, kSmallPartitionMs).start);
      }
    }
    ManifestChange change;
    for (const TimeMs start : partitions) {
      TimeSlice slice(source, PartitionOf(start, kSmallPartitionMs));
      change.added_parts.push_back(manifest_->TakePartId());
      if (!WritePart("/m", slice, {.files = &disk_, .id = change.added_parts.back()}).ok()) {
        ++refused;
        return;
      }
    }
    if (!Apply(change)) return;
    uint64_t ignored = 0;
    MergePlainly(head, {}, model::kMinTimeMs, expected_, ignored);
  }

  void Delete() {
    Tombstone tombstone;
    tombstone.id = manifest_->state().next_tombstone_id;
    tombstone.last_part = manifest_->state().next_part_id - 1;
    tombstone.created = now_;
    tombstone.time = {now_ - static_cast<TimeMs>(Below(600)) * kMinute, now_};
    if (Below(2) == 0) tombstone.time.end -= 30 * kMinute;
    const std::string name(1, static_cast<char>('a' + Below(5)));
    tombstone.any_of = {{Matcher::Equal("__name__", name)}};
    if (!Apply({.added_tombstones = {tombstone}})) return;
    const auto found = expected_.find(Labels({{"__name__", name}}));
    if (found == expected_.end()) return;
    std::erase_if(found->second.samples,
                  [&](const auto& sample) { return tombstone.time.Contains(sample.first); });
    if (found->second.samples.empty()) expected_.erase(found);
  }

  // Sometimes a flush ends while it runs: the manifest hears of the higher id first.
  void Compact() {
    std::vector<std::shared_ptr<const Part>> parts;
    for (const auto& [id, part] : parts_) parts.push_back(part);
    const auto& tombstones = manifest_->state().tombstones;
    const CompactionPlan plan = Below(8) == 0 ? PlanClean(parts, tombstones)
                                              : PlanCompaction(parts, tombstones, now_, kLateMs);
    if (plan.parts.empty()) return;
    const uint64_t id = manifest_->TakePartId();
    const auto result =
        tsdb::Compact(plan.parts, tombstones, {.now = now_}, "/m", {.files = &disk_, .id = id}, {});
    if (!result.ok()) {
      EXPECT_EQ(result.status().code(), StatusCode::kUnavailable);
      ++refused;
      return;
    }
    if (Below(3) == 0) Flush();
    if (Below(8) == 0) Delete();
    ManifestChange change;
    if (result->part.series > 0) change.added_parts.push_back(id);
    for (const auto& part : plan.parts) change.removed_parts.push_back(part->info().id);
    if (Apply(change)) ++compactions;
  }

  void RemoveSpentTombstones() {
    std::vector<std::shared_ptr<const Part>> parts;
    for (const auto& [id, part] : parts_) parts.push_back(part);
    Apply({.removed_tombstones = SpentTombstones(parts, manifest_->state().tombstones)});
  }

  bool Apply(const ManifestChange& change) {
    const Status applied = manifest_->Apply(change);
    if (!applied.ok()) {
      EXPECT_EQ(applied.code(), StatusCode::kUnavailable) << applied.ToString();
      ++refused;
      return false;
    }
    for (const uint64_t id : change.added_parts) OpenPart(id);
    for (const uint64_t id : change.removed_parts) {
      parts_.erase(id);
      EXPECT_TRUE(disk_.Remove("/m/" + PartName(id)).ok());
    }
    return true;
  }

  std::mt19937_64 random_;
  InMemoryFileSystem disk_;
  std::unique_ptr<Manifest> manifest_;
  std::map<uint64_t, std::shared_ptr<const Part>> parts_;
  PlainStore expected_;
  TimeMs now_ = 1'700'000'000'000;
};

TEST(CompactionTwinTest, NoAnswerEverChanges) {
  const uint64_t seed = std::random_device()();
  size_t compactions = 0;
  size_t refused = 0;
  for (uint64_t round = 0; round < 8; ++round) {
    SCOPED_TRACE(testing::Message() << "seed " << seed + round);
    Twins twins(seed + round);
    for (int step = 0; step < 150; ++step) {
      twins.Step();
      ASSERT_TRUE(twins.IsAsExpected()) << "step " << step;
      if (HasFatalFailure()) return;
    }
    EXPECT_LT(twins.part_count(), 60u);
    compactions += twins.compactions;
    refused += twins.refused;
  }
  EXPECT_GT(compactions, 100u);
  EXPECT_GT(refused, 20u);
}

}  // namespace
}  // namespace glint::tsdb
