#include "tsdb/series_table.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <random>

namespace glint::tsdb {
namespace {

using model::Labels;
using model::Matcher;
using ::testing::ElementsAre;

TEST(SeriesTableTest, ARefOfAForgottenSeriesIsNotThatOfTheNext) {
  SeriesTable table;
  const HeadSlot first = table.Add(Labels{{"__name__", "a"}, {"pod", "1"}});
  const model::SeriesRef ref = table.RefOf(first);
  EXPECT_EQ(table.SlotOf(ref), first);
  table.Remove(std::vector<HeadSlot>{first});
  EXPECT_EQ(table.SlotOf(ref), std::nullopt);
  const HeadSlot second = table.Add(Labels{{"__name__", "b"}});
  EXPECT_EQ(second, first);
  EXPECT_EQ(table.SlotOf(ref), std::nullopt);
  EXPECT_NE(table.RefOf(second), ref);
  EXPECT_EQ(table.SlotOf({UINT64_MAX}), std::nullopt);
}

// Who writes the log tells labels by number, and a number may come to mean another label.
TEST(SeriesTableTest, ANumberThatIsUsedAgainHasAnotherVersion) {
  SeriesTable table;
  const HeadSlot first = table.Add(Labels{{"pod", "1"}});
  const SeriesTable::LabelId id = table.LabelIdsOf(first)[0];
  const uint32_t version = table.VersionOf(id);
  table.Remove(std::vector<HeadSlot>{first});
  const HeadSlot second = table.Add(Labels{{"pod", "2"}});
  ASSERT_EQ(table.LabelIdsOf(second)[0], id);
  EXPECT_EQ(table.ValueOf(id), "2");
  EXPECT_NE(table.VersionOf(id), version);
}

// Against a plain map, with series that come and go.
TEST(SeriesTableTest, FindsSelectsAndSortsAsAPlainMapDoes) {
  const uint64_t seed = std::random_device()();
  SCOPED_TRACE(testing::Message() << "seed " << seed);
  std::mt19937_64 random(seed);
  SeriesTable table;
  std::map<Labels, HeadSlot> plain;
  const auto some = [&] {
    std::vector<model::Label> labels{{"__name__", "m" + std::to_string(random() % 5)}};
    if (random() % 2 == 0) labels.push_back({"job", "j" + std::to_string(random() % 3)});
    if (random() % 3 > 0) labels.push_back({"pod", std::to_string(random() % 200)});
    return Labels(labels);
  };
  const std::vector<Matcher> choices = {
      Matcher::Equal("__name__", "m1"),
      Matcher::Equal("pod", ""),
      *Matcher::Make(model::MatchOp::kNotEqual, "job", "j1"),
      *Matcher::Make(model::MatchOp::kRegex, "pod", "1.*"),
      *Matcher::Make(model::MatchOp::kRegex, "job", "j0|j2|none"),
      *Matcher::Make(model::MatchOp::kNotRegex, "job", "j.+"),
      *Matcher::Make(model::MatchOp::kRegex, "absent", ".*"),
  };
  for (int round = 0; round < 60; ++round) {
    for (int i = 0; i < 40; ++i) {
      const Labels labels = some();
      const auto found = table.Find(labels);
      const auto held = plain.find(labels);
      ASSERT_EQ(found.has_value(), held != plain.end()) << labels.ToString();
      if (!found.has_value()) {
        plain[labels] = table.Add(labels);
      } else {
        ASSERT_EQ(*found, held->second);
      }
    }
    std::vector<HeadSlot> gone;
    std::erase_if(plain, [&](const auto& one) {
      if (random() % 4 > 0) return false;
      gone.push_back(one.second);
      return true;
    });
    table.Remove(gone);
    ASSERT_EQ(table.size(), plain.size());
    std::vector<Matcher> matchers;
    for (size_t i = random() % 3; i > 0; --i)
      matchers.push_back(choices[random() % choices.size()]);
    std::vector<Labels> wanted;
    for (const auto& [labels, slot] : plain) {
      const bool all = std::all_of(matchers.begin(), matchers.end(),
                                   [&](const Matcher& one) { return one.Matches(labels); });
      if (all) wanted.push_back(labels);
    }
    std::vector<HeadSlot> slots = table.Select(matchers);
    EXPECT_TRUE(std::is_sorted(slots.begin(), slots.end()));
    table.Sort(slots);
    std::vector<Labels> got;
    for (const HeadSlot slot : slots) got.push_back(table.LabelsOf(slot));
    ASSERT_EQ(got, wanted);
  }
  EXPECT_GT(table.bytes(), 0u);
}

}  // namespace
}  // namespace glint::tsdb
