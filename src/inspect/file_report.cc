#include "inspect/file_report.h"

#include <fmt/format.h>

#include <ctime>

#include "base/json_writer.h"

namespace glint::inspect {
namespace {

std::string WithCommas(uint64_t count) {
  const std::string digits = std::to_string(count);
  std::string out;
  for (size_t i = 0; i < digits.size(); ++i) {
    if (i > 0 && (digits.size() - i) % 3 == 0) out += ',';
    out += digits[i];
  }
  return out;
}

}  // namespace

Value Text(std::string_view text) {
  JsonWriter json;
  json.String(text);
  return {std::string(text), json.Take()};
}

Value Count(uint64_t count) { return {WithCommas(count), std::to_string(count)}; }

Value Bytes(uint64_t bytes) {
  std::string text = fmt::format("{} B", bytes);
  double scaled = static_cast<double>(bytes);
  for (const char* unit : {"KiB", "MiB", "GiB", "TiB"}) {
    scaled /= 1024;
    if (scaled < 1) break;
    text = fmt::format("{:.{}f} {}", scaled, scaled < 10 ? 1 : 0, unit);
  }
  return {std::move(text), std::to_string(bytes)};
}

Value Number(double number) {
  JsonWriter json;
  json.Double(number);
  return {fmt::format("{:.2f}", number), json.Take()};
}

Value Share(uint64_t part, uint64_t whole) {
  const double share = whole == 0 ? 0 : static_cast<double>(part) / static_cast<double>(whole);
  JsonWriter json;
  json.Double(share);
  return {fmt::format("{:.1f} %", 100 * share), json.Take()};
}

Value Time(model::TimeMs time) {
  const int64_t ms = ((time % 1000) + 1000) % 1000;
  const time_t seconds = (time - ms) / 1000;
  std::string text = fmt::format("{} ms", time);
  std::tm parts{};
  // Four digits of a year; what is beyond is a number.
  constexpr time_t kYear10000 = 253402300800;
  if (time >= 0 && seconds < kYear10000 && gmtime_r(&seconds, &parts) != nullptr) {
    text =
        fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z", parts.tm_year + 1900,
                    parts.tm_mon + 1, parts.tm_mday, parts.tm_hour, parts.tm_min, parts.tm_sec, ms);
  }
  return {std::move(text), std::to_string(time)};
}

void FileReport::AddDamage(std::optional<uint64_t> offset, std::string what) {
  if (damage.size() == kMaxDamageNamed) {
    ++damage_not_named;
    return;
  }
  damage.push_back({offset, std::move(what)});
}

void FileReport::AddDamage(const Status& status) {
  std::string_view what = status.message();
  while (what.starts_with(path + ": ")) what.remove_prefix(path.size() + 2);
  AddDamage(std::nullopt, std::string(what));
}

}  // namespace glint::inspect
