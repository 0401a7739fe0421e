// Labels of remote write as they lie in the request: messages of two strings in 1.0, references
// into a table of symbols in 2.0.
//
// Inside, protozero throws on broken wire data, but for SeriesLabels(). Thread-safe.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "model/labels.h"
#include "wire/remote_write.h"

namespace glint::wire::remote_write {

// INVALID_ARGUMENT: a label that is broken, has no name, comes twice or is not UTF-8; or none that
// names the metric. Any order is taken, as Prometheus does: not every client sorts.
StatusOr<model::Labels> SeriesLabels(const DecodedRemoteWrite& request, std::string_view sent);

// The same without a metric name asked for, and of equal names the last one.
StatusOr<std::vector<model::Label>> ExemplarLabels(const DecodedRemoteWrite& request,
                                                   std::string_view sent);

SeriesKey HashOf(std::string_view bytes);
SeriesKey KeyOf(const DecodedRemoteWrite& request, std::string_view sent);

}  // namespace glint::wire::remote_write
