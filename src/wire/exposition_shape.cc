#include "wire/exposition_shape.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>

#define XXH_INLINE_ALL
#include <xxhash.h>

#include "base/check.h"
#include "wire/exposition_line.h"
#include "wire/number_text.h"

namespace glint::wire {
namespace {

// A gap's length and place are 32 bits; a longer body is parsed each time.
constexpr size_t kMaxBody = std::numeric_limits<uint32_t>::max();
constexpr std::string_view kExemplarStart = "# {";

uint64_t Hash(const char* text, size_t length) { return XXH3_64bits(text, length); }

const char* FindLineEnd(const char* at, const char* end) {
  const void* newline = std::memchr(at, '\n', static_cast<size_t>(end - at));
  return newline == nullptr ? end : static_cast<const char*>(newline);
}

bool EndsWord(const char* at, const char* end) { return at == end || *at == '\n' || *at == ' '; }

std::string_view WordAt(const char* at, const char* end) {
  const char* stop = at;
  while (!EndsWord(stop, end)) ++stop;
  return {at, static_cast<size_t>(stop - at)};
}

// Each reads the word at `at` and moves behind it; false if it is not what the full parser takes.
bool TakeValue(const char*& at, const char* end, double& value) {
  const char* const after = TakeShortDecimal(at, end, value);
  if (after != nullptr && EndsWord(after, end)) {
    at = after;
    return true;
  }
  const std::string_view word = WordAt(at, end);
  const auto number = ParseFloat(word);
  if (!number) return false;
  value = *number;
  at += word.size();
  return true;
}

bool TakeTime(const char*& at, const char* end, ExpositionFormat format, model::TimeMs& time) {
  const std::string_view word = WordAt(at, end);
  if (format == ExpositionFormat::kOpenMetrics) {
    const auto seconds = ParseFloat(word);
    if (!seconds || !std::isfinite(*seconds)) return false;
    time = SecondsToMs(*seconds);
  } else {
    const auto time_ms = ParseInt(word);
    if (!time_ms) return false;
    time = *time_ms;
  }
  at += word.size();
  return true;
}

}  // namespace

uint64_t ExpositionShape::HashOf(std::string_view text) { return Hash(text.data(), text.size()); }

uint64_t ExpositionShape::KeyOf(const SampleLine& sample) {
  return Key(HashOf(sample.series), sample.float_label);
}

ExpositionShape::ExpositionShape(std::string_view body, const ParsedScrape& scrape)
    : format_(scrape.format), readable_(body.size() <= kMaxBody) {
  const char* at = body.data();  // Up to here everything is in a line or a gap.
  const char* const end = at + body.size();
  const auto add_gap = [&](const char* gap_end) {
    if (gap_end == at) return;
    const auto length = static_cast<size_t>(gap_end - at);
    gaps_.push_back(
        {Hash(at, length), static_cast<uint32_t>(length), static_cast<uint32_t>(texts_.size())});
  };
  texts_.reserve(scrape.samples.size());
  marks_.reserve(scrape.samples.size());
  for (const SampleLine& sample : scrape.samples) {
    if (sample.is_created) continue;
    const std::string_view text = sample.series;
    add_gap(text.data());
    if (text.size() > kMaxLength) readable_ = false;
    const auto line = static_cast<uint32_t>(texts_.size());
    texts_.push_back(HashOf(text));
    marks_.push_back(
        static_cast<uint16_t>(std::min<size_t>(text.size(), kMaxLength) |
                              static_cast<size_t>(sample.float_label) << kFloatLabelShift |
                              (sample.has_time ? kHasTime : 0)));
    if (sample.exemplar != kNone) {
      const ParsedExemplar& exemplar = scrape.exemplars[static_cast<size_t>(sample.exemplar)];
      exemplars_.push_back({line, HashOf(exemplar.text)});
    }
    at = std::min(FindLineEnd(text.data() + text.size(), end) + 1, end);
  }
  add_gap(end);
  texts_.shrink_to_fit();
  marks_.shrink_to_fit();
  gaps_.shrink_to_fit();
  exemplars_.shrink_to_fit();
}

bool ExpositionShape::SkipGap(const Gap& gap, const char*& at, const char* end) const {
  if (static_cast<size_t>(end - at) < gap.length || Hash(at, gap.length) != gap.hash) return false;
  at += gap.length;
  return true;
}

// A series that is found again is the one that the full parser would find: its text is the same,
// one blank follows, and then what can only be a number.
bool ExpositionShape::Read(std::string_view body, ExpositionFormat format, Readings& out) const {
  if (!readable_ || format != format_ || body.size() > kMaxBody) return false;
  const char* at = body.data();
  const char* const end = at + body.size();
  out.values.resize(lines());
  out.times.clear();
  out.exemplars.clear();
  out.exemplar_marks.clear();
  ExpositionLine scratch;
  auto gap = gaps_.begin();
  auto known = exemplars_.begin();
  for (uint32_t line = 0; line < lines(); ++line) {
    if (gap != gaps_.end() && gap->line == line && !SkipGap(*gap++, at, end)) return false;
    const size_t length = marks_[line] & kMaxLength;
    if (static_cast<size_t>(end - at) < length + 2 || at[length] != ' ') return false;
    if (Hash(at, length) != texts_[line]) return false;
    at += length + 1;
    if (!TakeValue(at, end, out.values[line])) return false;

    bool has_time = false;
    if (at != end && *at == ' ' && (at + 1 == end || at[1] != '#')) {
      has_time = true;
      if (out.times.empty()) out.times.resize(lines());
      if (!TakeTime(++at, end, format, out.times[line])) return false;
    }
    if (has_time != HasTime(line)) return false;

    if (at != end && *at == ' ') {
      const char* const line_end = FindLineEnd(at, end);
      const std::string_view text(at + 1, static_cast<size_t>(line_end - at - 1));
      if (format != ExpositionFormat::kOpenMetrics || !text.starts_with(kExemplarStart)) {
        return false;
      }
      while (known != exemplars_.end() && known->line < line) ++known;
      const uint64_t hash = HashOf(text);
      if (known == exemplars_.end() || known->line != line || known->hash != hash) {
        if (!ParseOpenMetricsExemplar(text, scratch).ok()) return false;
        out.exemplars.push_back(ExemplarOf(scratch));
        out.exemplar_marks.push_back({line, hash});
      }
      at = line_end;
    }
    if (at != end) ++at;  // The line's end.
  }
  if (gap != gaps_.end() && !SkipGap(*gap, at, end)) return false;
  return at == end;
}

uint64_t ExpositionShape::ExemplarHashOf(size_t line) const {
  const auto found =
      std::lower_bound(exemplars_.begin(), exemplars_.end(), line,
                       [](const ExemplarMark& mark, size_t wanted) { return mark.line < wanted; });
  return found != exemplars_.end() && found->line == line ? found->hash : 0;
}

void ExpositionShape::Remember(std::span<const ExemplarMark> exemplars) {
  std::vector<ExemplarMark> added;
  auto known = exemplars_.begin();
  for (const ExemplarMark& mark : exemplars) {
    while (known != exemplars_.end() && known->line < mark.line) ++known;
    if (known != exemplars_.end() && known->line == mark.line) {
      known->hash = mark.hash;
    } else {
      added.push_back(mark);
    }
  }
  if (added.empty()) return;
  std::vector<ExemplarMark> merged;
  merged.reserve(exemplars_.size() + added.size());
  std::merge(exemplars_.begin(), exemplars_.end(), added.begin(), added.end(),
             std::back_inserter(merged),
             [](const ExemplarMark& a, const ExemplarMark& b) { return a.line < b.line; });
  exemplars_ = std::move(merged);
}

}  // namespace glint::wire
