#include "config/prometheus_config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <re2/re2.h>

#include "config/byte_size.h"

namespace glint::config {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Pair;

PrometheusConfig Parsed(std::string_view text) {
  StatusOr<PrometheusConfig> config = ParsePrometheusConfig(text, "p.yml");
  EXPECT_TRUE(config.ok()) << config.status().ToString();
  return config.ok() ? *std::move(config) : PrometheusConfig();
}

std::string Error(std::string_view text) {
  const StatusOr<PrometheusConfig> config = ParsePrometheusConfig(text, "p.yml");
  return config.ok() ? "accepted" : std::string(config.status().message());
}

TEST(PrometheusConfig, HasPrometheusDefaults) {
  const PrometheusConfig config = Parsed(R"(
scrape_configs:
  - job_name: app
    static_configs: [{targets: ['localhost:8000'], labels: {env: dev}}]
)");
  ASSERT_EQ(config.scrape_configs.size(), 1u);
  const ScrapeConfig& job = config.scrape_configs[0];
  EXPECT_EQ(job.scrape_interval_ms, 60'000);
  EXPECT_EQ(job.scrape_timeout_ms, 10'000);
  EXPECT_EQ(job.metrics_path, "/metrics");
  EXPECT_TRUE(job.honor_timestamps);
  EXPECT_FALSE(job.honor_labels);
  EXPECT_EQ(job.scrape_protocols.front(), "OpenMetricsText1.0.0");
  ASSERT_EQ(job.static_configs.size(), 1u);
  EXPECT_THAT(job.static_configs[0].targets, ElementsAre("localhost:8000"));
  EXPECT_EQ(job.static_configs[0].labels[0], (model::Label{"env", "dev"}));
  EXPECT_THAT(config.warnings, IsEmpty());
}

// The original example scrapes every 5 s and says nothing of the timeout.
TEST(PrometheusConfig, TheTimeoutIsCappedToTheIntervalUnlessGiven) {
  const PrometheusConfig config = Parsed(R"(
global: {scrape_interval: 30s, scrape_timeout: 20s}
scrape_configs:
  - {job_name: a, scrape_interval: 5s}
  - {job_name: b}
  - {job_name: c, scrape_interval: 5s, scrape_timeout: 4s}
)");
  EXPECT_EQ(config.scrape_configs[0].scrape_timeout_ms, 5'000);
  EXPECT_EQ(config.scrape_configs[1].scrape_timeout_ms, 20'000);
  EXPECT_EQ(config.scrape_configs[2].scrape_timeout_ms, 4'000);
  EXPECT_THAT(Error("scrape_configs: [{job_name: x, scrape_interval: 5s, scrape_timeout: 6s}]"),
              HasSubstr("scrape timeout greater than scrape interval for scrape config with job "
                        "name \"x\""));
}

TEST(PrometheusConfig, ErrorsNameFileLineAndKey) {
  EXPECT_EQ(Error("global:\n  scrape_interval: 5s\nscrape_configs:\n  - job_name: x\n"
                  "    scrape_intervall: 1s\n"),
            "p.yml:5: scrape_configs[0].scrape_intervall: unknown key (did you mean "
            "scrape_interval?)");
  EXPECT_THAT(Error("global: {scrape_interval: soon}"),
              HasSubstr("p.yml:1: global.scrape_interval"));
  EXPECT_THAT(Error("a: [b\n"), HasSubstr("p.yml:"));
  EXPECT_THAT(Error("- a\n"), HasSubstr("expected a map"));
  EXPECT_THAT(Error("scrape_configs: {a: b}"), HasSubstr("expected a list"));
  EXPECT_THAT(Error("global: {}\nglobal: {}\n"),
              HasSubstr("p.yml:2: global: key is defined twice"));
  EXPECT_THAT(Error("scrape_configs: [{job_name: a}, {job_name: a}]"),
              HasSubstr("found multiple scrape configs with job name \"a\""));
  EXPECT_THAT(Error("scrape_configs: [{job_name: a, honor_labels: maybe}]"),
              HasSubstr("neither true nor false"));
  EXPECT_THAT(Error("scrape_configs: [{job_name: a, sample_limit: -1}]"), HasSubstr("\"-1\""));
}

// A rule file that is silently not evaluated is an alert that never fires.
TEST(PrometheusConfig, WhatIsNotActedOnIsAWarningWithItsLine) {
  const PrometheusConfig config = Parsed(R"(rule_files: [a.yml]
scrape_configs:
  - job_name: pods
    kubernetes_sd_configs: [{role: pod}]
    static_configs: [{targets: ['a:1']}]
)");
  ASSERT_EQ(config.warnings.size(), 2u);
  EXPECT_THAT(config.warnings[0], HasSubstr("p.yml:4: scrape_configs[0].kubernetes_sd_configs"));
  EXPECT_THAT(config.warnings[0], HasSubstr("only its static_configs, 1"));
  EXPECT_THAT(config.warnings[1], HasSubstr("p.yml:1: rule_files"));
}

TEST(PrometheusConfig, ReadsCredentialsTlsParamsAndLimits) {
  const PrometheusConfig config = Parsed(R"(
global: {sample_limit: 7, body_size_limit: 10MB, external_labels: {replica: a}}
scrape_configs:
  - job_name: a
    scheme: https
    params: {module: [http_2xx, other]}
    basic_auth: {username: u, password_file: secret}
    tls_config: {ca_file: /ca.pem, insecure_skip_verify: true}
    label_limit: 30
  - job_name: b
    authorization: {credentials: token}
    sample_limit: 9
)");
  const ScrapeConfig& a = config.scrape_configs[0];
  EXPECT_THAT(a.params, ElementsAre(Pair("module", ElementsAre("http_2xx", "other"))));
  EXPECT_TRUE(a.credentials.HasBasic());
  EXPECT_EQ(a.credentials.password_file, "./secret");
  EXPECT_EQ(a.tls.ca_file, "/ca.pem");
  EXPECT_TRUE(a.tls.insecure_skip_verify);
  EXPECT_EQ(a.sample_limit, 7u);
  EXPECT_EQ(a.body_size_limit, 10u << 20);
  EXPECT_EQ(a.label_limit, 30u);
  EXPECT_TRUE(config.scrape_configs[1].credentials.HasAuthorization());
  EXPECT_EQ(config.scrape_configs[1].sample_limit, 9u);
  EXPECT_EQ(config.external_labels[0].name, "replica");
}

TEST(PrometheusConfig, ReadsAndChecksRelabelRules) {
  const PrometheusConfig config = Parsed(R"(
scrape_configs:
  - job_name: a
    relabel_configs:
      - {source_labels: [a, b], regex: 'x(.*)', target_label: c, replacement: '$1-y'}
      - {action: HASHMOD, source_labels: [a], target_label: shard, modulus: 8}
    metric_relabel_configs: [{action: labeldrop, regex: 'tmp_.*'}]
)");
  const ScrapeConfig& job = config.scrape_configs[0];
  ASSERT_EQ(job.relabel_configs.size(), 2u);
  EXPECT_EQ(job.relabel_configs[1].action, RelabelAction::kHashMod);
  EXPECT_TRUE(RE2::FullMatch("xyz", *job.relabel_configs[0].regex));
  EXPECT_FALSE(RE2::FullMatch("axyz", *job.relabel_configs[0].regex));
  const auto rule = [](std::string_view body) {
    return Error(fmt::format("scrape_configs: [{{job_name: a, relabel_configs: [{}]}}]", body));
  };
  EXPECT_THAT(rule("{regex: 'a(b'}"), HasSubstr("error parsing regexp"));
  EXPECT_THAT(rule("{regex: a}"), HasSubstr("requires 'target_label'"));
  EXPECT_THAT(rule("{action: hashmod, target_label: a}"), HasSubstr("modulus"));
  EXPECT_THAT(rule("{action: frob, target_label: a}"), HasSubstr("unknown relabel action"));
  EXPECT_THAT(rule("{action: labelkeep, separator: ','}"), HasSubstr("'separator' can not be set"));
}

TEST(ParseByteSize, ReadsUnits) {
  EXPECT_EQ(*ParseByteSize("0"), 0u);
  EXPECT_EQ(*ParseByteSize("512B"), 512u);
  EXPECT_EQ(*ParseByteSize("1.5KiB"), 1536u);
  EXPECT_EQ(*ParseByteSize("1GB1MB"), (1u << 30) + (1u << 20));
  for (const std::string_view bad : {"", "10", "MB", "10XB", "-1MB", "9999EB"}) {
    EXPECT_FALSE(ParseByteSize(bad).ok()) << bad;
  }
}

}  // namespace
}  // namespace glint::config
