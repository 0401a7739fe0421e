// tracedb::TraceStore against storage::MemoryTraces: the same random life, restarts included.
#include <gtest/gtest.h>

#include <atomic>
#include <random>

#include "base/file_in_memory.h"
#include "storage/memory_traces.h"
#include "tracedb/trace_store.h"

namespace glint::tracedb {
namespace {

class ManualClock final : public Clock {
 public:
  int64_t NowNs() const override { return now_ms * 1'000'000; }
  std::atomic<int64_t> now_ms = 1'700'000'000'000;
};

model::TraceId Trace(uint64_t n) {
  model::TraceId id;
  std::memcpy(id.bytes.data(), &n, sizeof n);
  id.bytes[15] = 1;
  return id;
}

model::SpanId SpanIdOf(uint64_t n) {
  model::SpanId id;
  std::memcpy(id.bytes.data(), &n, sizeof n);
  return id;
}

std::string TextOf(const std::optional<model::Trace>& trace) {
  if (!trace.has_value()) return "none";
  std::string out = trace->id.ToHex();
  for (const model::ScopeSpans& group : trace->groups) {
    out += fmt::format("\n{} {}", group.resource->service_name(), group.scope->name);
    for (const model::Span& span : group.spans) {
      out += fmt::format("\n  {} {} {} {} {} {} {} {}", span.span_id.ToHex(),
                         span.parent_span_id.ToHex(), span.name, span.start_ns, span.end_ns,
                         span.attributes.size(), span.events.size(), span.links.size());
      for (const model::Attribute& attribute : span.attributes) {
        out += " " + attribute.key + "=" + model::AttributeText(attribute.value);
      }
    }
  }
  return out;
}

std::string TextOf(const StatusOr<std::vector<storage::TraceSummary>>& found) {
  if (!found.ok()) return found.status().ToString();
  std::string out;
  for (const storage::TraceSummary& one : *found) {
    out += fmt::format("{} {} {} {} {} {} {}\n", one.id.ToHex(), one.root_service, one.root_name,
                       one.start_ns, one.duration_ns, one.span_count, one.matched_spans);
  }
  return out;
}

class TraceStoreTwinTest : public ::testing::Test {
 protected:
  void SetUp() override { Open(); }
  void Open() {
    store_.reset();
    auto opened = TraceStore::Open(options_);
    ASSERT_TRUE(opened.ok()) << opened.status().ToString();
    store_ = *std::move(opened);
  }

  size_t Pick(size_t n) { return random_() % n; }

  model::Span MakeSpan(uint64_t trace, uint64_t id) {
    model::Span span{.trace_id = Trace(trace), .span_id = SpanIdOf(id + 1)};
    span.name = "op" + std::to_string(id % 3);
    span.kind = static_cast<model::SpanKind>(id % 6);
    span.start_ns = clock_.NowNs() - static_cast<int64_t>(trace % 1000) * 1'000'000;
    span.end_ns = span.start_ns + static_cast<int64_t>(id) * 1000;
    return span;
  }

  model::SpanBatch SomeBatch() {
    model::SpanBatch batch;
    for (size_t g = 1 + Pick(3); g > 0; --g) {
      auto resource = std::make_shared<model::Resource>();
      resource->attributes = {{"service.name", {"s" + std::to_string(Pick(3))}}};
      auto scope = std::make_shared<model::Scope>();
      scope->name = Pick(2) == 0 ? "lib" : "";
      model::ScopeSpans group{std::move(resource), std::move(scope), {}};
      for (size_t s = 1 + Pick(6); s > 0; --s) {
        model::Span span = MakeSpan(Pick(200), Pick(20));
        span.start_ns -= static_cast<int64_t>(Pick(4)) * 1'000'000'000;
        if (Pick(2) == 0) span.parent_span_id = SpanIdOf(1 + Pick(20));
        if (Pick(2) == 0) span.attributes.push_back({"region", {Pick(2) == 0 ? "eu" : "us"}});
        if (Pick(4) == 0) span.attributes.push_back({"code", {static_cast<int64_t>(Pick(3))}});
        if (Pick(4) == 0) span.events.push_back({span.start_ns, "event", {}});
        if (Pick(8) == 0) span.links.push_back({Trace(Pick(9)), SpanIdOf(3)});
        if (Pick(6) == 0) span.status_code = model::SpanStatusCode::kError;
        group.spans.push_back(std::move(span));
      }
      batch.groups.push_back(std::move(group));
    }
    return batch;
  }

  storage::TraceQuery SomeQuery() {
    using storage::SpanField;
    storage::TraceQuery query{.limit = 1 + Pick(30)};
    if (Pick(2) == 0) {
      query.start_ns = clock_.NowNs() - static_cast<int64_t>(Pick(60)) * 1'000'000'000;
      query.end_ns = query.start_ns + static_cast<int64_t>(Pick(20)) * 1'000'000'000;
    }
    if (Pick(3) == 0) query.min_duration_ns = static_cast<int64_t>(Pick(20)) * 1000;
    if (Pick(3) == 0) query.predicates.push_back({SpanField::kServiceName, "", "s1"});
    if (Pick(3) == 0) query.predicates.push_back({SpanField::kAnyAttribute, "region", "eu"});
    if (Pick(5) == 0) query.predicates.push_back({SpanField::kSpanAttribute, "code", "2"});
    if (Pick(5) == 0) query.predicates.push_back({SpanField::kName, "", "op1"});
    if (Pick(5) == 0) query.predicates.push_back({SpanField::kKind, "", "server"});
    if (Pick(5) == 0) query.predicates.push_back({SpanField::kStatus, "", "error"});
    return query;
  }

  const uint64_t seed_ = std::random_device()();
  std::mt19937_64 random_{seed_};
  InMemoryFileSystem files_{seed_};
  ManualClock clock_;
  TraceStoreOptions options_{.folder = "/traces",
                             .segment_bytes = 8192,
                             .files = &files_,
                             .clock = &clock_,
                             .maintenance_interval_ms = 0};
  std::unique_ptr<TraceStore> store_;
};

TEST_F(TraceStoreTwinTest, TheSameLifeGivesTheSameAnswers) {
  SCOPED_TRACE(testing::Message() << "seed " << seed_);
  storage::MemoryTraces twin;
  for (int step = 0; step < 500; ++step) {
    clock_.now_ms += static_cast<int64_t>(Pick(50));
    const model::SpanBatch batch = SomeBatch();
    for (size_t retries = Pick(4) == 0 ? 2 : 1; retries > 0; --retries) {
      const auto counts = store_->Append(batch);
      const auto wanted = twin.Append(batch);
      ASSERT_TRUE(counts.ok()) << counts.status().ToString();
      ASSERT_EQ(counts->stored, wanted->stored) << step;
      ASSERT_EQ(counts->repeated, wanted->repeated) << step;
    }
    if (Pick(100) == 0) {
      if (Pick(2) == 0) files_.LosePower();
      ASSERT_NO_FATAL_FAILURE(Open());
    }
    QueryBudget budget;
    const model::TraceId id = Trace(Pick(220));
    ASSERT_EQ(TextOf(*store_->Find(id, budget)), TextOf(*twin.Find(id, budget))) << step;
    EXPECT_EQ(*store_->Contains(std::vector<model::TraceId>{id}, budget),
              *twin.Contains(std::vector<model::TraceId>{id}, budget));
    if (Pick(10) == 0) {
      const storage::TraceQuery query = SomeQuery();
      ASSERT_EQ(TextOf(store_->Search(query, budget)), TextOf(twin.Search(query, budget))) << step;
    }
  }
  EXPECT_EQ(store_->Stats().traces, twin.trace_count());
  EXPECT_GT(store_->Stats().log_segments, 5u);
}

}  // namespace
}  // namespace glint::tracedb
