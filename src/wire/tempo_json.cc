#include "wire/tempo_json.h"

#include "wire/span_json.h"

namespace glint::wire {

std::string TempoTraceJson(const model::Trace& trace) {
  return SpansJson(trace.groups, SpanJsonDialect::kTempo);
}

}  // namespace glint::wire
