#include "promql/parser.h"

#include <gtest/gtest.h>

#include <string>

#include "promql/printer.h"

namespace glint::promql {
namespace {

struct Printed {
  std::string_view query;
  std::string_view canonical;
};

// The tree decides what is computed; its printed form shows precedence and modifiers.
TEST(ParserTest, PrintsTheTreeInOneForm) {
  constexpr Printed kCases[] = {
      {"1 + 2*3", "1 + 2 * 3"},
      {"-1 ^ 2", "-1 ^ 2"},
      {"1e6", "1000000"},
      {"0x1F", "31"},
      {"1_000", "1000"},
      {"5m", "5m"},
      {"-Inf", "-Inf"},
      {"up", "up"},
      {"up {}", "up"},
      {"{__name__=\"up\"}", "{__name__=\"up\"}"},
      {"{\"a.b\", 'c d'!~`x`}", "{\"a.b\",\"c d\"!~\"x\"}"},
      {"up{job='x',}", "up{job=\"x\"}"},
      {"rate(x_total[5m])", "rate(x_total[5m])"},
      {"x[1h:5m] offset 1d", "x[1h:5m] offset 1d"},
      {"x[1h:]", "x[1h:]"},
      {"x offset -5m @ 10", "x @ 10.000 offset -5m"},
      {"x @ start()", "x @ start()"},
      {"x[max_of(step(), 1m) + range()/2]", "x[max_of(step(), 1m) + range() / 2]"},
      {"x offset 5 + 2", "x offset 5 + 2"},
      {"x offset (5 + 2)", "x offset (5 + 2)"},
      {"sum(x) by (job)", "sum by (job) (x)"},
      {"SUM BY (job, \"b c\") (x)", "sum by (job, \"b c\") (x)"},
      {"topk without() (3, x)", "topk without () (3, x)"},
      {"a and b or c unless d", "a and b or c unless d"},
      {"a / on(x) group_left(y) b", "a / on (x) group_left (y) b"},
      {"a > bool ignoring() b", "a > bool b"},
      {"a + fill(0) b", "a + fill (0) b"},
      {"a + fill_left(1) fill_right(2) b", "a + fill_left (1) fill_right (2) b"},
      {"fill + fill_left", "fill + fill_left"},
      {"rate(x[5m] anchored)", "rate(x[5m] anchored)"},
      {"x smoothed", "x smoothed"},
      {"h </ 2", "h </ 2"},
      {"label_replace(x, \"a\", \"$1\", \"b\", '(.*)')",
       "label_replace(x, \"a\", \"$1\", \"b\", \"(.*)\")"},
      {"start() - end()", "start() - end()"},
      {"sum", "sum"},
      {"x # comment\n + 1", "x + 1"},
  };
  for (const Printed& expected : kCases) {
    const StatusOr<ExprPtr> expr = Parse(expected.query);
    ASSERT_TRUE(expr.ok()) << expected.query << ": " << expr.status().ToString();
    EXPECT_EQ(Print(**expr), expected.canonical) << expected.query;
    const StatusOr<ExprPtr> again = Parse(Print(**expr));
    ASSERT_TRUE(again.ok()) << Print(**expr) << ": " << again.status().ToString();
    EXPECT_EQ(Print(**again), Print(**expr));
  }
}

struct Refused {
  std::string_view query;
  std::string_view message;
};

// Dashboards and people read these; each names the place and what was wrong there.
TEST(ParserTest, RefusesWithPlaceAndReason) {
  constexpr Refused kCases[] = {
      {"", "1:1: parse error: no expression found in input"},
      {"1+", "1:3: parse error: unexpected end of input"},
      {"*1", "1:1: parse error: unexpected <op:*>"},
      {"(1", "1:3: parse error: unclosed left parenthesis"},
      {"(1))", "1:4: parse error: unexpected right parenthesis ')'"},
      {"1 2", "1:3: parse error: unexpected number \"2\""},
      {"foo bar", "1:5: parse error: unexpected identifier \"bar\""},
      {"1\n+ *", "2:3: parse error: unexpected <op:*>"},
      {"0deadbeef", "1:1: parse error: bad number or duration syntax: \"0de\""},
      {"x[.5s]", "1:3: parse error: bad number or duration syntax: \".5s\""},
      {".90s.9", "1:1: parse error: bad number or duration syntax: \".90s.9\""},
      {"x[5mm]", "1:3: parse error: bad number or duration syntax: \"5mm\""},
      {"x{", "1:3: parse error: unexpected end of input inside braces"},
      {"x}", "1:2: parse error: unexpected character: '}'"},
      {"x{a=b}",
       "1:5: parse error: unexpected identifier \"b\" in label matching, expected string"},
      {"x{a}",
       "1:4: parse error: unexpected \"}\" in label matching, expected label matching operator"},
      {"x{a*\"b\"}", "1:4: parse error: unexpected character inside braces: '*'"},
      {"{}", "1:1: parse error: vector selector must contain at least one non-empty matcher"},
      {"x{__name__=\"y\"}", "1:1: parse error: metric name must not be set twice: \"x\" or \"y\""},
      {"x[0]", "1:3: parse error: duration must be greater than 0"},
      {"(x)[5m]", "1:1: parse error: ranges only allowed for vector selectors"},
      {"x offset 1m offset 1m", "1:1: parse error: offset may not be set multiple times"},
      {"1 offset 1m",
       "1:1: parse error: offset modifier must be preceded by an instant vector selector or "
       "range vector selector or a subquery"},
      {"a - on(b) ignoring(c) d", "1:11: parse error: unexpected <ignoring>"},
      {"a + group_left(b) c", "1:5: parse error: unexpected <group_left>"},
      {"1 == 1", "1:3: parse error: comparisons between scalars must use BOOL modifier"},
      {"a + bool b", "1:3: parse error: bool modifier can only be used on comparison operators"},
      {"a and 1", "1:1: parse error: set operator \"and\" not allowed in binary scalar expression"},
      {"a + on(x) group_left(x) b",
       "1:3: parse error: label \"x\" must not occur in ON and GROUP clause at once"},
      {"a and on(x) group_left(y) b",
       "1:1: parse error: no grouping allowed for \"and\" operation"},
      {"a == on(x) 1", "1:1: parse error: vector matching only allowed between instant vectors"},
      {"-\"x\"",
       "1:1: parse error: unary expression only allowed on expressions of type scalar or instant "
       "vector, got \"string\""},
      {"nope(x)", "1:1: parse error: unknown function with name \"nope\""},
      {"floor()", "1:1: parse error: expected 1 argument(s) in call to \"floor\", got 0"},
      {"hour(a, b)", "1:1: parse error: expected at most 1 argument(s) in call to \"hour\", got 2"},
      {"label_join()",
       "1:1: parse error: expected at least 3 argument(s) in call to \"label_join\", got 0"},
      {"rate(x)",
       "1:6: parse error: expected type range vector in call to function \"rate\", got instant "
       "vector"},
      {"sum(x[5m])",
       "1:5: parse error: expected type instant vector in aggregation expression, got range "
       "vector"},
      {"topk(x)",
       "1:1: parse error: wrong number of arguments for aggregate expression provided, expected "
       "2, got 1"},
      {"sum without(==)(x)",
       "1:13: parse error: unexpected <op:==> in grouping opts, expected label"},
      {"\"\\q\"", "1:1: parse error: error unquoting string \"\\\"\\\\q\\\"\": invalid syntax"},
  };
  for (const Refused& expected : kCases) {
    const StatusOr<ExprPtr> expr = Parse(expected.query);
    ASSERT_FALSE(expr.ok()) << expected.query;
    EXPECT_EQ(expr.status().code(), StatusCode::kInvalidArgument);
    EXPECT_EQ(expr.status().message(), expected.message) << expected.query;
  }
}

// A query of brackets must not take the server's stack with it.
TEST(ParserTest, RefusesToNestWithoutLimit) {
  const std::string open(100'000, '(');
  std::string chain = "1";
  for (int i = 0; i < 100'000; ++i) chain += "+1";
  const std::string signs(100'000, '-');
  for (const std::string& query :
       {open + "1" + std::string(100'000, ')'), chain, signs + "x", "x[" + open + "1"}) {
    EXPECT_FALSE(Parse(query).ok());
  }
  EXPECT_FALSE(Parse(std::string(kMaxQueryBytes + 1, ' ')).ok());
}

// match[] of the API takes selectors only.
TEST(ParserTest, SelectorHasNoTimeOfItsOwn) {
  const auto matchers = ParseSelector("up{job=\"x\"}");
  ASSERT_TRUE(matchers.ok());
  EXPECT_EQ(matchers->size(), 2u);
  EXPECT_FALSE(ParseSelector("up offset 5m").ok());
  EXPECT_FALSE(ParseSelector("rate(up[5m])").ok());
}

}  // namespace
}  // namespace glint::promql
