// What others say of our output: promtool, prometheus_client's OpenMetrics parser, OpenTelemetry's
// Python SDK and its protobuf classes. Each is skipped, saying so, where it is not installed;
// GLINT_TEST_PYTHON names a Python that has the packages (default: python3).
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>

#include "glint/batch_processor.h"
#include "glint/exposition.h"
#include "glint/process_metrics.h"
#include "glint/tracer.h"
#include "otlp_encoding.h"

namespace glint {
namespace {

using ::testing::HasSubstr;

struct Outcome {
  int exit_code = -1;
  std::string output;  // Of stdout and stderr.
};

// Runs a shell command with `input` as its stdin.
Outcome RunWith(const std::string& input, const std::string& command) {
  char path[] = "/tmp/glint_client_judges_XXXXXX";
  const int fd = mkstemp(path);
  EXPECT_EQ(write(fd, input.data(), input.size()), static_cast<ssize_t>(input.size()));
  close(fd);
  Outcome outcome;
  FILE* const pipe = popen(("( " + command + " ) 2>&1 < " + path).c_str(), "r");
  char buffer[4096];
  for (size_t n; (n = fread(buffer, 1, sizeof buffer, pipe)) > 0;) outcome.output.append(buffer, n);
  outcome.exit_code = WEXITSTATUS(pclose(pipe));
  unlink(path);
  return outcome;
}

Outcome RunPython(const std::string& input, const std::string& script) {
  const char* const python = std::getenv("GLINT_TEST_PYTHON");
  return RunWith(input,
                 std::string(python != nullptr ? python : "python3") + " -c '" + script + "'");
}

bool PythonHas(const std::string& module) {
  return RunPython("", "import " + module).exit_code == 0;
}

// Everything that a page can hold, the awkward included.
void Fill(Registry& registry) {
  auto& jobs = registry.AddCounter("jobs", "Jobs \"done\" \\ so\nfar.", {"kind"});
  jobs.With("mail")->Increment();
  jobs.With("a\\b\"c\nd\xff\xC3\xA9")->Add(0.25);
  registry.AddCounter("sent_bytes", "Bytes sent.", {}, {"bytes", {}})
      .With()
      ->Add(uint64_t{1} << 60);
  registry.AddGauge("empty_family", "Nobody is here.", {"x"});
  auto& levels = registry.AddGauge("level", "Levels.", {"which"});
  levels.With("nan")->Set(NAN);
  levels.With("inf")->Set(-INFINITY);
  levels.With("")->Set(1e-300);
  const auto latency =
      registry.AddHistogram("latency_seconds", "Time.", {"route"}, {}, {"seconds", {}}).With("/");
  SpanContext span;
  span.trace_id = NewTraceId();
  span.span_id = NewSpanId();
  span.flags = SpanContext::kSampledFlag;
  internal::current_span_context = &span;
  for (const double value : {0.001, 0.02, 0.3, 4.0, 50.0}) latency->Observe(value);
  jobs.With("mail")->Increment();
  internal::current_span_context = nullptr;
  AddProcessMetrics(registry);
}

TEST(JudgesTest, PromtoolFindsNothingToSay) {
  if (RunWith("", "command -v promtool").exit_code != 0)
    GTEST_SKIP() << "promtool is not installed";
  Registry registry(Labels{{"service", "cart"}});
  Fill(registry);
  const Exposition page = Serialize(registry, ExpositionFormat::kText004);
  const Outcome outcome = RunWith(page.body, "promtool check metrics");
  EXPECT_EQ(outcome.exit_code, 0) << outcome.output << page.body;
  // That it can fail at all.
  EXPECT_NE(RunWith("a{ 1\n", "promtool check metrics").exit_code, 0);
}

TEST(JudgesTest, PrometheusClientReadsOurOpenMetrics) {
  if (!PythonHas("prometheus_client")) GTEST_SKIP() << "prometheus_client is not installed";
  Registry registry(Labels{{"service", "cart"}});
  Fill(registry);
  const Exposition page = Serialize(registry, ExpositionFormat::kOpenMetrics100);
  const Outcome outcome = RunPython(page.body, R"(
import sys
from prometheus_client.openmetrics.parser import text_string_to_metric_families as parse
families = list(parse(sys.stdin.read()))
samples = [s for f in families for s in f.samples]
print("families", len(families), "exemplars", sum(1 for s in samples if s.exemplar))
print("odd", [s.value for s in samples if s.labels.get("kind", "").startswith("a\\b\"c\nd")])
print("unit", *[f.unit for f in families if f.name == "sent_bytes"])
)");
  EXPECT_EQ(outcome.exit_code, 0) << outcome.output << page.body;
  EXPECT_THAT(outcome.output, HasSubstr("families 12 exemplars 6"));
  EXPECT_THAT(outcome.output, HasSubstr("odd [0.25]"));
  EXPECT_THAT(outcome.output, HasSubstr("unit bytes\n"));
}

// One trace through a Python and a C++ service is sampled by both or by neither.
TEST(JudgesTest, SamplesWhatOpenTelemetryPythonSamples) {
  if (!PythonHas("opentelemetry.sdk.trace.sampling")) {
    GTEST_SKIP() << "opentelemetry-sdk is not installed";
  }
  std::string lines, ours;
  for (const double ratio : {0.0, 1e-9, 0.01, 0.1, 1.0 / 3, 0.5, 0.99999, 1.0}) {
    for (int i = 0; i < 200; ++i) {
      TraceId id = NewTraceId();
      // Many near the bound, where rounding shows.
      if (i % 2 == 0)
        id.low = static_cast<uint64_t>(ratio * 0x1p63) * 2 + static_cast<uint64_t>(i) - 100;
      char text[64];
      std::snprintf(text, sizeof text, "%.17g ", ratio);
      lines += text + id.Hex() + "\n";
      ours += TraceIdRatio(ratio)->ShouldSample({}, id) ? "1" : "0";
    }
  }
  const Outcome outcome = RunPython(lines, R"(
import sys
from opentelemetry.sdk.trace.sampling import TraceIdRatioBased
for line in sys.stdin:
    ratio, trace_id = line.split()
    result = TraceIdRatioBased(float(ratio)).should_sample(None, int(trace_id, 16), "name")
    sys.stdout.write("1" if result.decision.is_sampled() else "0")
)");
  EXPECT_EQ(outcome.exit_code, 0);
  EXPECT_EQ(outcome.output, ours);
}

class Kept : public SpanProcessor {
 public:
  void OnEnd(SpanData&& span) override { spans.push_back(std::move(span)); }
  std::vector<SpanData> spans;
};

TEST(JudgesTest, OpenTelemetryReadsOurSpans) {
  if (!PythonHas("opentelemetry.proto.collector.trace.v1.trace_service_pb2")) {
    GTEST_SKIP() << "opentelemetry-proto is not installed";
  }
  const auto kept = std::make_shared<Kept>();
  const Tracer cart("cart.lib", Resource::Of({{"service.name", "cart"}}), AlwaysOn(), kept);
  const Tracer shop("shop.lib", Resource::Of({{"service.name", "shop"}}), AlwaysOn(), kept);
  SpanContext remote;
  remote.trace_id = {0x0af7651916cd43dd, 0x8448eb211c80319c};
  remote.span_id = {0xb7ad6b7169203331};
  remote.flags = SpanContext::kSampledFlag;
  remote.remote = true;
  remote.trace_state = "a=1";
  {
    Span root = cart.StartSpan("root", {SpanKind::kServer, remote});
    const Scope scope(root);
    root.SetAttribute("whole", -5);
    root.SetAttribute("real", 2.5);
    root.SetAttribute("flag", true);
    root.SetAttribute("text", "x\xffy");
    root.SetAttribute("list", std::vector<std::string>{"p", "q"});
    root.AddEvent("event", {{"k", 1}});
    root.AddLink(remote, {{"l", "m"}});
    root.SetStatus(SpanStatus::kError, "bad");
    const Span child = shop.StartSpan("child", {SpanKind::kClient});
  }
  const Outcome outcome = RunPython(internal::EncodeTraces(kept->spans), R"(
import sys
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
request = ExportTraceServiceRequest()
request.ParseFromString(sys.stdin.buffer.read())
for resource in request.resource_spans:
    service = [a.value.string_value for a in resource.resource.attributes if a.key == "service.name"]
    for scope in resource.scope_spans:
        for s in scope.spans:
            print(service[0], scope.scope.name, s.name, s.kind, s.trace_id.hex(), s.trace_state,
                  s.end_time_unix_nano >= s.start_time_unix_nano > 10**18, s.flags)
            print(s.parent_span_id.hex(), s.status.code, s.status.message,
                  *[e.name for e in s.events], *[l.span_id.hex() for l in s.links])
            for a in s.attributes:
                print(a.key, str(a.value).replace("\n", " ").strip())
)");
  const std::string root_id = kept->spans[1].context.span_id.Hex();
  EXPECT_EQ(outcome.exit_code, 0);
  EXPECT_EQ(outcome.output,
            "shop shop.lib child 3 0af7651916cd43dd8448eb211c80319c a=1 True 257\n" + root_id +
                " 0 \n"
                "cart cart.lib root 2 0af7651916cd43dd8448eb211c80319c a=1 True 769\n"
                "b7ad6b7169203331 2 bad event b7ad6b7169203331\n"
                "whole int_value: -5\nreal double_value: 2.5\nflag bool_value: true\n"
                "text string_value: \"x\xEF\xBF\xBDy\"\n"
                "list array_value {   values {     string_value: \"p\"   }   values {     "
                "string_value: \"q\"   } }\n");
}

}  // namespace
}  // namespace glint
