#include "service.h"

#include <algorithm>
#include <cmath>

#include "glint/exposition.h"
#include "glint/process_metrics.h"
#include "glint/propagation.h"

namespace glint::demo {
namespace {

// Finer than the default between 5 ms and 5 s, where the shop lives.
HistogramOptions Buckets() {
  HistogramOptions options;
  options.bounds = {.005, .01, .02, .03, .05, .075, .1,  .15, .2,
                    .3,   .5,  .75, 1.0, 1.5, 2.0,  3.0, 5.0, 10.0};
  return options;
}

Resource ResourceOf(const Identity& identity, uint16_t port) {
  return Resource::Of({{"service.name", identity.service},
                       {"service.namespace", "shop"},
                       {"service.version", identity.version},
                       {"service.instance.id",
                        identity.service + "-" + identity.region + "-" + std::to_string(port)},
                       {"deployment.environment", "demo"},
                       {"cloud.region", identity.region}});
}

Labels ConstLabels(const Identity& identity) {
  return {
      {"service", identity.service}, {"region", identity.region}, {"version", identity.version}};
}

// Takes the part of `rest` before the next slash.
std::string_view NextPart(std::string_view& rest) {
  const size_t slash = rest.find('/');
  const std::string_view part = rest.substr(0, slash);
  rest = slash == std::string_view::npos ? std::string_view() : rest.substr(slash + 1);
  return part;
}

bool Matches(std::string_view pattern, std::string_view path) {
  while (!pattern.empty() && !path.empty()) {
    const std::string_view want = NextPart(pattern);
    const std::string_view got = NextPart(path);
    const bool anything = !want.empty() && want.front() == '{' && !got.empty();
    if (!anything && want != got) return false;
  }
  return pattern.empty() && path.empty();
}

constexpr std::string_view kTierKey = "customer.tier=";

// Of the baggage header the one member that the shop passes on.
std::string TierOf(std::string_view baggage) {
  const size_t at = baggage.find(kTierKey);
  if (at == std::string_view::npos) return "anonymous";
  const std::string_view value = baggage.substr(at + kTierKey.size());
  return std::string(value.substr(0, value.find_first_of(",; ")));
}

}  // namespace

const Directory::Entry* Directory::Find(std::string_view service, std::string_view region,
                                        double point) const {
  const auto fits = [&](const Entry& entry) {
    return entry.identity.service == service && entry.identity.region == region;
  };
  double total = 0;
  for (const Entry& entry : entries_) total += fits(entry) ? entry.share : 0;
  double rest = point * total;
  const Entry* found = nullptr;
  for (const Entry& entry : entries_) {
    if (!fits(entry)) continue;
    found = &entry;
    rest -= entry.share;
    if (rest < 0) break;
  }
  return found;
}

HttpReply Visit::Call(const std::string& service, const std::string& method,
                      const std::string& target) {
  const Directory::Entry* const callee =
      service_.directory_.Find(service, service_.identity_.region, Random());
  if (callee == nullptr) return {0, "text/plain", "no instance of " + service};
  Span call = service_.tracer_.StartSpan(method, {SpanKind::kClient});
  call.SetAttribute("http.request.method", method);
  call.SetAttribute("url.full", "http://127.0.0.1:" + std::to_string(callee->port) + target);
  call.SetAttribute("server.address", "127.0.0.1");
  call.SetAttribute("server.port", callee->port);
  call.SetAttribute("peer.service", service);

  HttpRequest out;
  out.method = method;
  out.target = target;
  out.headers["traceparent"] = FormatTraceParent(call.context());
  if (!call.context().trace_state.empty()) {
    out.headers["tracestate"] = call.context().trace_state;
  }
  out.headers["baggage"] = std::string(kTierKey) + customer_tier;
  HttpReply reply = service_.client_.Send(callee->port, out);
  call.SetAttribute("http.response.status_code", reply.status);
  if (reply.status == 0) {
    call.SetStatus(SpanStatus::kError, reply.body);
  } else if (reply.status >= 400) {
    call.SetAttribute("error.type", std::to_string(reply.status));
    call.SetStatus(SpanStatus::kError);
  }
  return reply;
}

void Visit::Step(std::string_view name, SpanKind kind, double median_ms,
                 const Attributes& attributes) {
  Span step = service_.tracer_.StartSpan(name, {kind});
  for (const Attribute& attribute : attributes) step.SetAttribute(attribute.key, attribute.value);
  const double ms = median_ms * std::exp(0.4 * service_.Normal());
  service_.stop_.SleepFor(std::chrono::duration<double, std::milli>(ms));
}

double Visit::Random() { return service_.Random(); }

Service::Service(Identity identity, const Options& options, std::shared_ptr<BatchProcessor> spans,
                 const Directory& directory, HttpClient& client, StopSignal& stop)
    : identity_(std::move(identity)),
      directory_(directory),
      client_(client),
      stop_(stop),
      server_(options.port),
      registry_(ConstLabels(identity_)),
      tracer_("glint.demo.shop", ResourceOf(identity_, server_.port()), options.sampler,
              std::move(spans)),
      durations_(registry_.AddHistogram("http_server_request_duration_seconds",
                                        "Time to answer a request.", {"method", "route", "code"},
                                        Buckets(), {"seconds", {}})),
      active_(registry_.AddGauge("http_server_active_requests", "Requests being answered.").With()),
      random_(options.seed) {}

void Service::Handle(std::string method, std::string route, Handler handler) {
  routes_.push_back({std::move(method), std::move(route), std::move(handler)});
}

void Service::Start() {
  server_.Start([this](const HttpRequest& request) { return Answer(request); });
}

const Service::Route* Service::Match(const HttpRequest& request) const {
  const std::string_view path =
      std::string_view(request.target).substr(0, request.target.find('?'));
  for (const Route& route : routes_) {
    if (route.method == request.method && Matches(route.pattern, path)) return &route;
  }
  return nullptr;
}

HttpReply Service::Answer(const HttpRequest& request) {
  if (request.target == "/metrics") {
    Exposition page = Serialize(registry_, request.Header("accept"));
    return {200, std::move(page.content_type), std::move(page.body)};
  }
  return AnswerRoute(Match(request), request);
}

HttpReply Service::AnswerRoute(const Route* route, const HttpRequest& request) {
  const auto start = std::chrono::steady_clock::now();
  active_->Increment();
  const std::string pattern = route != nullptr ? route->pattern : "";
  SpanContext parent = ParseTraceParent(request.Header("traceparent"));
  parent.trace_state = CheckedTraceState(request.Header("tracestate"));
  Span span = tracer_.StartSpan(request.method + (pattern.empty() ? "" : " ") + pattern,
                                {SpanKind::kServer, parent});
  const Scope scope(span);
  std::string tier = TierOf(request.Header("baggage"));
  span.SetAttribute("http.request.method", request.method);
  span.SetAttribute("url.scheme", "http");
  span.SetAttribute("url.path", request.target);
  if (route != nullptr) span.SetAttribute("http.route", pattern);
  span.SetAttribute("server.address", "127.0.0.1");
  span.SetAttribute("server.port", port());
  span.SetAttribute("client.address", request.peer_address);
  span.SetAttribute("customer.tier", tier);

  HttpReply reply{404, "text/plain", "No such route.\n"};
  if (route != nullptr) {
    Visit visit(request, span, std::move(tier), *this);
    reply = route->handler(visit);
  }

  const std::string code = std::to_string(reply.status);
  span.SetAttribute("http.response.status_code", reply.status);
  if (reply.status >= 500) {
    span.SetAttribute("error.type", code);
    span.SetStatus(SpanStatus::kError, reply.body);
  }
  durations_.With(request.method, pattern, code)
      ->Observe(std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
  active_->Decrement();
  return reply;
}

double Service::Random() {
  const std::lock_guard lock(mutex_);
  return std::generate_canonical<double, 53>(random_);
}

double Service::Normal() {
  const std::lock_guard lock(mutex_);
  return std::normal_distribution<double>()(random_);
}

}  // namespace glint::demo
