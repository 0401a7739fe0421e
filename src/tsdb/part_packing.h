// Bytes of an index, compressed where that saves a tenth of them.
//
// Thread-safe.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/status.h"

namespace glint::tsdb {

// More than this is never compressed, so that reading it takes no room of its own.
inline constexpr size_t kMaxPackedBytes = 64 << 20;

// Length and whether they are compressed, then the bytes.
std::string Pack(std::string_view bytes);

// A view of `packed` itself where it is not compressed, else of `room`.
// INVALID_ARGUMENT: not packed bytes, or more than `max_bytes` to decompress.
StatusOr<std::string_view> Unpack(std::string_view packed, std::string& room,
                                  size_t max_bytes = kMaxPackedBytes);

}  // namespace glint::tsdb
