// CRC32C (Castagnoli): what guards every byte that we write. Thread-safe.
// Source: RFC 3720 appendix B.4; the processor's instruction where it has one, else a table.
#pragma once

#include <cstdint>
#include <string_view>

namespace glint::codec {

// Of `data`, continuing from `crc`: Crc32c(b, Crc32c(a)) is that of a and b together.
uint32_t Crc32c(std::string_view data, uint32_t crc = 0);

// The same by table, on any processor; for the test of the other.
uint32_t Crc32cByTable(std::string_view data, uint32_t crc = 0);

}  // namespace glint::codec
