#include "storage/postings.h"

#include <gtest/gtest.h>

#include <random>

namespace glint::storage {
namespace {

using model::Matcher;
using model::MatchOp;

// Every selector of every query goes through here; one wrong set operation shows wrong series.
TEST(PostingsTest, SelectsWhatEachSeriesAskedForItselfWouldSay) {
  const uint64_t seed = std::random_device()();
  SCOPED_TRACE(testing::Message() << "seed " << seed);
  std::mt19937_64 random(seed);
  const auto pick = [&](std::initializer_list<const char*> from) {
    return std::string(from.begin()[random() % from.size()]);
  };
  Postings postings;
  std::vector<model::Labels> series;
  std::vector<bool> held;
  for (size_t i = 0; i < 300; ++i) {
    series.push_back(model::Labels{{"__name__", pick({"a", "b", "c"})},
                                   {"job", pick({"", "x", "y", "xy"})},
                                   {"i", std::to_string(i % 40)}});
    held.push_back(true);
  }
  std::vector<size_t> order(series.size());
  for (size_t i = 0; i < order.size(); ++i) order[i] = i;
  std::shuffle(order.begin(), order.end(), random);
  for (const size_t i : order) postings.Add({i}, series[i]);

  for (int round = 0; round < 400; ++round) {
    if (round % 40 == 39) {
      std::vector<Postings::Entry> gone;
      for (size_t i = 0; i < series.size(); ++i) {
        if (!held[i] || random() % 8 != 0) continue;
        held[i] = false;
        gone.push_back({{i}, &series[i]});
      }
      postings.Remove(gone);
    }
    std::vector<Matcher> matchers;
    std::string text;
    for (size_t i = random() % 4; i > 0; --i) {
      const auto op = static_cast<MatchOp>(random() % 4);
      const std::string value = pick({"", "x", "a", "x|y", "x.*", ".*", ".+", "|x", "1?", "3"});
      matchers.push_back(*Matcher::Make(op, pick({"__name__", "job", "i", "none"}), value));
      text += matchers.back().ToString() + " ";
    }
    std::vector<model::SeriesRef> wanted;
    for (size_t i = 0; i < series.size(); ++i) {
      const bool matches = std::all_of(matchers.begin(), matchers.end(),
                                       [&](const Matcher& m) { return m.Matches(series[i]); });
      if (held[i] && matches) wanted.push_back({i});
    }
    ASSERT_EQ(postings.Select(matchers), wanted) << text;
  }
}

}  // namespace
}  // namespace glint::storage
