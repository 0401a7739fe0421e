// What was deleted: a range of time, of the series that matchers select, from the parts there were.
//
// Thread-compatible.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "model/matcher.h"
#include "model/time.h"

namespace glint::tsdb {

// Samples and exemplars in `time` are deleted from the parts up to `last_part` where one of the
// sets of matchers matches.
struct Tombstone {
  uint64_t id = 0;
  uint64_t last_part = 0;  // Part ids ascend, so later ones are later data.
  model::TimeMs created = 0;
  model::TimeRange time;
  std::vector<std::vector<model::Matcher>> any_of;
};

// All but the id, as docs/format/manifest.md has it: operators, names and values as they are.
std::string EncodeTombstone(const Tombstone& tombstone);
// INVALID_ARGUMENT: no such bytes, or a regex in them does not compile.
StatusOr<Tombstone> DecodeTombstone(uint64_t id, std::string_view bytes);

// `{job="x"} or {job="y"} from 0 to 1000 in parts up to 7`.
std::string ToString(const Tombstone& tombstone);

}  // namespace glint::tsdb
