// The columns of times that the chunks of a part share: each distinct one is there once.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/status.h"
#include "model/time.h"
#include "tsdb/part_bytes.h"
#include "tsdb/part_cache.h"
#include "tsdb/part_file_writer.h"

namespace glint::tsdb {

enum class ColumnKind : uint8_t {
  kTimes,       // Ascending.
  kStartTimes,  // In any order.
};

using TimeColumn = std::vector<model::TimeMs>;

// Single-threaded. Holds the encoded columns until they are written.
class PartColumnsWriter {
 public:
  explicit PartColumnsWriter(ColumnKind kind) : kind_(kind) {}

  // The number of this column: numbers count up from 0 in order of first appearance.
  // REQUIRES: not empty.
  uint32_t Add(std::span<const model::TimeMs> column);
  // Three sections: columns, table, blocks.
  Status Write(PartFileWriter& file) const;

 private:
  struct Column {
    uint64_t offset = 0;
    uint32_t length = 0;
    uint32_t count = 0;
    model::TimeMs first = 0;
    model::TimeMs last = 0;
  };
  bool IsEqual(const Column& column, std::span<const model::TimeMs> times) const;

  const ColumnKind kind_;
  std::string bytes_;
  std::vector<Column> columns_;
  std::unordered_multimap<uint64_t, uint32_t> by_hash_;
};

// Thread-safe.
class PartColumns {
 public:
  // `bytes` outlives this.
  PartColumns(const PartBytes& bytes, ColumnKind kind);

  struct Info {
    uint64_t offset = 0;
    uint64_t length = 0;
    size_t count = 0;
    model::TimeMs first = 0;  // Of start times: 0.
    model::TimeMs last = 0;
  };
  // DATA_LOSS: there is no such column, or its entry is damaged.
  StatusOr<Info> InfoOf(uint32_t column) const;
  // Whole. Of times: null, and not read, when the column is all before or all after `range`.
  StatusOr<std::shared_ptr<const TimeColumn>> Read(
      uint32_t column, model::TimeRange range = model::TimeRange()) const;

  // Reads every column; how many there are.
  StatusOr<uint64_t> Verify() const;

 private:
  StatusOr<TimeColumn> Decode(const Info& info) const;

  const PartBytes& bytes_;
  const ColumnKind kind_;
  const PartSection section_;
  const PartSection table_;
  const PartSection blocks_;
  PartCache<TimeColumn> cache_;
};

}  // namespace glint::tsdb
