// kill -9 at random instants: nothing acknowledged is missing, nothing is invented.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <map>
#include <random>
#include <thread>

#include "base/killed_child.h"
#include "base/log.h"
#include "base/test_folder.h"
#include "wal/group_commit.h"
#include "wal/log.h"

namespace glint::wal {
namespace {

constexpr int kLives = 40;
constexpr int64_t kThreads = 3;  // The last one posts.
constexpr size_t kMostPosted = 8;
constexpr size_t kSegments = 5;

// Record n of a thread: so long, and of bytes that say which it is.
std::string PayloadOf(int64_t thread, int64_t n) {
  std::string payload(sizeof thread + sizeof n + static_cast<size_t>(n * 7919 % 900),
                      static_cast<char>('a' + n % 26));
  std::memcpy(payload.data(), &thread, sizeof thread);
  std::memcpy(payload.data() + sizeof thread, &n, sizeof n);
  return payload;
}

struct Acknowledged {
  int64_t thread;
  int64_t n;
  uint64_t segment;
};

struct Item {
  Acknowledged what;
  std::string payload;
  const Reports<Acknowledged>* posted_reports = nullptr;
};

LogOptions OptionsOf(const std::string& folder, bool is_synced) {
  return {.folder = folder,
          .ack = is_synced ? AckMode::kSynced : AckMode::kWritten,
          .segment_bytes = 4 << 10,
          .preallocate_bytes = 1 << 10};
}

// Segments beyond the newest few are removed; their files come back.
void Live(const std::string& folder, bool is_synced, const std::vector<int64_t>& next,
          const Reports<Acknowledged>& reports) {
  const auto log = Log::Open(OptionsOf(folder, is_synced), [](const RecordView&) {});
  if (!log.ok()) _exit(3);
  GroupCommit<Item> commits(
      [&](std::span<Item* const> group) {
        std::vector<Record> records;
        for (const Item* item : group) records.push_back({1, item->payload});
        const auto segment = (*log)->PrepareSegment();
        if (!segment.ok() || !(*log)->Append(records).ok()) _exit(4);
        for (Item* item : group) {
          item->what.segment = *segment;
          if (item->posted_reports != nullptr) item->posted_reports->Send(item->what);
        }
        while ((*log)->segments().size() > kSegments) {
          if (!(*log)->Remove((*log)->segments()[0].id).ok()) _exit(7);
        }
      },
      {.patience_ms = 1, .max_posted = kMostPosted});
  std::vector<std::jthread> threads;
  for (int64_t t = 0; t < kThreads; ++t) {
    threads.emplace_back([&, t] {
      for (int64_t n = next[static_cast<size_t>(t)];; ++n) {
        Item item{{t, n, 0}, PayloadOf(t, n), nullptr};
        if (t + 1 == kThreads) {
          item.posted_reports = &reports;
          const uint64_t bytes = item.payload.size();
          commits.Post(std::make_unique<Item>(std::move(item)), bytes);
        } else {
          commits.Run(item);
          reports.Send(item.what);
        }
      }
    });
  }
}

// Thread and number -> segment.
using Held = std::map<std::pair<int64_t, int64_t>, uint64_t>;

void AddTo(Held& held, const RecordView& record) {
  int64_t thread = -1;
  int64_t n = -1;
  ASSERT_GE(record.payload.size(), sizeof thread + sizeof n);
  std::memcpy(&thread, record.payload.data(), sizeof thread);
  std::memcpy(&n, record.payload.data() + sizeof thread, sizeof n);
  ASSERT_TRUE(thread >= 0 && thread < kThreads && n >= 0);
  ASSERT_EQ(record.payload, PayloadOf(thread, n));
  ASSERT_TRUE(held.try_emplace({thread, n}, record.position.segment).second) << "twice";
}

TEST(LogKillTest, NothingAcknowledgedIsMissingAndNothingIsInvented) {
  const uint64_t seed = std::random_device()();
  SCOPED_TRACE(testing::Message() << "seed " << seed);
  std::mt19937_64 random(seed);
  const TestFolder folder;
  SetUpLog(LogLevel::kError, LogFormat::kText);
  std::vector<int64_t> next(kThreads, 0);
  Held held;
  uint64_t checked = 0;
  for (int life = 0; life < kLives && !testing::Test::HasFailure(); ++life) {
    const bool is_synced = life % 2 == 0;
    std::vector<size_t> under_way(kThreads, 0);
    const auto acknowledged = RunUntilKilled<Acknowledged>(
        [&](const Reports<Acknowledged>& reports) {
          Live(folder.path(), is_synced, next, reports);
        },
        1 + random() % 200);
    Held stored;
    const auto log = Log::Open(OptionsOf(folder.path(), is_synced),
                               [&](const RecordView& record) { AddTo(stored, record); });
    ASSERT_TRUE(log.ok()) << log.status().ToString();
    EXPECT_THAT((*log)->replay_report().damage, testing::IsEmpty());
    for (const Acknowledged& what : acknowledged) {
      ASSERT_EQ(what.n, next[static_cast<size_t>(what.thread)]++);
      held[{what.thread, what.n}] = what.segment;
    }
    const uint64_t oldest = (*log)->segments()[0].id;
    for (const auto& [record, segment] : held) {
      if (segment < oldest) continue;
      const auto found = stored.find(record);
      ASSERT_NE(found, stored.end()) << "missing in life " << life;
      EXPECT_EQ(found->second, segment);
      ++checked;
    }
    // Beyond that may be what was under way: one of each who waits, a group of who posts.
    for (const auto& [record, segment] : stored) {
      const auto [thread, n] = record;
      if (held.count(record) > 0) continue;
      int64_t& expected = next[static_cast<size_t>(thread)];
      EXPECT_EQ(n, expected) << "invented in life " << life;
      ++expected;
      ++under_way[static_cast<size_t>(thread)];
    }
    for (int64_t t = 0; t < kThreads; ++t) {
      const bool is_posting = t + 1 == kThreads;
      EXPECT_LE(under_way[static_cast<size_t>(t)], is_posting ? kMostPosted + 1 : 1);
    }
    held = stored;
  }
  EXPECT_GT(checked, 1000u);
  SetUpLog(LogLevel::kInfo, LogFormat::kText);
}

}  // namespace
}  // namespace glint::wal
