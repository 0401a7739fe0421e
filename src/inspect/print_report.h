// Reports as text for a person and as JSON for a machine. Thread-safe.
#pragma once

#include <span>
#include <string>

#include "inspect/file_report.h"

namespace glint::inspect {

struct PrintOptions {
  // Facts and tables of each file; else a line of each, and its damage.
  bool full = true;
  // Whether everything was read: else "whole" is what was looked at.
  bool verified = true;
  // Left out of the paths in those lines; they are in it.
  std::string folder;
};

std::string PrintText(std::span<const FileReport> files, const PrintOptions& options);

// {"whole": bool, "damage": count, "files": [{"path", "kind", "bytes", "summary", "facts": {},
// "tables": {name: [{column: value}]}, "notes": [], "damage": [{"offset", "what"}]}]}
std::string PrintJson(std::span<const FileReport> files);

}  // namespace glint::inspect
