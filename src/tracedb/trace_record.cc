#include "tracedb/trace_record.h"

#include <algorithm>
#include <cstring>

#include "codec/byte_reader.h"
#include "codec/byte_writer.h"
#include "codec/span_block.h"

namespace glint::tracedb {
namespace {

constexpr uint8_t kVersion = 1;

uint64_t Mix(uint64_t a, uint64_t b) {
  uint64_t x = (a ^ (b * 0x9e3779b97f4a7c15u)) + 0x632be59bd9b4e019u;
  x = (x ^ (x >> 32)) * 0xd6e8feb86659fd93u;
  return x ^ (x >> 32);
}

struct Parsed {
  TraceRecordHead head;
  std::string_view block;
};

StatusOr<Parsed> Parse(std::string_view bytes) {
  codec::ByteReader in(bytes);
  if (const uint8_t version = in.U8(); version != kVersion) {
    return InvalidArgument("trace record: version {}, known is {}", version, kVersion);
  }
  Parsed parsed;
  TraceRecordHead& head = parsed.head;
  const auto id = model::TraceId::FromBytes(in.Raw(16));
  head.first_start_ns = static_cast<int64_t>(in.U64());
  head.last_start_ns = static_cast<int64_t>(in.U64());
  head.last_end_ns = static_cast<int64_t>(in.U64());
  head.services.resize(in.Count(1));
  for (std::string& service : head.services) service = in.Text();
  head.hashes.resize(in.Count(8));
  for (uint64_t& hash : head.hashes) hash = in.U64();
  parsed.block = in.Text();
  if (!in.ok() || !id.has_value()) {
    return InvalidArgument("trace record of {} bytes: its head is cut off or damaged",
                           bytes.size());
  }
  if (in.left() > 0) return InvalidArgument("trace record: {} bytes too many", in.left());
  head.trace_id = *id;
  return parsed;
}

}  // namespace

uint64_t HashOfSpan(const model::Span& span, uint64_t resource_hash, uint64_t scope_hash) {
  return Mix(Mix(codec::ContentHash(span), resource_hash), scope_hash);
}

uint64_t HashInTrace(const model::TraceId& trace, uint64_t span_hash) {
  uint64_t words[2];
  std::memcpy(words, trace.bytes.data(), sizeof words);
  return Mix(Mix(span_hash, words[0]), words[1]);
}

std::string EncodeTraceRecord(const std::vector<model::ScopeSpans>& groups,
                              const std::vector<uint64_t>& hashes) {
  TraceRecordHead head{
      .first_start_ns = INT64_MAX, .last_start_ns = INT64_MIN, .last_end_ns = INT64_MIN};
  for (const model::ScopeSpans& group : groups) {
    if (group.spans.empty()) continue;
    head.trace_id = group.spans[0].trace_id;
    head.services.emplace_back(group.resource->service_name());
    for (const model::Span& span : group.spans) {
      head.first_start_ns = std::min(head.first_start_ns, span.start_ns);
      head.last_start_ns = std::max(head.last_start_ns, span.start_ns);
      head.last_end_ns = std::max({head.last_end_ns, span.start_ns, span.end_ns});
    }
  }
  std::sort(head.services.begin(), head.services.end());
  head.services.erase(std::unique(head.services.begin(), head.services.end()), head.services.end());

  codec::ByteWriter out;
  out.U8(kVersion);
  out.Raw(head.trace_id.AsBytes());
  out.U64(static_cast<uint64_t>(head.first_start_ns));
  out.U64(static_cast<uint64_t>(head.last_start_ns));
  out.U64(static_cast<uint64_t>(head.last_end_ns));
  out.Varint(head.services.size());
  for (const std::string& service : head.services) out.Text(service);
  out.Varint(hashes.size());
  for (const uint64_t hash : hashes) out.U64(hash);
  out.Text(codec::EncodeSpans(groups));
  return out.Take();
}

StatusOr<TraceRecordHead> DecodeTraceRecordHead(std::string_view bytes) {
  ASSIGN_OR_RETURN(Parsed parsed, Parse(bytes));
  return std::move(parsed.head);
}

StatusOr<std::vector<model::ScopeSpans>> DecodeTraceRecordSpans(std::string_view bytes) {
  ASSIGN_OR_RETURN(const Parsed parsed, Parse(bytes));
  ASSIGN_OR_RETURN(std::vector<model::ScopeSpans> groups, codec::DecodeSpans(parsed.block));
  size_t count = 0;
  for (const model::ScopeSpans& group : groups) {
    count += group.spans.size();
    for (const model::Span& span : group.spans) {
      if (span.trace_id != parsed.head.trace_id) {
        return InvalidArgument("trace record of {} holds a span of {}",
                               parsed.head.trace_id.ToHex(), span.trace_id.ToHex());
      }
    }
  }
  if (count != parsed.head.hashes.size()) {
    return InvalidArgument("trace record: {} spans, but {} hashes", count,
                           parsed.head.hashes.size());
  }
  return groups;
}

}  // namespace glint::tracedb
