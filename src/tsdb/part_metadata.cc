#include "tsdb/part_metadata.h"

#include "codec/byte_reader.h"
#include "codec/byte_writer.h"
#include "tsdb/part_packing.h"

namespace glint::tsdb {

std::string EncodePartMetadata(const std::vector<model::MetricMetadata>& metadata) {
  codec::ByteWriter out;
  out.Varint(metadata.size());
  for (const model::MetricMetadata& entry : metadata) {
    out.Text(entry.family);
    out.U8(static_cast<uint8_t>(entry.type));
    out.Text(entry.help);
    out.Text(entry.unit);
  }
  return Pack(out.bytes());
}

StatusOr<std::vector<model::MetricMetadata>> ReadPartMetadata(const PartBytes& bytes) {
  ASSIGN_OR_RETURN(const std::string_view packed, bytes.ReadAll(PartSection::kMetadata));
  std::string room;
  const auto unpacked = Unpack(packed, room);
  if (!unpacked.ok()) {
    return bytes.Damaged(PartSection::kMetadata, 0, unpacked.status().message());
  }
  codec::ByteReader in(*unpacked);
  std::vector<model::MetricMetadata> out(in.Count(/*bytes_each=*/4));
  for (model::MetricMetadata& entry : out) {
    entry.family = in.Text();
    const uint8_t type = in.U8();
    if (type > static_cast<uint8_t>(model::MetricType::kStateset)) in.Fail();
    entry.type = static_cast<model::MetricType>(type);
    entry.help = in.Text();
    entry.unit = in.Text();
  }
  if (!in.ok() || in.left() > 0) {
    return bytes.Damaged(PartSection::kMetadata, 0, "does not decode");
  }
  return out;
}

}  // namespace glint::tsdb
