// The half of value_column.h that is about classic histograms.
#include <algorithm>
#include <bit>

#include "base/check.h"
#include "codec/byte_reader.h"
#include "codec/byte_writer.h"
#include "codec/special_values.h"
#include "codec/value_column.h"

namespace glint::codec {
namespace {

// The first byte.
enum BucketForm : uint8_t {
  kPlain = 0,        // Each column for itself.
  kCumulative = 1,   // Each as what it adds to the one before.
  kWithSpecials = 2  // The same, after rows in which all columns are equal and special.
};

using Columns = std::span<const std::span<const double>>;

constexpr double kLargest = 9007199254740992;  // 2^53: sums and differences below are exact.

bool IsCount(double value) {
  return value >= 0 && value < kLargest && !IsSpecial(value) &&
         static_cast<double>(static_cast<int64_t>(value)) == value;
}

bool AreCounts(Columns columns) {
  return std::all_of(columns.begin(), columns.end(), [](std::span<const double> column) {
    return std::all_of(column.begin(), column.end(), IsCount);
  });
}

// The rows in which all columns are the same special value, as where a target has gone. False:
// some row has neither that nor counts alone.
bool FindSpecialRows(Columns columns, std::vector<SpecialRun>& runs) {
  for (size_t row = 0; row < columns[0].size(); ++row) {
    const double first = columns[0][row];
    const bool is_special = IsSpecial(first);
    for (const std::span<const double> column : columns) {
      if (is_special ? std::bit_cast<uint64_t>(column[row]) != std::bit_cast<uint64_t>(first)
                     : !IsCount(column[row])) {
        return false;
      }
    }
    if (!is_special) continue;
    const uint64_t bits = std::bit_cast<uint64_t>(first);
    if (!runs.empty() && runs.back().begin + runs.back().length == row &&
        runs.back().bits == bits) {
      ++runs.back().length;
    } else {
      runs.push_back({row, 1, bits});
    }
  }
  return true;
}

// `scratch` is room that the next column uses again.
void PutColumn(std::span<const double> column, std::string& scratch, ByteWriter& out) {
  scratch.clear();
  EncodeValues(column, scratch);
  out.Text(scratch);
}

// What each column adds to the one before it, in the rows that are not special.
void PutAdded(Columns columns, std::span<const SpecialRun> specials, ByteWriter& out) {
  std::vector<double> added(columns[0].begin(), columns[0].end());
  std::vector<double> ordinary;
  std::string scratch;
  for (size_t c = 0; c < columns.size(); ++c) {
    for (size_t row = 0; c > 0 && row < added.size(); ++row) {
      added[row] = columns[c][row] - columns[c - 1][row];
    }
    if (specials.empty()) {
      PutColumn(added, scratch, out);
      continue;
    }
    ordinary.clear();
    for (size_t row = 0; row < added.size(); ++row) {
      if (!IsSpecial(columns[0][row])) ordinary.push_back(added[row]);
    }
    PutColumn(ordinary, scratch, out);
  }
}

// Calls `each(column, values)` for the columns up to `last`, in order.
template <typename Each>
Status ReadColumns(std::string_view bytes, size_t columns, size_t last, std::span<double> values,
                   const Each& each) {
  ByteReader in(bytes);
  const uint8_t form = in.U8();
  if (form > kWithSpecials) return InvalidArgument("bucket columns: form {} is not known", form);
  std::vector<SpecialRun> specials;
  if (form == kWithSpecials) specials = DecodeSpecials(in, values.size());
  const size_t ordinary = OrdinaryCount(specials, values.size());
  std::vector<double> sums(form == kPlain ? 0 : ordinary);
  for (size_t column = 0; column < columns; ++column) {
    const std::string_view text = in.Text();
    if (column > last) continue;
    if (!in.ok()) break;
    const Status status = DecodeValues(text, values.first(ordinary));
    if (!status.ok()) return status.At(fmt::format("bucket column {} of {}", column, columns));
    for (size_t i = 0; i < sums.size(); ++i) values[i] = sums[i] += values[i];
    InsertSpecials(specials, values);
    each(column);
  }
  if (in.ok() && in.left() == 0) return OkStatus();
  return InvalidArgument("bucket columns of {} bytes for {} columns of {}: cut off or damaged",
                         bytes.size(), columns, values.size());
}

}  // namespace

void EncodeBuckets(Columns columns, std::string& out) {
  ByteWriter bytes;
  std::vector<SpecialRun> specials;
  if (columns.empty() || !(AreCounts(columns) || FindSpecialRows(columns, specials))) {
    bytes.U8(kPlain);
    std::string scratch;
    for (const std::span<const double> column : columns) PutColumn(column, scratch, bytes);
  } else if (specials.empty()) {
    bytes.U8(kCumulative);
    PutAdded(columns, specials, bytes);
  } else {
    bytes.U8(kWithSpecials);
    std::string runs;
    EncodeSpecials(specials, runs);
    bytes.Raw(runs);
    PutAdded(columns, specials, bytes);
  }
  out += bytes.bytes();
}

Status DecodeBuckets(std::string_view bytes, size_t columns, size_t rows,
                     std::vector<std::vector<double>>& out) {
  out.clear();
  // Each column takes a byte at least.
  if (columns > bytes.size()) {
    return InvalidArgument("bucket columns: {} bytes for {} columns", bytes.size(), columns);
  }
  out.reserve(columns);
  std::vector<double> values(rows);
  return ReadColumns(bytes, columns, columns, values, [&](size_t) { out.push_back(values); });
}

Status DecodeBucket(std::string_view bytes, size_t columns, size_t column, std::span<double> out) {
  if (column >= columns) {
    return InvalidArgument("bucket column {} of {} that there are", column, columns);
  }
  return ReadColumns(bytes, columns, column, out, [](size_t) {});
}

}  // namespace glint::codec
