// The program's log on stderr: one line an event, for a person or, as JSON, for a machine.
//
//   LogInfo("scrape", "{} targets from {}", n, path);
//   -> 2026-11-22T10:31:07.123Z  INFO  scrape: 12 targets from prometheus.yml
//
// Never in a loop over samples or spans: count there, log the sum. Thread-safe.
#pragma once

#include <fmt/core.h>

#include <cstdint>
#include <string_view>
#include <utility>

namespace glint {

enum class LogLevel : uint8_t { kDebug, kInfo, kWarn, kError, kOff };
enum class LogFormat : uint8_t { kText, kJson };

// What is below `level` is dropped. Call before threads start.
void SetUpLog(LogLevel level, LogFormat format);
bool LogEnabled(LogLevel level);
// Writes one event; `area` is the directory it comes from. Line breaks in text are escaped.
void WriteLog(LogLevel level, std::string_view area, std::string_view text);

template <typename... Args>
void LogAt(LogLevel level, std::string_view area, fmt::format_string<Args...> format,
           Args&&... args) {
  if (LogEnabled(level)) WriteLog(level, area, fmt::format(format, std::forward<Args>(args)...));
}
template <typename... Args>
void LogDebug(std::string_view area, fmt::format_string<Args...> format, Args&&... args) {
  LogAt(LogLevel::kDebug, area, format, std::forward<Args>(args)...);
}
template <typename... Args>
void LogInfo(std::string_view area, fmt::format_string<Args...> format, Args&&... args) {
  LogAt(LogLevel::kInfo, area, format, std::forward<Args>(args)...);
}
template <typename... Args>
void LogWarn(std::string_view area, fmt::format_string<Args...> format, Args&&... args) {
  LogAt(LogLevel::kWarn, area, format, std::forward<Args>(args)...);
}
template <typename... Args>
void LogError(std::string_view area, fmt::format_string<Args...> format, Args&&... args) {
  LogAt(LogLevel::kError, area, format, std::forward<Args>(args)...);
}

}  // namespace glint
