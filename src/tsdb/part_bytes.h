// The bytes of a part, mapped: nothing of them is handed out that was not held against its
// checksum, which is done once a page, when it is touched first.
//
// Thread-safe.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/file.h"
#include "base/status.h"
#include "tsdb/part_layout.h"

namespace glint::tsdb {

class PartBytes {
 public:
  // Errors as Part::Open().
  static StatusOr<std::unique_ptr<const PartBytes>> Open(FileSystem& files,
                                                         const std::string& path);

  const PartFooter& footer() const { return footer_; }
  const std::string& path() const { return path_; }
  uint64_t SizeOf(PartSection section) const { return footer_[section].length; }

  // Lives as long as this. DATA_LOSS: not in the section, or a page of it fails its checksum.
  StatusOr<std::string_view> Read(PartSection section, uint64_t offset, uint64_t length) const;
  StatusOr<std::string_view> ReadAll(PartSection section) const {
    return Read(section, 0, SizeOf(section));
  }

  // Block `block` of a section, by the section with the blocks' places.
  struct Block {
    std::string_view bytes;
    uint64_t offset = 0;  // In its section.
    uint64_t place = 0;   // The second number of its entry.
  };
  StatusOr<Block> ReadBlock(PartSection blocks, PartSection section, uint64_t block) const;
  // The two numbers of its entry.
  struct BlockEntry {
    uint64_t first = 0;
    uint64_t second = 0;
  };
  StatusOr<BlockEntry> ReadBlockEntry(PartSection blocks, uint64_t block) const;
  uint64_t BlockCount(PartSection blocks) const { return SizeOf(blocks) / kBlockEntryBytes; }

  // DATA_LOSS that names path, section and the offset in the file.
  Status Damaged(PartSection section, uint64_t offset, std::string_view what) const;

  // Every page, those that were good before too; one of them.
  Status VerifyPages() const;
  Status VerifyPage(uint64_t page) const;

 private:
  PartBytes() = default;
  Status CheckPages(uint64_t offset, uint64_t length) const;
  std::string SectionsAt(uint64_t begin, uint64_t end) const;

  std::string path_;
  std::shared_ptr<const FileView> view_;
  std::string_view bytes_;
  uint64_t end_of_pages_ = 0;
  PartFooter footer_;
  // A bit a page: it was good. Bytes do not change, so nothing is ordered by it.
  mutable std::vector<std::atomic<uint64_t>> good_;
};

}  // namespace glint::tsdb
