// Labels from OpenTelemetry's attributes. Thread-safe.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "model/attribute.h"
#include "model/labels.h"
#include "model/span.h"

namespace glint::pipeline {

// job and instance, as far as the resource says them.
std::vector<model::Label> IdentityLabels(const model::Resource& resource);

// One label for each attribute, those that get the same name joined by ';' in the order of their
// keys; values that are not UTF-8 are mended with U+FFFD. `own` win over attributes of their name.
std::vector<model::Label> AttributeLabels(const model::Attributes& attributes,
                                          const std::vector<model::Label>& own);

// The labels of target_info; none when it would say nothing, or of nobody.
model::Labels TargetInfoLabels(const model::Resource& resource);

}  // namespace glint::pipeline
