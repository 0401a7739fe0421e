// Makes the checksums of a damaged part right again, so that what lies behind them is tested too.
//
// Thread-safe: a function without state.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

#include "codec/crc32c.h"
#include "tsdb/part_layout.h"

namespace glint::tsdb {

// Leaves alone what is too short to be a part.
inline void RepairChecksums(std::string& file) {
  const auto put = [&file](size_t at, uint32_t value) {
    std::memcpy(file.data() + at, &value, sizeof value);
  };
  if (file.size() < kPartHeaderBytes + kPartTrailerBytes) return;
  const std::string_view bytes = file;
  put(kPartHeaderBytes - 4, codec::Crc32c(bytes.substr(0, kPartHeaderBytes - 4)));
  const size_t trailer = file.size() - kPartTrailerBytes;
  uint32_t length = 0;
  std::memcpy(&length, file.data() + trailer, sizeof length);
  if (length > trailer - kPartHeaderBytes) return;
  const size_t begin = trailer - length;
  const size_t pages = (begin + kPartPageBytes - 1) / kPartPageBytes;
  if (length >= pages * 4) {
    for (size_t i = 0; i < pages; ++i) {
      const size_t page = i * kPartPageBytes;
      const size_t size = std::min(kPartPageBytes, begin - page);
      put(trailer - (pages - i) * 4, codec::Crc32c(bytes.substr(page, size)));
    }
  }
  put(trailer + 4, codec::Crc32c(bytes.substr(begin, length + 4)));
}

}  // namespace glint::tsdb
