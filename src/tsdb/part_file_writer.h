// Writes a part file front to back, in large pieces, with a checksum a page; under another name
// until it is whole. What is not finished is removed.
//
// Single-threaded.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/file.h"
#include "base/status.h"
#include "tsdb/part_layout.h"

namespace glint::tsdb {

class PartFileWriter {
 public:
  // `files` outlives this.
  PartFileWriter(FileSystem& files, std::string folder, uint64_t id);
  ~PartFileWriter();
  PartFileWriter(const PartFileWriter&) = delete;
  PartFileWriter& operator=(const PartFileWriter&) = delete;

  Status Create();
  // Ends the section before. REQUIRES: in the order of PartSection, none left out.
  void Begin(PartSection section);
  Status Append(std::string_view bytes);
  // Of the section that was begun last.
  uint64_t SectionBytes() const { return offset_ - footer_[section_].offset; }

  // `footer.sections` and `page_crcs` are set here; the footer as it can be read back.
  StatusOr<PartFooter> Finish(PartFooter footer);

 private:
  Status Flush();
  Status Publish();

  FileSystem& files_;
  const std::string folder_;
  const std::string path_;
  const std::string temporary_;
  std::unique_ptr<File> file_;
  std::string leftover_;  // What is to be removed when this ends; empty: nothing.

  std::string buffer_;
  uint64_t offset_ = 0;  // Of the next byte that is appended.
  uint64_t page_left_ = kPartPageBytes;
  uint32_t page_crc_ = 0;
  PartSection section_ = PartSection::kChunks;
  PartFooter footer_;
};

}  // namespace glint::tsdb
