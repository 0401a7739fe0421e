#include "tsdb/part_directory.h"

#include <algorithm>

#include "tsdb/part_directory_block.h"

namespace glint::tsdb {
namespace {

constexpr size_t kCachedBlocks = 32;
constexpr size_t kCachedBytes = 256 << 10;

size_t BytesOf(const DirectoryBlock& block) {
  return block.series.capacity() * sizeof(DirectoryBlock::Entry) +
         block.values.capacity() * sizeof(uint32_t) + block.chunks.capacity() * sizeof(PartChunk);
}

}  // namespace

PartDirectory::PartDirectory(const PartBytes& bytes, const PartLabels& labels)
    : bytes_(bytes), labels_(labels), cache_(kCachedBlocks, kCachedBytes) {}

StatusOr<std::unique_ptr<const PartDirectory>> PartDirectory::Open(const PartBytes& bytes,
                                                                   const PartLabels& labels) {
  const uint64_t blocks = bytes.BlockCount(PartSection::kSeriesBlocks);
  const uint64_t series = bytes.footer().info.series;
  if (blocks != (series + kSeriesABlock - 1) / kSeriesABlock) {
    return bytes.Damaged(PartSection::kSeriesBlocks, 0,
                         fmt::format("{} blocks for {} series", blocks, series));
  }
  return std::unique_ptr<const PartDirectory>(new PartDirectory(bytes, labels));
}

StatusOr<DirectoryBlock> PartDirectory::Decode(uint64_t block) const {
  ASSIGN_OR_RETURN(const PartBytes::Block found,
                   bytes_.ReadBlock(PartSection::kSeriesBlocks, PartSection::kSeries, block));
  const uint64_t first = block * kSeriesABlock;
  const uint64_t count = std::min<uint64_t>(kSeriesABlock, bytes_.footer().info.series - first);
  auto decoded = DecodeDirectoryBlock(found.bytes, labels_, static_cast<PartSeries>(first), count,
                                      found.place);
  if (!decoded.ok()) {
    return bytes_.Damaged(PartSection::kSeries, found.offset, decoded.status().message());
  }
  return decoded;
}

StatusOr<std::shared_ptr<const DirectoryBlock>> PartDirectory::ReadBlock(uint64_t block) const {
  if (auto held = cache_.Find(block)) return held;
  ASSIGN_OR_RETURN(DirectoryBlock decoded, Decode(block));
  auto shared = std::make_shared<const DirectoryBlock>(std::move(decoded));
  cache_.Put(block, shared, BytesOf(*shared));
  return shared;
}

StatusOr<DirectoryEntry> PartDirectory::Find(PartSeries series) const {
  if (series >= bytes_.footer().info.series) {
    return InvalidArgument("{}: series {} of {}", bytes_.path(), series,
                           bytes_.footer().info.series);
  }
  ASSIGN_OR_RETURN(std::shared_ptr<const DirectoryBlock> block, ReadBlock(series / kSeriesABlock));
  const DirectoryBlock::Entry* const entry = &block->series[series % kSeriesABlock];
  return DirectoryEntry{std::move(block), entry};
}

}  // namespace glint::tsdb
