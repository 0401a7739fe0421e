// The words that TYPE lines use. Thread-safe.
#pragma once

#include <optional>
#include <string_view>

#include "model/metadata.h"
#include "wire/exposition.h"

namespace glint::wire {

// None: no such word in this format.
std::optional<model::MetricType> ParseMetricType(std::string_view word, ExpositionFormat format);

// All of them, for messages.
std::string_view MetricTypeWords(ExpositionFormat format);

}  // namespace glint::wire
