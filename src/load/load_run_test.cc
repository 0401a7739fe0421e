#include "load/load_run.h"

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <functional>
#include <list>
#include <mutex>
#include <string>
#include <thread>

#include "load/load_report.h"

namespace glint::load {
namespace {

using std::chrono::milliseconds;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Pair;

constexpr char kOk[] = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

// Answers request number k (over all connections) with what `answer(k)` says; an empty answer
// closes the connection.
class Server {
 public:
  explicit Server(std::function<std::string(int)> answer) : answer_(std::move(answer)) {
    listener_ = socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    EXPECT_EQ(bind(listener_, reinterpret_cast<sockaddr*>(&address), size), 0);
    EXPECT_EQ(listen(listener_, 128), 0);
    getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
    port_ = ntohs(address.sin_port);
    accepting_ = std::thread([this] {
      for (int fd; (fd = accept(listener_, nullptr, nullptr)) >= 0;) {
        ++connections_;
        const std::lock_guard lock(mutex_);
        fds_.push_back(fd);
        serving_.emplace_back([this, fd] { Serve(fd); });
      }
    });
  }

  ~Server() { Stop(); }

  void Stop() {
    if (listener_ < 0) return;
    shutdown(listener_, SHUT_RDWR);
    accepting_.join();
    for (const int fd : fds_) shutdown(fd, SHUT_RDWR);
    for (std::thread& thread : serving_) thread.join();
    for (const int fd : fds_) close(fd);
    close(listener_);
    listener_ = -1;
  }

  LoadOptions Options() const {
    LoadOptions options;
    options.host = "127.0.0.1";
    options.port = std::to_string(port_);
    return options;
  }

  // After Stop.
  const std::vector<std::string>& heads() const { return heads_; }
  int connections() const { return connections_; }

 private:
  void Serve(int fd) {
    std::string bytes;
    char buffer[4096];
    for (ssize_t n; (n = recv(fd, buffer, sizeof buffer, 0)) > 0;) {
      bytes.append(buffer, static_cast<size_t>(n));
      for (size_t end; (end = bytes.find("\r\n\r\n")) != std::string::npos;) {
        int index = 0;
        {
          const std::lock_guard lock(mutex_);
          index = static_cast<int>(heads_.size());
          heads_.push_back(bytes.substr(0, end + 2));
        }
        bytes.erase(0, end + 4);
        const std::string reply = answer_(index);
        if (reply.empty()) {
          shutdown(fd, SHUT_RDWR);
          return;
        }
        send(fd, reply.data(), reply.size(), MSG_NOSIGNAL);
      }
    }
  }

  const std::function<std::string(int)> answer_;
  int listener_ = -1;
  uint16_t port_ = 0;
  std::atomic<int> connections_{0};
  std::mutex mutex_;  // Guards the three below, until Stop.
  std::vector<std::string> heads_;
  std::vector<int> fds_;
  std::list<std::thread> serving_;
  std::thread accepting_;
};

LoadResult Measured(const LoadOptions& options) {
  StatusOr<LoadResult> result = RunLoad(options, {});
  EXPECT_TRUE(result.ok());
  return std::move(*result);
}

TEST(RunLoadTest, ClosedLoopSendsExactlyWhatIsAsked) {
  Server server(
      [](int k) { return k % 10 == 0 ? "HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n" : kOk; });
  LoadOptions options = server.Options();
  options.connections = 7;
  options.requests = 200;
  options.target = "/path?q";
  options.headers = {{"X-Tenant", "blue"}};
  const LoadResult result = Measured(options);
  server.Stop();
  EXPECT_THAT(result.statuses, ElementsAre(Pair(200, 180), Pair(503, 20)));
  EXPECT_THAT(result.errors, IsEmpty());
  EXPECT_EQ(result.received_bytes, 360u);
  EXPECT_EQ(server.connections(), 7);
  EXPECT_EQ(server.heads().size(), 200u);
  EXPECT_THAT(server.heads()[0], HasSubstr("GET /path?q HTTP/1.1\r\n"));
  EXPECT_THAT(server.heads()[0], HasSubstr("X-Tenant: blue\r\n"));
}

TEST(RunLoadTest, OpenLoopSendsWhatIsDue) {
  Server server([](int) { return kOk; });
  LoadOptions options = server.Options();
  options.rate = 2000;
  options.requests = 300;
  const LoadResult result = Measured(options);
  EXPECT_THAT(result.statuses, ElementsAre(Pair(200, 300)));
  EXPECT_EQ(result.not_sent, 0u);
  EXPECT_GE(result.elapsed, milliseconds(149));  // The last is due then.
}

// The reason for an open loop: one stall of the target is what all felt that came meanwhile. A
// generator that waits politely reports one slow request.
TEST(RunLoadTest, AStallIsFeltByAllThatWereDueInIt) {
  Server server([](int k) {
    if (k == 0) std::this_thread::sleep_for(milliseconds(400));
    return kOk;
  });
  LoadOptions options = server.Options();
  options.rate = 100;
  options.requests = 50;
  options.connections = 1;
  const LoadResult result = Measured(options);
  ASSERT_EQ(result.replies(), 50u);
  // Requests 0 to 30 were due in the first 300 ms and none was answered before 400.
  EXPECT_LE(result.latency.CountUpTo(milliseconds(99) / std::chrono::nanoseconds(1)), 50u - 31);
  EXPECT_GT(result.latency.mean_ns(), result.service_time.mean_ns());
}

// With connections to spare the stalled one is the only one that waits.
TEST(RunLoadTest, OpenLoopDoesNotWaitForTheSlow) {
  std::atomic<bool> release{false};
  std::atomic<int> others{0};
  Server server([&](int k) {
    if (k > 0 && ++others == 99) release = true;
    while (k == 0 && !release) std::this_thread::yield();
    return kOk;
  });
  LoadOptions options = server.Options();
  options.rate = 1000;
  options.requests = 100;
  options.connections = 100;
  EXPECT_EQ(Measured(options).replies(), 100u);
}

// What could not even be sent must not look like a quiet end.
TEST(RunLoadTest, WhatWasNeverSentIsCounted) {
  std::atomic<bool> release{false};
  Server server([&](int) {
    while (!release) std::this_thread::sleep_for(milliseconds(1));
    return kOk;
  });
  LoadOptions options = server.Options();
  options.rate = 1000;
  options.requests = 0;
  options.duration = milliseconds(200);
  options.connections = 3;
  std::thread releasing([&] {
    std::this_thread::sleep_for(milliseconds(400));
    release = true;
  });
  const LoadResult result = Measured(options);
  releasing.join();
  EXPECT_EQ(result.replies(), 3u);
  EXPECT_EQ(result.not_sent, 197u);
  EXPECT_THAT(FormatReport(options, result), HasSubstr("197 were due"));
}

TEST(RunLoadTest, EndsAfterTheDuration) {
  Server server([](int) { return kOk; });
  LoadOptions options = server.Options();
  options.requests = 0;
  options.duration = milliseconds(100);
  options.connections = 2;
  const LoadResult result = Measured(options);
  EXPECT_GT(result.replies(), 0u);
  EXPECT_GE(result.elapsed, milliseconds(100));
}

TEST(RunLoadTest, ErrorsAreCountedByKind) {
  Server server(
      [](int k) { return k == 0 ? "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nshort" : ""; });
  LoadOptions options = server.Options();
  options.connections = 1;
  options.requests = 1;
  options.timeout = milliseconds(50);
  EXPECT_THAT(Measured(options).errors, ElementsAre(Pair("timeout", 1)));
  options.timeout = std::chrono::seconds(20);
  EXPECT_THAT(Measured(options).errors,
              ElementsAre(Pair("closed before the end of the answer", 1)));
  server.Stop();
  EXPECT_THAT(Measured(options).errors, ElementsAre(Pair("Connection refused", 1)));
}

// Servers close idle connections when they like; that is no error of theirs.
TEST(RunLoadTest, AKeptConnectionMayBeClosedByTheServer) {
  Server server([](int k) { return k == 1 ? std::string() : std::string(kOk); });
  LoadOptions options = server.Options();
  options.connections = 1;
  options.requests = 3;
  const LoadResult result = Measured(options);
  EXPECT_THAT(result.statuses, ElementsAre(Pair(200, 3)));
  EXPECT_THAT(result.errors, IsEmpty());
  EXPECT_EQ(server.connections(), 2);
}

TEST(RunLoadTest, WithoutKeepAliveEachRequestConnects) {
  Server server([](int) { return kOk; });
  LoadOptions options = server.Options();
  options.connections = 2;
  options.requests = 6;
  options.keep_alive = false;
  EXPECT_EQ(Measured(options).replies(), 6u);
  server.Stop();
  EXPECT_EQ(server.connections(), 6);
  EXPECT_THAT(server.heads()[0], HasSubstr("Connection: close\r\n"));
}

TEST(RunLoadTest, ReadsChunkedBodies) {
  Server server([](int) {
    return "HTTP/1.1 200 OK\r\nTransfer-Encoding: "
           "chunked\r\n\r\n5\r\nhello\r\n3\r\nyou\r\n0\r\n\r\n";
  });
  LoadOptions options = server.Options();
  options.connections = 1;
  options.requests = 4;
  const LoadResult result = Measured(options);
  EXPECT_EQ(result.received_bytes, 32u);
  EXPECT_THAT(result.errors, IsEmpty());
}

// A parent-based sampler behind us traces exactly the share that we ask for.
TEST(RunLoadTest, TraceparentCarriesTheDecision) {
  for (const double ratio : {0.0, 1.0}) {
    Server server([](int) { return kOk; });
    LoadOptions options = server.Options();
    options.connections = 3;
    options.requests = 20;
    options.traceparent_ratio = ratio;
    Measured(options);
    server.Stop();
    for (const std::string& head : server.heads()) {
      const size_t at = head.find("traceparent: 00-");
      ASSERT_NE(at, std::string::npos);
      EXPECT_EQ(head.substr(at + 13 + 53, 2), ratio == 0 ? "00" : "01");
    }
  }
}

TEST(RunLoadTest, AnUnknownHostIsAnError) {
  LoadOptions options;
  options.host = "no-such-host.invalid";
  const StatusOr<LoadResult> result = RunLoad(options, {});
  EXPECT_EQ(result.status().code(), StatusCode::kUnavailable);
}

}  // namespace
}  // namespace glint::load
