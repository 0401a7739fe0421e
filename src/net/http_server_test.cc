#include "net/http_server.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <latch>
#include <thread>
#include <vector>

#include "net/encoding.h"
#include "net/raw_client_for_test.h"

namespace glint::net {
namespace {

using std::chrono::milliseconds;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

class HttpServerTest : public testing::Test {
 protected:
  HttpServerTest() {
    options_.name = "test";
    options_.address = "127.0.0.1:0";
    options_.address_flag = "--listen";
    router_.Handle("GET", "/hello", [](const HttpRequest&) { return Text("hello!"); });
    router_.Handle("POST", "/echo", [](const HttpRequest& request) { return Text(request.body); });
    router_.Handle("GET", "/big", [](const HttpRequest&) {
      HttpResponse response = Text(std::string(3 << 20, 'x'));
      response.compressible = false;
      return response;
    });
    router_.Handle("GET", "/throws", [](const HttpRequest&) -> HttpResponse {
      throw std::runtime_error("a library threw");
    });
    // Runs until its client goes away or the test lets it.
    router_.Handle("GET", "/wait", [this](const HttpRequest& request) {
      waiting_.release_one();
      std::unique_lock lock(mutex_);
      wake_.wait(lock, request.stop, [this] { return released_; });
      stopped_ += request.stop.stop_requested() ? 1 : 0;
      stopped_changed_.notify_all();
      return Text(request.stop.stop_requested() ? "stopped" : "released");
    });
  }

  static HttpResponse Text(std::string body) {
    HttpResponse response;
    response.body = std::move(body);
    return response;
  }

  void Start() {
    StatusOr<std::unique_ptr<HttpServer>> started = HttpServer::Start(loop_, options_, router_);
    ASSERT_TRUE(started.ok()) << started.status().ToString();
    server_ = *std::move(started);
  }
  std::string Exchange(std::string_view bytes) {
    RawClient client(server_->address());
    client.Send(bytes);
    return client.ReadToEnd();
  }
  void Release() {
    const std::lock_guard lock(mutex_);
    released_ = true;
    wake_.notify_all();
  }

  struct Waiting {
    void release_one() {
      const std::lock_guard lock(mutex);
      ++count;
      changed.notify_all();
    }
    void WaitFor(int wanted) {
      std::unique_lock lock(mutex);
      changed.wait(lock, [&] { return count >= wanted; });
    }
    std::mutex mutex;
    std::condition_variable changed;
    int count = 0;
  } waiting_;
  std::mutex mutex_;
  std::condition_variable_any wake_;
  std::condition_variable_any stopped_changed_;
  bool released_ = false;
  int stopped_ = 0;

  EventLoop loop_{2};
  HttpServerOptions options_;
  HttpRouter router_;
  std::unique_ptr<HttpServer> server_;
};

TEST_F(HttpServerTest, AnswersWithLengthAndCloses) {
  Start();
  const std::string answer =
      Exchange("GET /hello HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 200 OK\r\n"));
  EXPECT_THAT(answer, HasSubstr("\r\nContent-Length: 6\r\n"));
  EXPECT_THAT(answer, HasSubstr("\r\nConnection: close\r\n"));
  EXPECT_THAT(answer, EndsWith("\r\n\r\nhello!"));
}

TEST_F(HttpServerTest, HeadSendsTheLengthWithoutTheBody) {
  Start();
  const std::string answer =
      Exchange("HEAD /hello HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
  EXPECT_THAT(answer, HasSubstr("\r\nContent-Length: 6\r\n"));
  EXPECT_THAT(answer, EndsWith("\r\n\r\n"));
}

// Requests that arrive in one packet, in order, none lost, none answered with another's body.
TEST_F(HttpServerTest, PipelinedRequestsAreAnsweredInOrder) {
  Start();
  std::string requests;
  for (int i = 0; i < 50; ++i) {
    requests +=
        fmt::format("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n[{:03}]", i);
  }
  requests += "GET /hello HTTP/1.0\r\n\r\n";
  const std::string answers = Exchange(requests);
  size_t at = 0;
  for (int i = 0; i < 50; ++i) {
    at = answers.find(fmt::format("[{:03}]", i), at);
    ASSERT_NE(at, std::string::npos) << i;
  }
  EXPECT_THAT(answers, EndsWith("hello!"));
}

TEST_F(HttpServerTest, ReadsChunkedBodies) {
  Start();
  EXPECT_THAT(Exchange("POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n"
                       "Connection: close\r\n\r\n3\r\nabc\r\n4\r\ndefg\r\n0\r\n\r\n"),
              EndsWith("\r\n\r\nabcdefg"));
}

// curl sends bodies over 1 kB so, and waits a second for the answer if none comes.
TEST_F(HttpServerTest, AnswersExpectContinueBeforeTheBodyComes) {
  Start();
  RawClient client(server_->address());
  client.Send(
      "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nConnection: close\r\n"
      "Expect: 100-continue\r\n\r\n");
  EXPECT_EQ(client.ReadUntil("\r\n\r\n"), "HTTP/1.1 100 Continue\r\n\r\n");
  client.Send("body");
  EXPECT_THAT(client.ReadToEnd(), EndsWith("\r\n\r\nbody"));
}

TEST_F(HttpServerTest, MalformedRequestsAreRefusedWithAReason) {
  Start();
  for (const std::string_view bad :
       {"nonsense\r\n\r\n", "GET\r\n\r\n", "GET / HTTP/9.9\r\n\r\n",
        "GET / HTTP/1.1\r\nno colon\r\n\r\n", "GET / HTTP/1.1\r\n\r\n",
        "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: many\r\n\r\n",
        "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
        "\x16\x03\x01\x02\x01\x01\x00 a TLS hello\r\n\r\n"}) {
    const std::string answer = Exchange(bad);
    EXPECT_THAT(answer, StartsWith("HTTP/1.1 400 Bad Request\r\n")) << bad;
    EXPECT_THAT(answer, HasSubstr("malformed request: ")) << bad;
  }
  EXPECT_EQ(server_->stats().requests_refused, 9u);
  EXPECT_THAT(Exchange("GET /hello HTTP/1.0\r\n\r\n"), EndsWith("hello!"));
}

TEST_F(HttpServerTest, LimitsAreAnsweredWithTheirValue) {
  options_.max_header_bytes = 4096;
  options_.max_body_bytes = 1000;
  Start();
  const std::string headers =
      Exchange("GET /hello HTTP/1.1\r\nHost: a\r\nX: " + std::string(8192, 'x') + "\r\n\r\n");
  EXPECT_THAT(headers, StartsWith("HTTP/1.1 431 "));
  EXPECT_THAT(headers, HasSubstr("4096 bytes"));
  const std::string announced = Exchange(
      "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 1001\r\n\r\n" + std::string(1001, 'b'));
  EXPECT_THAT(announced, StartsWith("HTTP/1.1 413 "));
  EXPECT_THAT(announced, HasSubstr("1000 bytes"));
  const std::string chunked =
      Exchange("POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n7d0\r\n" +
               std::string(2000, 'b') + "\r\n0\r\n\r\n");
  EXPECT_THAT(chunked, StartsWith("HTTP/1.1 413 "));
}

// The answer must reach a client that is still sending: closing early would reset it.
TEST_F(HttpServerTest, ARefusedUploadStillSeesWhy) {
  options_.max_body_bytes = 10;
  Start();
  EXPECT_THAT(Exchange("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 900000\r\n\r\n" +
                       std::string(900000, 'b')),
              StartsWith("HTTP/1.1 413 "));
}

// Slowloris: a header that never ends must not hold its connection for ever.
TEST_F(HttpServerTest, ASlowRequestTimesOut) {
  options_.request_timeout = milliseconds(50);
  Start();
  RawClient client(server_->address());
  client.Send("GET /hello HTTP/1.1\r\nHost: ");
  EXPECT_THAT(client.ReadToEnd(), StartsWith("HTTP/1.1 408 Request Timeout\r\n"));
}

TEST_F(HttpServerTest, AnIdleConnectionIsClosedWithoutAWord) {
  options_.idle_timeout = milliseconds(30);
  Start();
  RawClient client(server_->address());
  EXPECT_EQ(client.ReadToEnd(), "");
}

TEST_F(HttpServerTest, AClientThatDoesNotReadIsCutOff) {
  options_.write_timeout = milliseconds(50);
  Start();
  RawClient client(server_->address());
  for (int i = 0; i < 20; ++i) client.Send("GET /big HTTP/1.1\r\nHost: a\r\n\r\n");
  while (server_->stats().requests == 0) std::this_thread::yield();
  while (server_->stats().connections_now > 0) std::this_thread::yield();
  EXPECT_LT(client.ReadToEnd().size(), size_t{20} * (3 << 20));
}

TEST_F(HttpServerTest, BeyondTheMostConnectionsIsA503) {
  options_.max_connections = 2;
  Start();
  RawClient first(server_->address());
  RawClient second(server_->address());
  for (RawClient* client : {&first, &second}) {
    client->Send("GET /hello HTTP/1.1\r\nHost: a\r\n\r\n");
    EXPECT_THAT(client->ReadUntil("hello!"), EndsWith("hello!"));
  }
  const std::string answer = Exchange("");
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 503 Service Unavailable\r\n"));
  EXPECT_THAT(answer, HasSubstr("2 connections are open"));
  EXPECT_EQ(server_->stats().connections_refused, 1u);
}

TEST_F(HttpServerTest, BeyondTheQueueIsA503AndTheOthersGoOn) {
  options_.worker_threads = 1;
  options_.max_queued_requests = 1;
  Start();
  RawClient running(server_->address());
  running.Send("GET /wait HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
  waiting_.WaitFor(1);
  RawClient queued(server_->address());
  queued.Send("GET /hello HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
  while (server_->stats().requests_now < 2) std::this_thread::yield();
  // The third may come before the second is queued: until one of them is refused.
  RawClient refused(server_->address());
  refused.Send("GET /hello HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
  while (server_->stats().requests_refused < 1) std::this_thread::yield();
  Release();
  const std::string both = queued.ReadToEnd() + refused.ReadToEnd();
  EXPECT_THAT(both, HasSubstr("HTTP/1.1 503 "));
  EXPECT_THAT(both, HasSubstr("hello!"));
  EXPECT_THAT(running.ReadToEnd(), EndsWith("released"));
}

// A dashboard tab that is closed must not leave its queries running.
TEST_F(HttpServerTest, AClientThatLeavesStopsItsRequest) {
  Start();
  RawClient client(server_->address());
  client.Send("GET /wait HTTP/1.1\r\nHost: a\r\n\r\n");
  waiting_.WaitFor(1);
  client.Close();
  std::unique_lock lock(mutex_);
  stopped_changed_.wait(lock, [&] { return stopped_ == 1; });
}

TEST_F(HttpServerTest, CompressesForThoseWhoTakeIt) {
  Start();
  const std::string body(5000, 'x');
  const auto ask = [&](std::string_view accept) {
    return Exchange(
        fmt::format("POST /echo HTTP/1.1\r\nHost: a\r\nConnection: close\r\n"
                    "{}Content-Length: 5000\r\n\r\n{}",
                    accept, body));
  };
  EXPECT_THAT(ask(""), EndsWith(body));
  const std::string answer = ask("Accept-Encoding: deflate, gzip\r\n");
  EXPECT_THAT(answer, HasSubstr("Content-Encoding: gzip\r\n"));
  const std::string sent = answer.substr(answer.find("\r\n\r\n") + 4);
  EXPECT_EQ(*Decompress(sent, "gzip", 1 << 20), body);
}

TEST_F(HttpServerTest, AHandlerThatThrowsIsA500) {
  Start();
  EXPECT_THAT(Exchange("GET /throws HTTP/1.0\r\n\r\n"), HasSubstr("a library threw"));
}

TEST_F(HttpServerTest, ManyClientsAtOnce) {
  Start();
  std::atomic<int> right = 0;
  std::vector<std::jthread> clients;
  for (int c = 0; c < 32; ++c) {
    clients.emplace_back([&, c] {
      RawClient client(server_->address());
      for (int i = 0; i < 20; ++i) {
        const std::string body = fmt::format("<{:02}-{:02}>", c, i);
        client.Send(fmt::format("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: {}\r\n\r\n{}",
                                body.size(), body));
        if (client.ReadUntil(">").ends_with("\r\n\r\n" + body)) ++right;
      }
    });
  }
  clients.clear();
  EXPECT_EQ(right, 32 * 20);
}

TEST_F(HttpServerTest, DrainLetsRunningRequestsAnswerAndClosesIdleOnes) {
  Start();
  RawClient idle(server_->address());
  idle.Send("GET /hello HTTP/1.1\r\nHost: a\r\n\r\n");
  idle.ReadUntil("hello!");
  RawClient running(server_->address());
  running.Send("GET /wait HTTP/1.1\r\nHost: a\r\n\r\n");
  waiting_.WaitFor(1);
  std::jthread drain([&] { server_->Drain(std::chrono::minutes(10)); });
  EXPECT_EQ(idle.ReadToEnd(), "");
  Release();
  const std::string answer = running.ReadToEnd();
  EXPECT_THAT(answer, EndsWith("released"));
  EXPECT_THAT(answer, HasSubstr("Connection: close"));
}

TEST_F(HttpServerTest, DrainStopsWhatOutlivesItsPatience) {
  Start();
  RawClient running(server_->address());
  running.Send("GET /wait HTTP/1.1\r\nHost: a\r\n\r\n");
  waiting_.WaitFor(1);
  server_->Drain(milliseconds(1));
  EXPECT_EQ(stopped_, 1);
  EXPECT_EQ(server_->stats().connections_now, 0u);
}

TEST_F(HttpServerTest, ATakenAddressSaysWhatToDo) {
  Start();
  options_.address = server_->address();
  const Status error = HttpServer::Start(loop_, options_, router_).status();
  EXPECT_EQ(error.code(), StatusCode::kUnavailable);
  EXPECT_THAT(std::string(error.message()), HasSubstr(server_->address()));
  EXPECT_THAT(std::string(error.message()), HasSubstr("another program listens there"));
  EXPECT_THAT(std::string(error.message()), HasSubstr("--listen"));
}

TEST_F(HttpServerTest, ListensOnEveryFormOfAddress) {
  for (const std::string_view form : {":0", "localhost:0", "0.0.0.0:0"}) {
    options_.address = form;
    Start();
    EXPECT_THAT(Exchange("GET /hello HTTP/1.0\r\n\r\n"), EndsWith("hello!")) << form;
    EXPECT_THAT(server_->address(), Not(EndsWith(":0")));
  }
  options_.address = "no.such.host.invalid:0";
  EXPECT_EQ(HttpServer::Start(loop_, options_, router_).status().code(),
            StatusCode::kInvalidArgument);
}

}  // namespace
}  // namespace glint::net
