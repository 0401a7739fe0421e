#include "model/exemplar.h"

#include <gtest/gtest.h>

namespace glint::model {
namespace {

TEST(ExemplarTest, IdsLeaveTheLabelsAndComeBack) {
  const Exemplar exemplar = MakeExemplar(5, 0.25,
                                         {{"Trace_ID", "0af7651916cd43dd8448eb211c80319c"},
                                          {"span_id", "b7ad6b7169203331"},
                                          {"user", "7"}});
  EXPECT_EQ(exemplar.labels, (Labels{{"user", "7"}}));
  EXPECT_EQ(exemplar.span_id.ToHex(), "b7ad6b7169203331");
  EXPECT_EQ(AllLabels(exemplar).Get("trace_id"), "0af7651916cd43dd8448eb211c80319c");
}

// Nothing that a client sent may vanish, even what is no id.
TEST(ExemplarTest, WhatIsNoIdStaysALabel) {
  const Exemplar exemplar = MakeExemplar(5, 1, {{"trace_id", "not-hex"}, {"span_id", "00"}});
  EXPECT_TRUE(exemplar.trace_id.IsZero());
  EXPECT_EQ(AllLabels(exemplar), (Labels{{"trace_id", "not-hex"}, {"span_id", "00"}}));
}

}  // namespace
}  // namespace glint::model
