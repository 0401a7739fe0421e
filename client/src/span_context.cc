#include "glint/span_context.h"

#include <random>

namespace glint {
namespace internal {

thread_local const SpanContext* current_span_context = nullptr;

void AppendHex(uint64_t value, std::string& out) {
  static constexpr char kDigits[] = "0123456789abcdef";
  for (int shift = 60; shift >= 0; shift -= 4) out.push_back(kDigits[(value >> shift) & 15]);
}

}  // namespace internal

namespace {

uint64_t Random() {
  static thread_local std::mt19937_64 generator = [] {
    std::random_device device;
    std::seed_seq seed{device(), device(), device(), device(), device(), device()};
    return std::mt19937_64(seed);
  }();
  return generator();
}

uint64_t RandomNonZero() {
  for (;;) {
    if (const uint64_t value = Random(); value != 0) return value;
  }
}

}  // namespace

std::string TraceId::Hex() const {
  std::string hex;
  hex.reserve(32);
  internal::AppendHex(high, hex);
  internal::AppendHex(low, hex);
  return hex;
}

std::string SpanId::Hex() const {
  std::string hex;
  hex.reserve(16);
  internal::AppendHex(value, hex);
  return hex;
}

TraceId NewTraceId() { return TraceId{Random(), RandomNonZero()}; }
SpanId NewSpanId() { return SpanId{RandomNonZero()}; }

const SpanContext& CurrentSpanContext() {
  static const SpanContext none;
  return internal::current_span_context != nullptr ? *internal::current_span_context : none;
}

}  // namespace glint
