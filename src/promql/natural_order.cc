#include "promql/natural_order.h"

#include <cstddef>

namespace glint::promql {
namespace {

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

size_t DigitsAt(std::string_view text, size_t at) {
  size_t end = at;
  while (end < text.size() && IsDigit(text[end])) ++end;
  return end - at;
}

}  // namespace

bool NaturallyBefore(std::string_view a, std::string_view b) {
  size_t i = 0;
  size_t j = 0;
  while (i < a.size() && j < b.size()) {
    if (!IsDigit(a[i]) || !IsDigit(b[j])) {
      if (a[i] != b[j]) return static_cast<unsigned char>(a[i]) < static_cast<unsigned char>(b[j]);
      ++i;
      ++j;
      continue;
    }
    const size_t a_digits = DigitsAt(a, i);
    const size_t b_digits = DigitsAt(b, j);
    std::string_view left = a.substr(i, a_digits);
    std::string_view right = b.substr(j, b_digits);
    while (left.size() > 1 && left[0] == '0') left.remove_prefix(1);
    while (right.size() > 1 && right[0] == '0') right.remove_prefix(1);
    if (left.size() != right.size()) return left.size() < right.size();
    if (left != right) return left < right;
    // The same number; fewer leading zeros first.
    if (a_digits != b_digits) return a_digits < b_digits;
    i += a_digits;
    j += b_digits;
  }
  return a.size() - i < b.size() - j;
}

}  // namespace glint::promql
