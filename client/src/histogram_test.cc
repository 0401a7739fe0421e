#include "glint/histogram.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <new>
#include <optional>
#include <random>
#include <thread>

#include "glint/exposition.h"
#include "glint/registry.h"

// Counts what the calling thread allocates: the hot paths promise not to. Sanitizers bring an
// allocator of their own, which must not be mixed with ours.
namespace {
thread_local size_t allocations = 0;
}
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
constexpr bool kCountsAllocations = true;
// Not inlined, or GCC sees free() meet the new of a library.
[[gnu::noinline]] void* operator new(size_t size) {
  ++allocations;
  if (void* const memory = std::malloc(size)) return memory;
  throw std::bad_alloc();
}
[[gnu::noinline]] void operator delete(void* memory) noexcept { std::free(memory); }
[[gnu::noinline]] void operator delete(void* memory, size_t) noexcept { std::free(memory); }
#else
constexpr bool kCountsAllocations = false;
#endif

namespace glint {
namespace {

using ::testing::ElementsAre;

SpanContext Sampled(uint64_t id) {
  SpanContext span;
  span.trace_id = {id, id};
  span.span_id = {id};
  span.flags = SpanContext::kSampledFlag;
  return span;
}

// Without a tracer: a context made current by hand.
class Current {
 public:
  explicit Current(const SpanContext& span) { internal::current_span_context = &span; }
  ~Current() { internal::current_span_context = nullptr; }
};

TEST(HistogramTest, ABoundBelongsToItsBucket) {
  Histogram histogram({{1, 2, 4}, {}});
  for (const double value : {-5.0, 1.0, 1.1, 2.0, 4.0, 4.1}) histogram.Observe(value);
  histogram.Observe(std::numeric_limits<double>::infinity());
  histogram.Observe(NAN);
  const Histogram::Snapshot snapshot = histogram.Read();
  EXPECT_THAT(snapshot.buckets, ElementsAre(2, 2, 1, 3));
  EXPECT_EQ(snapshot.count, 8u);
  EXPECT_TRUE(std::isnan(snapshot.sum));
}

TEST(HistogramTest, AnExplicitInfinityIsNotABucketOfItsOwn) {
  Histogram histogram({{1, std::numeric_limits<double>::infinity()}, {}});
  histogram.Observe(5);
  EXPECT_THAT(histogram.Read().buckets, ElementsAre(0, 1));
}

// Few bounds are counted, many are searched: both have to find what a plain search finds.
TEST(HistogramTest, BucketsAgreeWithAPlainSearch) {
  for (const size_t size :
       {size_t{0}, size_t{1}, size_t{14}, size_t{32}, size_t{33}, size_t{200}}) {
    const std::vector<double> bounds = ExponentialBounds(0.001, 1.1, size);
    Histogram histogram({bounds, {}});
    std::vector<uint64_t> expected(size + 1);
    std::mt19937_64 random(size);
    std::lognormal_distribution<double> values(-2, 3);
    for (int i = 0; i < 5000; ++i) {
      const bool exact = size > 0 && i % 7 == 0;
      const double value = exact ? bounds[random() % size] : values(random);
      ++expected[static_cast<size_t>(std::lower_bound(bounds.begin(), bounds.end(), value) -
                                     bounds.begin())];
      histogram.Observe(value);
    }
    EXPECT_EQ(histogram.Read().buckets, expected) << size << " bounds";
  }
}

TEST(HistogramTest, KeepsTheSampledSpanOfItsBucket) {
  HistogramOptions options;
  options.bounds = {1};
  options.exemplar_interval = {};
  Histogram histogram(options);
  const SpanContext first = Sampled(1), second = Sampled(2);
  SpanContext unsampled = Sampled(3);
  unsampled.flags = 0;
  histogram.Observe(0.1);
  {
    const Current current(first);
    histogram.Observe(0.2);
  }
  {
    const Current current(second);
    histogram.Observe(0.3);
  }
  {
    const Current current(unsampled);
    histogram.Observe(0.4);
  }
  const auto exemplars = histogram.Read().exemplars;
  ASSERT_TRUE(exemplars[0].has_value());
  EXPECT_EQ(exemplars[0]->trace_id, second.trace_id);
  EXPECT_EQ(exemplars[0]->value, 0.3);
  EXPECT_FALSE(exemplars[1].has_value());
}

TEST(HistogramTest, WithinTheIntervalTheFirstStays) {
  HistogramOptions options;
  options.exemplar_interval = std::chrono::hours(1);
  Histogram histogram(options);
  const SpanContext first = Sampled(1), second = Sampled(2);
  {
    const Current current(first);
    histogram.Observe(3);
  }
  {
    const Current current(second);
    histogram.Observe(4);
  }
  EXPECT_EQ(histogram.Read().exemplars[11]->trace_id, first.trace_id);
}

TEST(HistogramTest, ObservingDoesNotAllocate) {
  if (!kCountsAllocations) GTEST_SKIP() << "the sanitizer's allocator is in use";
  Registry registry;
  const auto histogram = registry.AddHistogram("h", "").With();
  const auto counter = registry.AddCounter("c", "").With();
  const SpanContext span = Sampled(1);
  const Current current(span);
  histogram->Observe(1);  // This thread takes its stripe.
  const size_t before = allocations;
  EXPECT_GT(before, 0u);  // It counts at all.
  for (int i = 0; i < 1000; ++i) {
    histogram->Observe(i * 0.01);
    counter->Increment();
  }
  EXPECT_EQ(allocations, before);
}

// A dot with the trace of one request and the span of another opens the wrong thing.
TEST(ExemplarSlotTest, ReadersSeeOneExemplarOrNone) {
  // Across two cache lines, which don't travel together: a torn read is likely then.
  struct alignas(64) {
    char before[40];
    ExemplarSlot slot;
  } lines;
  ExemplarSlot& slot = lines.slot;
  std::atomic<bool> reading{true};
  std::vector<std::thread> writers;
  for (uint64_t id = 1; id <= 2; ++id) {
    writers.emplace_back([&, id] {
      const SpanContext span = Sampled(id);
      while (reading) slot.Offer(span, static_cast<double>(id), {});
    });
  }
  // The more often the two alternate under the reader's eyes the sharper; on a busy machine they
  // seldom do, hence the bound.
  int changes = 0, broken = 0;
  uint64_t last = 0;
  for (int reads = 0; changes < 100'000 && reads < 3'000'000; ++reads) {
    const std::optional<Exemplar> exemplar = slot.Read();
    if (!exemplar) continue;
    const uint64_t id = exemplar->span_id.value;
    broken += exemplar->trace_id != TraceId{id, id} || exemplar->value != static_cast<double>(id);
    changes += id != last;
    last = id;
  }
  reading = false;
  for (std::thread& writer : writers) writer.join();
  EXPECT_EQ(broken, 0);
}

// Sixteen threads observe, register, remove and scrape at once. Under TSan this is the proof of
// the locks; anywhere else it proves that ids are whole and that sums and counts never fall.
TEST(HistogramTest, SixteenThreadsAtOnce) {
  Registry registry;
  HistogramOptions options;
  options.bounds = {1, 2};
  options.exemplar_interval = {};
  auto& family = registry.AddHistogram("h", "", {"x"}, options);
  const auto histogram = family.With("kept");
  constexpr int kRounds = 3000;
  std::atomic<int> running{12};
  std::vector<std::thread> threads;
  for (uint64_t id = 1; id <= 12; ++id) {
    threads.emplace_back([&, id] {
      const SpanContext span = Sampled(id);
      for (int i = 0; i < kRounds; ++i) {
        const Current current(span);
        histogram->Observe(static_cast<double>(id));
        family.With(std::to_string(i % 5))->Observe(1);
        if (i % 100 == 0) family.Remove(std::to_string(id % 5));
        if (i % 500 == 0) registry.AddGauge("g" + std::to_string(i) + std::to_string(id % 3), "");
      }
      --running;
    });
  }
  std::atomic<int> broken{0};
  for (int reader = 0; reader < 4; ++reader) {
    threads.emplace_back([&] {
      Histogram::Snapshot last;
      while (running > 0) {
        const Histogram::Snapshot now = histogram->Read();
        if (now.sum < last.sum || now.count < last.count) ++broken;
        for (const auto& exemplar : now.exemplars) {
          if (!exemplar) continue;
          const uint64_t id = exemplar->span_id.value;
          const bool whole =
              exemplar->trace_id == TraceId{id, id} && exemplar->value == static_cast<double>(id);
          if (!whole) ++broken;
        }
        last = now;
        Serialize(registry, ExpositionFormat::kOpenMetrics100);
        std::this_thread::yield();
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(broken, 0);
  EXPECT_EQ(histogram->Read().count, 12u * kRounds);
  EXPECT_EQ(histogram->Read().sum, kRounds * 78.0);
}

}  // namespace
}  // namespace glint
