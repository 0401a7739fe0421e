#include "codec/histogram_column.h"

#include <algorithm>
#include <bit>
#include <cmath>

#include "base/check.h"
#include "codec/byte_reader.h"
#include "codec/byte_writer.h"
#include "codec/value_column.h"

namespace glint::codec {
namespace {

using model::Histogram;
using Pointers = std::span<const HistogramPointer>;

constexpr uint8_t kHintOfEach = 4;     // Below: the hint of all.
constexpr size_t kMinLayoutBytes = 5;  // Of one without any bucket.

bool HasSameBits(const std::vector<double>& a, const std::vector<double>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](double x, double y) {
    return std::bit_cast<uint64_t>(x) == std::bit_cast<uint64_t>(y);
  });
}

bool HasSameLayout(const Histogram& a, const Histogram& b) {
  return a.schema == b.schema &&
         std::bit_cast<uint64_t>(a.zero_threshold) == std::bit_cast<uint64_t>(b.zero_threshold) &&
         a.positive_spans == b.positive_spans && a.negative_spans == b.negative_spans &&
         HasSameBits(a.custom_values, b.custom_values);
}

uint64_t BucketCount(const std::vector<model::BucketSpan>& spans) {
  uint64_t count = 0;
  for (const model::BucketSpan& span : spans) count += span.length;
  return count;
}

// The histograms that share a layout, whatever comes between them: a staleness marker, which has
// no buckets, interrupts no column.
struct Layout {
  const Histogram* example = nullptr;
  std::vector<size_t> rows;
};

struct Run {
  size_t layout = 0;
  size_t length = 0;
};

size_t LayoutOf(const Histogram& histogram, std::vector<Layout>& layouts, size_t last) {
  if (last < layouts.size() && HasSameLayout(*layouts[last].example, histogram)) return last;
  for (size_t i = 0; i < layouts.size(); ++i) {
    if (HasSameLayout(*layouts[i].example, histogram)) return i;
  }
  layouts.push_back({&histogram, {}});
  return layouts.size() - 1;
}

void PutSpans(const std::vector<model::BucketSpan>& spans, ByteWriter& out) {
  out.Varint(spans.size());
  for (const model::BucketSpan& span : spans) {
    out.SignedVarint(span.offset);
    out.Varint(span.length);
  }
}

void PutValues(std::span<const double> values, ByteWriter& out) {
  std::string bytes;
  EncodeValues(values, bytes);
  out.Text(bytes);
}

void PutLayout(const Histogram& histogram, ByteWriter& out) {
  out.SignedVarint(histogram.schema);
  PutValues({&histogram.zero_threshold, 1}, out);
  PutSpans(histogram.positive_spans, out);
  PutSpans(histogram.negative_spans, out);
  out.Varint(histogram.custom_values.size());
  if (!histogram.custom_values.empty()) PutValues(histogram.custom_values, out);
}

void PutHints(Pointers histograms, const std::vector<size_t>& rows, ByteWriter& out) {
  const auto hint = [&](size_t row) {
    return static_cast<uint8_t>(histograms[row]->counter_reset_hint);
  };
  if (std::all_of(rows.begin(), rows.end(),
                  [&](size_t row) { return hint(row) == hint(rows[0]); })) {
    return out.U8(hint(rows[0]));
  }
  out.U8(kHintOfEach);
  for (size_t i = 0; i < rows.size(); i += 4) {
    uint8_t four = 0;
    for (size_t k = 0; k < 4 && i + k < rows.size(); ++k) {
      four = static_cast<uint8_t>(four | hint(rows[i + k]) << (2 * k));
    }
    out.U8(four);
  }
}

// Numbers of every histogram beside its buckets and count, in the order of their columns.
constexpr double Histogram::*kNumbers[] = {&Histogram::zero_count, &Histogram::sum};
constexpr std::vector<double> Histogram::*kBuckets[] = {&Histogram::positive_buckets,
                                                        &Histogram::negative_buckets};

// What all buckets hold: `count`, where that is whole and no observation was NaN.
double BucketTotal(const Histogram& histogram) {
  double total = histogram.zero_count;
  for (std::vector<double> Histogram::*const buckets : kBuckets) {
    for (const double bucket : histogram.*buckets) total += bucket;
  }
  return total;
}

// The counts' distances from the buckets' totals if they lead back to every count, bit for bit:
// mostly a column of zeros. Else the counts.
void PutCounts(Pointers histograms, const Layout& layout, ByteWriter& out) {
  std::vector<double> column(layout.rows.size());
  bool is_exact = true;
  for (size_t i = 0; i < column.size() && is_exact; ++i) {
    const Histogram& histogram = *histograms[layout.rows[i]];
    const double total = BucketTotal(histogram);
    column[i] = histogram.count - total;
    // Which NaN a sum is depends on the machine.
    is_exact = !std::isnan(histogram.count) && std::bit_cast<uint64_t>(total + column[i]) ==
                                                   std::bit_cast<uint64_t>(histogram.count);
  }
  for (size_t i = 0; i < column.size() && !is_exact; ++i) {
    column[i] = histograms[layout.rows[i]]->count;
  }
  out.U8(is_exact ? 1 : 0);
  PutValues(column, out);
}

void PutRows(Pointers histograms, const Layout& layout, ByteWriter& out) {
  PutHints(histograms, layout.rows, out);
  std::vector<double> column(layout.rows.size());
  for (double Histogram::*const number : kNumbers) {
    for (size_t i = 0; i < column.size(); ++i) column[i] = (*histograms[layout.rows[i]]).*number;
    PutValues(column, out);
  }
  for (std::vector<double> Histogram::*const buckets : kBuckets) {
    for (size_t bucket = 0; bucket < (layout.example->*buckets).size(); ++bucket) {
      for (size_t i = 0; i < column.size(); ++i) {
        column[i] = ((*histograms[layout.rows[i]]).*buckets)[bucket];
      }
      PutValues(column, out);
    }
  }
  PutCounts(histograms, layout, out);
}

std::vector<model::BucketSpan> GetSpans(ByteReader& in) {
  std::vector<model::BucketSpan> spans(in.Count(2));
  for (model::BucketSpan& span : spans) {
    const int64_t offset = in.SignedVarint();
    if (offset < INT32_MIN || offset > INT32_MAX) in.Fail();
    span.offset = static_cast<int32_t>(offset);
    span.length = in.Varint32();
  }
  return spans;
}

void GetValues(ByteReader& in, std::span<double> values) {
  if (!DecodeValues(in.Text(), values).ok()) in.Fail();
}

// Without buckets: only how many of them there are. Fails rather than take more than `bounds_left`,
// and takes its custom bounds from it: a few bytes can say that many bounds are equal.
Histogram GetLayout(ByteReader& in, uint64_t& bounds_left) {
  Histogram histogram;
  const int64_t schema = in.SignedVarint();
  if (schema < INT32_MIN || schema > INT32_MAX) in.Fail();
  histogram.schema = static_cast<int32_t>(schema);
  GetValues(in, {&histogram.zero_threshold, 1});
  histogram.positive_spans = GetSpans(in);
  histogram.negative_spans = GetSpans(in);
  const uint64_t custom_values = in.Varint();
  if (custom_values > bounds_left) in.Fail();
  if (!in.ok()) return histogram;
  bounds_left -= custom_values;
  histogram.custom_values.resize(static_cast<size_t>(custom_values));
  if (custom_values > 0) GetValues(in, histogram.custom_values);
  return histogram;
}

// What one histogram of the layout holds, in units of a bucket.
uint64_t WeightOf(const Histogram& layout) {
  return BucketCount(layout.positive_spans) + BucketCount(layout.negative_spans) +
         layout.positive_spans.size() + layout.negative_spans.size() + layout.custom_values.size();
}

void GetHints(ByteReader& in, std::span<Histogram* const> rows) {
  const uint8_t all = in.U8();
  if (all > kHintOfEach) in.Fail();
  const std::string_view each = all == kHintOfEach ? in.Raw((rows.size() + 3) / 4) : "";
  if (!in.ok()) return;
  for (size_t i = 0; i < rows.size(); ++i) {
    const int hint =
        all == kHintOfEach ? static_cast<uint8_t>(each[i / 4]) >> (2 * (i % 4)) & 3 : all;
    rows[i]->counter_reset_hint = static_cast<model::CounterResetHint>(hint);
  }
}

void GetRows(ByteReader& in, std::span<Histogram* const> rows) {
  GetHints(in, rows);
  std::vector<double> column(rows.size());
  for (double Histogram::*const number : kNumbers) {
    GetValues(in, column);
    for (size_t i = 0; i < rows.size(); ++i) rows[i]->*number = column[i];
  }
  for (std::vector<double> Histogram::*const buckets : kBuckets) {
    const bool is_positive = buckets == &Histogram::positive_buckets;
    const uint64_t count =
        BucketCount(is_positive ? rows[0]->positive_spans : rows[0]->negative_spans);
    // Each column takes its length at least.
    if (count > in.left()) in.Fail();
    if (!in.ok()) return;
    for (Histogram* row : rows) (row->*buckets).resize(static_cast<size_t>(count));
    for (size_t bucket = 0; bucket < count; ++bucket) {
      GetValues(in, column);
      for (size_t i = 0; i < rows.size(); ++i) (rows[i]->*buckets)[bucket] = column[i];
    }
  }
  const uint8_t is_distance = in.U8();
  if (is_distance > 1) in.Fail();
  GetValues(in, column);
  for (size_t i = 0; i < rows.size(); ++i) {
    rows[i]->count = is_distance == 0 ? column[i] : BucketTotal(*rows[i]) + column[i];
  }
}

// Runs of known layouts that make up `count`, each layout in one of them at least.
std::vector<Run> GetRuns(ByteReader& in, size_t layouts, size_t count) {
  std::vector<Run> runs(in.Count(2));
  std::vector<bool> is_used(layouts);
  size_t used = 0;
  for (Run& run : runs) {
    const uint64_t layout = in.Varint();
    const uint64_t length = in.Varint();
    if (!in.ok() || layout >= layouts || length > count) {
      in.Fail();
      return {};
    }
    run = {static_cast<size_t>(layout), static_cast<size_t>(length)};
    count -= run.length;
    if (run.length > 0 && !is_used[run.layout]) {
      is_used[run.layout] = true;
      ++used;
    }
  }
  if (count > 0 || used < layouts) in.Fail();
  return runs;
}

}  // namespace

void EncodeHistograms(Pointers histograms, std::string& out) {
  if (histograms.empty()) return;
  std::vector<Layout> layouts;
  std::vector<Run> runs;
  for (size_t row = 0; row < histograms.size(); ++row) {
    const Histogram& histogram = *histograms[row];
    CHECK(histogram.positive_buckets.size() == BucketCount(histogram.positive_spans));
    CHECK(histogram.negative_buckets.size() == BucketCount(histogram.negative_spans));
    const size_t last = runs.empty() ? 0 : runs.back().layout;
    const size_t layout = LayoutOf(histogram, layouts, last);
    layouts[layout].rows.push_back(row);
    if (runs.empty() || layout != last) runs.push_back({layout, 0});
    ++runs.back().length;
  }
  ByteWriter bytes;
  bytes.Varint(layouts.size());
  for (const Layout& layout : layouts) PutLayout(*layout.example, bytes);
  bytes.Varint(runs.size());
  for (const Run& run : runs) {
    bytes.Varint(run.layout);
    bytes.Varint(run.length);
  }
  for (const Layout& layout : layouts) PutRows(histograms, layout, bytes);
  out += bytes.bytes();
}

StatusOr<std::vector<HistogramPointer>> DecodeHistograms(std::string_view bytes, size_t count,
                                                         size_t max_buckets) {
  if (count == 0 && bytes.empty()) return std::vector<HistogramPointer>();
  ByteReader in(bytes);
  std::vector<Histogram> layouts;
  const size_t layout_count = in.Count(kMinLayoutBytes);
  uint64_t bounds_left = max_buckets;
  for (size_t i = 0; i < layout_count && in.ok(); ++i) {
    layouts.push_back(GetLayout(in, bounds_left));
  }
  const std::vector<Run> runs = GetRuns(in, layout_count, count);
  const auto damaged = [&] {
    return InvalidArgument("histogram column of {} bytes for {} histograms: cut off or damaged",
                           bytes.size(), count);
  };
  if (!in.ok()) return damaged();
  uint64_t weight = 0;
  for (const Run& run : runs) {
    const uint64_t each = WeightOf(layouts[run.layout]);
    if (each > 0 && run.length > (max_buckets - weight) / each) {
      return InvalidArgument("histogram column: more than {} buckets in {} histograms", max_buckets,
                             count);
    }
    weight += each * run.length;
  }
  std::vector<HistogramPointer> histograms;
  histograms.reserve(count);
  std::vector<std::vector<Histogram*>> rows(layouts.size());
  for (const Run& run : runs) {
    for (size_t i = 0; i < run.length; ++i) {
      auto histogram = std::make_shared<Histogram>(layouts[run.layout]);
      rows[run.layout].push_back(histogram.get());
      histograms.push_back(std::move(histogram));
    }
  }
  for (const std::vector<Histogram*>& layout_rows : rows) {
    GetRows(in, layout_rows);
    if (!in.ok()) return damaged();
  }
  if (in.left() > 0) return damaged();
  return histograms;
}

}  // namespace glint::codec
