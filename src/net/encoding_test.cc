#include "net/encoding.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <libdeflate.h>
#include <lz4frame.h>
#include <zstd.h>

#include <map>

namespace glint::net {
namespace {

using ::testing::HasSubstr;

std::string Zlib(std::string_view bytes) {
  libdeflate_compressor* compressor = libdeflate_alloc_compressor(6);
  std::string out(libdeflate_zlib_compress_bound(compressor, bytes.size()), '\0');
  out.resize(
      libdeflate_zlib_compress(compressor, bytes.data(), bytes.size(), out.data(), out.size()));
  libdeflate_free_compressor(compressor);
  return out;
}

std::string Zstd(std::string_view bytes) {
  std::string out(ZSTD_compressBound(bytes.size()), '\0');
  out.resize(ZSTD_compress(out.data(), out.size(), bytes.data(), bytes.size(), 3));
  return out;
}

std::string Lz4(std::string_view bytes) {
  std::string out(LZ4F_compressFrameBound(bytes.size(), nullptr), '\0');
  out.resize(LZ4F_compressFrame(out.data(), out.size(), bytes.data(), bytes.size(), nullptr));
  return out;
}

std::map<std::string, std::string> InAllEncodings(std::string_view bytes) {
  return {{"gzip", GzipCompress(bytes)}, {"zlib", Zlib(bytes)},
          {"deflate", Zlib(bytes)},      {"zstd", Zstd(bytes)},
          {"lz4", Lz4(bytes)},           {"snappy", SnappyCompress(bytes)},
          {"", std::string(bytes)},      {"none", std::string(bytes)}};
}

std::string Sample(size_t size) {
  std::string out;
  for (size_t i = 0; out.size() < size; ++i) out += std::to_string(i * 2654435761u % 1000) + " ";
  out.resize(size);
  return out;
}

TEST(DecompressTest, EachEncodingGivesBackWhatWentIn) {
  for (const size_t size : {0u, 1u, 100u, 70'000u, 3'000'000u}) {
    const std::string wanted = Sample(size);
    for (const auto& [encoding, bytes] : InAllEncodings(wanted)) {
      const auto got = Decompress(bytes, encoding, size + 1);
      ASSERT_TRUE(got.ok()) << encoding << " " << size << " " << got.status().ToString();
      EXPECT_TRUE(*got == wanted) << encoding << " " << size;
    }
  }
  EXPECT_EQ(*Decompress(GzipCompress("x"), " GZip ", 10), "x");
}

// A bomb: 20 kB that become 20 MB must cost no more than the limit.
TEST(DecompressTest, LimitHoldsForEachEncodingAndIsExact) {
  const std::string big(1'000'000, 'a');
  for (const auto& [encoding, bytes] : InAllEncodings(big)) {
    EXPECT_TRUE(Decompress(bytes, encoding, big.size()).ok()) << encoding;
    const auto refused = Decompress(bytes, encoding, big.size() - 1);
    ASSERT_FALSE(refused.ok()) << encoding;
    EXPECT_EQ(refused.status().code(), StatusCode::kResourceExhausted) << encoding;
  }
}

TEST(DecompressTest, BrokenBytesAreRefused) {
  const std::string wanted = Sample(10'000);
  for (const auto& [encoding, bytes] : InAllEncodings(wanted)) {
    if (encoding.empty() || encoding == "none") continue;
    const auto cut =
        Decompress(std::string_view(bytes).substr(0, bytes.size() / 2), encoding, 1 << 20);
    ASSERT_FALSE(cut.ok()) << encoding;
    EXPECT_EQ(cut.status().code(), StatusCode::kInvalidArgument) << encoding;
    EXPECT_FALSE(Decompress("this is plain text, not compressed", encoding, 1 << 20).ok())
        << encoding;
    EXPECT_FALSE(Decompress("", encoding, 1 << 20).ok()) << encoding;
    EXPECT_FALSE(Decompress(bytes + "tail", encoding, 1 << 20).ok()) << encoding;
  }
  EXPECT_THAT(std::string(Decompress("x", "br", 10).status().message()),
              "unsupported Content-Encoding: br");
}

TEST(DecompressTest, GzipMembersInARowAreOneBody) {
  EXPECT_EQ(*Decompress(GzipCompress("ab") + GzipCompress("cd"), "gzip", 4), "abcd");
  EXPECT_FALSE(Decompress(GzipCompress("ab") + GzipCompress("cd"), "gzip", 3).ok());
}

}  // namespace
}  // namespace glint::net
