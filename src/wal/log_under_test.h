// For the tests of the log: a log on a disk in memory, and what its last life left there.
#pragma once

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/file_in_memory.h"
#include "base/log.h"
#include "wal/log.h"

namespace glint::wal {

class LogTest : public ::testing::Test {
 protected:
  // Thousands of damaged logs have nothing to say.
  void SetUp() override { SetUpLog(LogLevel::kOff, LogFormat::kText); }
  void TearDown() override { SetUpLog(LogLevel::kInfo, LogFormat::kText); }

  StatusOr<std::unique_ptr<Log>> TryOpen() {
    replayed_.clear();
    return Log::Open(options_,
                     [this](const RecordView& record) { replayed_.emplace_back(record.payload); });
  }
  std::unique_ptr<Log> Open() {
    auto log = TryOpen();
    EXPECT_TRUE(log.ok()) << log.status().ToString();
    return *std::move(log);
  }

  // In one write.
  Status Append(Log& log, const std::vector<std::string>& payloads) {
    RETURN_IF_ERROR(log.PrepareSegment().status());
    std::vector<Record> records;
    for (const std::string& payload : payloads) records.push_back({1, payload});
    auto positions = log.Append(records);
    if (positions.ok()) positions_.insert(positions_.end(), positions->begin(), positions->end());
    return positions.status();
  }

  std::vector<std::string> Names() {
    auto names = files_.List("/log");
    EXPECT_TRUE(names.ok());
    return *std::move(names);
  }
  static std::string Path(uint64_t id) { return "/log/" + SegmentName(id); }

  std::map<std::string, std::string> Contents() {
    std::map<std::string, std::string> contents;
    for (const std::string& name : Names()) contents[name] = files_.Content("/log/" + name);
    return contents;
  }
  void Restore(const std::map<std::string, std::string>& contents) {
    for (const std::string& name : Names()) EXPECT_TRUE(files_.Remove("/log/" + name).ok());
    for (const auto& [name, content] : contents) files_.SetContent("/log/" + name, content);
  }
  // Ends the log as kill -9 does.
  void Kill(std::unique_ptr<Log> log) {
    const auto contents = Contents();
    log.reset();
    Restore(contents);
  }

  InMemoryFileSystem files_{testing::UnitTest::GetInstance()->random_seed() + 1u};
  LogOptions options_{.folder = "/log",
                      .kind = 7,
                      .files = &files_,
                      .segment_bytes = 1 << 20,
                      .preallocate_bytes = 4096};
  std::vector<std::string> replayed_;
  std::vector<Position> positions_;
};

}  // namespace glint::wal
