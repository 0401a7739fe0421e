// The labels of the series of a part while it is written: pairs of name and value as numbers, first
// in order of appearance, and in order of the text once it is known which series there are.
//
// Single-threaded.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/status.h"
#include "model/labels.h"
#include "tsdb/part_file_writer.h"

namespace glint::tsdb {

// A name and a value that occur together.
using LabelPair = uint32_t;

class PartLabelsWriter {
 public:
  // How many will be added.
  void Reserve(size_t series);
  // Series `i` is the i-th that is added. Cheapest when it shares labels with the one before.
  void Add(const model::Labels& labels);
  // In order of the names.
  std::span<const LabelPair> PairsOf(size_t i) const {
    return std::span(pairs_).subspan(begins_[i], begins_[i + 1] - begins_[i]);
  }
  std::string_view NameOf(LabelPair pair) const { return names_[NameNumberOf(pair)]; }
  // In order of appearance.
  uint32_t NameNumberOf(LabelPair pair) const { return pair_infos_[pair].name; }
  std::optional<uint32_t> FindName(const std::string& name) const;
  const std::string& ValueOf(LabelPair pair) const { return *pair_infos_[pair].value; }

  // Numbers names, values and schemas as the file has them. `kept` are the series that are in it.
  void Number(std::span<const uint32_t> kept);
  // After Number(): the number of the value among those of its name.
  uint32_t ValueNumberOf(LabelPair pair) const { return pair_infos_[pair].value_number; }
  // After Number(): by place in `kept`.
  uint32_t SchemaOf(size_t kept) const { return schema_of_[kept]; }

  // The sections of names, values, blocks of values, postings.
  Status Write(PartFileWriter& file, std::span<const uint32_t> kept) const;

 private:
  struct Key {
    uint32_t name;
    std::string_view value;
    bool operator==(const Key&) const = default;
  };
  struct KeyHash {
    size_t operator()(const Key& key) const {
      return std::hash<std::string_view>()(key.value) ^ key.name * 0x9e3779b97f4a7c15u;
    }
  };
  struct PairInfo {
    uint32_t name = 0;  // In order of appearance.
    uint32_t value_number = 0;
    const std::string* value = nullptr;
    bool is_used = false;
  };
  LabelPair Intern(const model::Label& label);
  std::string EncodeNames() const;

  std::vector<std::string> names_;
  std::unordered_map<std::string, uint32_t> name_ids_;
  std::deque<std::string> values_;  // Never move.
  std::vector<PairInfo> pair_infos_;
  std::unordered_map<Key, LabelPair, KeyHash> pair_ids_;
  size_t expected_series_ = 0;
  std::vector<LabelPair> pairs_;  // Of all series, one after another.
  std::vector<size_t> begins_{0};

  // By number in the file, set by Number().
  std::vector<std::vector<LabelPair>> values_of_name_;
  std::vector<std::vector<uint32_t>> schemas_;
  std::vector<uint32_t> schema_of_;
};

}  // namespace glint::tsdb
