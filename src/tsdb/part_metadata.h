// What senders said of the metrics in a part.
//
// Thread-safe: functions without state.
#pragma once

#include <string>
#include <vector>

#include "base/status.h"
#include "model/metadata.h"
#include "tsdb/part_bytes.h"

namespace glint::tsdb {

// The section of metadata.
std::string EncodePartMetadata(const std::vector<model::MetricMetadata>& metadata);
StatusOr<std::vector<model::MetricMetadata>> ReadPartMetadata(const PartBytes& bytes);

}  // namespace glint::tsdb
