#include "tsdb/part_labels_writer.h"

#include <algorithm>

#include "codec/byte_writer.h"
#include "tsdb/part_postings.h"

namespace glint::tsdb {
namespace {

constexpr size_t kMostReserved = 16;  // Labels a series.

size_t SharedPrefix(std::string_view a, std::string_view b) {
  const size_t end = std::min(a.size(), b.size());
  size_t i = 0;
  while (i < end && a[i] == b[i]) ++i;
  return i;
}

}  // namespace

void PartLabelsWriter::Reserve(size_t series) {
  begins_.reserve(series + 1);
  expected_series_ = series;
}

void PartLabelsWriter::Add(const model::Labels& labels) {
  if (begins_.size() == 1) {
    pairs_.reserve(std::min(labels.size(), kMostReserved) * expected_series_);
  }
  const size_t before = begins_.size() > 1 ? begins_[begins_.size() - 2] : 0;
  const size_t before_end = begins_.back();
  size_t i = 0;
  for (const model::Label& label : labels) {
    if (const size_t same = before + i++; same < before_end) {
      const PairInfo& info = pair_infos_[pairs_[same]];
      if (*info.value == label.value && names_[info.name] == label.name) {
        pairs_.push_back(pairs_[same]);
        continue;
      }
    }
    pairs_.push_back(Intern(label));
  }
  begins_.push_back(pairs_.size());
}

std::optional<uint32_t> PartLabelsWriter::FindName(const std::string& name) const {
  const auto found = name_ids_.find(name);
  if (found == name_ids_.end()) return std::nullopt;
  return found->second;
}

LabelPair PartLabelsWriter::Intern(const model::Label& label) {
  const auto [name, is_new_name] =
      name_ids_.try_emplace(label.name, static_cast<uint32_t>(names_.size()));
  if (is_new_name) names_.push_back(label.name);
  if (const auto found = pair_ids_.find({name->second, label.value}); found != pair_ids_.end()) {
    return found->second;
  }
  const std::string& value = values_.emplace_back(label.value);
  const auto pair = static_cast<LabelPair>(pair_infos_.size());
  pair_infos_.push_back({.name = name->second, .value = &value});
  pair_ids_.emplace(Key{name->second, value}, pair);
  return pair;
}

void PartLabelsWriter::Number(std::span<const uint32_t> kept) {
  for (const uint32_t series : kept) {
    for (const LabelPair pair : PairsOf(series)) pair_infos_[pair].is_used = true;
  }
  std::map<std::string_view, std::vector<LabelPair>> by_name;
  for (LabelPair pair = 0; pair < pair_infos_.size(); ++pair) {
    if (pair_infos_[pair].is_used) by_name[NameOf(pair)].push_back(pair);
  }
  std::vector<uint32_t> name_numbers(names_.size());
  for (auto& [name, values] : by_name) {
    std::sort(values.begin(), values.end(),
              [this](LabelPair a, LabelPair b) { return ValueOf(a) < ValueOf(b); });
    for (size_t i = 0; i < values.size(); ++i) {
      pair_infos_[values[i]].value_number = static_cast<uint32_t>(i);
    }
    name_numbers[pair_infos_[values[0]].name] = static_cast<uint32_t>(values_of_name_.size());
    values_of_name_.push_back(std::move(values));
  }
  std::map<std::vector<uint32_t>, uint32_t> schema_numbers;
  schema_of_.reserve(kept.size());
  std::vector<uint32_t> schema;
  for (const uint32_t series : kept) {
    schema.clear();
    for (const LabelPair pair : PairsOf(series)) {
      schema.push_back(name_numbers[pair_infos_[pair].name]);
    }
    if (!schema_of_.empty() && schemas_[schema_of_.back()] == schema) {
      schema_of_.push_back(schema_of_.back());
      continue;
    }
    const auto [found, is_new] =
        schema_numbers.try_emplace(schema, static_cast<uint32_t>(schemas_.size()));
    if (is_new) schemas_.push_back(schema);
    schema_of_.push_back(found->second);
  }
}

std::string PartLabelsWriter::EncodeNames() const {
  codec::ByteWriter out;
  out.Varint(values_of_name_.size());
  for (const std::vector<LabelPair>& values : values_of_name_) {
    out.Text(NameOf(values[0]));
    out.Varint(values.size());
  }
  out.Varint(schemas_.size());
  for (const std::vector<uint32_t>& schema : schemas_) {
    out.Varint(schema.size());
    uint32_t next = 0;  // Names ascend.
    for (const uint32_t name : schema) {
      out.Varint(name - next);
      next = name + 1;
    }
  }
  return out.Take();
}

Status PartLabelsWriter::Write(PartFileWriter& file, std::span<const uint32_t> kept) const {
  std::vector<PostingsEncoder> encoders(pair_infos_.size());
  for (uint32_t i = 0; i < kept.size(); ++i) {
    for (const LabelPair pair : PairsOf(kept[i])) encoders[pair].Add(i);
  }
  file.Begin(PartSection::kNames);
  RETURN_IF_ERROR(file.Append(EncodeNames()));

  file.Begin(PartSection::kValues);
  codec::ByteWriter blocks;
  std::string postings;
  for (const std::vector<LabelPair>& values : values_of_name_) {
    codec::ByteWriter out;
    const uint64_t offset = file.SectionBytes();
    std::string_view before;
    for (size_t i = 0; i < values.size(); ++i) {
      if (i % kValuesABlock == 0) {
        blocks.U64(offset + out.size());
        blocks.U64(postings.size());
        before = {};
      }
      const std::string& value = ValueOf(values[i]);
      const size_t shared = SharedPrefix(before, value);
      const std::string encoded = encoders[values[i]].Take();
      out.Varint(shared);
      out.Text(std::string_view(value).substr(shared));
      out.Varint(encoded.size());
      postings += encoded;
      before = value;
    }
    RETURN_IF_ERROR(file.Append(out.bytes()));
  }
  file.Begin(PartSection::kValueBlocks);
  RETURN_IF_ERROR(file.Append(blocks.bytes()));
  file.Begin(PartSection::kPostings);
  return file.Append(postings);
}

}  // namespace glint::tsdb
