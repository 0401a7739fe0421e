// The metric store's records in its log: docs/format/metric-log.md.
#pragma once

#include <cstdint>

namespace glint::tsdb {

inline constexpr uint32_t kMetricLogKind = 0x5254454d;  // "METR".

enum MetricRecordType : uint8_t {
  // 1 was a batch of the first version, whose series were told by their labels in full.
  kFloorRecord = 2,  // A signed varint: samples before this time were let go.
  kBatchRecord = 3,  // BatchLogWriter::Encode().
};

}  // namespace glint::tsdb
