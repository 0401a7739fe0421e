// One scrape's values as few bytes, told by how they differ from an earlier row: quick to write and
// to read rather than smallest, since every sample goes through it on arrival (the log, the rows in
// memory that are not columns yet).
//
// Thread-safe.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "base/status.h"

namespace glint::codec {

// Appends `row` to `out`. `key` is an earlier row: cells that it does not have stand for
// themselves, and those that only it has do not count. The bytes do not say what the key was.
void EncodeRow(std::span<const double> row, std::span<const double> key, std::string& out);

// Fills `out`, which is as long as the row was. Bits that differ by nothing come out as in `key`.
// INVALID_ARGUMENT: not such bytes, or a row of another length.
Status DecodeRow(std::string_view bytes, std::span<const double> key, std::span<double> out);

}  // namespace glint::codec
