#include "tsdb/part_bytes.h"

#include <algorithm>

#include "codec/byte_reader.h"
#include "codec/crc32c.h"

namespace glint::tsdb {

StatusOr<std::unique_ptr<const PartBytes>> PartBytes::Open(FileSystem& files,
                                                           const std::string& path) {
  std::unique_ptr<PartBytes> part(new PartBytes);
  part->path_ = path;
  ASSIGN_OR_RETURN(part->view_, files.Map(path));
  part->bytes_ = part->view_->bytes();
  auto footer = DecodePartFooter(part->bytes_);
  if (!footer.ok()) return footer.status().At(path);
  part->footer_ = *std::move(footer);
  const PartExtent& last = part->footer_.sections.back();
  part->end_of_pages_ = last.offset + last.length;
  part->good_ = std::vector<std::atomic<uint64_t>>(part->footer_.page_crcs.size() / 64 + 1);
  return std::unique_ptr<const PartBytes>(std::move(part));
}

StatusOr<std::string_view> PartBytes::Read(PartSection section, uint64_t offset,
                                           uint64_t length) const {
  const PartExtent& extent = footer_[section];
  if (offset > extent.length || length > extent.length - offset) {
    return Damaged(section, offset,
                   fmt::format("{} bytes reach out of its {}", length, extent.length));
  }
  if (length == 0) return std::string_view();
  RETURN_IF_ERROR(CheckPages(extent.offset + offset, length));
  return bytes_.substr(extent.offset + offset, length);
}

StatusOr<PartBytes::BlockEntry> PartBytes::ReadBlockEntry(PartSection blocks,
                                                          uint64_t block) const {
  if (block >= BlockCount(blocks)) {
    return Damaged(blocks, 0, fmt::format("block {} of {}", block, BlockCount(blocks)));
  }
  ASSIGN_OR_RETURN(const std::string_view entry,
                   Read(blocks, block * kBlockEntryBytes, kBlockEntryBytes));
  codec::ByteReader in(entry);
  BlockEntry out;
  out.first = in.U64();
  out.second = in.U64();
  return out;
}

StatusOr<PartBytes::Block> PartBytes::ReadBlock(PartSection blocks, PartSection section,
                                                uint64_t block) const {
  ASSIGN_OR_RETURN(const BlockEntry entry, ReadBlockEntry(blocks, block));
  uint64_t end = SizeOf(section);
  if (block + 1 < BlockCount(blocks)) {
    ASSIGN_OR_RETURN(const BlockEntry next, ReadBlockEntry(blocks, block + 1));
    end = next.first;
  }
  if (entry.first > end) {
    return Damaged(blocks, block * kBlockEntryBytes,
                   fmt::format("block from {} to {}", entry.first, end));
  }
  Block out;
  ASSIGN_OR_RETURN(out.bytes, Read(section, entry.first, end - entry.first));
  out.offset = entry.first;
  out.place = entry.second;
  return out;
}

Status PartBytes::Damaged(PartSection section, uint64_t offset, std::string_view what) const {
  return DataLoss("{}: {} at {} (+{}): {}", path_, PartSectionName(section),
                  footer_[section].offset + offset, offset, what);
}

Status PartBytes::CheckPages(uint64_t offset, uint64_t length) const {
  const uint64_t last = (offset + length - 1) / kPartPageBytes;
  for (uint64_t page = offset / kPartPageBytes; page <= last; ++page) {
    const uint64_t bit = uint64_t{1} << (page % 64);
    if ((good_[page / 64].load(std::memory_order_relaxed) & bit) != 0) continue;
    RETURN_IF_ERROR(VerifyPage(page));
    good_[page / 64].fetch_or(bit, std::memory_order_relaxed);
  }
  return OkStatus();
}

Status PartBytes::VerifyPage(uint64_t page) const {
  const uint64_t begin = page * kPartPageBytes;
  const uint64_t end = std::min<uint64_t>(begin + kPartPageBytes, end_of_pages_);
  const uint32_t computed = codec::Crc32c(bytes_.substr(begin, end - begin));
  const uint32_t stored = footer_.page_crcs[page];
  if (stored == computed) return OkStatus();
  return DataLoss("{}: page {}, bytes {}-{} ({}): crc is {:08x}, stored {:08x}", path_, page, begin,
                  end - 1, SectionsAt(begin, end), computed, stored);
}

std::string PartBytes::SectionsAt(uint64_t begin, uint64_t end) const {
  std::string out;
  for (size_t i = 0; i < kPartSections; ++i) {
    const PartExtent& extent = footer_.sections[i];
    if (extent.length == 0 || extent.offset >= end || extent.offset + extent.length <= begin) {
      continue;
    }
    if (!out.empty()) out += ", ";
    out += PartSectionName(static_cast<PartSection>(i));
  }
  return out;
}

Status PartBytes::VerifyPages() const {
  for (uint64_t page = 0; page < footer_.page_crcs.size(); ++page) {
    RETURN_IF_ERROR(VerifyPage(page));
  }
  return OkStatus();
}

}  // namespace glint::tsdb
