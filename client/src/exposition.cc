#include "glint/exposition.h"

#include <algorithm>
#include <cstdlib>

#include "exposition_writer.h"
#include "http_head.h"

namespace glint {
namespace {

using internal::EqualNoCase;
using internal::Trimmed;

// Takes the part of `rest` before the first `separator`, and drops the separator.
std::string_view Split(std::string_view& rest, char separator) {
  const size_t end = rest.find(separator);
  const std::string_view part = rest.substr(0, end);
  rest = end == std::string_view::npos ? std::string_view() : rest.substr(end + 1);
  return Trimmed(part);
}

std::string_view Unquoted(std::string_view text) {
  if (text.size() >= 2 && text.front() == '"' && text.back() == '"') {
    return text.substr(1, text.size() - 2);
  }
  return text;
}

struct MediaRange {
  std::string_view type;
  std::string_view version;
  double quality = 1;
};

MediaRange ParseRange(std::string_view text) {
  MediaRange range;
  range.type = Split(text, ';');
  while (!text.empty()) {
    std::string_view parameter = Split(text, ';');
    const std::string_view key = Split(parameter, '=');
    const std::string_view value = Unquoted(Trimmed(parameter));
    if (EqualNoCase(key, "q")) {
      range.quality = std::clamp(std::strtod(std::string(value).c_str(), nullptr), 0.0, 1.0);
    } else if (EqualNoCase(key, "version")) {
      range.version = value;
    }
  }
  return range;
}

// Whether we can answer the range, and with what. A version that we don't write is not offered.
bool Offer(const MediaRange& range, ExpositionFormat& format) {
  if (EqualNoCase(range.type, "application/openmetrics-text")) {
    if (range.version == "0.0.1") {
      format = ExpositionFormat::kOpenMetrics001;
      return true;
    }
    format = ExpositionFormat::kOpenMetrics100;
    return range.version.empty() || range.version == "1.0.0";
  }
  format = ExpositionFormat::kText004;
  if (EqualNoCase(range.type, "text/plain")) {
    return range.version.empty() || range.version == "0.0.4";
  }
  return range.type == "*/*" || EqualNoCase(range.type, "text/*");
}

std::string_view ContentType(ExpositionFormat format) {
  switch (format) {
    case ExpositionFormat::kOpenMetrics001:
      return "application/openmetrics-text; version=0.0.1; charset=utf-8";
    case ExpositionFormat::kOpenMetrics100:
      return "application/openmetrics-text; version=1.0.0; charset=utf-8";
    case ExpositionFormat::kText004:
      break;
  }
  return "text/plain; version=0.0.4; charset=utf-8";
}

}  // namespace

ExpositionFormat NegotiateFormat(std::string_view accept) {
  ExpositionFormat best = ExpositionFormat::kText004;
  double best_quality = 0;
  while (!accept.empty()) {
    const MediaRange range = ParseRange(Split(accept, ','));
    ExpositionFormat format;
    if (range.quality <= 0 || !Offer(range, format)) continue;
    if (range.quality > best_quality || (range.quality == best_quality && format > best)) {
      best = format;
      best_quality = range.quality;
    }
  }
  return best;
}

Exposition Serialize(const Registry& registry, ExpositionFormat format) {
  internal::ExpositionWriter writer(format, registry.page_size_hint());
  for (const auto& collector : registry.Collectors()) collector->Write(writer);
  Exposition page{std::string(ContentType(format)), writer.Finish()};
  registry.set_page_size_hint(page.body.size() + page.body.size() / 8);
  return page;
}

Exposition Serialize(const Registry& registry, std::string_view accept) {
  return Serialize(registry, NegotiateFormat(accept));
}

}  // namespace glint
