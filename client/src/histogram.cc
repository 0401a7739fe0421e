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

internal::HistogramLayout::HistogramLayout(const HistogramOptions& options)
    : bounds(WithoutInfinity(options.bounds)), exemplar_interval(options.exemplar_interval) {
  for (const double bound : bounds) bound_labels.push_back("le=\"" + FormatBound(bound) + "\"");
  bound_labels.push_back("le=\"+Inf\"");
}

Histogram::Histogram(const HistogramOptions& options)
    : Histogram(std::make_shared<const internal::HistogramLayout>(options)) {}

Histogram::Histogram(std::shared_ptr<const internal::HistogramLayout> layout)
    : layout_(std::move(layout)),
      lines_per_stripe_((1 + bucket_count() + kCellsPerLine - 1) / kCellsPerLine),
      lines_(new Line[lines_per_stripe_ * internal::StripeCount()]),
      exemplars_(new ExemplarSlot[bucket_count()]) {}

size_t Histogram::BucketOf(double value) const {
  // Counting instead of searching: no branch to mispredict, and few bounds fit few lines.
  constexpr size_t kCountUpTo = 32;
  const double* const bounds = layout_->bounds.data();
  const size_t size = layout_->bounds.size();
  if (size <= kCountUpTo) {
    size_t bucket = 0;
    for (size_t i = 0; i < size; ++i) bucket += !(value <= bounds[i]);
    return bucket;
  }
  size_t low = 0;
  for (size_t length = size; length > 0;) {
    const size_t half = length / 2;
    if (!(value <= bounds[low + half])) {
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
    exemplars_[bucket].Offer(*span, value, layout_->exemplar_interval);
    if (!has_exemplars_.load(std::memory_order_relaxed)) {
      has_exemplars_.store(true, std::memory_order_release);
    }
  }
}

uint64_t Histogram::CountOf(size_t bucket) const {
  const size_t cell = bucket + 1;
  uint64_t count = 0;
  for (size_t stripe = 0; stripe < internal::StripeCount(); ++stripe) {
    const Line& line = lines_[stripe * lines_per_stripe_ + cell / kCellsPerLine];
    count += line.cells[cell % kCellsPerLine].load(std::memory_order_relaxed);
  }
  return count;
}

double Histogram::Sum() const {
  double sum = 0;
  for (size_t stripe = 0; stripe < internal::StripeCount(); ++stripe) {
    sum += FromBits(lines_[stripe * lines_per_stripe_].cells[0].load(std::memory_order_relaxed));
  }
  return sum;
}

Histogram::Snapshot Histogram::Read() const {
  Snapshot snapshot;
  snapshot.sum = Sum();
  for (size_t i = 0; i < bucket_count(); ++i) {
    snapshot.buckets.push_back(CountOf(i));
    snapshot.count += snapshot.buckets.back();
    snapshot.exemplars.push_back(exemplars_[i].Read());
  }
  return snapshot;
}

void Histogram::Write(const std::string& labels, internal::ExpositionWriter& writer) const {
  const bool exemplars = writer.wants_exemplars() && has_exemplars_.load(std::memory_order_acquire);
  // Before the counts, so that the sum never is of more than was counted.
  const double sum = Sum();
  uint64_t cumulative = 0;
  writer.BeginBuckets(labels);
  for (size_t i = 0; i < bucket_count(); ++i) {
    cumulative += CountOf(i);
    writer.Bucket(layout_->bound_labels[i], cumulative,
                  exemplars ? exemplars_[i].Read() : std::nullopt);
  }
  writer.Sample("_count", labels, cumulative);
  writer.Sample("_sum", labels, sum);
}

}  // namespace glint
