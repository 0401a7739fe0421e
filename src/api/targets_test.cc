#include "api/targets.h"

#include <gmock/gmock.h>

#include "api/api_test_server.h"

namespace glint::api {
namespace {

using testing::HasSubstr;

class TargetsApiTest : public ApiTest {
 protected:
  TargetsApiTest() : scraper_(loop_, metrics_, scrape::ScraperOptions()) {
    RouteTargets(scraper_, router_);
    config::PrometheusConfig config;
    config::ScrapeConfig job;
    job.job_name = "app";
    // Nobody listens on the discard port, and an hour is longer than this test.
    job.static_configs = {{{"127.0.0.1:9"}, {{"env", "prod"}}}};
    job.scrape_interval_ms = 3'600'000;
    config.scrape_configs = {job};
    EXPECT_TRUE(scraper_.Apply(config).ok());
  }
  net::EventLoop loop_{1};
  scrape::Scraper scraper_;
};

TEST_F(TargetsApiTest, ListsWhatIsScraped) {
  const std::string body = Get("/api/v1/targets").body;
  EXPECT_THAT(body, HasSubstr(R"("scrapePool":"app","scrapeUrl":"http://127.0.0.1:9/metrics")"));
  EXPECT_THAT(body, HasSubstr(R"("labels":{"env":"prod","instance":"127.0.0.1:9","job":"app"})"));
  EXPECT_THAT(body, HasSubstr(R"("scrapeInterval":"1h","scrapeTimeout":"10s")"));
  EXPECT_THAT(Get("/api/v1/scrape_pools").body, HasSubstr(R"({"scrapePools":["app"]})"));
}

TEST_F(TargetsApiTest, FiltersByPool) {
  EXPECT_THAT(Get("/api/v1/targets", {{"scrapePool", "other"}}).body,
              HasSubstr(R"("activeTargets":[])"));
}

}  // namespace
}  // namespace glint::api
