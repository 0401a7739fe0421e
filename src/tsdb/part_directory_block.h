// The bytes of a block of the series directory: three streams, so that like stands beside like and
// compresses: labels, shapes with the columns of times, lengths of chunks.
//
// Thread-compatible.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "codec/byte_writer.h"
#include "tsdb/part_directory.h"

namespace glint::tsdb {

// Single-threaded. The first series of a block is written against nothing.
class DirectoryBlockWriter {
 public:
  // `values` by number, as many as the schema has names.
  void Add(uint32_t schema, std::span<const uint32_t> values, PartSeries series,
           const SeriesShape& shape, std::span<const ListedChunk> chunks);
  // The block, packed; this is empty again.
  std::string Take();

 private:
  void AddLabels(uint32_t schema, std::span<const uint32_t> values);

  bool is_first_ = true;
  uint32_t schema_ = 0;
  std::vector<uint32_t> values_;
  uint32_t times_ = 0;
  uint32_t starts_ = 0;
  codec::ByteWriter label_stream_;
  codec::ByteWriter shape_stream_;
  codec::ByteWriter length_stream_;
};

// `count` series from number `first` on, their chunks from `chunk_offset` on.
// INVALID_ARGUMENT: not such bytes.
StatusOr<DirectoryBlock> DecodeDirectoryBlock(std::string_view packed, const PartLabels& labels,
                                              PartSeries first, size_t count,
                                              uint64_t chunk_offset);

}  // namespace glint::tsdb
