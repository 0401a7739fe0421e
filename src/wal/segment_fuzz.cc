// A whole log of which one segment is the input, or is made from it: a valid header, then records
// and garbage as the input says, so that what stands behind a checksum is reached too.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/check.h"
#include "base/file_in_memory.h"
#include "base/log.h"
#include "wal/log.h"

namespace {

using glint::wal::SegmentHeader;

constexpr uint32_t kKind = 1;

// First byte: 1 with a closing mark, 2 whose length is wrong. Then steps: one byte says what, one
// how many bytes of the input go with it.
std::string MakeSegment(std::string_view input) {
  const SegmentHeader header{.kind = kKind, .id = 1, .salt = 7};
  std::string bytes = EncodeSegmentHeader(header);
  const int closing = input.empty() ? 0 : input[0] % 4;
  size_t at = 1;
  while (at + 2 <= input.size()) {
    const int step = input[at] % 4;
    const std::string_view part = input.substr(at + 2, static_cast<uint8_t>(input[at + 1]));
    at += 2 + part.size();
    if (step == 0) {
      bytes += part;
    } else if (step == 1) {
      bytes += std::string(part.size(), '\0');
    } else {
      FrameRecord(header, bytes.size(), 1, /*begins_write=*/step == 2, part, bytes);
    }
  }
  if (closing == 0) return bytes;
  const uint64_t length = bytes.size() + (closing == 1 ? 0 : 5) - (closing == 3 ? 10 : 0);
  const std::string mark = EncodeClosingMark(header, length);
  return bytes.replace(glint::wal::kClosingMarkOffset, mark.size(), mark);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  glint::SetUpLog(glint::LogLevel::kOff, glint::LogFormat::kText);
  glint::InMemoryFileSystem files;
  const std::string input(reinterpret_cast<const char*>(data), size);
  const bool is_whole = input.starts_with("GLINTWAL");
  files.SetContent("/log/" + glint::wal::SegmentName(1), is_whole ? input : MakeSegment(input));
  const glint::wal::LogOptions options{
      .folder = "/log", .kind = kKind, .files = &files, .preallocate_bytes = 0};
  const auto open = [&](std::string& replayed) {
    return glint::wal::Log::Open(options, [&](const glint::wal::RecordView& record) {
      replayed += record.payload;
      replayed += '\n';
    });
  };
  std::string first;
  if (auto log = open(first); log.ok()) {
    // What was replayed is also found by a scan, and what is appended comes after it.
    std::string scanned;
    for (const glint::wal::SegmentInfo& segment : (*log)->segments()) {
      CHECK((*log)
                ->Scan(segment.id,
                       [&](const glint::wal::RecordView& record) {
                         scanned += record.payload;
                         scanned += '\n';
                         return true;
                       })
                .ok());
    }
    CHECK(scanned == first);
    CHECK((*log)->PrepareSegment().ok());
    CHECK((*log)->Append(std::vector<glint::wal::Record>{{1, "next"}}).ok());
    log->reset();
    // The next start finds the same records.
    std::string second;
    CHECK(open(second).ok());
    CHECK(second == first + "next\n");
  }
  return 0;
}
