#include "wire/exposition_line.h"

#include "base/escape.h"
#include "base/utf8.h"

namespace glint::wire {

std::string BareName(std::string_view name) {
  if (name.size() >= 2 && name[0] == '"') return Unescape(name.substr(1, name.size() - 2));
  return std::string(name);
}

}  // namespace glint::wire
