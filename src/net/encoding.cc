#include "net/encoding.h"

#include <libdeflate.h>
#include <lz4frame.h>
#include <snappy.h>
#include <zstd.h>

#include <algorithm>
#include <memory>

#include "base/escape.h"

namespace glint::net {
namespace {

constexpr size_t kSmallestOutput = 64 * 1024;
// The longest copy is of 64 bytes and takes 3.
constexpr size_t kSnappyMaxRatio = 22;
constexpr size_t kSmallestGuess = 4 * 1024;
constexpr size_t kGzipTrailer = 18;     // With the header: the shortest there is.
constexpr size_t kMaxLikelyRatio = 64;  // Metrics make 10 to 30; what claims more has to show it.
constexpr int kGzipLevel = 4;
// zstd reserves its window before the first byte: 32 MiB, what common levels use and no more.
constexpr int kZstdWindowLogMax = 25;

Status TooLarge(std::string_view encoding, size_t max_bytes) {
  return ResourceExhausted("{} body is larger than {} bytes", encoding, max_bytes);
}

Status Broken(std::string_view encoding, std::string_view why) {
  return InvalidArgument("body is not valid {}: {}", encoding, why);
}

struct DecompressorDeleter {
  void operator()(libdeflate_decompressor* d) const { libdeflate_free_decompressor(d); }
};
using Decompressor = std::unique_ptr<libdeflate_decompressor, DecompressorDeleter>;

using InflateFunction = libdeflate_result (*)(libdeflate_decompressor*, const void*, size_t, void*,
                                              size_t, size_t*, size_t*);

// A gzip member ends with its size, modulo 2^32. Where that is untrue, or of another member, it is
// only a bad guess.
size_t FirstGuess(std::string_view encoding, std::string_view bytes) {
  if (encoding != "gzip" || bytes.size() < kGzipTrailer) {
    return std::max(kSmallestOutput, bytes.size() * 8);
  }
  uint32_t size = 0;
  for (size_t i = 1; i <= 4; ++i) {
    size = size << 8 | static_cast<uint8_t>(bytes[bytes.size() - i]);
  }
  return std::max(kSmallestGuess, std::min<size_t>(size, bytes.size() * kMaxLikelyRatio));
}

// libdeflate wants the whole output at once, and its size is not known: try, double, try again.
// Inflates one member at the start of `bytes`, appends it to `out` and returns its length there.
StatusOr<size_t> InflateMember(libdeflate_decompressor* decompressor, InflateFunction inflate,
                               std::string_view encoding, std::string_view bytes, size_t max_bytes,
                               std::string& out) {
  const size_t before = out.size();
  const size_t room = max_bytes - before;
  size_t guess = std::min(room, FirstGuess(encoding, bytes));
  while (true) {
    out.resize(before + guess);
    size_t consumed = 0;
    size_t produced = 0;
    const libdeflate_result result = inflate(decompressor, bytes.data(), bytes.size(),
                                             out.data() + before, guess, &consumed, &produced);
    switch (result) {
      case LIBDEFLATE_SUCCESS:
        out.resize(before + produced);
        return consumed;
      case LIBDEFLATE_INSUFFICIENT_SPACE:
        if (guess == room) return TooLarge(encoding, max_bytes);
        guess = std::min(room, guess * 2);
        break;
      default:
        return Broken(encoding, "bad data or checksum");
    }
  }
}

StatusOr<std::string> Inflate(InflateFunction inflate, std::string_view encoding,
                              std::string_view bytes, size_t max_bytes, bool many_members) {
  const Decompressor decompressor(libdeflate_alloc_decompressor());
  if (decompressor == nullptr) return ResourceExhausted("no memory to decompress {}", encoding);
  std::string out;
  do {
    ASSIGN_OR_RETURN(const size_t consumed,
                     InflateMember(decompressor.get(), inflate, encoding, bytes, max_bytes, out));
    bytes.remove_prefix(consumed);
  } while (many_members && !bytes.empty());
  if (!bytes.empty()) return Broken(encoding, "bytes after its end");
  return out;
}

StatusOr<std::string> DecompressZstd(std::string_view bytes, size_t max_bytes) {
  const std::unique_ptr<ZSTD_DCtx, size_t (*)(ZSTD_DCtx*)> context(ZSTD_createDCtx(),
                                                                   ZSTD_freeDCtx);
  if (context == nullptr) return ResourceExhausted("no memory to decompress zstd");
  ZSTD_DCtx_setParameter(context.get(), ZSTD_d_windowLogMax, kZstdWindowLogMax);
  std::string out;
  ZSTD_inBuffer in{bytes.data(), bytes.size(), 0};
  size_t wanted = 1;
  while (true) {
    const size_t before = out.size();
    const size_t chunk = std::min(std::max(kSmallestOutput, before), max_bytes + 1 - before);
    out.resize(before + chunk);
    ZSTD_outBuffer to{out.data() + before, chunk, 0};
    wanted = ZSTD_decompressStream(context.get(), &to, &in);
    if (ZSTD_isError(wanted) != 0) return Broken("zstd", ZSTD_getErrorName(wanted));
    out.resize(before + to.pos);
    if (out.size() > max_bytes) return TooLarge("zstd", max_bytes);
    const bool output_has_room = to.pos < chunk;
    if (in.pos == in.size && output_has_room) break;
  }
  if (wanted != 0 || bytes.empty()) return Broken("zstd", "it is cut off");
  return out;
}

StatusOr<std::string> DecompressSnappy(std::string_view bytes, size_t max_bytes) {
  size_t size = 0;
  if (!snappy::GetUncompressedLength(bytes.data(), bytes.size(), &size)) {
    return Broken("snappy", "it does not begin with a length");
  }
  if (size > max_bytes) return TooLarge("snappy", max_bytes);
  // The length is a claim: do not reserve what such a block cannot hold.
  if (size / kSnappyMaxRatio > bytes.size()) {
    return Broken("snappy",
                  fmt::format("it says to hold {} bytes, and has {}", size, bytes.size()));
  }
  std::string out(size, '\0');
  if (!snappy::RawUncompress(bytes.data(), bytes.size(), out.data())) {
    return Broken("snappy", "bad data in the block");
  }
  return out;
}

StatusOr<std::string> DecompressLz4(std::string_view bytes, size_t max_bytes) {
  LZ4F_dctx* raw = nullptr;
  if (LZ4F_isError(LZ4F_createDecompressionContext(&raw, LZ4F_VERSION)) != 0) {
    return ResourceExhausted("no memory to decompress lz4");
  }
  const std::unique_ptr<LZ4F_dctx, LZ4F_errorCode_t (*)(LZ4F_dctx*)> context(
      raw, LZ4F_freeDecompressionContext);
  std::string out;
  size_t wanted = 1;
  while (true) {
    const size_t before = out.size();
    size_t produced = std::min(std::max(kSmallestOutput, before), max_bytes + 1 - before);
    const size_t chunk = produced;
    out.resize(before + chunk);
    size_t consumed = bytes.size();
    wanted = LZ4F_decompress(context.get(), out.data() + before, &produced, bytes.data(), &consumed,
                             nullptr);
    if (LZ4F_isError(wanted) != 0) return Broken("lz4", LZ4F_getErrorName(wanted));
    out.resize(before + produced);
    bytes.remove_prefix(consumed);
    if (out.size() > max_bytes) return TooLarge("lz4", max_bytes);
    if (bytes.empty() && produced < chunk) break;
    if (consumed == 0 && produced == 0) return Broken("lz4", "bytes after its end");
  }
  if (wanted != 0) return Broken("lz4", "it is cut off");
  return out;
}

std::string LowerCaseWithoutBlanks(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == ' ' || c == '\t') continue;
    out += c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
  }
  return out;
}

}  // namespace

StatusOr<std::string> Decompress(std::string_view bytes, std::string_view content_encoding,
                                 size_t max_bytes) {
  const std::string encoding = LowerCaseWithoutBlanks(content_encoding);
  if (encoding.empty() || encoding == "none" || encoding == "identity") {
    if (bytes.size() > max_bytes) {
      return ResourceExhausted("body of {} bytes is larger than {} bytes", bytes.size(), max_bytes);
    }
    return std::string(bytes);
  }
  if (encoding == "gzip") {
    return Inflate(libdeflate_gzip_decompress_ex, "gzip", bytes, max_bytes, true);
  }
  if (encoding == "zlib" || encoding == "deflate") {
    return Inflate(libdeflate_zlib_decompress_ex, encoding, bytes, max_bytes, false);
  }
  if (encoding == "zstd") return DecompressZstd(bytes, max_bytes);
  if (encoding == "snappy") return DecompressSnappy(bytes, max_bytes);
  if (encoding == "lz4") return DecompressLz4(bytes, max_bytes);
  return InvalidArgument("unsupported Content-Encoding: {}", Excerpt(content_encoding, 40));
}

std::string GzipCompress(std::string_view bytes) {
  struct CompressorDeleter {
    void operator()(libdeflate_compressor* c) const { libdeflate_free_compressor(c); }
  };
  const std::unique_ptr<libdeflate_compressor, CompressorDeleter> compressor(
      libdeflate_alloc_compressor(kGzipLevel));
  CHECK(compressor != nullptr);
  std::string out(libdeflate_gzip_compress_bound(compressor.get(), bytes.size()), '\0');
  const size_t size = libdeflate_gzip_compress(compressor.get(), bytes.data(), bytes.size(),
                                               out.data(), out.size());
  CHECK(size != 0);
  out.resize(size);
  return out;
}

std::string SnappyCompress(std::string_view bytes) {
  std::string out;
  snappy::Compress(bytes.data(), bytes.size(), &out);
  return out;
}

}  // namespace glint::net
