#include "wire/otlp_names.h"

#include <algorithm>
#include <vector>

namespace glint::wire {
namespace {

struct UnitWord {
  std::string_view unit;
  std::string_view word;
};

constexpr UnitWord kUnits[] = {
    {"d", "days"},
    {"h", "hours"},
    {"min", "minutes"},
    {"s", "seconds"},
    {"ms", "milliseconds"},
    {"us", "microseconds"},
    {"ns", "nanoseconds"},
    {"By", "bytes"},
    {"KiBy", "kibibytes"},
    {"MiBy", "mebibytes"},
    {"GiBy", "gibibytes"},
    {"TiBy", "tibibytes"},
    {"KBy", "kilobytes"},
    {"MBy", "megabytes"},
    {"GBy", "gigabytes"},
    {"TBy", "terabytes"},
    {"m", "meters"},
    {"V", "volts"},
    {"A", "amperes"},
    {"J", "joules"},
    {"W", "watts"},
    {"g", "grams"},
    {"Cel", "celsius"},
    {"Hz", "hertz"},
    {"1", ""},
    {"%", "percent"},
};
constexpr UnitWord kPerUnits[] = {
    {"s", "second"}, {"m", "minute"}, {"h", "hour"}, {"d", "day"},
    {"w", "week"},   {"mo", "month"}, {"y", "year"},
};

bool IsLetterOrDigit(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}
bool IsDigit(char c) { return c >= '0' && c <= '9'; }

std::string_view Trim(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

// Runs of letters, digits and colons.
std::vector<std::string> Tokens(std::string_view name) {
  std::vector<std::string> tokens;
  bool in_token = false;
  for (const char c : name) {
    const bool valid = IsLetterOrDigit(c) || c == ':';
    if (valid && !in_token) tokens.emplace_back();
    if (valid) tokens.back() += c;
    in_token = valid;
  }
  return tokens;
}

std::string Join(const std::vector<std::string>& tokens) {
  std::string out;
  for (const std::string& token : tokens) {
    if (!out.empty()) out += '_';
    out += token;
  }
  return out;
}

template <size_t kCount>
std::string WordFor(std::string_view unit, const UnitWord (&words)[kCount]) {
  unit = Trim(unit);
  if (unit.find_first_of("{}") != unit.npos) return "";
  for (const UnitWord& known : words) {
    if (known.unit == unit) return std::string(known.word);
  }
  return Join(Tokens(unit));
}

struct UnitParts {
  std::string main;
  std::string per;
};

UnitParts PartsOf(std::string_view unit) {
  const size_t slash = unit.find('/');
  UnitParts parts;
  parts.main = WordFor(unit.substr(0, slash), kUnits);
  if (slash != unit.npos) parts.per = WordFor(unit.substr(slash + 1), kPerUnits);
  return parts;
}

void MoveToEnd(std::vector<std::string>& tokens, std::string_view word) {
  std::erase(tokens, word);
  tokens.emplace_back(word);
}

}  // namespace

std::string PrometheusMetricName(std::string_view name, std::string_view unit, OtlpNameKind kind) {
  std::vector<std::string> tokens = Tokens(name);
  if (tokens.empty()) return "";
  const auto has = [&](const std::string& word) {
    return std::find(tokens.begin(), tokens.end(), word) != tokens.end();
  };
  const UnitParts parts = PartsOf(unit);
  const bool add_per = !parts.per.empty() && !has(parts.per);
  if (!parts.main.empty() && !has(parts.main)) tokens.push_back(parts.main);
  if (add_per) {
    tokens.emplace_back("per");
    tokens.push_back(parts.per);
  }
  if (kind == OtlpNameKind::kMonotonicSum) MoveToEnd(tokens, "total");
  if (kind == OtlpNameKind::kGauge && unit == "1") MoveToEnd(tokens, "ratio");
  std::string out = Join(tokens);
  if (IsDigit(out[0])) out.insert(0, 1, '_');
  return out;
}

std::string PrometheusLabelName(std::string_view name) {
  std::string out(name);
  for (char& c : out) {
    if (!IsLetterOrDigit(c)) c = '_';
  }
  if (out.empty()) return out;
  if (IsDigit(out[0])) return "key_" + out;
  if (out[0] == '_' && !out.starts_with("__")) return "key" + out;
  return out;
}

std::string PrometheusUnit(std::string_view unit) {
  const UnitParts parts = PartsOf(unit);
  if (parts.per.empty()) return parts.main;
  return (parts.main.empty() ? "per_" : parts.main + "_per_") + parts.per;
}

}  // namespace glint::wire
