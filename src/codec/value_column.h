// Values of one series, or of all buckets of one histogram, as few bytes, bit for bit.
//
// A column takes the best of several forms: one constant; or integers, packed as integer_column.h
// has it, that the values are by decimal or binary scaling, or else by the order of their bits:
// the difference of two neighbours in it is small where XOR leaves few bits, and packs as well as
// that of counters. NaNs, staleness markers among them, infinities and -0 are listed apart and do
// not spoil the form of the rest.
//
// Classic buckets are cumulative: bucket after bucket, each is stored as what it adds to the one
// before, which is smaller and mostly constant. Where that is not exact (not integers, or not
// below 2^53) the columns stand for themselves. The count may be given as one more column: it
// equals the last bucket, and takes two bytes.
//
// Thread-safe.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"

namespace glint::codec {

// Appends to `out`. `values` may be empty.
void EncodeValues(std::span<const double> values, std::string& out);

// Fills `out`, whose size is the number of values that were encoded; `bytes` is the column, whole.
// INVALID_ARGUMENT: not such bytes, or of another number of values.
Status DecodeValues(std::string_view bytes, std::span<double> out);

// `columns` are equally long, not empty, and in order of rising upper bound.
void EncodeBuckets(std::span<const std::span<const double>> columns, std::string& out);

// The columns that EncodeBuckets() got, each `rows` long. Errors as DecodeValues().
Status DecodeBuckets(std::string_view bytes, size_t columns, size_t rows,
                     std::vector<std::vector<double>>& out);
// Only column `column`, of that many, into `out`, which has one for each row. The columns after it
// are passed over unread, those before it are summed up.
Status DecodeBucket(std::string_view bytes, size_t columns, size_t column, std::span<double> out);

}  // namespace glint::codec
