// Spans as bytes of the log: a string table, resources, scopes, then the spans that refer to them.
// docs/format/trace-log.md. Thread-safe.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "model/span.h"

namespace glint::codec {

// Lists and maps within attributes go this deep; what is deeper is written as an empty value.
// Decoders of what comes from outside refuse it long before.
inline constexpr int kMaxValueDepth = 128;
// Text that one block may decode to: a table entry may be used often.
inline constexpr uint64_t kMaxDecodedTextBytes = 256 << 20;

// Of a model::SpanBatch or a model::Trace. Groups without spans are left out.
std::string EncodeSpans(const std::vector<model::ScopeSpans>& groups);

// Groups with the same resource share it.
// INVALID_ARGUMENT: not such a block; the text says which part ends where.
StatusOr<std::vector<model::ScopeSpans>> DecodeSpans(std::string_view bytes);

// Of all content, the same in every run. Values of doubles by their bits.
uint64_t ContentHash(const model::Resource& resource);
uint64_t ContentHash(const model::Scope& scope);
uint64_t ContentHash(const model::Span& span);

}  // namespace glint::codec
