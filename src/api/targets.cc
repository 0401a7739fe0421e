#include "api/targets.h"

#include <fmt/format.h>

#include <ctime>
#include <set>
#include <string>

#include "api/json_values.h"
#include "api/params.h"
#include "api/reply.h"
#include "base/duration.h"

namespace glint::api {
namespace {

// Go's zero time, which clients of the API take for "never".
constexpr std::string_view kNever = "0001-01-01T00:00:00Z";

std::string Rfc3339(model::TimeMs time) {
  if (time == 0) return std::string(kNever);
  const time_t seconds = time / 1000;
  tm parts;
  gmtime_r(&seconds, &parts);
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z", parts.tm_year + 1900,
                     parts.tm_mon + 1, parts.tm_mday, parts.tm_hour, parts.tm_min, parts.tm_sec,
                     time % 1000);
}

std::string_view HealthText(scrape::TargetHealth health) {
  switch (health) {
    case scrape::TargetHealth::kUnknown:
      return "unknown";
    case scrape::TargetHealth::kUp:
      return "up";
    case scrape::TargetHealth::kDown:
      return "down";
  }
  return "unknown";
}

void WriteTarget(const scrape::TargetState& state, JsonWriter& json) {
  json.BeginObject().Key("discoveredLabels");
  WriteLabels(state.target.discovered, json);
  json.Key("labels");
  WriteLabels(state.target.labels, json);
  json.Key("scrapePool").String(state.job).Key("scrapeUrl").String(state.target.url);
  json.Key("globalUrl").String(state.target.url).Key("lastError").String(state.last_error);
  json.Key("lastScrape").String(Rfc3339(state.last_scrape));
  json.Key("lastScrapeDuration").Double(state.last_duration_seconds);
  json.Key("lastSamplesScraped").Uint(state.last_samples);
  json.Key("health").String(HealthText(state.health));
  json.Key("scrapeInterval").String(FormatDurationMs(state.target.interval_ms));
  json.Key("scrapeTimeout").String(FormatDurationMs(state.target.timeout_ms)).EndObject();
}

net::HttpResponse Targets(const scrape::Scraper& scraper, const net::HttpRequest& request) {
  const Params params(request);
  const std::string_view state = params.Get("state");
  const std::string_view pool = params.Get("scrapePool");
  JsonWriter json;
  json.BeginObject().Key("activeTargets").BeginArray();
  for (const scrape::TargetState& target : scraper.Targets()) {
    if (state == "dropped" || (!pool.empty() && target.job != pool)) continue;
    WriteTarget(target, json);
  }
  // Which targets relabelling dropped is not remembered, only how many.
  json.EndArray().Key("droppedTargets").BeginArray().EndArray();
  json.Key("droppedTargetCounts").BeginObject();
  if (scraper.dropped_targets() > 0) json.Key("all").Uint(scraper.dropped_targets());
  json.EndObject().EndObject();
  return Success(json.text());
}

net::HttpResponse ScrapePools(const scrape::Scraper& scraper) {
  std::set<std::string> pools;
  for (const scrape::TargetState& target : scraper.Targets()) pools.insert(target.job);
  JsonWriter json;
  json.BeginObject().Key("scrapePools").BeginArray();
  for (const std::string& pool : pools) json.String(pool);
  json.EndArray().EndObject();
  return Success(json.text());
}

}  // namespace

void RouteTargets(const scrape::Scraper& scraper, net::HttpRouter& router) {
  router.Handle("GET", "/api/v1/targets",
                [&scraper](const net::HttpRequest& request) { return Targets(scraper, request); });
  router.Handle("GET", "/api/v1/scrape_pools",
                [&scraper](const net::HttpRequest&) { return ScrapePools(scraper); });
}

}  // namespace glint::api
