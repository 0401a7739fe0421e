#include "tsdb/part_file_writer.h"

#include <algorithm>

#include "base/check.h"
#include "codec/crc32c.h"

namespace glint::tsdb {
namespace {

constexpr size_t kWriteBytes = 1 << 20;

}  // namespace

PartFileWriter::PartFileWriter(FileSystem& files, std::string folder, uint64_t id)
    : files_(files),
      folder_(std::move(folder)),
      path_(folder_ + "/" + PartName(id)),
      temporary_(path_ + ".tmp") {}

PartFileWriter::~PartFileWriter() {
  file_.reset();
  if (!leftover_.empty()) static_cast<void>(files_.Remove(leftover_));
}

Status PartFileWriter::Create() {
  ASSIGN_OR_RETURN(file_, files_.Open(temporary_, OpenMode::kCreate));
  leftover_ = temporary_;
  buffer_.reserve(kWriteBytes);
  RETURN_IF_ERROR(Append(EncodePartHeader()));
  footer_[PartSection::kChunks].offset = offset_;
  return OkStatus();
}

void PartFileWriter::Begin(PartSection section) {
  CHECK(static_cast<size_t>(section) == static_cast<size_t>(section_) + 1);
  footer_[section_].length = SectionBytes();
  section_ = section;
  footer_[section_].offset = offset_;
}

Status PartFileWriter::Append(std::string_view bytes) {
  while (!bytes.empty()) {
    const size_t taken =
        std::min({bytes.size(), static_cast<size_t>(page_left_), kWriteBytes - buffer_.size()});
    const std::string_view piece = bytes.substr(0, taken);
    page_crc_ = codec::Crc32c(piece, page_crc_);
    buffer_ += piece;
    offset_ += taken;
    page_left_ -= taken;
    bytes.remove_prefix(taken);
    if (page_left_ == 0) {
      footer_.page_crcs.push_back(page_crc_);
      page_crc_ = 0;
      page_left_ = kPartPageBytes;
    }
    if (buffer_.size() == kWriteBytes) RETURN_IF_ERROR(Flush());
  }
  return OkStatus();
}

Status PartFileWriter::Flush() {
  RETURN_IF_ERROR(file_->Write(offset_ - buffer_.size(), buffer_));
  buffer_.clear();
  return OkStatus();
}

StatusOr<PartFooter> PartFileWriter::Finish(PartFooter footer) {
  footer_[section_].length = SectionBytes();
  if (page_left_ < kPartPageBytes) footer_.page_crcs.push_back(page_crc_);
  footer.sections = footer_.sections;
  footer.page_crcs = footer_.page_crcs;
  const std::string end = EncodePartFooter(footer);
  RETURN_IF_ERROR(Flush());
  RETURN_IF_ERROR(file_->Write(offset_, end));
  footer.info.bytes = offset_ + end.size();
  RETURN_IF_ERROR(Publish());
  SumSections(footer);
  return footer;
}

Status PartFileWriter::Publish() {
  RETURN_IF_ERROR(file_->Sync());
  file_.reset();
  RETURN_IF_ERROR(files_.Rename(temporary_, path_));
  leftover_ = path_;
  RETURN_IF_ERROR(files_.SyncFolder(folder_));
  leftover_.clear();
  return OkStatus();
}

}  // namespace glint::tsdb
