// The rules that lines of one exposition keep together, line after line. Two sets of rules, behind
// one face: those of OpenMetrics' reference parser, and those of Prometheus' text parser for tools.
//
// Single-threaded.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "wire/exposition.h"
#include "wire/exposition_line.h"

namespace glint::wire {

class FamilyCheck {
 public:
  // Told of each broken rule, while Take() or Finish() runs.
  using Report = std::function<void(std::string message)>;

  virtual ~FamilyCheck() = default;
  // REQUIRES: `line` could be parsed. It is only looked at during the call.
  virtual void Take(const ExpositionLine& line) = 0;
  // After the last line.
  virtual void Finish() = 0;
  virtual uint64_t families() const = 0;
};

std::unique_ptr<FamilyCheck> MakeOpenMetricsCheck(FamilyCheck::Report report);
std::unique_ptr<FamilyCheck> MakePrometheusTextCheck(FamilyCheck::Report report);

}  // namespace glint::wire
