// How long spans take to read: design.md has 94 ns a span for protozero.
#include <benchmark/benchmark.h>

#include <string>

#include "wire/otlp_decode.h"
#include "wire/otlp_encode.h"
#include "wire/tempo_json.h"

namespace glint::wire {
namespace {

std::vector<model::ScopeSpans> Spans(int count) {
  model::ScopeSpans group{
      std::make_shared<model::Resource>(), std::make_shared<model::Scope>(), {}};
  for (int i = 0; i < count; ++i) {
    model::Span span;
    span.trace_id.bytes[0] = 1;
    span.span_id.bytes[0] = static_cast<uint8_t>(1 + i % 255);
    span.name = "GET /api/v1/query";
    span.kind = model::SpanKind::kServer;
    span.start_ns = 1'700'000'000'000'000'000 + i;
    span.end_ns = span.start_ns + 1'000'000;
    for (int a = 0; a < 11; ++a) {
      span.attributes.push_back({"http.attribute." + std::to_string(a),
                                 {.kind = std::string("some value ") + std::to_string(i % 10)}});
    }
    group.spans.push_back(std::move(span));
  }
  return {group};
}

void DecodeSpans(benchmark::State& state, OtlpEncoding encoding) {
  const std::string bytes = EncodeOtlpSpans(Spans(1000), encoding);
  for (auto _ : state) benchmark::DoNotOptimize(DecodeOtlpSpans(bytes, encoding));
  state.SetItemsProcessed(static_cast<int64_t>(state.iterations()) * 1000);
  state.SetBytesProcessed(static_cast<int64_t>(state.iterations() * bytes.size()));
}
BENCHMARK_CAPTURE(DecodeSpans, Protobuf, OtlpEncoding::kProtobuf);
BENCHMARK_CAPTURE(DecodeSpans, Json, OtlpEncoding::kJson);

void EncodeSpans(benchmark::State& state, OtlpEncoding encoding) {
  const std::vector<model::ScopeSpans> spans = Spans(1000);
  for (auto _ : state) benchmark::DoNotOptimize(EncodeOtlpSpans(spans, encoding));
  state.SetItemsProcessed(static_cast<int64_t>(state.iterations()) * 1000);
}
BENCHMARK_CAPTURE(EncodeSpans, Protobuf, OtlpEncoding::kProtobuf);
BENCHMARK_CAPTURE(EncodeSpans, Json, OtlpEncoding::kJson);

}  // namespace
}  // namespace glint::wire
