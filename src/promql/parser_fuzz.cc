// Any text: no crash, bounded depth; and what parses prints to something that parses to the same.
#include <cstdint>
#include <string_view>

#include "base/check.h"
#include "promql/parser.h"
#include "promql/printer.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view query(reinterpret_cast<const char*>(data), size);
  const auto expr = glint::promql::Parse(query);
  if (!expr.ok()) return 0;
  const std::string printed = glint::promql::Print(**expr);
  const auto again = glint::promql::Parse(printed);
  CHECK(again.ok());
  CHECK(glint::promql::Print(**again) == printed);
  return 0;
}
