#include "scrape/scraper.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <re2/re2.h>

#include <atomic>
#include <thread>

#include "model/sample.h"
#include "net/encoding.h"
#include "net/http_server.h"
#include "storage/memory_metrics.h"

namespace glint::scrape {
namespace {

using std::chrono::milliseconds;
using ::testing::IsEmpty;

constexpr std::string_view kText = "text/plain; version=0.0.4";
constexpr std::string_view kOpenMetrics = "application/openmetrics-text; version=1.0.0";

// Passes on to a store, but for the failures that a test asks for.
class FailingWriter final : public storage::MetricWriter {
 public:
  explicit FailingWriter(storage::MetricWriter& store) : store_(store) {}
  StatusOr<std::vector<model::SeriesRef>> Resolve(std::span<const model::Labels> series) override {
    ++resolved;
    return store_.Resolve(series);
  }
  StatusOr<storage::AppendCounts> Append(storage::MetricBatch batch) override {
    if (not_found.exchange(false)) return NotFound("ref 7 is unknown");
    if (full) return Unavailable("the disk is full");
    return store_.Append(std::move(batch));
  }
  // As a store that gathers: the answer comes later, from another thread.
  void AppendSoon(storage::MetricBatch batch, storage::AppendDone done) override {
    if (!late) return done(Append(std::move(batch)));
    const std::lock_guard lock(mutex);
    waiting.emplace_back(
        [this, done, held = std::make_shared<storage::MetricBatch>(std::move(batch))] {
          done(Append(std::move(*held)));
        });
  }
  size_t Waiting() {
    const std::lock_guard lock(mutex);
    return waiting.size();
  }
  void AnswerAll() {
    std::vector<std::function<void()>> answers;
    {
      const std::lock_guard lock(mutex);
      answers.swap(waiting);
    }
    for (const auto& answer : answers) answer();
  }

  std::atomic<bool> late = false;
  std::mutex mutex;
  std::vector<std::function<void()>> waiting;
  std::atomic<bool> not_found = false;
  std::atomic<bool> full = false;
  std::atomic<int> resolved = 0;

 private:
  storage::MetricWriter& store_;
};

// Real scrapes every 100 ms. On a machine that is busy one may time out, so the tests wait for what
// has to come; what must not come is tested in target_series_test.cc.
class ScraperTest : public testing::Test {
 protected:
  ScraperTest() {
    net::HttpServerOptions options;
    options.address = "127.0.0.1:0";
    net::HttpRouter router;
    router.Handle("GET", "/metrics", [this](const net::HttpRequest& request) {
      const std::lock_guard lock(mutex_);
      last_request_ = request;
      return answer_(request);
    });
    server_ = *net::HttpServer::Start(loop_, options, std::move(router));
    Says("a 1\nb 2\n");
    job_.job_name = "app";
    job_.scrape_interval_ms = 100;
    job_.scrape_timeout_ms = 100;
    job_.scrape_protocols = {"OpenMetricsText1.0.0", "PrometheusText0.0.4"};
    job_.static_configs = {{{server_->address()}, {}}};
  }
  ~ScraperTest() override {
    if (scraper_ != nullptr) scraper_->Stop();
  }

  void Answer(net::HttpHandler answer) {
    const std::lock_guard lock(mutex_);
    answer_ = std::move(answer);
  }
  void Says(std::string body, std::string_view type = kText) {
    Answer([body, type](const net::HttpRequest&) {
      net::HttpResponse response;
      response.content_type = type;
      response.body = body;
      return response;
    });
  }
  void Start() {
    ScraperOptions options;
    options.version = "1.2.3";
    scraper_ = std::make_unique<Scraper>(loop_, writer_, options);
    Apply();
  }
  void Apply() {
    config::PrometheusConfig config;
    config.scrape_configs = {job_};
    const Status applied = scraper_->Apply(config);
    ASSERT_TRUE(applied.ok()) << applied.ToString();
  }
  TargetState State() { return scraper_->Targets().at(0); }

  template <typename Condition>
  static void WaitFor(Condition condition) {
    while (!condition()) std::this_thread::sleep_for(milliseconds(1));
  }
  void WaitForError(const std::string& part) {
    WaitFor([&] { return State().last_error.find(part) != std::string::npos; });
    EXPECT_EQ(State().health, TargetHealth::kDown);
  }
  void WaitUntilUp() {
    WaitFor([&] { return State().health == TargetHealth::kUp; });
  }

  std::vector<double> Values(const std::string& metric) {
    QueryBudget budget;
    storage::SeriesQuery query;
    query.series = {model::Matcher::Equal("__name__", metric)};
    auto cursor = *store_.Select(query, budget);
    std::vector<double> values;
    while (true) {
      const storage::SeriesBlock block = *cursor->Next();
      if (block.series.empty()) return values;
      for (const storage::SeriesData& data : block.series) {
        values.insert(values.end(), data.values.begin(), data.values.end());
      }
    }
  }
  size_t Markers(const std::string& metric) {
    const std::vector<double> values = Values(metric);
    return static_cast<size_t>(std::count_if(values.begin(), values.end(), model::IsStaleNan));
  }
  std::vector<model::Labels> Series(const std::string& metric) {
    QueryBudget budget;
    storage::SeriesQuery query;
    query.series = {model::Matcher::Equal("__name__", metric)};
    return *store_.Series(query, 0, budget);
  }

  net::EventLoop loop_{2};
  std::mutex mutex_;
  net::HttpHandler answer_;
  net::HttpRequest last_request_;
  std::unique_ptr<net::HttpServer> server_;
  storage::MemoryMetrics store_;
  FailingWriter writer_{store_};
  config::ScrapeConfig job_;
  std::unique_ptr<Scraper> scraper_;
};

TEST_F(ScraperTest, StoresSamplesWithTheLabelsOfTheTarget) {
  Says("a{job=\"mine\"} 1\n");
  Start();
  WaitUntilUp();
  ASSERT_EQ(Series("a").size(), 1u);
  EXPECT_EQ(Series("a")[0].ToString(), fmt::format("a{{exported_job=\"mine\", instance=\"{}\", "
                                                   "job=\"app\"}}",
                                                   server_->address()));
  for (const std::string name : {"up", "scrape_duration_seconds", "scrape_samples_scraped",
                                 "scrape_samples_post_metric_relabeling", "scrape_series_added"}) {
    EXPECT_EQ(Series(name).size(), 1u) << name;
  }
  EXPECT_THAT(Series("scrape_timeout_seconds"), IsEmpty());
  EXPECT_THAT(Values("up"), ::testing::Contains(1));
}

// Trap 1 of the contract: without OpenMetrics in Accept there are no exemplars, and no error.
TEST_F(ScraperTest, AsksForOpenMetricsFirst) {
  Start();
  WaitUntilUp();
  const std::lock_guard lock(mutex_);
  EXPECT_EQ(last_request_.Header("Accept"),
            "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,"
            "text/plain;version=0.0.4;q=0.5,*/*;q=0.2");
  EXPECT_EQ(last_request_.Header("User-Agent"), "glint/1.2.3");
  EXPECT_EQ(last_request_.Header("Accept-Encoding"), "gzip");
  EXPECT_EQ(last_request_.Header("X-Prometheus-Scrape-Timeout-Seconds"), "0.1");
}

TEST_F(ScraperTest, ExemplarsArriveOnce) {
  Says(
      "# TYPE h histogram\nh_bucket{le=\"1\"} 1 # {trace_id=\"4bf92f3577b34da6a3ce929d0e0e4736\","
      "span_id=\"00f067aa0ba902b7\"} 0.5\nh_bucket{le=\"+Inf\"} 1\nh_sum 0.5\nh_count 1\n# EOF\n",
      kOpenMetrics);
  Start();
  WaitFor([&] { return Values("h_count").size() >= 4; });
  QueryBudget budget;
  const auto found = *store_.SelectExemplars(storage::ExemplarQuery{}, budget);
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].series.Get("le"), "1.0");
  ASSERT_EQ(found[0].exemplars.size(), 1u);
  EXPECT_EQ(found[0].exemplars[0].trace_id.ToHex(), "4bf92f3577b34da6a3ce929d0e0e4736");
}

TEST_F(ScraperTest, ReadsGzip) {
  Answer([](const net::HttpRequest&) {
    net::HttpResponse response;
    response.content_type = kText;
    response.headers.emplace_back("Content-Encoding", "gzip");
    response.body = net::GzipCompress("zipped 1\n");
    return response;
  });
  Start();
  WaitUntilUp();
  EXPECT_EQ(Series("zipped").size(), 1u);
}

TEST_F(ScraperTest, ASeriesThatDisappearsEnds) {
  Start();
  WaitFor([&] { return !Values("b").empty(); });
  Says("a 1\n");
  WaitFor([&] { return Markers("b") >= 1; });
}

TEST_F(ScraperTest, FailuresSayWhatIsWrongAndEndTheSeries) {
  job_.sample_limit = 5;
  job_.body_size_limit = 10'000;
  Start();
  WaitUntilUp();
  Says("what is this\n");
  WaitForError("line 1: ");
  WaitFor([&] { return Markers("a") >= 1; });
  Says("a 1\n", "text/html");
  WaitForError("text/html");
  Says("a 1\n", kOpenMetrics);
  WaitForError("EOF");
  Says("a 1\nb 1\nc 1\nd 1\ne 1\nf 1\n");
  WaitForError("sample limit exceeded");
  Says("# " + std::string(10'000, 'x'));
  WaitForError("body size limit exceeded");
  Answer([](const net::HttpRequest&) {
    net::HttpResponse response;
    response.headers.emplace_back("Content-Encoding", "gzip");
    response.body = net::GzipCompress("# " + std::string(1'000'000, 'x'));
    return response;
  });
  WaitForError("body size limit exceeded: more than 10000 bytes");
  Answer([](const net::HttpRequest&) {
    net::HttpResponse response;
    response.status = 500;
    return response;
  });
  WaitForError("server returned HTTP status 500 Internal Server Error");
  Answer([](const net::HttpRequest&) {
    net::HttpResponse response;
    response.status = 302;
    response.headers.emplace_back("Location", "/metrics");
    return response;
  });
  WaitForError("stopped after 10 redirects");
  Answer([](const net::HttpRequest& request) {
    while (!request.stop.stop_requested()) std::this_thread::sleep_for(milliseconds(1));
    return net::HttpResponse();
  });
  WaitForError("timeout after 100ms");
  Says("a 1\n");
  WaitUntilUp();
  EXPECT_THAT(Values("up"), ::testing::AllOf(::testing::Contains(0), ::testing::Contains(1)));
}

TEST_F(ScraperTest, ATargetThatRestartsIsBack) {
  Start();
  WaitUntilUp();
  net::HttpServerOptions options;
  options.address = server_->address();
  server_.reset();
  WaitForError("Connection refused");
  net::HttpRouter router;
  router.Handle("GET", "/metrics", [](const net::HttpRequest&) {
    net::HttpResponse response;
    response.content_type = kText;
    response.body = "back 1\n";
    return response;
  });
  auto again = net::HttpServer::Start(loop_, options, std::move(router));
  ASSERT_TRUE(again.ok()) << again.status().ToString();
  server_ = *std::move(again);
  WaitUntilUp();
  EXPECT_EQ(Series("back").size(), 1u);
}

TEST_F(ScraperTest, DuplicateSeriesAreCountedAndTheFirstStays) {
  Says("a 1\na 2\n");
  Start();
  WaitUntilUp();
  EXPECT_EQ(Values("a")[0], 1);
  EXPECT_GE(scraper_->counters().samples_dropped, 1u);
}

TEST_F(ScraperTest, MetricRelabellingAppliesAndIsCounted) {
  config::RelabelRule drop;
  drop.action = config::RelabelAction::kDrop;
  drop.source_labels = {"__name__"};
  drop.regex = std::make_shared<RE2>("^(?:b)$");
  job_.metric_relabel_configs = {drop};
  Start();
  WaitUntilUp();
  EXPECT_THAT(Series("b"), IsEmpty());
  EXPECT_EQ(Values("scrape_samples_scraped")[0], 2);
  EXPECT_EQ(Values("scrape_samples_post_metric_relabeling")[0], 1);
}

TEST_F(ScraperTest, ReloadLeavesUnchangedTargetsAndEndsThoseThatAreGone) {
  job_.static_configs.push_back({{server_->address()}, {{"copy", "2"}}});
  Start();
  WaitFor([&] {
    const std::vector<TargetState> states = scraper_->Targets();
    return states[0].health == TargetHealth::kUp && states[1].health == TargetHealth::kUp;
  });
  job_.static_configs.pop_back();
  Apply();
  ASSERT_EQ(scraper_->Targets().size(), 1u);
  EXPECT_NE(State().last_scrape, 0);
  EXPECT_EQ(Markers("a"), 1u);
  EXPECT_EQ(Markers("up"), 1u);
}

// Series idle for an hour, or a store that was opened anew.
TEST_F(ScraperTest, RefsThatTheStoreForgotAreFetchedAgain) {
  Start();
  WaitUntilUp();
  const int before = writer_.resolved;
  const size_t samples = Values("a").size();
  writer_.not_found = true;
  WaitFor([&] { return writer_.resolved > before && Values("a").size() > samples; });
}

TEST_F(ScraperTest, AFullDiskIsShownAndPasses) {
  Start();
  WaitUntilUp();
  writer_.full = true;
  WaitForError("scrape not stored: the disk is full");
  EXPECT_GE(scraper_->counters().lost, 1u);
  writer_.full = false;
  WaitUntilUp();
}

// A store that is slow must not be given the next scrape before it has answered the last.
TEST_F(ScraperTest, TheNextScrapeBeginsWhenTheStoreHasAnswered) {
  Start();
  WaitUntilUp();
  writer_.late = true;
  WaitFor([&] { return writer_.Waiting() == 1; });
  const size_t samples = Values("a").size();
  const uint64_t missed = scraper_->counters().missed;
  std::this_thread::sleep_for(milliseconds(250));  // Two more steps pass.
  EXPECT_EQ(writer_.Waiting(), 1u);
  EXPECT_EQ(Values("a").size(), samples);
  writer_.late = false;
  writer_.AnswerAll();
  WaitFor([&] { return Values("a").size() > samples + 1; });
  EXPECT_GT(scraper_->counters().missed, missed);
}

TEST_F(ScraperTest, StoppingWaitsForTheStore) {
  Start();
  WaitUntilUp();
  writer_.late = true;
  WaitFor([&] { return writer_.Waiting() == 1; });
  const size_t samples = Values("a").size();
  std::atomic<bool> stopped = false;
  std::thread stopper([&] {
    scraper_->Stop();
    stopped = true;
  });
  std::this_thread::sleep_for(milliseconds(50));
  EXPECT_FALSE(stopped);
  writer_.AnswerAll();
  stopper.join();
  EXPECT_EQ(Values("a").size(), samples + 1);
}

TEST_F(ScraperTest, BeyondTheTargetLimitNoneIsAsked) {
  job_.static_configs = {{{"127.0.0.1:1", "127.0.0.1:2"}, {}}};
  job_.target_limit = 1;
  Start();
  WaitForError("target_limit exceeded (number of targets: 2, limit: 1)");
}

TEST_F(ScraperTest, HundredsOfTargetsOnAFewThreads) {
  job_.scrape_interval_ms = 1000;
  job_.scrape_timeout_ms = 1000;
  job_.static_configs.clear();
  for (int i = 0; i < 300; ++i) {
    job_.static_configs.push_back({{server_->address()}, {{"n", std::to_string(i)}}});
  }
  Start();
  WaitFor([&] {
    const std::vector<TargetState> states = scraper_->Targets();
    return std::all_of(states.begin(), states.end(),
                       [](const TargetState& state) { return state.health == TargetHealth::kUp; });
  });
  EXPECT_EQ(Series("a").size(), 300u);
}

TEST_F(ScraperTest, StoppingEndsNoSeries) {
  Start();
  WaitUntilUp();
  scraper_->Stop();
  EXPECT_FALSE(model::IsStaleNan(Values("a").back()));
  EXPECT_EQ(scraper_->Apply(config::PrometheusConfig()).code(), StatusCode::kUnavailable);
}

}  // namespace
}  // namespace glint::scrape
