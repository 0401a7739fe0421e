// What goes over sockets: the /metrics endpoint, and OTLP to a collector that the test plays.
#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <grpcpp/generic/async_generic_service.h>
#include <grpcpp/server_builder.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <string>
#include <thread>

#include "glint/http_endpoint.h"
#include "glint/otlp_grpc.h"
#include "glint/otlp_http.h"
#include "glint/process_metrics.h"
#include "otlp_encoding.h"

namespace glint {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;
using Outcome = ExportResult::Outcome;

sockaddr_in Loopback(uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

// Sends `bytes` and returns all that comes until the other side closes.
std::string Talk(uint16_t port, const std::string& bytes) {
  const int fd = socket(AF_INET, SOCK_STREAM, 0);
  const sockaddr_in address = Loopback(port);
  EXPECT_EQ(connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
  send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
  std::string reply;
  char buffer[4096];
  for (ssize_t n; (n = recv(fd, buffer, sizeof buffer, 0)) > 0;) {
    reply.append(buffer, static_cast<size_t>(n));
  }
  close(fd);
  return reply;
}

TEST(HttpEndpointTest, AnswersWhatItIsAsked) {
  Registry registry;
  registry.AddGauge("g", "").With()->Set(4);
  AddProcessMetrics(registry);
  const HttpEndpoint endpoint(registry, {});
  ASSERT_EQ(endpoint.error(), "");
  const auto get = [&](const std::string& request) {
    return Talk(endpoint.port(), request + "Connection: close\r\n\r\n");
  };
  const std::string page = get("GET /metrics HTTP/1.1\r\nAccept: application/openmetrics-text\r\n");
  EXPECT_THAT(page, StartsWith("HTTP/1.1 200 OK\r\nContent-Type: application/openmetrics-text;"));
  EXPECT_THAT(page, HasSubstr("\ng 4\n"));
  EXPECT_THAT(page, HasSubstr("\nprocess_threads "));
  EXPECT_THAT(page, HasSubstr("# EOF\n"));
  // Two requests in one packet are two answers on one connection.
  const std::string both = get("GET /metrics?x=1 HTTP/1.1\r\n\r\nGET /other HTTP/1.1\r\n");
  EXPECT_THAT(both, HasSubstr("text/plain; version=0.0.4"));
  EXPECT_THAT(both, HasSubstr("HTTP/1.1 404"));
  EXPECT_THAT(get("POST /metrics HTTP/1.1\r\n"), StartsWith("HTTP/1.1 405"));
  EXPECT_THAT(get("nonsense\r\n"), StartsWith("HTTP/1.1 400"));
  EXPECT_THAT(get("GET /" + std::string(40'000, 'x') + "\r\n"), StartsWith("HTTP/1.1 431"));
}

TEST(HttpEndpointTest, SaysThatItsPortIsTaken) {
  Registry registry;
  const HttpEndpoint first(registry, {});
  const HttpEndpoint second(registry, {"127.0.0.1", first.port()});
  EXPECT_THAT(second.error(), HasSubstr("127.0.0.1:" + std::to_string(first.port())));
}

// Takes one connection after the other and answers each request with the next of `replies`.
class FakeCollector {
 public:
  explicit FakeCollector(std::vector<std::string> replies) : replies_(std::move(replies)) {
    listener_ = socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address = Loopback(0);
    socklen_t size = sizeof address;
    EXPECT_EQ(bind(listener_, reinterpret_cast<sockaddr*>(&address), size), 0);
    EXPECT_EQ(listen(listener_, 8), 0);
    getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this] { Run(); });
  }
  ~FakeCollector() {
    shutdown(listener_, SHUT_RDWR);
    thread_.join();
    close(listener_);
  }

  std::string Url() const { return "http://127.0.0.1:" + std::to_string(port_) + "/v1/traces"; }

  std::vector<std::string> requests_;
  int connections_ = 0;

 private:
  void Run() {
    size_t next = 0;
    for (int fd; next < replies_.size() && (fd = accept(listener_, nullptr, nullptr)) >= 0;) {
      ++connections_;
      std::string bytes;
      char buffer[4096];
      for (ssize_t n; next < replies_.size() && (n = recv(fd, buffer, sizeof buffer, 0)) > 0;) {
        bytes.append(buffer, static_cast<size_t>(n));
        const size_t head = bytes.find("\r\n\r\n");
        const size_t length = bytes.find("Content-Length: ");
        if (head == std::string::npos ||
            bytes.size() < head + 4 + std::stoul(bytes.substr(length + 16))) {
          continue;
        }
        requests_.push_back(bytes);
        bytes.clear();
        const std::string& reply = replies_[next++];
        if (reply.empty()) break;  // Closes without an answer.
        send(fd, reply.data(), reply.size(), MSG_NOSIGNAL);
      }
      close(fd);
    }
  }

  const std::vector<std::string> replies_;
  int listener_ = -1;
  uint16_t port_ = 0;
  std::thread thread_;
};

constexpr char kOk[] = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}";

OtlpOptions To(const std::string& url) {
  OtlpOptions options;
  options.protocol = OtlpOptions::Protocol::kHttpProtobuf;
  options.endpoint = url;
  options.headers = {{"X-Tenant", "blue"}};
  return options;
}

TEST(OtlpHttpTest, PostsOnOneConnectionAndReadsTheStatus) {
  std::vector<SpanData> spans(1);
  spans[0].name = "the name";
  FakeCollector collector({kOk, "HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n",
                           "HTTP/1.1 400 Bad\r\nContent-Length: 0\r\n\r\n"});
  {
    OtlpHttpExporter exporter(To(collector.Url()));
    EXPECT_EQ(exporter.Export(spans).outcome, Outcome::kSent);
    EXPECT_EQ(exporter.Export(spans).outcome, Outcome::kTryAgain);
    const ExportResult refused = exporter.Export(spans);
    EXPECT_EQ(refused.outcome, Outcome::kRefused);
    EXPECT_EQ(refused.error, "HTTP status 400");
  }
  EXPECT_EQ(collector.connections_, 1);
  EXPECT_THAT(collector.requests_.at(0), StartsWith("POST /v1/traces HTTP/1.1\r\n"));
  EXPECT_THAT(collector.requests_.at(0), HasSubstr("\r\nX-Tenant: blue\r\n"));
  EXPECT_THAT(collector.requests_.at(0), HasSubstr(internal::EncodeTraces(spans)));
}

// Collectors close idle connections; the next batch must not pay for it.
TEST(OtlpHttpTest, ConnectsAnewWhereAKeptConnectionIsGone) {
  FakeCollector collector({kOk, "", kOk});
  OtlpHttpExporter exporter(To(collector.Url()));
  EXPECT_EQ(exporter.Export(std::vector<SpanData>(1)).outcome, Outcome::kSent);
  EXPECT_EQ(exporter.Export(std::vector<SpanData>(1)).outcome, Outcome::kSent);
}

TEST(OtlpHttpTest, SaysWhatIsWrong) {
  OtlpHttpExporter tls(To("https://127.0.0.1:1/v1/traces"));
  EXPECT_EQ(tls.Export({}).outcome, Outcome::kRefused);
  OtlpHttpExporter nobody(To("http://127.0.0.1:1/v1/traces"));
  const ExportResult result = nobody.Export({});
  EXPECT_EQ(result.outcome, Outcome::kTryAgain);
  EXPECT_EQ(result.error, "Connection refused");
}

// One call of a generic gRPC server, as a collector sees it.
TEST(OtlpGrpcTest, CallsTheTraceService) {
#ifdef __SANITIZE_THREAD__
  GTEST_SKIP() << "Debian's gRPC is not instrumented, so TSan sees races in it that are none";
#endif
  grpc::AsyncGenericService service;
  grpc::ServerBuilder builder;
  int port = 0;
  builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port);
  builder.RegisterAsyncGenericService(&service);
  const auto queue = builder.AddCompletionQueue();
  const auto server = builder.BuildAndStart();
  grpc::GenericServerContext context;
  grpc::GenericServerAsyncReaderWriter stream(&context);
  grpc::ByteBuffer request;
  service.RequestCall(&context, &stream, queue.get(), queue.get(), nullptr);
  std::thread answering([&] {
    void* tag;
    bool ok;
    queue->Next(&tag, &ok);
    stream.Read(&request, nullptr);
    queue->Next(&tag, &ok);
    stream.WriteAndFinish(grpc::ByteBuffer(), {}, grpc::Status::OK, nullptr);
    queue->Next(&tag, &ok);
  });
  std::vector<SpanData> spans(2);
  OtlpOptions options;
  options.endpoint = "http://127.0.0.1:" + std::to_string(port);
  const auto exporter = MakeOtlpExporter(options);
  const ExportResult result = exporter->Export(spans);
  answering.join();
  EXPECT_EQ(result.outcome, Outcome::kSent) << result.error;
  EXPECT_EQ(context.method(), "/opentelemetry.proto.collector.trace.v1.TraceService/Export");
  std::vector<grpc::Slice> slices;
  request.Dump(&slices);
  std::string bytes;
  for (const grpc::Slice& slice : slices) {
    bytes.append(reinterpret_cast<const char*>(slice.begin()), slice.size());
  }
  EXPECT_EQ(bytes, internal::EncodeTraces(spans));
  server->Shutdown();
  queue->Shutdown();
  void* tag;
  for (bool ok; queue->Next(&tag, &ok);) {
  }
  EXPECT_EQ(exporter->Export(spans).outcome, Outcome::kTryAgain);
}

TEST(OtlpOptionsTest, ReadsTheStandardVariables) {
  setenv("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf", 1);
  setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://collector:9/", 1);
  setenv("OTEL_EXPORTER_OTLP_HEADERS", "api-key=s%20t", 1);
  setenv("OTEL_EXPORTER_OTLP_TRACES_TIMEOUT", "1500", 1);
  const OtlpOptions options = OtlpOptions::FromEnvironment();
  for (const char* name : {"OTEL_EXPORTER_OTLP_PROTOCOL", "OTEL_EXPORTER_OTLP_ENDPOINT",
                           "OTEL_EXPORTER_OTLP_HEADERS", "OTEL_EXPORTER_OTLP_TRACES_TIMEOUT"}) {
    unsetenv(name);
  }
  EXPECT_EQ(options.endpoint, "http://collector:9/v1/traces");
  EXPECT_EQ(options.headers.at(0).second, "s t");
  EXPECT_EQ(options.timeout.count(), 1500);
  EXPECT_EQ(OtlpOptions::FromEnvironment().endpoint, "http://localhost:4317");
}

}  // namespace
}  // namespace glint
