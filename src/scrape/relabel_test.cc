#include "scrape/relabel.h"

#include <gtest/gtest.h>
#include <re2/re2.h>

#include "scrape/target.h"

namespace glint::scrape {
namespace {

using config::RelabelAction;
using config::RelabelRule;
using model::Labels;

RelabelRule Rule(RelabelAction action, std::vector<std::string> source, std::string regex,
                 std::string target = "", std::string replacement = "$1") {
  RelabelRule rule;
  rule.action = action;
  rule.source_labels = std::move(source);
  rule.regex_text = regex;
  rule.regex = std::make_shared<RE2>("^(?:" + regex + ")$");
  rule.target_label = std::move(target);
  rule.replacement = std::move(replacement);
  return rule;
}

std::string After(const RelabelRule& rule, const Labels& labels) {
  const std::optional<Labels> result = Relabel({rule}, labels);
  return result.has_value() ? result->ToString() : "dropped";
}

const Labels kLabels = {{"a", "foo"}, {"b", "bar"}, {"c", "baz"}};

TEST(Relabel, ReplaceNeedsAMatchOfTheWholeValue) {
  EXPECT_EQ(After(Rule(RelabelAction::kReplace, {"a"}, "f(.*)", "d", "ch${1}-ch${1}"), kLabels),
            R"({a="foo", b="bar", c="baz", d="choo-choo"})");
  EXPECT_EQ(After(Rule(RelabelAction::kReplace, {"a"}, "o", "d"), kLabels), kLabels.ToString());
  EXPECT_EQ(After(Rule(RelabelAction::kReplace, {"a", "b"}, "foo;(ba)(r)", "$2_x", "$1"), kLabels),
            kLabels.ToString());
  EXPECT_EQ(
      After(Rule(RelabelAction::kReplace, {"a", "b"}, "foo;(ba)(r)", "${2}_x", "$1"), kLabels),
      R"({a="foo", b="bar", c="baz", r_x="ba"})");
  EXPECT_EQ(After(Rule(RelabelAction::kReplace, {"a"}, ".*", "b", ""), kLabels),
            R"({a="foo", c="baz"})");
  EXPECT_EQ(After(Rule(RelabelAction::kReplace, {"a"}, "(?P<x>f).*", "b", "$x$$$9$"), kLabels),
            R"({a="foo", b="f$$", c="baz"})");
}

TEST(Relabel, KeepsAndDrops) {
  EXPECT_EQ(After(Rule(RelabelAction::kKeep, {"a"}, "fo+"), kLabels), kLabels.ToString());
  EXPECT_EQ(After(Rule(RelabelAction::kKeep, {"a"}, "f"), kLabels), "dropped");
  EXPECT_EQ(After(Rule(RelabelAction::kDrop, {"a"}, "foo"), kLabels), "dropped");
  EXPECT_EQ(After(Rule(RelabelAction::kKeepEqual, {"a"}, "(.*)", "b"), kLabels), "dropped");
  EXPECT_EQ(After(Rule(RelabelAction::kDropEqual, {"a"}, "(.*)", "b"), kLabels),
            kLabels.ToString());
  EXPECT_EQ(After(Rule(RelabelAction::kLabelDrop, {}, "a|b"), kLabels), R"({c="baz"})");
  EXPECT_EQ(After(Rule(RelabelAction::kLabelKeep, {}, "a|b"), kLabels), R"({a="foo", b="bar"})");
}

TEST(Relabel, MapsHashesAndChangesCase) {
  EXPECT_EQ(After(Rule(RelabelAction::kLabelMap, {}, "(a|b)", "", "x_$1"), kLabels),
            R"({a="foo", b="bar", c="baz", x_a="foo", x_b="bar"})");
  EXPECT_EQ(After(Rule(RelabelAction::kUppercase, {"a"}, "(.*)", "d"), kLabels),
            R"({a="foo", b="bar", c="baz", d="FOO"})");
  // The same target must land on the shard that Prometheus gives it.
  RelabelRule hash = Rule(RelabelAction::kHashMod, {"c"}, "(.*)", "d");
  hash.modulus = 1000;
  const std::optional<Labels> hashed = Relabel({hash}, kLabels);
  ASSERT_TRUE(hashed.has_value());
  // md5("baz") = 73feffa4b7f6bb68e44cf984c85f6e88; 0xe44cf984c85f6e88 % 1000.
  EXPECT_EQ(hashed->Get("d"), std::to_string(0xe44cf984c85f6e88u % 1000));
}

config::ScrapeConfig Job(std::vector<std::string> targets) {
  config::ScrapeConfig job;
  job.job_name = "app";
  job.scrape_interval_ms = 5000;
  job.scrape_timeout_ms = 5000;
  job.static_configs = {{std::move(targets), {{"env", "dev"}}}};
  return job;
}

TEST(MakeTargets, GivesJobInstanceAndGroupLabels) {
  config::ScrapeConfig job = Job({"h:1", "h:1", "h:2"});
  job.params = {{"module", {"a b", "c"}}};
  const TargetList list = MakeTargets(job);
  ASSERT_EQ(list.targets.size(), 2u);
  EXPECT_EQ(list.targets[0].labels.ToString(), R"({env="dev", instance="h:1", job="app"})");
  EXPECT_EQ(list.targets[0].url, "http://h:1/metrics?module=a%20b&module=c");
  EXPECT_EQ(list.targets[0].discovered.Get("__address__"), "h:1");
  EXPECT_NE(list.targets[0].Hash(), list.targets[1].Hash());
}

// The blackbox exporter's recipe: address to parameter, parameter to instance, exporter as address.
TEST(MakeTargets, RulesMayRedirectATarget) {
  config::ScrapeConfig job = Job({"example.org"});
  job.relabel_configs = {
      Rule(RelabelAction::kReplace, {"__address__"}, "(.*)", "__param_target"),
      Rule(RelabelAction::kReplace, {"__param_target"}, "(.*)", "instance"),
      Rule(RelabelAction::kReplace, {}, "(.*)", "__address__", "127.0.0.1:9115"),
      Rule(RelabelAction::kReplace, {}, "(.*)", "__metrics_path__", "/probe"),
  };
  const TargetList list = MakeTargets(job);
  ASSERT_EQ(list.targets.size(), 1u);
  EXPECT_EQ(list.targets[0].url, "http://127.0.0.1:9115/probe?target=example.org");
  EXPECT_EQ(list.targets[0].labels.Get("instance"), "example.org");
}

TEST(MakeTargets, CountsDroppedAndNamesWhatIsNoTarget) {
  config::ScrapeConfig job = Job({"keep:1", "drop:1", "broken:1"});
  job.relabel_configs = {
      Rule(RelabelAction::kDrop, {"__address__"}, "drop.*"),
      Rule(RelabelAction::kReplace, {"__address__"}, "broken.*", "__scrape_timeout__", "6s"),
  };
  const TargetList list = MakeTargets(job);
  EXPECT_EQ(list.targets.size(), 1u);
  EXPECT_EQ(list.dropped, 1u);
  ASSERT_EQ(list.errors.size(), 1u);
  EXPECT_EQ(list.errors[0],
            "job \"app\": target \"broken:1\": scrape timeout 6s is greater than scrape interval "
            "5s");
}

}  // namespace
}  // namespace glint::scrape
