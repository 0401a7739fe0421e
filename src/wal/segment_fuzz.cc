// A whole log whose only segment is the input.
#include <cstddef>
#include <cstdint>
#include <string>

#include "base/check.h"
#include "base/file_in_memory.h"
#include "base/log.h"
#include "wal/log.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  glint::SetUpLog(glint::LogLevel::kOff, glint::LogFormat::kText);
  glint::InMemoryFileSystem files;
  files.SetContent("/log/" + glint::wal::SegmentName(1),
                   std::string(reinterpret_cast<const char*>(data), size));
  const glint::wal::LogOptions options{.folder = "/log", .kind = 1, .files = &files};
  const auto open = [&](std::string& replayed) {
    return glint::wal::Log::Open(options, [&](const glint::wal::RecordView& record) {
      replayed += record.payload;
      replayed += '\n';
    });
  };
  std::string first;
  if (auto log = open(first); log.ok()) {
    log->reset();
    // What was damaged is out of the way: the next start finds the same records.
    std::string second;
    CHECK(open(second).ok());
    CHECK(first == second);
  }
  return 0;
}
