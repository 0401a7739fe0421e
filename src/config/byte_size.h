// Sizes as Prometheus' configuration writes them: "10MB", "512KiB", "1GB500MB". Thread-safe.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/status.h"

namespace glint::config {

// Bytes. KB and KiB are both 1024, as everywhere in Prometheus; "0" alone needs no unit.
// INVALID_ARGUMENT: not of that form, or more than 63 bits.
StatusOr<uint64_t> ParseByteSize(std::string_view text);

}  // namespace glint::config
