// What the records of a log segment say, a line each and in sum: of which there are as many kinds
// as stores with a log.
//
// Thread-compatible.
#pragma once

#include <memory>
#include <string>

#include "base/status.h"
#include "inspect/file_report.h"
#include "wal/segment.h"

namespace glint::inspect {

class RecordContent {
 public:
  virtual ~RecordContent() = default;

  virtual std::string TypeName(uint8_t type) const = 0;
  // One line. Records come in the order of the segment.
  // INVALID_ARGUMENT: its checksum is right, yet it does not say what it should.
  virtual StatusOr<std::string> Read(const wal::RecordView& record) = 0;
  // What all of them say together.
  virtual void AddFacts(FileReport& report) const = 0;
};

std::unique_ptr<RecordContent> MakeMetricRecords();
// `verify`: decodes the spans too, not only the head of each record.
std::unique_ptr<RecordContent> MakeTraceRecords(bool verify);

}  // namespace glint::inspect
