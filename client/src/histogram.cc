#include "glint/histogram.h"

#include <cmath>
#include <cstring>

#include "exposition_writer.h"
#include "stripe.h"

namespace glint {
namespace {

constexpr size_t kCellsPerLine = 8;

uint64_t Bits(double value) {
  uint64_t bits;
  std::memcpy(&bits, &value, sizeof bits);
  return bits;
}

double FromBits(uint64_t bits) {
  double value;
  std::memcpy(&value, &bits, sizeof value);
  return value;
}

std::vector<double> WithoutInfinity(std::vector<double> bounds) {
  if (!bounds.empty() && std::isinf(bounds.back()) && bounds.back() > 0) bounds.pop_back();
  return bounds;
}

std::vector<std::string> BoundTexts(const std::vector<double>& bounds) {
  std::vector<std::string> texts;
  for (const double bound : bounds) texts.push_back(internal::FormatBound(bound));
  texts.push_back("+Inf");
  return texts;
}

}  // namespace

std::vector<double> ExponentialBounds(double first, double factor, size_t count) {
  std::vector<double> bounds;
  for (size_t i = 0; i < count; ++i, first *= factor) bounds.push_back(first);
  return bounds;
}

std::vector<double> LinearBounds(double first, double width, size_t count) {
  std::vector<double> bounds;
  for (size_t i = 0; i < count; ++i) bounds.push_back(first + width * static_cast<double>(i));
  return bounds;
}

Histogram::Histogram(const HistogramOptions& options)
    : bounds_(WithoutInfinity(options.bounds)),
      bound_texts_(BoundTexts(bounds_)),
      exemplar_interval_(options.exemplar_interval),
      lines_per_stripe_((1 + bounds_.size() + 1 + kCellsPerLine - 1) / kCellsPerLine),
      lines_(new Line[lines_per_stripe_ * internal::StripeCount()]),
      exemplars_(new ExemplarSlot[bounds_.size() + 1]) {}

size_t Histogram::BucketOf(double value) const {
  // Counting instead of searching: no branch to mispredict, and few bounds fit few lines.
  constexpr size_t kCountUpTo = 32;
  const size_t size = bounds_.size();
  if (size <= kCountUpTo) {
    size_t bucket = 0;
    for (size_t i = 0; i < size; ++i) bucket += !(value <= bounds_[i]);
    return bucket;
  }
  size_t low = 0;
  for (size_t length = size; length > 0;) {
    const size_t half = length / 2;
    if (!(value <= bounds_[low + half])) {
      low += half + 1;
      length -= half + 1;
    } else {
      length = half;
    }
  }
  return low;
}

void Histogram::Observe(double value) {
  const size_t bucket = BucketOf(value);
  Line* const stripe = &lines_[internal::StripeOfThisThread() * lines_per_stripe_];
  const size_t cell = bucket + 1;
  stripe[cell / kCellsPerLine].cells[cell % kCellsPerLine].fetch_add(1, std::memory_order_relaxed);
  std::atomic<uint64_t>& sum = stripe[0].cells[0];
  uint64_t bits = sum.load(std::memory_order_relaxed);
  while (
      !sum.compare_exchange_weak(bits, Bits(FromBits(bits) + value), std::memory_order_relaxed)) {
  }
  const SpanContext* const span = internal::current_span_context;
  if (span != nullptr && span->IsSampled()) {
    exemplars_[bucket].Offer(*span, value, exemplar_interval_);
  }
}

Histogram::Snapshot Histogram::Read() const {
  Snapshot snapshot;
  snapshot.buckets.resize(bounds_.size() + 1);
  snapshot.exemplars.resize(bounds_.size() + 1);
  for (size_t stripe = 0; stripe < internal::StripeCount(); ++stripe) {
    const Line* const lines = &lines_[stripe * lines_per_stripe_];
    snapshot.sum += FromBits(lines[0].cells[0].load(std::memory_order_relaxed));
    for (size_t cell = 1; cell <= snapshot.buckets.size(); ++cell) {
      snapshot.buckets[cell - 1] +=
          lines[cell / kCellsPerLine].cells[cell % kCellsPerLine].load(std::memory_order_relaxed);
    }
  }
  for (size_t i = 0; i < snapshot.buckets.size(); ++i) {
    snapshot.count += snapshot.buckets[i];
    snapshot.exemplars[i] = exemplars_[i].Read();
  }
  return snapshot;
}

void Histogram::Write(const std::string& labels, internal::ExpositionWriter& writer) const {
  const Snapshot snapshot = Read();
  uint64_t cumulative = 0;
  for (size_t i = 0; i < snapshot.buckets.size(); ++i) {
    cumulative += snapshot.buckets[i];
    writer.Bucket(labels, bound_texts_[i], cumulative, snapshot.exemplars[i]);
  }
  writer.Sample("_count", labels, snapshot.count);
  writer.Sample("_sum", labels, snapshot.sum);
}

}  // namespace glint
