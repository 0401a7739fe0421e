#include "wire/series_text.h"

#include <algorithm>
#include <cstring>

#include "base/escape.h"
#include "base/utf8.h"
#include "wire/number_text.h"

namespace glint::wire {
namespace {

enum CharClass : uint8_t { kLabelStart = 1, kLabelRest = 2, kMetricStart = 4, kMetricRest = 8 };

struct CharTable {
  uint8_t classes[256] = {};
  constexpr CharTable() {
    for (int c = 0; c < 256; ++c) {
      const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
      const bool digit = c >= '0' && c <= '9';
      uint8_t bits = 0;
      if (letter) bits |= kLabelStart | kMetricStart;
      if (letter || digit) bits |= kLabelRest | kMetricRest;
      if (c == ':') bits |= kMetricStart | kMetricRest;
      classes[c] = bits;
    }
  }
  constexpr bool Is(char c, CharClass wanted) const {
    return (classes[static_cast<uint8_t>(c)] & wanted) != 0;
  }
};
constexpr CharTable kChars;

size_t ScanName(std::string_view text, CharClass start, CharClass rest) {
  if (text.empty() || !kChars.Is(text[0], start)) return 0;
  size_t end = 1;
  while (end < text.size() && kChars.Is(text[end], rest)) ++end;
  return end;
}

struct Quoted {
  size_t length = 0;     // Both quotes included; 0 when there is none or no end.
  bool is_utf8 = false;  // What is between them.
};

// The quoted text at the start.
Quoted ScanQuoted(std::string_view text) {
  if (text.empty() || text[0] != '"') return {};
  uint8_t seen = 0;  // All bytes together: the top bit is set once one is not ASCII.
  for (size_t at = 1; at < text.size(); ++at) {
    const char c = text[at];
    if (c == '"') {
      return {at + 1, (seen & 0x80) == 0 || IsValidUtf8(text.substr(1, at - 1))};
    }
    seen |= static_cast<uint8_t>(c);
    if (c == '\\' && ++at < text.size()) seen |= static_cast<uint8_t>(text[at]);
  }
  return {};
}

// Beyond this many, names are compared sorted rather than each with each.
constexpr size_t kFewLabels = 24;

const std::string_view* FindRepeated(const std::vector<RawLabel>& labels) {
  if (labels.size() <= kFewLabels) {
    for (size_t i = 1; i < labels.size(); ++i) {
      for (size_t j = 0; j < i; ++j) {
        if (labels[i].name == labels[j].name) return &labels[i].name;
      }
    }
    return nullptr;
  }
  std::vector<const std::string_view*> names;
  names.reserve(labels.size());
  for (const RawLabel& label : labels) names.push_back(&label.name);
  std::sort(names.begin(), names.end(), [](const auto* a, const auto* b) { return *a < *b; });
  const auto repeated = std::adjacent_find(names.begin(), names.end(),
                                           [](const auto* a, const auto* b) { return *a == *b; });
  return repeated == names.end() ? nullptr : *repeated;
}

std::string UnescapeSome(std::string_view text, bool quotes) {
  if (text.find('\\') == std::string_view::npos) return std::string(text);
  std::string out;
  out.reserve(text.size());
  for (size_t i = 0; i < text.size(); ++i) {
    const char next = text[i] == '\\' && i + 1 < text.size() ? text[i + 1] : '\0';
    if (next == 'n') {
      out += '\n';
      ++i;
    } else if (next == '\\' || (next == '"' && quotes)) {
      out += next;
      ++i;
    } else {
      out += text[i];
    }
  }
  return out;
}

class SeriesScanner {
 public:
  SeriesScanner(std::string_view line, Blanks blanks, RawSeries& out)
      : line_(line), blanks_(blanks), out_(out) {
    out_.name = {};
    out_.quoted_name = false;
    out_.trailing_comma = false;
    out_.labels.clear();
  }

  Status Scan() {
    const size_t length = ScanName(line_, kMetricStart, kMetricRest);
    out_.name = line_.substr(0, length);
    at_ = length;
    if (length == 0 && Peek() != '{') return Expected("a metric name");
    const size_t after_name = at_;
    SkipBlanks();
    if (Peek() == '{') {
      RETURN_IF_ERROR(ScanBraces());
    } else {
      at_ = after_name;
    }
    if (out_.name.empty()) return Expected("a metric name, before the braces or quoted in them");
    out_.text = line_.substr(0, at_);
    return OkStatus();
  }

  Status ScanBraces() {
    if (Peek() != '{') return Expected("'{'");
    ++at_;
    SkipBlanks();
    while (Peek() != '}') {
      RETURN_IF_ERROR(ScanEntry());
      out_.trailing_comma = false;
      SkipBlanks();
      if (Peek() == '}') break;
      if (Peek() != ',') return Expected("',' or '}' after a label");
      ++at_;
      out_.trailing_comma = true;
      SkipBlanks();
    }
    ++at_;
    out_.text = line_.substr(0, at_);
    if (const std::string_view* repeated = FindRepeated(out_.labels)) {
      return InvalidArgument("label {} stands twice in `{}`", *repeated, Excerpt(out_.text));
    }
    return OkStatus();
  }

 private:
  char Peek() const { return at_ < line_.size() ? line_[at_] : '\0'; }

  void SkipBlanks() {
    if (blanks_ == Blanks::kRefused) return;
    while (at_ < line_.size() && (line_[at_] == ' ' || line_[at_] == '\t')) ++at_;
  }

  Status ScanEntry() {
    const std::string_view rest = line_.substr(at_);
    RawLabel label;
    if (const Quoted quoted = ScanQuoted(rest); quoted.length != 0) {
      label.quoted_name = true;
      label.name = rest.substr(1, quoted.length - 2);
      if (!quoted.is_utf8) return NotUtf8("name", label.name);
      at_ += quoted.length;
    } else {
      const size_t bare = ScanName(rest, kLabelStart, kLabelRest);
      if (bare == 0) return Expected("a label name");
      label.name = rest.substr(0, bare);
      at_ += bare;
    }
    SkipBlanks();
    if (Peek() != '=' && label.quoted_name && out_.name.empty() && out_.labels.empty()) {
      if (label.name.empty()) return Expected("a metric name that is not empty");
      out_.name = label.name;
      out_.quoted_name = true;
      return OkStatus();
    }
    if (Peek() != '=') return Expected("'=' after a label name");
    ++at_;
    SkipBlanks();
    const std::string_view value = line_.substr(at_);
    const Quoted quoted = ScanQuoted(value);
    if (quoted.length == 0) return Expected("a label value in double quotes");
    label.value = value.substr(1, quoted.length - 2);
    if (label.name.empty() || label.name == model::kMetricName) {
      return InvalidArgument("`{}` is no label name a series may carry, in `{}`", label.name,
                             Excerpt(line_));
    }
    if (!quoted.is_utf8) return NotUtf8("value", label.value);
    at_ += quoted.length;
    out_.labels.push_back(label);
    return OkStatus();
  }

  Status Expected(std::string_view what) const {
    if (at_ >= line_.size()) {
      return InvalidArgument("expected {}, but `{}` ends there", what, Excerpt(line_));
    }
    return InvalidArgument("expected {} at byte {}, got `{}`", what, at_ + 1,
                           Excerpt(line_.substr(at_), 40));
  }

  Status NotUtf8(std::string_view what, std::string_view text) const {
    return InvalidArgument("label {} at byte {} is not UTF-8: `{}`", what,
                           text.data() - line_.data() + 1, Excerpt(text, 40));
  }

  const std::string_view line_;
  const Blanks blanks_;
  RawSeries& out_;
  size_t at_ = 0;
};

}  // namespace

Status ScanSeries(std::string_view line, Blanks blanks, RawSeries& out) {
  return SeriesScanner(line, blanks, out).Scan();
}

Status ScanLabelSet(std::string_view text, RawSeries& out) {
  return SeriesScanner(text, Blanks::kRefused, out).ScanBraces();
}

size_t ScanMetricName(std::string_view text) {
  const Quoted quoted = ScanQuoted(text);
  if (quoted.length > 2) return quoted.is_utf8 ? quoted.length : 0;
  return ScanName(text, kMetricStart, kMetricRest);
}

std::string Unescape(std::string_view text) { return UnescapeSome(text, /*quotes=*/true); }
std::string UnescapeHelp(std::string_view text) { return UnescapeSome(text, /*quotes=*/false); }

bool HasOnlyKnownEscapes(std::string_view text) {
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\\') continue;
    if (++i == text.size() || (text[i] != 'n' && text[i] != '\\' && text[i] != '"')) return false;
  }
  return true;
}

model::Labels MakeLabels(const RawSeries& series, FloatLabel float_label) {
  std::vector<model::Label> labels;
  labels.reserve(series.labels.size() + 1);
  if (!series.name.empty()) {
    labels.push_back({std::string(model::kMetricName),
                      series.quoted_name ? Unescape(series.name) : std::string(series.name)});
  }
  const std::string_view normal = float_label == FloatLabel::kLe         ? "le"
                                  : float_label == FloatLabel::kQuantile ? "quantile"
                                                                         : "";
  for (const RawLabel& raw : series.labels) {
    model::Label label{raw.quoted_name ? Unescape(raw.name) : std::string(raw.name),
                       Unescape(raw.value)};
    if (!normal.empty() && label.name == normal) {
      if (const auto number = ParseFloat(label.value)) label.value = CanonicalFloat(*number);
    }
    labels.push_back(std::move(label));
  }
  return model::Labels(std::move(labels));
}

StatusOr<model::Labels> ParseSeriesText(std::string_view text, FloatLabel float_label) {
  RawSeries series;
  RETURN_IF_ERROR(ScanSeries(text, Blanks::kAllowed, series));
  if (series.text.size() != text.size()) {
    return InvalidArgument("`{}` after the series `{}`", Excerpt(text.substr(series.text.size())),
                           Excerpt(series.text));
  }
  return MakeLabels(series, float_label);
}

}  // namespace glint::wire
