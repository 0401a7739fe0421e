#include "tracedb/trace_store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <thread>

#include "base/file_in_memory.h"

namespace glint::tracedb {
namespace {

using ::testing::HasSubstr;

class ManualClock final : public Clock {
 public:
  int64_t NowNs() const override { return now_ms * 1'000'000; }
  std::atomic<int64_t> now_ms = 1'700'000'000'000;
};

class FixedPins final : public storage::Pins {
 public:
  std::vector<bool> ArePinned(std::span<const model::TraceId> ids) const override {
    std::vector<bool> out;
    for (const model::TraceId& id : ids) out.push_back(pinned.count(id) > 0);
    return out;
  }
  std::set<model::TraceId> pinned;
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

class TraceStoreTest : public ::testing::Test {
 protected:
  void SetUp() override { Open(); }
  void Open() {
    store_.reset();
    auto opened = TraceStore::Open(options_);
    ASSERT_TRUE(opened.ok()) << opened.status().ToString();
    store_ = *std::move(opened);
  }

  model::Span MakeSpan(uint64_t trace, uint64_t id) {
    model::Span span{.trace_id = Trace(trace), .span_id = SpanIdOf(id + 1)};
    span.name = "op" + std::to_string(id % 3);
    span.kind = static_cast<model::SpanKind>(id % 6);
    span.start_ns = clock_.NowNs() - static_cast<int64_t>(trace % 1000) * 1'000'000;
    span.end_ns = span.start_ns + static_cast<int64_t>(id) * 1000;
    return span;
  }

  model::SpanBatch One(model::Span span) {
    model::SpanBatch batch;
    auto resource = std::make_shared<model::Resource>();
    resource->attributes = {{"service.name", {"shop"}}};
    batch.groups.push_back({std::move(resource), std::make_shared<model::Scope>(), {}});
    batch.groups[0].spans.push_back(std::move(span));
    return batch;
  }

  std::optional<model::Trace> Find(uint64_t trace) {
    QueryBudget budget;
    auto found = store_->Find(Trace(trace), budget);
    EXPECT_TRUE(found.ok()) << found.status().ToString();
    return found.ok() ? *std::move(found) : std::nullopt;
  }
  bool Contains(uint64_t trace) {
    QueryBudget budget;
    return store_->Contains(std::vector<model::TraceId>{Trace(trace)}, budget)->at(0);
  }

  InMemoryFileSystem files_;
  ManualClock clock_;
  FixedPins pins_;
  TraceStoreOptions options_{.folder = "/traces",
                             .pins = &pins_,
                             .retention_ms = 3'600'000,
                             .segment_bytes = 8192,
                             .files = &files_,
                             .clock = &clock_,
                             .maintenance_interval_ms = 0};
  std::unique_ptr<TraceStore> store_;
};

// The promise of the product: a dot opens its trace as long as there is the dot.
TEST_F(TraceStoreTest, PinnedTracesSurviveRetentionAndTheirNeighboursDoNot) {
  for (uint64_t n = 0; n < 100; ++n) ASSERT_TRUE(store_->Append(One(MakeSpan(n, 1))).ok());
  pins_.pinned = {Trace(3), Trace(50)};
  const std::string before = TextOf(Find(3));
  for (int hour = 0; hour < 4; ++hour) {
    clock_.now_ms += 2 * 3'600'000;
    for (uint64_t n = 0; n < 60; ++n) {
      ASSERT_TRUE(store_->Append(One(MakeSpan(1000 + n, static_cast<uint64_t>(hour)))).ok());
    }
    store_->Maintain();
    EXPECT_EQ(TextOf(Find(3)), before);
    EXPECT_TRUE(Contains(50));
  }
  EXPECT_FALSE(Contains(4));
  EXPECT_FALSE(Find(4).has_value());
  EXPECT_GT(store_->Stats().spans_kept_for_pins, 0u);
  Open();
  EXPECT_EQ(TextOf(Find(3)), before);
  EXPECT_FALSE(Contains(4));
  // And when the exemplar goes, so does its trace.
  pins_.pinned.clear();
  clock_.now_ms += 2 * 3'600'000;
  ASSERT_TRUE(store_->Append(One(MakeSpan(7, 7))).ok());
  clock_.now_ms += 2 * 3'600'000;
  ASSERT_TRUE(store_->Append(One(MakeSpan(8, 8))).ok());
  store_->Maintain();
  EXPECT_FALSE(Contains(3));
}

TEST_F(TraceStoreTest, TheOldestGoWhenThereAreTooManyBytes) {
  options_.max_bytes = 50'000;
  Open();
  for (uint64_t n = 0; n < 1000; ++n) {
    ASSERT_TRUE(store_->Append(One(MakeSpan(n, 1))).ok());
    if (n % 100 == 0) store_->Maintain();
  }
  store_->Maintain();
  EXPECT_LE(store_->Stats().log_bytes, options_.max_bytes);
  EXPECT_FALSE(Contains(0));
  EXPECT_TRUE(Contains(999));
  EXPECT_EQ(store_->Stats().spans + store_->Stats().spans_dropped, 1000u);
}

// What it says it takes is what it takes, room ahead and files kept for later included.
TEST_F(TraceStoreTest, FilesOfRemovedSegmentsAreUsedAgainWithinTheLimit) {
  options_.max_bytes = 40 * options_.segment_bytes;
  Open();
  for (uint64_t n = 0; n < 4000; ++n) {
    ASSERT_TRUE(store_->Append(One(MakeSpan(n, 1))).ok());
    if (n % 20 != 0) continue;
    store_->Maintain();
    ASSERT_LE(store_->Stats().log_bytes, options_.max_bytes);
    ASSERT_EQ(store_->Stats().log_bytes, files_.used_bytes());
  }
  EXPECT_GT(store_->Stats().log_segments_recycled, 10u);
  EXPECT_GT(store_->Stats().log_segments, 30u);
  EXPECT_LE(store_->Stats().log_spare_segments, 2u);
  const TraceStoreStats before = store_->Stats();
  Open();
  EXPECT_EQ(store_->Stats().spans, before.spans);
  EXPECT_LT(files_.used_bytes(), before.log_bytes);
}

TEST_F(TraceStoreTest, ARetryIsCountedAndAChangedSpanIsKeptTwice) {
  model::Span span = MakeSpan(1, 1);
  EXPECT_EQ(store_->Append(One(span))->stored, 1u);
  EXPECT_EQ(store_->Append(One(span))->repeated, 1u);
  Open();
  EXPECT_EQ(store_->Append(One(span))->repeated, 1u);
  span.name = "other";
  EXPECT_EQ(store_->Append(One(span))->stored, 1u);
  EXPECT_EQ(Find(1)->groups[0].spans.size(), 2u);
}

// Beyond the bound a repeat is stored again; nobody may see it twice.
TEST_F(TraceStoreTest, AForgottenRepeatIsStillShownOnce) {
  options_.recent_spans = 10;
  Open();
  const model::Span span = MakeSpan(1, 1);
  ASSERT_TRUE(store_->Append(One(span)).ok());
  for (uint64_t n = 0; n < 50; ++n) ASSERT_TRUE(store_->Append(One(MakeSpan(2 + n, 1))).ok());
  EXPECT_EQ(store_->Append(One(span))->stored, 1u);
  EXPECT_EQ(Find(1)->groups[0].spans.size(), 1u);
}

TEST_F(TraceStoreTest, FullDiskRefusesWholeBatchesAndRecovers) {
  ASSERT_TRUE(store_->Append(One(MakeSpan(1, 1))).ok());
  files_.SetCapacity(files_.used_bytes());
  model::SpanBatch batch = One(MakeSpan(2, 1));
  batch.groups[0].spans.push_back(MakeSpan(3, 1));
  batch.groups[0].spans[1].name = std::string(20'000, 'x');
  const auto refused = store_->Append(batch);
  ASSERT_EQ(refused.status().code(), StatusCode::kUnavailable);
  EXPECT_THAT(refused.status().ToString(), HasSubstr("No space left"));
  EXPECT_FALSE(Contains(2));
  EXPECT_TRUE(Find(1).has_value());
  files_.SetCapacity(UINT64_MAX);
  EXPECT_EQ(store_->Append(batch)->stored, 2u);
  Open();
  EXPECT_TRUE(Find(2).has_value());
}

TEST_F(TraceStoreTest, DamageCostsOnlyTheTraceItIsIn) {
  for (uint64_t n = 0; n < 3; ++n) {
    model::Span span = MakeSpan(n, 1);
    span.name = "name" + std::to_string(n);
    ASSERT_TRUE(store_->Append(One(span)).ok());
  }
  const std::string path = "/traces/0000000000000001.wal";
  files_.FlipBit(path, files_.Content(path).find("name1") * 8);
  QueryBudget budget;
  EXPECT_EQ(store_->Find(Trace(1), budget).status().code(), StatusCode::kDataLoss);
  EXPECT_TRUE(Find(2).has_value());
  Open();
  EXPECT_EQ(store_->damage().size(), 1u);
  EXPECT_FALSE(Find(1).has_value());
  EXPECT_TRUE(Find(0).has_value());
  EXPECT_TRUE(Find(2).has_value());
}

TEST_F(TraceStoreTest, WritersReadersAndRetentionDoNotDisturbEachOther) {
  pins_.pinned = {Trace(0)};
  ASSERT_TRUE(store_->Append(One(MakeSpan(0, 0))).ok());
  std::atomic<int> writing = 2;
  std::vector<std::jthread> threads;
  for (uint64_t w = 0; w < 2; ++w) {
    threads.emplace_back([&, w] {
      for (uint64_t n = 1; n < 300; ++n) {
        EXPECT_TRUE(store_->Append(One(MakeSpan(2 * n + w, w))).ok());
        clock_.now_ms += 60'000;
      }
      --writing;
    });
  }
  threads.emplace_back([&] {
    while (writing > 0) store_->Maintain();
  });
  threads.emplace_back([&] {
    QueryBudget budget;
    while (writing > 0) {
      EXPECT_TRUE(Find(0).has_value());
      EXPECT_TRUE(store_->Search({}, budget).ok());
      store_->Stats();
    }
  });
  threads.clear();
  EXPECT_TRUE(Find(0).has_value());
}

}  // namespace
}  // namespace glint::tracedb
