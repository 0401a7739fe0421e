// Numbers that the encoder and the decoder of span blocks share.
#pragma once

#include <cstdint>

namespace glint::codec::span_block {

inline constexpr uint8_t kVersion = 1;

// What a span has beyond the least; a bit each in its first byte.
enum SpanPart : uint8_t {
  kParent = 1,
  kTraceState = 2,
  kFlags = 4,
  kAttributes = 8,
  kEvents = 16,
  kLinks = 32,
  kStatus = 64,
  kDropped = 128,
};

enum ValueKind : uint8_t {
  kNone = 0,
  kText = 1,
  kFalse = 2,
  kTrue = 3,
  kInteger = 4,
  kDouble = 5,
  kBytes = 6,
  kList = 7,
  kMap = 8,
};

}  // namespace glint::codec::span_block
