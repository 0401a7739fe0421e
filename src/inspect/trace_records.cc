// The trace store's records: docs/format/trace-log.md.
#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "inspect/record_content.h"
#include "tracedb/trace_record.h"

namespace glint::inspect {
namespace {

constexpr int64_t kNsPerMs = 1'000'000;

std::string Duration(int64_t ns) {
  if (ns < 1'000'000) return fmt::format("{} µs", ns / 1000);
  if (ns < 1'000'000'000) return fmt::format("{} ms", ns / kNsPerMs);
  return fmt::format("{:.1f} s", static_cast<double>(ns) / 1e9);
}

class TraceRecords final : public RecordContent {
 public:
  explicit TraceRecords(bool verify) : verify_(verify) {}

  std::string TypeName(uint8_t type) const override {
    return type == tracedb::kSpansRecord ? "spans" : fmt::format("type {}", type);
  }

  StatusOr<std::string> Read(const wal::RecordView& record) override {
    if (record.type != tracedb::kSpansRecord) {
      return InvalidArgument("a record of unknown type {}", record.type);
    }
    ASSIGN_OR_RETURN(const tracedb::TraceRecordHead head,
                     tracedb::DecodeTraceRecordHead(record.payload));
    if (verify_) RETURN_IF_ERROR(tracedb::DecodeTraceRecordSpans(record.payload).status());
    traces_.insert(head.trace_id);
    services_.insert(head.services.begin(), head.services.end());
    spans_ += head.hashes.size();
    first_ns_ = std::min(first_ns_, head.first_start_ns);
    last_ns_ = std::max(last_ns_, head.last_end_ns);
    return fmt::format("trace {}: {} {} of {}, {} from {}", head.trace_id.ToHex(),
                       head.hashes.size(), head.hashes.size() == 1 ? "span" : "spans",
                       fmt::join(head.services, ", "),
                       Duration(head.last_end_ns - head.first_start_ns),
                       Time(head.first_start_ns / kNsPerMs).text);
  }

  void AddFacts(FileReport& report) const override {
    report.AddFact("traces", Count(traces_.size()));
    report.AddFact("spans", Count(spans_));
    report.AddFact("services", Text(fmt::format("{}", fmt::join(services_, ", "))));
    if (first_ns_ > last_ns_) return;
    report.AddFact("first start", Time(first_ns_ / kNsPerMs));
    report.AddFact("last end", Time(last_ns_ / kNsPerMs));
  }

 private:
  const bool verify_;
  std::set<model::TraceId> traces_;
  std::set<std::string> services_;
  uint64_t spans_ = 0;
  model::TimeNs first_ns_ = std::numeric_limits<int64_t>::max();
  model::TimeNs last_ns_ = std::numeric_limits<int64_t>::min();
};

}  // namespace

std::unique_ptr<RecordContent> MakeTraceRecords(bool verify) {
  return std::make_unique<TraceRecords>(verify);
}

}  // namespace glint::inspect
