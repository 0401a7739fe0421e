#include "tsdb/part_packing.h"

#include <zstd.h>

#include <memory>

#include "codec/byte_reader.h"
#include "codec/byte_writer.h"

namespace glint::tsdb {
namespace {

constexpr int kLevel = 9;
constexpr size_t kTooFewBytes = 48;  // A frame has about 10 of its own.
constexpr size_t kLargeBytes = 256 << 10;

struct FreeContext {
  void operator()(ZSTD_CCtx* context) const { ZSTD_freeCCtx(context); }
  void operator()(ZSTD_DCtx* context) const { ZSTD_freeDCtx(context); }
};

// A context is room to work in, expensive to make: one a thread.
ZSTD_DCtx* DecompressContext() {
  thread_local const std::unique_ptr<ZSTD_DCtx, FreeContext> context(ZSTD_createDCtx());
  return context.get();
}

// Empty when it cannot be done.
std::string Compress(std::string_view bytes) {
  // One context is kept a thread, but a large input would leave it large.
  thread_local std::unique_ptr<ZSTD_CCtx, FreeContext> context;
  if (context == nullptr) context.reset(ZSTD_createCCtx());
  if (context == nullptr) return {};
  std::string out(ZSTD_compressBound(bytes.size()), '\0');
  const size_t size =
      ZSTD_compressCCtx(context.get(), out.data(), out.size(), bytes.data(), bytes.size(), kLevel);
  if (bytes.size() > kLargeBytes) context.reset();
  out.resize(ZSTD_isError(size) != 0 ? 0 : size);
  return out;
}

}  // namespace

std::string Pack(std::string_view bytes) {
  codec::ByteWriter out;
  if (bytes.size() >= kTooFewBytes && bytes.size() <= kMaxPackedBytes) {
    const std::string compressed = Compress(bytes);
    if (!compressed.empty() && compressed.size() <= bytes.size() - bytes.size() / 10) {
      out.Varint(bytes.size() << 1 | 1);
      out.Raw(compressed);
      return out.Take();
    }
  }
  out.Varint(bytes.size() << 1);
  out.Raw(bytes);
  return out.Take();
}

StatusOr<std::string_view> Unpack(std::string_view packed, std::string& room, size_t max_bytes) {
  codec::ByteReader in(packed);
  const uint64_t head = in.Varint();
  const uint64_t size = head >> 1;
  const std::string_view bytes = in.Raw(in.left());
  if ((head & 1) == 0) {
    if (!in.ok() || bytes.size() != size) {
      return InvalidArgument("packed bytes: {} of them, {} are there", size, bytes.size());
    }
    return bytes;
  }
  if (size > max_bytes) {
    return InvalidArgument("packed bytes: {} of them, at most {} are", size, max_bytes);
  }
  // What a frame says of itself is looked at before room is taken.
  if (ZSTD_getFrameContentSize(bytes.data(), bytes.size()) != size) {
    return InvalidArgument("packed bytes: not a zstd frame of {} bytes", size);
  }
  ZSTD_DCtx* const context = DecompressContext();
  if (context == nullptr) return ResourceExhausted("no memory to decompress");
  room.resize(size);
  const size_t got =
      ZSTD_decompressDCtx(context, room.data(), room.size(), bytes.data(), bytes.size());
  if (ZSTD_isError(got) != 0) {
    return InvalidArgument("packed bytes: zstd: {}", ZSTD_getErrorName(got));
  }
  if (got != size) return InvalidArgument("packed bytes: {} of {} came out", got, size);
  return std::string_view(room);
}

}  // namespace glint::tsdb
