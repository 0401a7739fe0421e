// What a scrape costs before the store: request, answer, reading, batch. Targets are served by a
// child process; the time shown is the CPU of this one, user and system.
#include <arpa/inet.h>
#include <benchmark/benchmark.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <thread>

#include "base/check.h"
#include "net/encoding.h"
#include "scrape/scraper.h"

namespace glint::scrape {
namespace {

constexpr int kTargets = 100;
constexpr int kSeries = 1000;
constexpr int kIntervalMs = 200;
constexpr int kSeconds = 5;

enum class Framing { kLength, kChunked, kGzip };

// Half of the numbers change from turn to turn, and a quarter of the exemplars.
std::string Body(int turn) {
  std::string body;
  for (int i = 0; i < kSeries / 20; ++i) {
    body += fmt::format("# HELP requests_{0} How many.\n# TYPE requests_{0} counter\n", i);
    for (int code = 0; code < 6; ++code) {
      body +=
          fmt::format("requests_{}_total{{method=\"GET\",path=\"/api/v1/item\",code=\"{}\"}} {}\n",
                      i, code * 100, code % 2 == 0 ? i : 123456 + i * 1000 + turn);
    }
    body += fmt::format("# HELP latency_{0} How long.\n# TYPE latency_{0} histogram\n", i);
    for (int le = 0; le < 12; ++le) {
      body +=
          fmt::format("latency_{}_bucket{{method=\"GET\",path=\"/api/v1/item\",le=\"{}\"}} {:e}", i,
                      le * 0.25, 10000.0 + le * 100 + turn);
      if (le == 5) {
        body += fmt::format(" # {{trace_id=\"{:032x}\",span_id=\"{:016x}\"}} 0.{} 1700000000.123",
                            i * 7919 + (i % 4 == 0 ? turn : 0) + 1, i + 1, i + 10);
      }
      body += '\n';
    }
    body += fmt::format(
        "latency_{0}_sum{{method=\"GET\",path=\"/api/v1/item\"}} {1:.17g}\n"
        "latency_{0}_count{{method=\"GET\",path=\"/api/v1/item\"}} {2}\n",
        i, 1234.56789 * (turn + 1) / 7, 10000 + turn);
  }
  return body + "# EOF\n";
}

std::string Response(int turn, Framing framing) {
  std::string body = Body(turn);
  std::string head =
      "HTTP/1.1 200 OK\r\nContent-Type: application/openmetrics-text; version=1.0.0; "
      "charset=utf-8\r\nDate: Sun, 22 Nov 2026 14:00:00 GMT\r\n";
  if (framing == Framing::kChunked) {
    std::string chunks;
    for (size_t at = 0; at < body.size(); at += 4096) {
      const std::string chunk = body.substr(at, 4096);
      chunks += fmt::format("{:x}\r\n{}\r\n", chunk.size(), chunk);
    }
    return head + "Transfer-Encoding: chunked\r\n\r\n" + chunks + "0\r\n\r\n";
  }
  if (framing == Framing::kGzip) {
    body = net::GzipCompress(body);
    head += "Content-Encoding: gzip\r\n";
  }
  return fmt::format("{}Content-Length: {}\r\n\r\n{}", head, body.size(), body);
}

// Answers whatever ends with an empty line, on kept connections, until it is killed.
[[noreturn]] void Serve(int listener, Framing framing) {
  const std::string responses[] = {Response(1, framing), Response(2, framing)};
  std::vector<pollfd> sockets = {{listener, POLLIN, 0}};
  std::vector<size_t> turns = {0};
  char request[8192];
  while (true) {
    poll(sockets.data(), sockets.size(), -1);
    const size_t count = sockets.size();
    if (sockets[0].revents != 0) {
      const int socket = accept(listener, nullptr, nullptr);
      const int on = 1;
      setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
      sockets.push_back({socket, POLLIN, 0});
      turns.push_back(0);
    }
    for (size_t i = 1; i < count; ++i) {
      if (sockets[i].revents == 0) continue;
      const ssize_t got = read(sockets[i].fd, request, sizeof request);
      if (got <= 0) {
        close(sockets[i].fd);
        sockets[i].fd = -1;
        continue;
      }
      if (std::string_view(request, static_cast<size_t>(got)).find("\r\n\r\n") ==
          std::string_view::npos) {
        continue;
      }
      const std::string& response = responses[turns[i]++ % 2];
      for (size_t sent = 0; sent < response.size();) {
        const ssize_t n = write(sockets[i].fd, response.data() + sent, response.size() - sent);
        if (n <= 0) break;
        sent += static_cast<size_t>(n);
      }
    }
  }
}

class DiscardingWriter final : public storage::MetricWriter {
 public:
  StatusOr<std::vector<model::SeriesRef>> Resolve(std::span<const model::Labels> series) override {
    std::vector<model::SeriesRef> refs;
    for (size_t i = 0; i < series.size(); ++i) refs.push_back({++next_});
    return refs;
  }
  StatusOr<storage::AppendCounts> Append(storage::MetricBatch) override {
    return storage::AppendCounts();
  }

 private:
  std::atomic<uint64_t> next_ = 0;
};

struct Cpu {
  double user = 0;
  double system = 0;
};

Cpu CpuNow() {
  rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
  };
  return {seconds(usage.ru_utime), seconds(usage.ru_stime)};
}

void Scrape(benchmark::State& state, Framing framing) {
  const int listener = socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  CHECK(bind(listener, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
  CHECK(listen(listener, 512) == 0);
  socklen_t size = sizeof address;
  getsockname(listener, reinterpret_cast<sockaddr*>(&address), &size);
  const pid_t child = fork();
  if (child == 0) Serve(listener, framing);
  close(listener);

  config::ScrapeConfig job;
  job.job_name = "app";
  job.scrape_interval_ms = kIntervalMs;
  job.scrape_timeout_ms = kIntervalMs;
  job.scrape_protocols = {"OpenMetricsText1.0.0", "PrometheusText0.0.4"};
  for (int i = 0; i < kTargets; ++i) {
    job.static_configs.push_back(
        {{fmt::format("127.0.0.1:{}", ntohs(address.sin_port))}, {{"n", std::to_string(i)}}});
  }
  config::PrometheusConfig config;
  config.scrape_configs = {job};
  net::EventLoop loop(1);
  DiscardingWriter writer;
  Scraper scraper(loop, writer, ScraperOptions());
  CHECK(scraper.Apply(config).ok());
  std::this_thread::sleep_for(std::chrono::milliseconds(3 * kIntervalMs));
  const ScrapeCounters& counters = scraper.counters();
  for (auto _ : state) {
    const Cpu before = CpuNow();
    const uint64_t scrapes = counters.scrapes;
    const uint64_t failed = counters.failed;
    std::this_thread::sleep_for(std::chrono::seconds(kSeconds));
    const Cpu after = CpuNow();
    const auto done = static_cast<double>(counters.scrapes - scrapes);
    state.SetIterationTime((after.user - before.user + after.system - before.system) / done);
    state.counters["user_us"] = (after.user - before.user) / done * 1e6;
    state.counters["system_us"] = (after.system - before.system) / done * 1e6;
    state.counters["scrapes"] = done;
    state.counters["failed"] = static_cast<double>(counters.failed - failed);
    state.counters["missed"] = static_cast<double>(counters.missed);
  }
  scraper.Stop();
  kill(child, SIGKILL);
  waitpid(child, nullptr, 0);
}
BENCHMARK_CAPTURE(Scrape, ContentLength, Framing::kLength)
    ->UseManualTime()
    ->Iterations(1)
    ->Unit(benchmark::kMicrosecond);
BENCHMARK_CAPTURE(Scrape, Chunked, Framing::kChunked)
    ->UseManualTime()
    ->Iterations(1)
    ->Unit(benchmark::kMicrosecond);
BENCHMARK_CAPTURE(Scrape, Gzip, Framing::kGzip)
    ->UseManualTime()
    ->Iterations(1)
    ->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace glint::scrape
