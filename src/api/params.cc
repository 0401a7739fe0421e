#include "api/params.h"

#include <charconv>
#include <cmath>
#include <ctime>

#include "base/duration.h"
#include "base/escape.h"

namespace glint::api {
namespace {

// Seconds so far away that milliseconds overflow are nobody's question.
constexpr double kMaxSeconds = 9.2e15;

std::optional<double> ParseNumber(std::string_view text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

// Digits of fixed length; -1 when there are others.
int Digits(std::string_view text, size_t at, size_t length) {
  if (at + length > text.size()) return -1;
  int value = 0;
  for (const char c : text.substr(at, length)) {
    if (c < '0' || c > '9') return -1;
    value = value * 10 + (c - '0');
  }
  return value;
}

std::optional<model::TimeMs> ParseRfc3339(std::string_view text) {
  tm parts{};
  const int year = Digits(text, 0, 4), month = Digits(text, 5, 2), day = Digits(text, 8, 2);
  const int hour = Digits(text, 11, 2), minute = Digits(text, 14, 2), second = Digits(text, 17, 2);
  if (year < 0 || month < 1 || month > 12 || day < 1 || day > 31 || hour < 0 || hour > 23 ||
      minute < 0 || minute > 59 || second < 0 || second > 60) {
    return std::nullopt;
  }
  if (text[4] != '-' || text[7] != '-' || (text[10] != 'T' && text[10] != 't') || text[13] != ':' ||
      text[16] != ':') {
    return std::nullopt;
  }
  parts.tm_year = year - 1900;
  parts.tm_mon = month - 1;
  parts.tm_mday = day;
  parts.tm_hour = hour;
  parts.tm_min = minute;
  parts.tm_sec = second;
  model::TimeMs time = int64_t{timegm(&parts)} * 1000;
  size_t i = 19;
  if (i < text.size() && text[i] == '.') {
    int64_t unit = 100;
    const size_t first = ++i;
    for (; i < text.size() && text[i] >= '0' && text[i] <= '9'; ++i, unit /= 10) {
      time += unit * (text[i] - '0');
    }
    if (i == first) return std::nullopt;
  }
  if (i + 1 == text.size() && (text[i] == 'Z' || text[i] == 'z')) return time;
  if (i + 6 != text.size() || (text[i] != '+' && text[i] != '-') || text[i + 3] != ':') {
    return std::nullopt;
  }
  const int zone_hour = Digits(text, i + 1, 2), zone_minute = Digits(text, i + 4, 2);
  if (zone_hour < 0 || zone_hour > 23 || zone_minute < 0 || zone_minute > 59) return std::nullopt;
  const int64_t offset = (zone_hour * 60 + zone_minute) * int64_t{60'000};
  return text[i] == '+' ? time - offset : time + offset;
}

}  // namespace

StatusOr<model::TimeMs> ParseTime(std::string_view text) {
  if (const auto seconds = ParseNumber(text)) {
    if (!std::isfinite(*seconds) || std::fabs(*seconds) > kMaxSeconds) {
      return InvalidArgument("cannot parse \"{}\" to a valid timestamp: out of range",
                             Excerpt(text));
    }
    return static_cast<model::TimeMs>(std::llround(*seconds * 1000));
  }
  if (const auto time = ParseRfc3339(text)) return *time;
  return InvalidArgument("cannot parse \"{}\" to a valid timestamp", Excerpt(text));
}

Params::Params(const net::HttpRequest& request) : values_(request.query) {
  const std::string_view type = request.Header("Content-Type");
  if (type.substr(0, 33) == "application/x-www-form-urlencoded") {
    for (net::NameValue& pair : net::ParseFormEncoded(request.body)) {
      values_.push_back(std::move(pair));
    }
  }
}

std::string_view Params::Get(std::string_view name) const {
  for (const auto& [key, value] : values_) {
    if (key == name) return value;
  }
  return {};
}

bool Params::Has(std::string_view name) const { return !Get(name).empty(); }

std::vector<std::string> Params::All(std::string_view name) const {
  std::vector<std::string> out;
  for (const auto& [key, value] : values_) {
    if (key == name) out.push_back(value);
  }
  return out;
}

StatusOr<model::TimeMs> Params::Time(std::string_view name, model::TimeMs fallback) const {
  const std::string_view text = Get(name);
  if (text.empty()) return fallback;
  const StatusOr<model::TimeMs> time = ParseTime(text);
  if (!time.ok()) return time.status().At(fmt::format("invalid parameter \"{}\"", name));
  return time;
}

StatusOr<int64_t> Params::DurationMs(std::string_view name, int64_t fallback) const {
  const std::string_view text = Get(name);
  if (text.empty()) return fallback;
  if (const auto seconds = ParseNumber(text)) {
    if (std::isfinite(*seconds) && std::fabs(*seconds) <= kMaxSeconds) {
      return static_cast<int64_t>(std::llround(*seconds * 1000));
    }
  } else if (const StatusOr<int64_t> ms = ParseDurationMs(text); ms.ok()) {
    return ms;
  }
  return InvalidArgument("invalid parameter \"{}\": cannot parse \"{}\" to a valid duration", name,
                         Excerpt(text));
}

StatusOr<size_t> Params::Size(std::string_view name, size_t fallback) const {
  const std::string_view text = Get(name);
  if (text.empty()) return fallback;
  size_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) {
    return InvalidArgument("invalid parameter \"{}\": \"{}\" is not a whole number", name,
                           Excerpt(text));
  }
  return value;
}

}  // namespace glint::api
