#include "net/http_client.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <future>
#include <latch>
#include <thread>

#include "net/http_server.h"
#include "net/http_url.h"

namespace glint::net {
namespace {

using std::chrono::milliseconds;
using ::testing::HasSubstr;

class HttpClientTest : public testing::Test {
 protected:
  HttpClientTest() {
    HttpServerOptions options;
    options.address = "127.0.0.1:0";
    HttpRouter router;
    router.Handle("GET", "/hello", [](const HttpRequest& request) {
      HttpResponse response;
      response.body = "hello " + std::string(request.Header("X-Who"));
      response.headers.emplace_back("X-Remote", request.remote);
      return response;
    });
    router.Handle("GET", "/auth", [](const HttpRequest& request) {
      HttpResponse response;
      response.body = "auth=" + std::string(request.Header("Authorization"));
      return response;
    });
    router.Handle("POST", "/echo", [](const HttpRequest& request) {
      HttpResponse response;
      response.status = 201;
      response.body = request.method + request.body;
      return response;
    });
    router.Handle("GET", "/big", [](const HttpRequest&) {
      HttpResponse response;
      response.body = std::string(100'000, 'x');
      return response;
    });
    router.Handle("GET", "/to/*", [this](const HttpRequest& request) {
      HttpResponse response;
      response.status = 302;
      const std::string& where = request.groups[0];
      std::string location = "/to/loop";
      if (where == "hello") location = "../hello";
      if (where == "elsewhere") location = "http://localhost:" + Port() + "/auth";
      response.headers.emplace_back("Location", location);
      return response;
    });
    router.Handle("GET", "/wait", [](const HttpRequest& request) {
      std::latch stopped(1);
      const std::stop_callback callback(request.stop, [&] { stopped.count_down(); });
      stopped.wait();
      return HttpResponse();
    });
    server_ = *HttpServer::Start(loop_, options, std::move(router));
    client_ = *HttpClient::Make(loop_, {});
  }
  std::string Port() const { return server_->address().substr(server_->address().rfind(':') + 1); }
  HttpFetch To(std::string_view path) const {
    HttpFetch fetch;
    fetch.url = fmt::format("http://{}{}", server_->address(), path);
    return fetch;
  }
  std::string Error(HttpFetch fetch, StatusCode code) {
    const StatusOr<HttpFetched> fetched = client_->FetchAndWait(std::move(fetch));
    EXPECT_FALSE(fetched.ok());
    EXPECT_EQ(fetched.status().code(), code) << fetched.status().ToString();
    return std::string(fetched.status().message());
  }

  EventLoop loop_{2};
  std::unique_ptr<HttpServer> server_;
  std::unique_ptr<HttpClient> client_;
};

TEST_F(HttpClientTest, FetchesWithHeadersAndKeepsTheConnection) {
  HttpFetch fetch = To("/hello");
  fetch.headers.emplace_back("X-Who", "there");
  const StatusOr<HttpFetched> first = client_->FetchAndWait(fetch);
  ASSERT_TRUE(first.ok()) << first.status().ToString();
  EXPECT_EQ(first->status, 200);
  EXPECT_EQ(first->body, "hello there");
  const StatusOr<HttpFetched> second = client_->FetchAndWait(fetch);
  ASSERT_TRUE(second.ok());
  EXPECT_EQ(first->Header("x-remote"), second->Header("x-remote"));
}

TEST_F(HttpClientTest, PostsABodyAndAnyStatusIsAnAnswer) {
  HttpFetch fetch = To("/echo");
  fetch.method = "POST";
  fetch.body = "body";
  const StatusOr<HttpFetched> fetched = client_->FetchAndWait(fetch);
  ASSERT_TRUE(fetched.ok());
  EXPECT_EQ(fetched->status, 201);
  EXPECT_EQ(fetched->body, "POSTbody");
  EXPECT_EQ(client_->FetchAndWait(To("/nowhere"))->status, 404);
}

TEST_F(HttpClientTest, FollowsRedirectsAndStopsInALoop) {
  const StatusOr<HttpFetched> fetched = client_->FetchAndWait(To("/to/hello"));
  ASSERT_TRUE(fetched.ok()) << fetched.status().ToString();
  EXPECT_EQ(fetched->body, "hello ");
  EXPECT_THAT(fetched->url, HasSubstr("/hello"));
  EXPECT_THAT(Error(To("/to/loop"), StatusCode::kFailedPrecondition),
              HasSubstr("stopped after 10 redirects"));
  HttpFetch stay = To("/to/hello");
  stay.max_redirects = 0;
  EXPECT_EQ(client_->FetchAndWait(stay)->status, 302);
}

// A target must not be able to send our password to another host.
TEST_F(HttpClientTest, CredentialsDoNotFollowToAnotherHost) {
  HttpFetch fetch = To("/to/elsewhere");
  fetch.headers.emplace_back("Authorization", "Bearer secret");
  const StatusOr<HttpFetched> fetched = client_->FetchAndWait(fetch);
  ASSERT_TRUE(fetched.ok()) << fetched.status().ToString();
  EXPECT_EQ(fetched->body, "auth=");
}

TEST_F(HttpClientTest, StopsReadingBeyondTheBodyLimit) {
  HttpFetch fetch = To("/big");
  fetch.max_body_bytes = 99'999;
  EXPECT_THAT(Error(fetch, StatusCode::kResourceExhausted),
              HasSubstr("body size limit exceeded: more than 99999 bytes"));
  fetch.max_body_bytes = 100'000;
  EXPECT_EQ(client_->FetchAndWait(fetch)->body.size(), 100'000u);
}

TEST_F(HttpClientTest, TimesOutAndSaysWhere) {
  HttpFetch fetch = To("/wait");
  fetch.timeout = milliseconds(30);
  EXPECT_THAT(Error(fetch, StatusCode::kDeadlineExceeded),
              HasSubstr("timeout after 30ms while waiting for the answer"));
}

TEST_F(HttpClientTest, IsCancelledByItsTokenAndByItsEnd) {
  std::stop_source stop;
  HttpFetch fetch = To("/wait");
  fetch.stop = stop.get_token();
  std::promise<StatusOr<HttpFetched>> cancelled;
  client_->Fetch(fetch, [&](StatusOr<HttpFetched> result) { cancelled.set_value(result); });
  stop.request_stop();
  EXPECT_EQ(cancelled.get_future().get().status().code(), StatusCode::kCancelled);

  std::promise<StatusOr<HttpFetched>> ended;
  client_->Fetch(To("/wait"), [&](StatusOr<HttpFetched> result) { ended.set_value(result); });
  client_.reset();
  EXPECT_EQ(ended.get_future().get().status().code(), StatusCode::kCancelled);
}

TEST_F(HttpClientTest, NamesWhatFailedAndWhere) {
  const std::string address = server_->address();
  server_.reset();
  HttpFetch refused;
  refused.url = "http://" + address + "/metrics";
  EXPECT_THAT(Error(refused, StatusCode::kUnavailable),
              HasSubstr("connect to " + address + ": Connection refused"));
  HttpFetch unknown;
  unknown.url = "http://no.such.host.invalid/metrics";
  EXPECT_THAT(Error(unknown, StatusCode::kUnavailable),
              HasSubstr("lookup of host no.such.host.invalid"));
  HttpFetch bad;
  bad.url = "ftp://host/";
  EXPECT_THAT(Error(bad, StatusCode::kInvalidArgument), HasSubstr("neither http nor https"));
}

// A restarted target closes the connections that we kept: that is no failed scrape.
TEST_F(HttpClientTest, AKeptConnectionThatDiedIsReplaced) {
  ASSERT_TRUE(client_->FetchAndWait(To("/hello")).ok());
  HttpServerOptions options;
  options.address = server_->address();
  server_.reset();
  HttpRouter router;
  router.Handle("GET", "/hello", [](const HttpRequest&) { return HttpResponse(); });
  StatusOr<std::unique_ptr<HttpServer>> again = HttpServer::Start(loop_, options, router);
  ASSERT_TRUE(again.ok()) << again.status().ToString();
  server_ = *std::move(again);
  const StatusOr<HttpFetched> fetched = client_->FetchAndWait(To("/hello"));
  EXPECT_TRUE(fetched.ok()) << fetched.status().ToString();
}

// Answers every connection with the same bytes and closes.
class ScriptedServer {
 public:
  explicit ScriptedServer(std::string answer) : answer_(std::move(answer)) {
    fd_ = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in at{};
    at.sin_family = AF_INET;
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof(at);
    CHECK(::bind(fd_, reinterpret_cast<sockaddr*>(&at), size) == 0 && ::listen(fd_, 8) == 0);
    CHECK(::getsockname(fd_, reinterpret_cast<sockaddr*>(&at), &size) == 0);
    url_ = fmt::format("http://127.0.0.1:{}/metrics", ntohs(at.sin_port));
    thread_ = std::jthread([this] {
      for (int client = ::accept(fd_, nullptr, nullptr); client >= 0;
           client = ::accept(fd_, nullptr, nullptr)) {
        char request[4096];
        if (::recv(client, request, sizeof(request), 0) > 0) {
          (void)!::send(client, answer_.data(), answer_.size(), MSG_NOSIGNAL);
        }
        ::close(client);
      }
    });
  }
  ~ScriptedServer() {
    ::shutdown(fd_, SHUT_RDWR);
    thread_.join();
    ::close(fd_);
  }
  const std::string& url() const { return url_; }

 private:
  std::string answer_;
  int fd_;
  std::string url_;
  std::jthread thread_;
};

TEST_F(HttpClientTest, BrokenAnswersAreErrorsThatSayWhatIsWrong) {
  const auto error = [this](std::string answer, StatusCode code) {
    const ScriptedServer server(std::move(answer));
    HttpFetch fetch;
    fetch.url = server.url();
    return Error(fetch, code);
  };
  EXPECT_THAT(error("SSH-2.0-OpenSSH_9.2\r\n\r\n", StatusCode::kDataLoss),
              HasSubstr("malformed answer"));
  EXPECT_THAT(error("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nshort", StatusCode::kUnavailable),
              HasSubstr("reading the body: the other side closed"));
  EXPECT_THAT(error("HTTP/1.1 200 OK\r\nX: " + std::string(100'000, 'x') + "\r\n\r\n",
                    StatusCode::kDataLoss),
              HasSubstr("malformed answer"));
  EXPECT_THAT(error("", StatusCode::kUnavailable), HasSubstr("the other side closed"));
}

TEST_F(HttpClientTest, ReadsABodyThatEndsWithTheConnection) {
  const ScriptedServer server("HTTP/1.0 200 OK\r\n\r\nuntil the end");
  HttpFetch fetch;
  fetch.url = server.url();
  const StatusOr<HttpFetched> fetched = client_->FetchAndWait(fetch);
  ASSERT_TRUE(fetched.ok()) << fetched.status().ToString();
  EXPECT_EQ(fetched->body, "until the end");
}

TEST(HttpUrl, ReadsAndResolves) {
  const HttpUrl url = *ParseHttpUrl("http://host:8080/a/b?x=1#part");
  EXPECT_EQ(url.ToString(), "http://host:8080/a/b?x=1");
  EXPECT_EQ(ResolveLocation(url, "/c")->ToString(), "http://host:8080/c");
  EXPECT_EQ(ResolveLocation(url, "c?y=http://z")->ToString(), "http://host:8080/a/c?y=http://z");
  EXPECT_EQ(ResolveLocation(url, "../../c/./d/..")->ToString(), "http://host:8080/c/");
  EXPECT_EQ(ResolveLocation(url, "?y")->ToString(), "http://host:8080/a/b?y");
  EXPECT_EQ(ResolveLocation(url, "//other/c")->ToString(), "http://other/c");
  EXPECT_EQ(ResolveLocation(url, "https://other")->ToString(), "https://other/");
  EXPECT_EQ(ParseHttpUrl("HTTPS://[::1]:443?q")->ToString(), "https://[::1]/?q");
  for (const std::string_view bad :
       {"host/path", "http://", "http://h:99999/", "http://[::1/", "http://[[p]/", "http://[p]/",
        "http://a]b/", "http://a b/", "http://u:p@h/", "http://h/\r\nX: y"}) {
    EXPECT_FALSE(ParseHttpUrl(bad).ok()) << bad;
  }
}

}  // namespace
}  // namespace glint::net
