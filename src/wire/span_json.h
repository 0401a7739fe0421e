// Spans as JSON, in the two dialects that clients read. Thread-safe.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "model/span.h"

namespace glint::wire {

enum class SpanJsonDialect : uint8_t {
  kOtlp,   // {"resourceSpans": ...}, ids in hex, enums as integers.
  kTempo,  // {"batches": ...}, ids in base64, enums as names, as protobuf's own JSON has them.
};

std::string SpansJson(std::span<const model::ScopeSpans> groups, SpanJsonDialect dialect);

}  // namespace glint::wire
