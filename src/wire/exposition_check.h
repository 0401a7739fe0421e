// Everything that is wrong with an exposition, by the rules of the formats' reference parsers:
// what `glint check metrics` prints, and what ParseMode::kStrict refuses.
//
// A scrape forgives most of the family rules (Prometheus does), but other readers do not.
//
// Thread-safe.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "wire/exposition.h"

namespace glint::wire {

enum class FindingKind : uint8_t {
  kSyntax,  // A line cannot be read: a scrape fails as well.
  kFamily,  // Each line can be read, but together they break a rule.
};

struct CheckFinding {
  uint32_t line = 0;  // From 1; of a rule that a whole family breaks, its last line.
  FindingKind kind = FindingKind::kSyntax;
  std::string message;
};

struct CheckReport {
  std::vector<CheckFinding> findings;  // Ascending in line; at most kMaxFindings.
  bool cut = false;                    // There were more.
  uint64_t families = 0;
  uint64_t samples = 0;
  uint64_t exemplars = 0;

  bool ok() const { return findings.empty(); }
};

inline constexpr size_t kMaxFindings = 100;

CheckReport CheckExposition(std::string_view body, ExpositionFormat format);

}  // namespace glint::wire
