#include "server/own_metrics.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "base/file_in_memory.h"
#include "wire/exposition_check.h"

namespace glint::server {
namespace {

class OwnMetricsTest : public testing::Test {
 protected:
  OwnMetricsTest() {
    tsdb::MetricStoreOptions metric_options;
    metric_options.folder = "/data/metrics";
    metric_options.files = &files_;
    metric_options.maintenance_interval_ms = 0;
    metrics_ = *tsdb::MetricStore::Open(metric_options);
    tracedb::TraceStoreOptions trace_options;
    trace_options.folder = "/data/traces";
    trace_options.files = &files_;
    trace_options.maintenance_interval_ms = 0;
    traces_ = *tracedb::TraceStore::Open(trace_options);
    receiver_ = std::make_unique<pipeline::OtlpReceiver>(*metrics_, *traces_);
    scraper_ = std::make_unique<scrape::Scraper>(loop_, *metrics_, scrape::ScraperOptions());
    AddBuildMetrics(registry_);
    AddStoreMetrics(*metrics_, *traces_, registry_);
    AddOtlpMetrics(*receiver_, registry_);
    AddScrapeMetrics(*scraper_, registry_);
    RouteOwnMetrics(registry_, router_);
  }

  std::string Scrape(std::string accept) {
    net::HttpRequest request;
    request.method = "GET";
    request.path = "/metrics";
    request.headers = {{"Accept", std::move(accept)}};
    return router_.Route(request).body;
  }

  InMemoryFileSystem files_;
  net::EventLoop loop_{1};
  Registry registry_;
  net::HttpRouter router_;
  std::unique_ptr<tsdb::MetricStore> metrics_;
  std::unique_ptr<tracedb::TraceStore> traces_;
  std::unique_ptr<pipeline::OtlpReceiver> receiver_;
  std::unique_ptr<scrape::Scraper> scraper_;
};

// We are held to what `glint check metrics` asks of others.
TEST_F(OwnMetricsTest, PassTheStrictRulesInBothFormats) {
  const std::string open_metrics = Scrape("application/openmetrics-text");
  const auto report = wire::CheckExposition(open_metrics, wire::ExpositionFormat::kOpenMetrics);
  for (const auto& finding : report.findings) {
    ADD_FAILURE() << "line " << finding.line << ": " << finding.message;
  }
  EXPECT_GT(report.families, 30u);
  EXPECT_TRUE(wire::CheckExposition(Scrape(""), wire::ExpositionFormat::kPrometheusText).ok());
}

TEST_F(OwnMetricsTest, CountWhatIsAppended) {
  const auto refs = metrics_->Resolve(std::vector<model::Labels>{{{"__name__", "up"}}});
  ASSERT_TRUE(refs.ok());
  storage::MetricBatch batch;
  batch.series = {refs->front()};
  batch.values = {1};
  batch.time = SystemClock().NowMs();
  ASSERT_TRUE(metrics_->Append(std::move(batch)).ok());
  EXPECT_THAT(Scrape(""), testing::HasSubstr("\nglint_samples_appended_total 1\n"));
  EXPECT_THAT(Scrape(""), testing::HasSubstr("\nglint_active_series 1\n"));
}

}  // namespace
}  // namespace glint::server
