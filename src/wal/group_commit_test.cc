#include "wal/group_commit.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <latch>
#include <random>
#include <string>
#include <thread>

namespace glint::wal {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr int64_t kForever = INT64_MAX;

struct Item {
  int value = 0;
  int answer = 0;
  std::function<void(int)> done = nullptr;
};

// Doubles what it gets, and remembers the groups.
class Doubler {
 public:
  explicit Doubler(const GroupCommitOptions& options)
      : commits([this](std::span<Item* const> group) { Commit(group); }, options) {}

  void Post(int value, uint64_t bytes = 1) {
    auto item = std::make_unique<Item>();
    item->value = value;
    item->done = [this](int answer) { answers.push_back(answer); };
    commits.Post(std::move(item), bytes);
  }

  // Written by one commit at a time.
  std::vector<std::vector<int>> groups;
  std::vector<int> answers;  // Of what was posted.
  std::thread::id committer;

  GroupCommit<Item> commits;

 private:
  void Commit(std::span<Item* const> group) {
    EXPECT_EQ(++inside_, 1);
    committer = std::this_thread::get_id();
    groups.emplace_back();
    for (Item* item : group) {
      groups.back().push_back(item->value);
      item->answer = 2 * item->value;
      if (item->done) item->done(item->answer);
    }
    --inside_;
  }
  std::atomic<int> inside_ = 0;
};

// One sync for all who wait, and each gets the answer to its own.
TEST(GroupCommitTest, AnswersEverybody) {
  std::atomic<int> inside = 0;
  std::atomic<int> posted_answers = 0;
  GroupCommit<Item> commits(
      [&](std::span<Item* const> group) {
        EXPECT_EQ(++inside, 1);
        for (Item* item : group) {
          item->answer = 2 * item->value;
          if (item->done) item->done(item->answer);
        }
        --inside;
      },
      {.patience_ms = 1, .max_posted = 3});
  {
    std::vector<std::jthread> threads;
    for (int t = 0; t < 8; ++t) {
      threads.emplace_back([&, t] {
        for (int i = 1; i <= 500; ++i) {
          Item item{t * 1000 + i};
          if (t % 2 == 0) {
            commits.Run(item);
            ASSERT_EQ(item.answer, 2 * item.value);
          } else {
            commits.Post(std::make_unique<Item>(
                             Item{i, 0, [&, i](int answer) { posted_answers += answer == 2 * i; }}),
                         1);
          }
          if (i % 100 == 0) commits.RunAlone([&] { EXPECT_EQ(inside, 0); });
          if (i % 170 == 0) commits.Drain();
        }
      });
    }
  }
  commits.Drain();
  EXPECT_EQ(posted_answers, 4 * 500);
}

TEST(GroupCommitTest, PostedItemsWaitForEachOther) {
  Doubler doubler({.patience_ms = kForever});
  doubler.Post(1);
  doubler.Post(2);
  EXPECT_THAT(doubler.groups, IsEmpty());
  doubler.commits.Drain();
  EXPECT_THAT(doubler.groups, ElementsAre(ElementsAre(1, 2)));
  EXPECT_THAT(doubler.answers, ElementsAre(2, 4));
  doubler.commits.Drain();
  EXPECT_EQ(doubler.groups.size(), 1u);
}

TEST(GroupCommitTest, PostedItemsGoWithTheNextRunBeforeIt) {
  Doubler doubler({.patience_ms = kForever});
  doubler.Post(1);
  doubler.Post(2);
  Item item{3};
  doubler.commits.Run(item);
  EXPECT_EQ(item.answer, 6);
  EXPECT_THAT(doubler.groups, ElementsAre(ElementsAre(1, 2, 3)));
  EXPECT_THAT(doubler.answers, ElementsAre(2, 4));
}

// Nobody else comes, and still they are committed, more than once.
TEST(GroupCommitTest, PatienceEnds) {
  Doubler doubler({.patience_ms = 1});
  for (int i = 1; i <= 3; ++i) {
    std::latch answered(1);
    std::atomic<std::thread::id> committer;
    doubler.commits.Post(std::make_unique<Item>(Item{i, 0,
                                                     [&](int) {
                                                       committer = std::this_thread::get_id();
                                                       answered.count_down();
                                                     }}),
                         1);
    answered.wait();
    EXPECT_NE(committer.load(), std::this_thread::get_id());
  }
}

TEST(GroupCommitTest, BeyondTheLimitThePosterCommits) {
  Doubler by_count({.patience_ms = kForever, .max_posted = 2});
  by_count.Post(1);
  by_count.Post(2);
  EXPECT_THAT(by_count.groups, IsEmpty());
  by_count.Post(3);
  EXPECT_THAT(by_count.groups, ElementsAre(ElementsAre(1, 2, 3)));
  EXPECT_EQ(by_count.committer, std::this_thread::get_id());
  by_count.Post(4);
  EXPECT_EQ(by_count.groups.size(), 1u);

  Doubler by_bytes({.patience_ms = kForever, .max_posted_bytes = 100});
  by_bytes.Post(1, 60);
  EXPECT_THAT(by_bytes.groups, IsEmpty());
  by_bytes.Post(2, 60);
  EXPECT_THAT(by_bytes.groups, ElementsAre(ElementsAre(1, 2)));
  by_bytes.Post(3, 60);
  EXPECT_EQ(by_bytes.groups.size(), 1u);
}

// A disk that does not answer is not to fill the memory.
TEST(GroupCommitTest, BeyondTheLimitThePosterWaitsForWhoCommits) {
  std::latch is_inside(1);
  std::latch let_go(1);
  std::atomic<int> committed = 0;
  GroupCommit<Item> commits(
      [&](std::span<Item* const> group) {
        if (group[0]->value == 0) {
          is_inside.count_down();
          let_go.wait();
        }
        committed += static_cast<int>(group.size());
      },
      {.patience_ms = kForever, .max_posted = 2});
  std::jthread leader([&] {
    Item first{0};
    commits.Run(first);
  });
  is_inside.wait();
  std::atomic<int> posted = 0;
  std::jthread poster([&] {
    for (int i = 1; i <= 3; ++i, ++posted) commits.Post(std::make_unique<Item>(Item{i}), 1);
  });
  // The third cannot be through: it would have to be committed, and that is held.
  while (posted < 2) std::this_thread::yield();
  EXPECT_EQ(committed, 0);
  let_go.count_down();
  poster.join();
  EXPECT_EQ(committed, 4);
}

TEST(GroupCommitTest, EndsWithWhatWasPosted) {
  std::vector<int> committed;
  {
    GroupCommit<Item> commits(
        [&](std::span<Item* const> group) {
          for (const Item* item : group) committed.push_back(item->value);
        },
        {.patience_ms = kForever});
    for (int i = 0; i < 3; ++i) commits.Post(std::make_unique<Item>(Item{i}), 1);
  }
  EXPECT_THAT(committed, ElementsAre(0, 1, 2));
}

}  // namespace
}  // namespace glint::wal
