#include "original_server.h"

#include <algorithm>
#include <cmath>

#include "glint/exposition.h"
#include "glint/process_metrics.h"
#include "glint/propagation.h"

namespace glint::demo {

OriginalServer::OriginalServer(const OriginalServerOptions& options,
                               std::shared_ptr<BatchProcessor> spans, StopSignal& stop)
    : stop_(stop),
      server_(options.port),
      tracer_("glint.demo.server", Resource::Of({{"service.name", kServiceName}}),
              ParentBased(TraceIdRatio(options.sampling_ratio)), spans),
      durations_(registry_.AddHistogram("my_prom_hist_seconds", "Time taken by do_work.", {"name"})
                     .With("foo")),
      random_(options.seed) {
  AddProcessMetrics(registry_);
  AddSpanMetrics(registry_, std::move(spans));
}

void OriginalServer::Start() {
  server_.Start([this](const HttpRequest& request) { return Answer(request); });
}

HttpReply OriginalServer::Answer(const HttpRequest& request) {
  const std::string path = request.target.substr(0, request.target.find('?'));
  if (path == "/metrics") {
    Exposition page = Serialize(registry_, request.Header("accept"));
    return {200, std::move(page.content_type), std::move(page.body)};
  }
  if (path == "/") return AnswerRoot(request);
  return {404, "text/plain", "Here are / and /metrics.\n"};
}

HttpReply OriginalServer::AnswerRoot(const HttpRequest& request) {
  SpanContext parent = ParseTraceParent(request.Header("traceparent"));
  parent.trace_state = CheckedTraceState(request.Header("tracestate"));
  Span span = tracer_.StartSpan("/", {SpanKind::kServer, parent});
  const Scope scope(span);
  span.SetAttribute("http.method", request.method);
  span.SetAttribute("http.server_name", "127.0.0.1");
  span.SetAttribute("http.scheme", "http");
  span.SetAttribute("net.host.name", "127.0.0.1");
  span.SetAttribute("net.host.port", port());
  span.SetAttribute("http.host", request.Header("host"));
  span.SetAttribute("http.target", request.target);
  span.SetAttribute("net.peer.ip", request.peer_address);
  span.SetAttribute("net.peer.port", request.peer_port);
  span.SetAttribute("http.user_agent", request.Header("user-agent"));
  span.SetAttribute("http.flavor", "1.1");
  span.SetAttribute("http.route", "/");

  {
    const Timer timer(*durations_);
    DoWork();
  }

  span.SetAttribute("http.status_code", 200);
  return {200, "text/html; charset=utf-8", "Finished processing request\n"};
}

void OriginalServer::DoWork() {
  const Span span = tracer_.StartSpan("do_work");
  stop_.SleepFor(std::chrono::duration<double>(RandomSeconds()));
}

// Python's random.paretovariate(0.75) / 100.
double OriginalServer::RandomSeconds() {
  constexpr double kAlpha = 0.75;
  double uniform;
  {
    const std::lock_guard lock(mutex_);
    uniform = 1 - std::generate_canonical<double, 53>(random_);
  }
  return std::min(std::pow(uniform, -1 / kAlpha) / 100, kMaxWorkSeconds);
}

}  // namespace glint::demo
