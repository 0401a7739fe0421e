// Content-Encoding: bodies made smaller for the way, and made whole again under a limit.
//
// A few kilobytes can ask for gigabytes, so whoever takes a body says how large it may become.
// Thread-safe.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/status.h"

namespace glint::net {

// `content_encoding` as the header has it, case ignored: gzip, zstd, zlib and deflate (both zlib
// streams), snappy (block form), lz4 (frame form), and none, identity or nothing at all, which
// give a copy of `bytes`.
// INVALID_ARGUMENT: "unsupported Content-Encoding: x", or the bytes are not of that encoding.
// RESOURCE_EXHAUSTED: more than max_bytes would come out, or already came in.
StatusOr<std::string> Decompress(std::string_view bytes, std::string_view content_encoding,
                                 size_t max_bytes);

// One gzip member, at a speed fit for answers made on the fly.
std::string GzipCompress(std::string_view bytes);

// Snappy's block form, as remote write has it.
std::string SnappyCompress(std::string_view bytes);

}  // namespace glint::net
