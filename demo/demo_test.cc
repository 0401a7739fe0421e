// The demo's parts against each other over real HTTP, with an exporter that keeps the spans.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <mutex>
#include <set>

#include "glint/batch_processor.h"
#include "original_server.h"
#include "shop.h"
#include "targets.h"
#include "traffic.h"

namespace glint::demo {
namespace {

using ::testing::HasSubstr;
using ::testing::IsSupersetOf;
using ::testing::Not;

// What was exported, safe to read once the processor is shut down.
struct Sink {
  std::mutex mutex;
  std::vector<SpanData> spans;
};

class KeepingExporter : public SpanExporter {
 public:
  explicit KeepingExporter(Sink& sink) : sink_(sink) {}
  ExportResult Export(const std::vector<SpanData>& spans) override {
    const std::lock_guard lock(sink_.mutex);
    sink_.spans.insert(sink_.spans.end(), spans.begin(), spans.end());
    return {};
  }
  std::string Destination() const override { return "the test"; }

 private:
  Sink& sink_;
};

std::string Text(const Attributes& attributes, const std::string& key) {
  for (const Attribute& attribute : attributes) {
    if (attribute.key != key) continue;
    const auto& value = attribute.value.variant();
    if (const auto* text = std::get_if<std::string>(&value)) return *text;
    if (const auto* number = std::get_if<int64_t>(&value)) return std::to_string(*number);
  }
  return "";
}

class DemoTest : public ::testing::Test {
 protected:
  HttpReply Get(uint16_t port, const std::string& target, Headers headers = {}) {
    HttpRequest request;
    request.target = target;
    request.headers = std::move(headers);
    return client_.Send(port, request);
  }
  HttpReply Post(uint16_t port, const std::string& target) {
    HttpRequest request;
    request.method = "POST";
    request.target = target;
    request.headers["baggage"] = "customer.tier=gold";
    return client_.Send(port, request);
  }
  uint16_t PortOf(const Shop& shop, const std::string& service, const std::string& region) {
    return shop.directory().Find(service, region, 0)->port;
  }

  Sink sink_;
  const std::shared_ptr<BatchProcessor> spans_ =
      std::make_shared<BatchProcessor>(std::make_unique<KeepingExporter>(sink_));
  StopSignal stop_;
  HttpClient client_;
};

constexpr char kTrace[] = "0af7651916cd43dd8448eb211c80319c";
const std::string kSampled = std::string("00-") + kTrace + "-b7ad6b7169203331-01";
const std::string kUnsampled = std::string("00-") + kTrace + "-b7ad6b7169203331-00";

// The promise of the whole project in one request: the exemplar names the span that is exported.
TEST_F(DemoTest, TheOriginalsExemplarNamesItsRootSpan) {
  OriginalServer server({0, 0, 1}, spans_, stop_);
  ASSERT_EQ(server.error(), "");
  server.Start();
  stop_.Stop();  // Work takes no time.
  EXPECT_EQ(Get(server.port(), "/", {{"traceparent", kSampled}}).status, 200);
  EXPECT_EQ(Get(server.port(), "/", {{"traceparent", kUnsampled}}).status, 200);
  EXPECT_EQ(Get(server.port(), "/nothing").status, 404);
  const HttpReply page =
      Get(server.port(), "/metrics", {{"accept", "application/openmetrics-text"}});
  spans_->Shutdown();

  ASSERT_EQ(sink_.spans.size(), 2u);
  const SpanData& work = sink_.spans[0];
  const SpanData& root = sink_.spans[1];
  EXPECT_EQ(work.name, "do_work");
  EXPECT_EQ(work.parent_id, root.context.span_id);
  EXPECT_EQ(root.name, "/");
  EXPECT_EQ(root.kind, SpanKind::kServer);
  EXPECT_EQ(root.context.trace_id.Hex(), kTrace);
  EXPECT_EQ(Text(root.attributes, "http.status_code"), "200");
  EXPECT_EQ(Text(root.attributes, "http.route"), "/");
  EXPECT_EQ(Text(root.resource->attributes, "service.name"), "prometheus_exemplars");
  EXPECT_THAT(page.body, HasSubstr("my_prom_hist_seconds_count{name=\"foo\"} 2\n"));
  EXPECT_THAT(page.body, HasSubstr(std::string("# {trace_id=\"") + kTrace + "\",span_id=\"" +
                                   root.context.span_id.Hex() + "\"}"));
}

TEST_F(DemoTest, AnOrderIsOneTraceThroughSixServices) {
  const Incident none({std::chrono::seconds(0), std::chrono::seconds(0), std::chrono::seconds(0)});
  Shop shop({0, 1, 7}, none, spans_, stop_);
  ASSERT_EQ(shop.error(), "");
  shop.Start();
  stop_.Stop();
  // Selling out is a matter of luck, and rare.
  HttpReply reply;
  for (int i = 0; i < 20 && reply.body.find("placed") == std::string::npos; ++i) {
    reply = Post(PortOf(shop, "frontend", "us-east"), "/checkout");
  }
  EXPECT_EQ(reply.status, 200);
  shop.Stop();
  spans_->Shutdown();

  const TraceId trace = sink_.spans.back().context.trace_id;
  std::map<uint64_t, const SpanData*> by_id;
  std::set<std::string> services;
  for (const SpanData& span : sink_.spans) {
    if (span.context.trace_id != trace) continue;
    by_id[span.context.span_id.value] = &span;
    services.insert(Text(span.resource->attributes, "service.name"));
    EXPECT_EQ(Text(span.resource->attributes, "cloud.region"), "us-east");
    if (span.kind == SpanKind::kServer && span.parent_id.IsValid()) {
      EXPECT_EQ(Text(span.attributes, "customer.tier"), "gold");
    }
  }
  EXPECT_THAT(services,
              IsSupersetOf({"frontend", "checkout", "cart", "inventory", "payments", "shipping"}));
  int roots = 0;
  for (const auto& [id, span] : by_id) {
    if (!span->parent_id.IsValid()) {
      ++roots;
    } else {
      EXPECT_EQ(by_id.count(span->parent_id.value), 1u) << span->name << " has lost its parent";
    }
  }
  EXPECT_EQ(roots, 1);
}

// There has to be something to find, and only where it is.
TEST_F(DemoTest, TheIncidentStrikesPaymentsV2InEuWestAlone) {
  const Incident always(
      {std::chrono::seconds(0), std::chrono::seconds(3600), std::chrono::seconds(0)});
  Shop shop({0, 0, 3}, always, spans_, stop_);
  shop.Start();
  stop_.Stop();
  for (const Directory::Entry& entry : shop.directory().entries()) {
    if (entry.identity.service != "payments") continue;
    int refused = 0;
    for (int i = 0; i < 200; ++i) refused += Post(entry.port, "/charges").status == 503;
    const bool struck = entry.identity.region == "eu-west" && entry.identity.version == "v2";
    EXPECT_EQ(refused > 0, struck) << entry.identity.region << " " << entry.identity.version;
  }
}

TEST_F(DemoTest, RoutesMatchWholePaths) {
  const Incident none({std::chrono::seconds(0), std::chrono::seconds(0), std::chrono::seconds(0)});
  Shop shop({0, 0, 7}, none, spans_, stop_);
  shop.Start();
  stop_.Stop();
  const uint16_t frontend = PortOf(shop, "frontend", "eu-west");
  EXPECT_EQ(Get(frontend, "/product/12").status, 200);
  EXPECT_EQ(Get(frontend, "/product/0").status, 404);
  EXPECT_EQ(Get(frontend, "/product").status, 404);
  EXPECT_EQ(Get(frontend, "/product/").status, 404);
  EXPECT_EQ(Get(frontend, "/product/1/2").status, 404);
  EXPECT_EQ(Post(frontend, "/").status, 404);
  const std::string page = Get(frontend, "/metrics").body;
  EXPECT_THAT(page, HasSubstr("http_server_request_duration_seconds_count{service=\"frontend\","
                              "region=\"eu-west\",version=\"v5\",method=\"GET\","
                              "route=\"/product/{id}\",code=\"200\"} 1\n"));
  EXPECT_THAT(page, Not(HasSubstr("/product/12")));
}

TEST_F(DemoTest, TrafficEndsWithTheSignal) {
  const Incident none({std::chrono::seconds(0), std::chrono::seconds(0), std::chrono::seconds(0)});
  Shop shop({0, 1, 7}, none, spans_, stop_);
  shop.Start();
  Traffic traffic(500, 1, shop.directory(), shop.client(), stop_);
  while (spans_->counts().sent == 0) spans_->ForceFlush(std::chrono::seconds(10));
  stop_.Stop();
  traffic.Join();
  shop.Stop();
}

TEST(HttpServerTest, SaysThatItsPortIsTaken) {
  const HttpServer first(0);
  const HttpServer second(first.port());
  EXPECT_THAT(second.error(), HasSubstr("127.0.0.1:" + std::to_string(first.port())));
}

TEST(TargetsTest, AreOneJobForEachService) {
  const std::vector<Target> targets{{"b", 1}, {"frontend", 2}, {"b", 3}};
  EXPECT_THAT(PrometheusYaml(targets, "5s"),
              HasSubstr("  - job_name: b\n    static_configs:\n      - targets: "
                        "[\"127.0.0.1:1\", \"127.0.0.1:3\"]\n"));
  EXPECT_EQ(ReadyJson(9, {{"frontend", 2}}),
            "{\"server\": \"http://127.0.0.1:9\", \"frontends\": [\"http://127.0.0.1:2\"], "
            "\"targets\": [{\"job\": \"frontend\", \"target\": \"127.0.0.1:2\"}]}\n");
  EXPECT_NE(WriteWhole("/dev/null/file", "x"), "");
}

}  // namespace
}  // namespace glint::demo
