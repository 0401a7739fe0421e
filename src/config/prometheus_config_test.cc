#include "config/prometheus_config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace glint::config {
namespace {

using testing::HasSubstr;

PrometheusConfig Parse(std::string_view text) {
  StatusOr<PrometheusConfig> config = ParsePrometheusConfig(text, "p.yml");
  EXPECT_TRUE(config.ok()) << config.status().ToString();
  return config.ok() ? *config : PrometheusConfig();
}

std::string Error(std::string_view text) {
  const StatusOr<PrometheusConfig> config = ParsePrometheusConfig(text, "p.yml");
  return config.ok() ? "" : std::string(config.status().message());
}

TEST(PrometheusConfigTest, ReadsTheUsualFile) {
  const PrometheusConfig config = Parse(R"(
global:
  scrape_interval: 15s
  external_labels: {region: eu}
scrape_configs:
  - job_name: app
    scrape_interval: 5s
    metrics_path: /m
    params: {module: [a, b]}
    body_size_limit: 15MB
    basic_auth: {username: u, password: p}
    static_configs:
      - targets: ['localhost:8080', 'localhost:8081']
        labels: {env: prod}
    relabel_configs:
      - source_labels: [__address__]
        regex: '(.*):\d+'
        target_label: host
  - job_name: other
)");
  ASSERT_EQ(config.scrape_configs.size(), 2u);
  const ScrapeConfig& app = config.scrape_configs[0];
  EXPECT_EQ(app.scrape_interval_ms, 5000);
  // Not given, so no longer than the interval.
  EXPECT_EQ(app.scrape_timeout_ms, 5000);
  EXPECT_EQ(app.body_size_limit, 15u << 20);
  EXPECT_EQ(app.static_configs[0].targets.size(), 2u);
  EXPECT_EQ(app.static_configs[0].labels[0].value, "prod");
  EXPECT_EQ(app.relabel_configs[0].target_label, "host");
  EXPECT_EQ(app.params[0].second[1], "b");
  EXPECT_TRUE(app.credentials.HasBasic());
  EXPECT_EQ(config.scrape_configs[1].scrape_interval_ms, 15'000);
  EXPECT_EQ(config.scrape_configs[1].scrape_timeout_ms, 10'000);
  EXPECT_TRUE(config.warnings.empty());
}

// At three in the morning the message must name the line, the key and what was meant.
TEST(PrometheusConfigTest, ErrorsSayWhereAndWhat) {
  EXPECT_EQ(Error("scrape_configs:\n  - job_name: a\n    scrape_intervall: 5s\n"),
            "p.yml:3: scrape_configs[0].scrape_intervall: unknown key, did you mean "
            "scrape_interval?");
  EXPECT_EQ(Error("scrape_configs:\n  - job_name: a\n    scrape_interval: 5 s\n"),
            "p.yml:3: scrape_configs[0].scrape_interval: not a valid duration string: \"5 s\"");
  EXPECT_THAT(
      Error("scrape_configs:\n - job_name: a\n   scrape_interval: 5s\n   scrape_timeout: 6s"),
      HasSubstr("scrape timeout greater than scrape interval for scrape config with job "
                "name \"a\": 6s and 5s"));
  EXPECT_THAT(Error("scrape_configs: [{job_name: a}, {job_name: a}]"),
              HasSubstr("found multiple scrape configs with job name \"a\""));
  EXPECT_THAT(Error("global: {}\nglobal: {}"), HasSubstr("p.yml:2: global: the key stands twice"));
  EXPECT_THAT(Error("a: [b"), HasSubstr("not valid YAML"));
  EXPECT_THAT(Error("scrape_configs: [{static_configs: []}]"), HasSubstr("job_name is empty"));
  EXPECT_THAT(Error("just text"), HasSubstr("expected a mapping"));
}

std::string RuleError(const std::string& rule) {
  return Error("scrape_configs: [{job_name: a, relabel_configs: [" + rule + "]}]");
}

TEST(PrometheusConfigTest, RelabelRulesAreHeldToPrometheusOwnRules) {
  EXPECT_EQ(RuleError("{action: LABELDROP, regex: x}"), "");
  EXPECT_THAT(RuleError("{action: hashmod, target_label: x}"), HasSubstr("non-zero modulus"));
  EXPECT_THAT(RuleError("{action: replace}"), HasSubstr("requires 'target_label'"));
  EXPECT_THAT(RuleError("{action: labelkeep, source_labels: [a]}"), HasSubstr("only 'regex'"));
  EXPECT_THAT(RuleError("{action: dropequal, target_label: x, regex: y}"), HasSubstr("no other"));
  EXPECT_THAT(RuleError("{regex: 'a(b', target_label: x}"), HasSubstr("missing )"));
  EXPECT_THAT(RuleError("{action: explode}"), HasSubstr("unknown relabel action \"explode\""));
  EXPECT_THAT(RuleError("~"), HasSubstr("empty or null"));
}

TEST(PrometheusConfigTest, OneWayOfAuthorizationOnly) {
  EXPECT_THAT(Error("scrape_configs: [{job_name: a, bearer_token: x, basic_auth: {username: u}}]"),
              HasSubstr("at most one of"));
}

// What glint leaves out must be said, or somebody waits for targets that never come.
TEST(PrometheusConfigTest, WhatIsNotActedOnIsNamedWithItsLine) {
  const PrometheusConfig config = Parse(
      "rule_files: [a.yml]\n"
      "scrape_configs:\n"
      "  - job_name: a\n"
      "    kubernetes_sd_configs: [{role: pod}]\n");
  ASSERT_EQ(config.warnings.size(), 2u);
  EXPECT_EQ(config.warnings[0],
            "p.yml:4: scrape_configs[0].kubernetes_sd_configs: not acted on: targets that it "
            "would find are not scraped");
  EXPECT_EQ(config.warnings[1], "p.yml:1: rule_files: not acted on");
}

}  // namespace
}  // namespace glint::config
