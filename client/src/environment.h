// Environment variables as OpenTelemetry's specification reads them: an empty one is not set, and
// one that can't be read is reported on stderr and ignored.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace glint::internal {

std::string Variable(const char* name);
int64_t IntegerVariable(const char* name, int64_t low, int64_t high, int64_t fallback);
bool BooleanVariable(const char* name);

// `key=value,key=value`, values percent-decoded. A part without `=` is reported and left out.
std::vector<std::pair<std::string, std::string>> KeyValueVariable(const char* name);

}  // namespace glint::internal
