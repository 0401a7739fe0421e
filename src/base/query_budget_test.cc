#include "base/query_budget.h"

#include <gtest/gtest.h>

namespace glint {
namespace {

// One dashboard must not take the process down with it.
TEST(QueryBudgetTest, RefusesBeyondItsLimitsAndNamesBoth) {
  QueryBudget budget({.max_bytes = 100, .max_samples = 10});
  EXPECT_TRUE(budget.Charge(60, 5).ok());
  const Status status = budget.Charge(60);
  EXPECT_EQ(status.code(), StatusCode::kResourceExhausted);
  EXPECT_NE(status.message().find("100"), std::string_view::npos);
  EXPECT_NE(status.message().find("120"), std::string_view::npos);
}

TEST(QueryBudgetTest, WhatIsReleasedCanBeUsedAgain) {
  QueryBudget budget({.max_bytes = 100, .max_samples = 10});
  EXPECT_TRUE(budget.Charge(80, 8).ok());
  budget.Release(80, 8);
  EXPECT_TRUE(budget.Charge(80, 8).ok());
  EXPECT_EQ(budget.peak_bytes(), 80u);
  EXPECT_EQ(budget.total_samples(), 16u);
}

TEST(QueryBudgetTest, StopsWhenNobodyWaitsAnyMore) {
  std::stop_source source;
  QueryBudget budget({}, source.get_token());
  EXPECT_TRUE(budget.Check().ok());
  source.request_stop();
  EXPECT_EQ(budget.Check().code(), StatusCode::kCancelled);
}

TEST(QueryBudgetTest, TimeIsUpAtTheDeadline) {
  QueryBudget budget({.timeout = std::chrono::milliseconds(-1)});
  EXPECT_EQ(budget.Check().code(), StatusCode::kDeadlineExceeded);
}

}  // namespace
}  // namespace glint
