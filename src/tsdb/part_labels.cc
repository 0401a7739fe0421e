#include "tsdb/part_labels.h"

#include <algorithm>

#include "codec/byte_reader.h"

namespace glint::tsdb {

StatusOr<PartLabels> PartLabels::Open(const PartBytes& bytes) {
  PartLabels labels(bytes);
  ASSIGN_OR_RETURN(const std::string_view names, bytes.ReadAll(PartSection::kNames));
  RETURN_IF_ERROR(labels.Parse(names));
  return labels;
}

Status PartLabels::Parse(std::string_view bytes) {
  codec::ByteReader in(bytes);
  const size_t names = in.Count(/*bytes_each=*/2);
  names_.reserve(names);
  uint64_t blocks = 0;
  for (size_t i = 0; i < names; ++i) {
    Name name;
    name.text = in.Text();
    name.values = in.Varint();
    name.first_block = blocks;
    // A value takes 3 bytes at least.
    if (name.values == 0 || name.values > bytes_->SizeOf(PartSection::kValues)) in.Fail();
    if (!names_.empty() && names_.back().text >= name.text) in.Fail();
    if (!in.ok()) return bytes_->Damaged(PartSection::kNames, 0, fmt::format("name {}", i));
    blocks += (name.values + kValuesABlock - 1) / kValuesABlock;
    names_.push_back(std::move(name));
  }
  const size_t schemas = in.Count(/*bytes_each=*/1);
  for (size_t i = 0; i < schemas; ++i) {
    const size_t size = in.Count(/*bytes_each=*/1);
    uint64_t next = 0;
    for (size_t j = 0; j < size; ++j) {
      const uint64_t name = next + in.Varint32();
      if (name >= names_.size()) in.Fail();
      schema_names_.push_back(static_cast<uint32_t>(name));
      next = name + 1;
    }
    if (!in.ok()) return bytes_->Damaged(PartSection::kNames, 0, fmt::format("schema {}", i));
    schema_begins_.push_back(schema_names_.size());
  }
  if (!in.ok() || in.left() > 0) {
    return bytes_->Damaged(PartSection::kNames, 0, "does not end where it should");
  }
  if (blocks != bytes_->BlockCount(PartSection::kValueBlocks)) {
    return bytes_->Damaged(PartSection::kValueBlocks, 0,
                           fmt::format("{} blocks, names need {}",
                                       bytes_->BlockCount(PartSection::kValueBlocks), blocks));
  }
  return OkStatus();
}

std::optional<uint32_t> PartLabels::FindName(std::string_view name) const {
  const auto found = std::lower_bound(names_.begin(), names_.end(), name,
                                      [](const Name& a, std::string_view b) { return a.text < b; });
  if (found == names_.end() || found->text != name) return std::nullopt;
  return static_cast<uint32_t>(found - names_.begin());
}

template <typename Visit>
Status PartLabels::ScanBlock(const Name& name, uint64_t block, const Visit& visit) const {
  ASSIGN_OR_RETURN(
      const PartBytes::Block found,
      bytes_->ReadBlock(PartSection::kValueBlocks, PartSection::kValues, name.first_block + block));
  codec::ByteReader in(found.bytes);
  std::string text;
  uint64_t postings = found.place;
  const uint64_t count = std::min<uint64_t>(kValuesABlock, name.values - block * kValuesABlock);
  for (uint64_t i = 0; i < count; ++i) {
    const uint64_t shared = in.Varint();
    const std::string_view rest = in.Text();
    const uint64_t length = in.Varint();
    if (!in.ok() || shared > text.size() || length > bytes_->SizeOf(PartSection::kPostings)) {
      return bytes_->Damaged(PartSection::kValues, found.offset,
                             fmt::format("value {} of {}", i, name.text));
    }
    text.resize(shared);
    text += rest;
    if (!visit(Value{text, {postings, length}})) return OkStatus();
    postings += length;
  }
  return OkStatus();
}

Status PartLabels::ForEachValue(uint32_t name, const Visitor& visit) const {
  const Name& found = names_[name];
  Status status;
  for (uint64_t block = 0; block * kValuesABlock < found.values && status.ok(); ++block) {
    RETURN_IF_ERROR(ScanBlock(found, block, [&](const Value& value) {
      status = visit(value);
      return status.ok();
    }));
  }
  return status;
}

StatusOr<std::optional<PartExtent>> PartLabels::FindValue(uint32_t name,
                                                          std::string_view value) const {
  const Name& found = names_[name];
  // The last block whose first value is not larger.
  uint64_t low = 0;
  uint64_t high = (found.values + kValuesABlock - 1) / kValuesABlock;
  while (high - low > 1) {
    const uint64_t middle = low + (high - low) / 2;
    bool is_larger = false;
    RETURN_IF_ERROR(ScanBlock(found, middle, [&](const Value& first) {
      is_larger = first.text > value;
      return false;
    }));
    (is_larger ? high : low) = middle;
  }
  std::optional<PartExtent> out;
  RETURN_IF_ERROR(ScanBlock(found, low, [&](const Value& at) {
    if (at.text == value) out = at.postings;
    return at.text < value;
  }));
  return out;
}

StatusOr<std::string> PartLabels::ValueAt(uint32_t name, uint32_t value) const {
  const Name& found = names_[name];
  if (value >= found.values) {
    return bytes_->Damaged(
        PartSection::kSeries, 0,
        fmt::format("value {} of {}, which has {}", value, found.text, found.values));
  }
  std::string out;
  uint64_t left = value % kValuesABlock;
  RETURN_IF_ERROR(ScanBlock(found, value / kValuesABlock, [&](const Value& at) {
    if (left == 0) out = at.text;
    return left-- > 0;
  }));
  return out;
}

Status PartLabels::ReadPostings(const PartExtent& postings, SeriesRuns& out) const {
  ASSIGN_OR_RETURN(const std::string_view bytes,
                   bytes_->Read(PartSection::kPostings, postings.offset, postings.length));
  const Status status = DecodePostings(bytes, bytes_->footer().info.series, out);
  if (!status.ok()) {
    return bytes_->Damaged(PartSection::kPostings, postings.offset, status.message());
  }
  return OkStatus();
}

}  // namespace glint::tsdb
