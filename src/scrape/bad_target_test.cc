// Targets that answer what no target should, over real sockets, each beside a good one: the error
// says what and where, memory and time stay bounded, and the good one is scraped on.
#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <list>
#include <thread>

#include "net/http_server.h"
#include "scrape/scraper.h"
#include "storage/memory_metrics.h"

namespace glint::scrape {
namespace {

using std::chrono::milliseconds;
using ::testing::AllOf;
using ::testing::HasSubstr;

// Sends exactly the bytes that a test says to whoever connects and asks.
class RawServer {
 public:
  class Connection {
   public:
    explicit Connection(int fd) : fd_(fd) {}
    // False when the other side has closed.
    bool Send(std::string_view bytes) {
      while (!bytes.empty()) {
        const ssize_t sent = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (sent <= 0) return false;
        bytes.remove_prefix(static_cast<size_t>(sent));
      }
      return true;
    }

   private:
    const int fd_;
  };
  using Answer = std::function<void(Connection&)>;

  explicit RawServer(Answer answer) : answer_(std::move(answer)) {
    listener_ = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    CHECK(::bind(listener_, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
    CHECK(::listen(listener_, 16) == 0);
    socklen_t size = sizeof address;
    ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
    address_ = fmt::format("127.0.0.1:{}", ntohs(address.sin_port));
    threads_.emplace_back([this] { Accept(); });
  }
  // The scraper has been stopped, so every answer has ended.
  ~RawServer() {
    ::shutdown(listener_, SHUT_RDWR);
    threads_.front().join();
    threads_.pop_front();
    for (std::thread& thread : threads_) thread.join();
    ::close(listener_);
  }
  const std::string& address() const { return address_; }

 private:
  void Accept() {
    while (true) {
      const int fd = ::accept(listener_, nullptr, nullptr);
      if (fd < 0) return;
      threads_.emplace_back([this, fd] {
        char request[4096];
        if (::recv(fd, request, sizeof request, 0) > 0) {
          Connection connection(fd);
          answer_(connection);
        }
        ::close(fd);
      });
    }
  }

  const Answer answer_;
  int listener_ = -1;
  std::string address_;
  std::list<std::thread> threads_;  // The first one accepts, and adds the others.
};

std::string Ok(const std::string& body, const std::string& type = "text/plain; version=0.0.4") {
  return fmt::format(
      "HTTP/1.1 200 OK\r\nContent-Type: {}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{}",
      type, body.size(), body);
}

class BadTargetTest : public testing::Test {
 protected:
  BadTargetTest() {
    net::HttpServerOptions options;
    options.address = "127.0.0.1:0";
    net::HttpRouter router;
    router.Handle("GET", "/metrics", [](const net::HttpRequest&) {
      net::HttpResponse response;
      response.content_type = "text/plain; version=0.0.4";
      response.body = "good 1\n";
      return response;
    });
    good_ = *net::HttpServer::Start(loop_, options, std::move(router));
    job_.job_name = "app";
    job_.scrape_interval_ms = 200;
    job_.scrape_timeout_ms = 200;
    job_.scrape_protocols = {"OpenMetricsText1.0.0", "PrometheusText0.0.4"};
  }
  ~BadTargetTest() override {
    if (scraper_ != nullptr) scraper_->Stop();
  }

  void Start(RawServer::Answer answer) {
    bad_ = std::make_unique<RawServer>(std::move(answer));
    job_.static_configs = {{{bad_->address()}, {}}, {{good_->address()}, {}}};
    scraper_ = std::make_unique<Scraper>(loop_, store_, ScraperOptions());
    config::PrometheusConfig config;
    config.scrape_configs = {job_};
    ASSERT_TRUE(scraper_->Apply(config).ok());
  }
  void StartSaying(const std::string& response) {
    Start([response](RawServer::Connection& connection) { connection.Send(response); });
  }

  // The first error that the bad target shows, after which the good one has been scraped again.
  std::string Error() {
    const TargetState bad =
        WaitFor(0, [](const TargetState& state) { return state.health == TargetHealth::kDown; });
    ExpectTheGoodOneGoesOn();
    EXPECT_THAT(Values("up", bad_->address()), ::testing::Contains(0.0));
    return bad.last_error;
  }
  void ExpectUp() {
    const TargetState bad =
        WaitFor(0, [](const TargetState& state) { return state.health != TargetHealth::kUnknown; });
    EXPECT_EQ(bad.health, TargetHealth::kUp) << bad.last_error;
    ExpectTheGoodOneGoesOn();
  }
  std::vector<double> Values(const std::string& metric, const std::string& instance) {
    QueryBudget budget;
    storage::SeriesQuery query;
    query.series = {model::Matcher::Equal("__name__", metric),
                    model::Matcher::Equal("instance", instance)};
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

  net::EventLoop loop_{2};
  std::unique_ptr<net::HttpServer> good_;
  std::unique_ptr<RawServer> bad_;
  storage::MemoryMetrics store_;
  config::ScrapeConfig job_;
  std::unique_ptr<Scraper> scraper_;

 private:
  TargetState WaitFor(size_t target, const std::function<bool(const TargetState&)>& condition) {
    while (true) {
      TargetState state = scraper_->Targets().at(target);
      if (condition(state)) return state;
      std::this_thread::sleep_for(milliseconds(1));
    }
  }
  void ExpectTheGoodOneGoesOn() {
    const model::TimeMs before = scraper_->Targets().at(1).last_scrape;
    WaitFor(1, [before](const TargetState& state) {
      return state.last_scrape > before && state.health == TargetHealth::kUp;
    });
  }
};

TEST_F(BadTargetTest, WhatIsNoHttp) {
  StartSaying(std::string("\x00\x01\xff\xfe nothing\r\n\r\n", 16));
  EXPECT_THAT(Error(), AllOf(HasSubstr("malformed answer"), HasSubstr(bad_->address())));
}

TEST_F(BadTargetTest, BytesThatAreNoExposition) {
  StartSaying(Ok("good 1\n\x7f\x45LF\x02\x01\x01\n"));
  EXPECT_THAT(Error(), HasSubstr("line 2: expected a metric name"));
  EXPECT_TRUE(Values("good", bad_->address()).empty());
}

// The server counts what it could send before it was cut off: socket buffers hold some MB.
TEST_F(BadTargetTest, AnEndlessBodyIsCutOff) {
  job_.body_size_limit = 100'000;
  std::atomic<size_t> most = 0;
  Start([&](RawServer::Connection& connection) {
    connection.Send("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\n");
    const std::string lines(64 << 10, '\n');
    size_t sent = 0;
    while (connection.Send(lines)) sent += lines.size();
    most = std::max<size_t>(most, sent);
  });
  EXPECT_THAT(Error(), HasSubstr("body size limit exceeded: more than 100000 bytes"));
  scraper_->Stop();
  bad_.reset();
  EXPECT_LT(most, 64u << 20);
}

TEST_F(BadTargetTest, AClaimOfTenGigabytesIsNotWaitedFor) {
  StartSaying(
      "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 10737418240\r\n\r\na 1\n");
  EXPECT_THAT(Error(), HasSubstr("body size limit exceeded: more than 268435456 bytes"));
}

TEST_F(BadTargetTest, OneByteAtATimeEndsAtTheTimeout) {
  Start([](RawServer::Connection& connection) {
    bool open = connection.Send("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\n");
    while (open) {
      open = connection.Send("#");
      std::this_thread::sleep_for(milliseconds(20));
    }
  });
  EXPECT_THAT(Error(), AllOf(HasSubstr("timeout after 200ms while reading the body"),
                             HasSubstr(bad_->address())));
}

TEST_F(BadTargetTest, RedirectsInACircle) {
  StartSaying(
      "HTTP/1.1 307 Again\r\nLocation: /metrics\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
  EXPECT_THAT(Error(), HasSubstr("stopped after 10 redirects, the last one to \"/metrics\""));
}

TEST_F(BadTargetTest, HeadersWithoutEnd) {
  Start([](RawServer::Connection& connection) {
    bool open = connection.Send("HTTP/1.1 200 OK\r\n");
    while (open) open = connection.Send("X-Filler: " + std::string(1000, 'x') + "\r\n");
  });
  EXPECT_THAT(Error(), AllOf(HasSubstr("malformed answer"), HasSubstr("header limit")));
}

TEST_F(BadTargetTest, AChunkThatNeverSaysItsLength) {
  Start([](RawServer::Connection& connection) {
    bool open = connection.Send(
        "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nTransfer-Encoding: chunked\r\n\r\n4;x=");
    while (open) open = connection.Send(std::string(1000, 'x'));
  });
  EXPECT_THAT(Error(), HasSubstr("malformed answer"));
}

TEST_F(BadTargetTest, ALabelBombIsRefusedByTheLimits) {
  job_.label_limit = 50;
  std::string line = "bomb{";
  for (int i = 0; i < 100'000; ++i) line += fmt::format("l{}=\"v\",", i);
  StartSaying(Ok("good 1\n" + line + "} 1\n"));
  EXPECT_THAT(Error(), HasSubstr("line 2: label_limit exceeded: metric bomb has 100003 labels, "
                                 "limit 50"));
  EXPECT_TRUE(Values("good", bad_->address()).empty());
}

// As in Prometheus: such samples are not stored, the scrape is good.
TEST_F(BadTargetTest, TimesInTheYear1And9999AreLeftOut) {
  store_.DropBefore(1'600'000'000'000);  // What retention does.
  StartSaying(Ok("a 1 -62135596800000\nb 2 253402300799000\nc 3\n"));
  ExpectUp();
  EXPECT_TRUE(Values("a", bad_->address()).empty());
  EXPECT_TRUE(Values("b", bad_->address()).empty());
  EXPECT_EQ(Values("c", bad_->address()).at(0), 3);
  EXPECT_GE(scraper_->counters().samples_dropped, 2u);
}

// As in Prometheus: whether buckets make sense is for those to say who query them.
TEST_F(BadTargetTest, BucketsWithoutSenseAreStoredAsTheyAre) {
  StartSaying(
      Ok("# TYPE h histogram\nh_bucket{le=\"2\"} -5\nh_bucket{le=\"1\"} 7\n"
         "h_bucket{le=\"+Inf\"} 1\nh_count -1\nh_sum NaN\n# EOF\n",
         "application/openmetrics-text; version=1.0.0"));
  ExpectUp();
  EXPECT_EQ(Values("h_count", bad_->address()).at(0), -1);
  EXPECT_THAT(Values("h_bucket", bad_->address()), ::testing::Contains(-5));
}

TEST_F(BadTargetTest, LabelsThatAreNotUtf8) {
  StartSaying(Ok("good 1\nbad{x=\"\xc3\x28\"} 1\n"));
  EXPECT_THAT(Error(), AllOf(HasSubstr("line 2: "), HasSubstr("is not UTF-8")));
}

TEST_F(BadTargetTest, DuplicatesAreCountedAndTheFirstStays) {
  StartSaying(Ok("a 1\na 2\na{} 3\n"));
  ExpectUp();
  EXPECT_EQ(Values("a", bad_->address()).at(0), 1);
  EXPECT_GE(scraper_->counters().samples_dropped, 2u);
}

TEST_F(BadTargetTest, AnAnswerThatEndsTooSoon) {
  StartSaying("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 100\r\n\r\na 1\n");
  EXPECT_THAT(Error(), HasSubstr("reading the body: the other side closed the connection"));
}

}  // namespace
}  // namespace glint::scrape
