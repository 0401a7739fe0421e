#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>
#include <mutex>

#include "glint/batch_processor.h"
#include "glint/exposition.h"
#include "glint/tracer.h"

namespace glint {
namespace {

using ::testing::HasSubstr;
using ::testing::SizeIs;

class Kept : public SpanProcessor {
 public:
  void OnEnd(SpanData&& span) override {
    const std::lock_guard lock(mutex_);
    spans_.push_back(std::move(span));
  }
  std::vector<SpanData> spans_;

 private:
  std::mutex mutex_;
};

class SpanTest : public ::testing::Test {
 protected:
  Tracer TracerWith(std::shared_ptr<const Sampler> sampler) {
    return Tracer("test", Resource::Of({{"service.name", "cart"}}), std::move(sampler), kept_);
  }

  const std::shared_ptr<Kept> kept_ = std::make_shared<Kept>();
};

TEST_F(SpanTest, ChildrenFollowTheCurrentSpan) {
  const Tracer tracer = TracerWith(AlwaysOn());
  {
    Span parent = tracer.StartSpan("parent", {SpanKind::kServer});
    const Scope scope(parent);
    Span child = tracer.StartSpan("child");
    EXPECT_EQ(child.context().trace_id, parent.context().trace_id);
  }
  EXPECT_FALSE(CurrentSpanContext().IsValid());
  ASSERT_THAT(kept_->spans_, SizeIs(2));
  EXPECT_EQ(kept_->spans_[0].name, "child");
  EXPECT_EQ(kept_->spans_[0].parent_id, kept_->spans_[1].context.span_id);
  EXPECT_FALSE(kept_->spans_[1].parent_id.IsValid());
  EXPECT_EQ(kept_->spans_[1].kind, SpanKind::kServer);
  EXPECT_GE(kept_->spans_[1].end_ns, kept_->spans_[0].end_ns - 1'000'000);
}

TEST_F(SpanTest, ARemoteParentGivesItsTraceAndState) {
  SpanContext remote;
  remote.trace_id = {1, 2};
  remote.span_id = {3};
  remote.flags = SpanContext::kSampledFlag;
  remote.remote = true;
  remote.trace_state = "a=1";
  TracerWith(ParentBased(AlwaysOff())).StartSpan("s", {SpanKind::kServer, remote});
  ASSERT_THAT(kept_->spans_, SizeIs(1));
  EXPECT_EQ(kept_->spans_[0].context.trace_id, remote.trace_id);
  EXPECT_EQ(kept_->spans_[0].context.trace_state, "a=1");
  EXPECT_TRUE(kept_->spans_[0].parent_is_remote);
  EXPECT_FALSE(kept_->spans_[0].context.remote);
}

// An unsampled trace still goes on, or the next service would start one of its own.
TEST_F(SpanTest, UnsampledHasIdsAndIsNotKept) {
  const Tracer tracer = TracerWith(AlwaysOff());
  Span span = tracer.StartSpan("s");
  EXPECT_TRUE(span.context().IsValid());
  EXPECT_FALSE(span.context().IsSampled());
  EXPECT_FALSE(span.IsRecording());
  span.SetAttribute("a", 1);
  const Scope scope(span);
  EXPECT_EQ(tracer.StartSpan("t").context().trace_id, span.context().trace_id);
  span.End();
  EXPECT_THAT(kept_->spans_, SizeIs(0));
}

TEST_F(SpanTest, KeepsWhatIsSetOnIt) {
  const Tracer tracer = TracerWith(AlwaysOn());
  Span span = tracer.StartSpan("s");
  span.SetAttribute("a", 1);
  span.SetAttribute("a", "two");
  span.SetAttribute("flag", true);
  span.AddEvent("happened", {{"n", size_t{3}}});
  span.AddLink(tracer.StartSpan("other").context(), {{"why", "batch"}});
  span.AddLink(SpanContext());
  span.SetStatus(SpanStatus::kError, "broken");
  span.UpdateName("t");
  span.End();
  span.SetAttribute("late", 1);
  span.End();
  ASSERT_THAT(kept_->spans_, SizeIs(2));
  const SpanData& data = kept_->spans_[1];
  EXPECT_EQ(data.name, "t");
  ASSERT_THAT(data.attributes, SizeIs(2));
  EXPECT_EQ(data.attributes[0].value, AttributeValue("two"));
  EXPECT_EQ(data.attributes[1].value, AttributeValue(true));
  EXPECT_EQ(data.events.at(0).attributes.at(0).value, AttributeValue(3));
  EXPECT_THAT(data.links, SizeIs(1));
  EXPECT_EQ(data.status_message, "broken");
}

TEST_F(SpanTest, LimitsAreCounted) {
  Span span = TracerWith(AlwaysOn()).StartSpan("s");
  for (size_t i = 0; i < Span::kMaxAttributes + 2; ++i) span.SetAttribute(std::to_string(i), 1);
  for (size_t i = 0; i < Span::kMaxEvents + 3; ++i) span.AddEvent("e");
  span.End();
  EXPECT_THAT(kept_->spans_.at(0).attributes, SizeIs(Span::kMaxAttributes));
  EXPECT_EQ(kept_->spans_.at(0).dropped_attributes, 2u);
  EXPECT_EQ(kept_->spans_.at(0).dropped_events, 3u);
}

// A scope may outlive its span by a line; the ids that a metric takes then still are the span's.
TEST_F(SpanTest, TheContextOutlivesTheSpan) {
  const Tracer tracer = TracerWith(AlwaysOn());
  Span span = tracer.StartSpan("s");
  const SpanId id = span.context().span_id;
  const Scope scope(span);
  span = Span();
  EXPECT_EQ(CurrentSpanContext().span_id, id);
}

TEST(ResourceTest, EnvironmentWins) {
  setenv("OTEL_SERVICE_NAME", "from-env", 1);
  setenv("OTEL_RESOURCE_ATTRIBUTES", "service.name=weaker,team=a%2Cb,broken", 1);
  const Resource resource = Resource::FromEnvironment({{"service.name", "default"}});
  unsetenv("OTEL_SERVICE_NAME");
  unsetenv("OTEL_RESOURCE_ATTRIBUTES");
  const auto value = [&](const char* key) {
    for (const Attribute& a : resource.attributes) {
      if (a.key == key) return std::get<std::string>(a.value.variant());
    }
    return std::string("(none)");
  };
  EXPECT_EQ(value("service.name"), "from-env");
  EXPECT_EQ(value("team"), "a,b");
  EXPECT_EQ(value("telemetry.sdk.language"), "cpp");
}

// Exports what the test lets it, when the test lets it.
class Scripted : public SpanExporter {
 public:
  explicit Scripted(std::shared_future<void> gate, std::vector<ExportResult::Outcome> outcomes = {})
      : gate_(std::move(gate)), outcomes_(std::move(outcomes)) {}

  ExportResult Export(const std::vector<SpanData>& spans) override {
    gate_.wait();
    sizes_.push_back(spans.size());
    if (calls_ >= outcomes_.size()) return {};
    return {outcomes_[calls_++], "scripted"};
  }
  std::string Destination() const override { return "nowhere"; }

  std::vector<size_t> sizes_;

 private:
  std::shared_future<void> gate_;
  std::vector<ExportResult::Outcome> outcomes_;
  size_t calls_ = 0;
};

// A collector that is away must cost its caller nothing but the spans.
TEST(BatchProcessorTest, AFullQueueDropsAndCounts) {
  std::promise<void> gate;
  auto exporter = std::make_unique<Scripted>(gate.get_future().share());
  const Scripted& scripted = *exporter;
  BatchOptions options;
  options.max_queue_size = 10;
  options.max_batch_size = 4;
  options.delay = std::chrono::hours(1);
  BatchProcessor processor(std::move(exporter), options);
  for (int i = 0; i < 100; ++i) processor.OnEnd(SpanData());
  const uint64_t dropped = processor.counts().dropped_queue_full;
  // Ten wait, and at most one batch of four is on its way.
  EXPECT_GE(dropped, 86u);
  EXPECT_LE(dropped, 90u);
  gate.set_value();
  EXPECT_TRUE(processor.ForceFlush(std::chrono::minutes(1)));
  EXPECT_EQ(processor.counts().sent, 100 - dropped);
  for (const size_t size : scripted.sizes_) EXPECT_LE(size, 4u);
}

TEST(BatchProcessorTest, ShutdownSendsWhatIsQueued) {
  std::promise<void> gate;
  gate.set_value();
  const auto processor =
      std::make_shared<BatchProcessor>(std::make_unique<Scripted>(gate.get_future().share()));
  for (int i = 0; i < 3; ++i) processor->OnEnd(SpanData());
  processor->Shutdown();
  processor->OnEnd(SpanData());
  EXPECT_EQ(processor->counts().sent, 3u);
  EXPECT_EQ(processor->counts().dropped_queue_full, 1u);
  Registry registry;
  AddSpanMetrics(registry, processor);
  EXPECT_THAT(Serialize(registry, "").body,
              HasSubstr("glint_client_spans_total{result=\"sent\"} 3"));
}

// A program whose collector is gone must still end at once.
TEST(BatchProcessorTest, ShutdownGivesUpAtTheFirstFailure) {
  std::promise<void> gate;
  auto exporter = std::make_unique<Scripted>(
      gate.get_future().share(),
      std::vector<ExportResult::Outcome>(100, ExportResult::Outcome::kTryAgain));
  const Scripted& scripted = *exporter;
  BatchOptions options;
  options.max_batch_size = 1;
  BatchProcessor processor(std::move(exporter), options);
  for (int i = 0; i < 20; ++i) processor.OnEnd(SpanData());
  std::thread opening([&] { gate.set_value(); });
  processor.Shutdown();
  opening.join();
  EXPECT_EQ(processor.counts().dropped_not_sent, 20u);
  EXPECT_LE(scripted.sizes_.size(), 2u);
}

TEST(BatchProcessorTest, RefusedIsNotTriedAgain) {
  std::promise<void> gate;
  gate.set_value();
  auto exporter = std::make_unique<Scripted>(
      gate.get_future().share(),
      std::vector<ExportResult::Outcome>{ExportResult::Outcome::kRefused});
  BatchProcessor processor(std::move(exporter));
  processor.OnEnd(SpanData());
  EXPECT_TRUE(processor.ForceFlush(std::chrono::minutes(1)));
  processor.OnEnd(SpanData());
  EXPECT_TRUE(processor.ForceFlush(std::chrono::minutes(1)));
  EXPECT_EQ(processor.counts().dropped_not_sent, 1u);
  EXPECT_EQ(processor.counts().sent, 1u);
}

}  // namespace
}  // namespace glint
