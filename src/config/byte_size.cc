#include "config/byte_size.h"

#include <charconv>
#include <cmath>

#include "base/escape.h"

namespace glint::config {
namespace {

// The power of 1024 of a unit, or -1.
int PowerOf(std::string_view unit) {
  static constexpr std::string_view kLetters = "KMGTPE";
  if (unit == "B") return 0;
  const bool short_form = unit.size() == 2 && unit[1] == 'B';
  const bool long_form = unit.size() == 3 && unit.substr(1) == "iB";
  if (!short_form && !long_form) return -1;
  const size_t at = kLetters.find(unit[0]);
  return at == std::string_view::npos ? -1 : static_cast<int>(at) + 1;
}

}  // namespace

StatusOr<uint64_t> ParseByteSize(std::string_view text) {
  const auto error = [text](std::string_view why) {
    return InvalidArgument("size \"{}\": {}", Excerpt(text), why);
  };
  if (text == "0") return uint64_t{0};
  if (text.empty()) return error("is empty");
  double total = 0;
  for (std::string_view rest = text; !rest.empty();) {
    double number = 0;
    const auto [end, wrong] =
        std::from_chars(rest.data(), rest.data() + rest.size(), number, std::chars_format::fixed);
    if (wrong != std::errc() || number < 0) return error("expected a number, as in 10MB");
    rest.remove_prefix(static_cast<size_t>(end - rest.data()));
    const size_t unit_size = std::min(rest.find_first_of("0123456789.-"), rest.size());
    const int power = PowerOf(rest.substr(0, unit_size));
    if (power < 0) return error("expected a unit: B, KB, MB, GB, TB, PB or EB");
    rest.remove_prefix(unit_size);
    total += number * std::ldexp(1.0, 10 * power);
  }
  if (!(total < std::ldexp(1.0, 63))) return error("is more than 63 bits");
  return static_cast<uint64_t>(total);
}

}  // namespace glint::config
