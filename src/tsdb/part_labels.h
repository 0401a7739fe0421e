// The label names and values of a part, each with the series that have it.
//
// Names and schemas (the lists of names that series have) are read when it is opened, values when
// they are asked for. Names and the values of each are numbered in ascending order. Thread-safe.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "tsdb/part_bytes.h"
#include "tsdb/part_postings.h"

namespace glint::tsdb {

class PartLabels {
 public:
  // `bytes` outlives this. DATA_LOSS.
  static StatusOr<PartLabels> Open(const PartBytes& bytes);

  size_t name_count() const { return names_.size(); }
  const std::string& NameAt(uint32_t name) const { return names_[name].text; }
  uint64_t ValueCountOf(uint32_t name) const { return names_[name].values; }
  std::optional<uint32_t> FindName(std::string_view name) const;

  size_t schema_count() const { return schema_begins_.size() - 1; }
  // Names by number, ascending. REQUIRES: `schema` < schema_count().
  std::span<const uint32_t> Schema(uint32_t schema) const {
    return std::span(schema_names_)
        .subspan(schema_begins_[schema], schema_begins_[schema + 1] - schema_begins_[schema]);
  }

  // A value and where its postings lie. `text` lives until the next one is asked for.
  struct Value {
    std::string_view text;
    PartExtent postings;  // In their section.
  };
  using Visitor = std::function<Status(const Value&)>;
  // Ascending; ends early with an error of the visitor's. REQUIRES: `name` < name_count().
  Status ForEachValue(uint32_t name, const Visitor& visit) const;
  StatusOr<std::optional<PartExtent>> FindValue(uint32_t name, std::string_view value) const;
  // DATA_LOSS: there is none of that number.
  StatusOr<std::string> ValueAt(uint32_t name, uint32_t value) const;

  // Appends to `out`.
  Status ReadPostings(const PartExtent& postings, SeriesRuns& out) const;

 private:
  struct Name {
    std::string text;
    uint64_t values = 0;
    uint64_t first_block = 0;
  };
  explicit PartLabels(const PartBytes& bytes) : bytes_(&bytes) {}
  Status Parse(std::string_view bytes);
  // Visits the values of one block until `visit` returns false.
  template <typename Visit>
  Status ScanBlock(const Name& name, uint64_t block, const Visit& visit) const;

  const PartBytes* bytes_;
  std::vector<Name> names_;
  std::vector<uint32_t> schema_names_;
  std::vector<size_t> schema_begins_{0};
};

}  // namespace glint::tsdb
