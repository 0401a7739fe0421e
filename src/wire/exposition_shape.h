// The lines of an exposition, remembered without their bytes, so that the next one of the same
// target is read by its numbers alone.
//
// A target says the same lines again and again; what changes is a number at the end of each and now
// and then an exemplar. So of every line that is a series only a hash of its text is kept, and of
// all that stands between them (comments, _created, # EOF) a hash too. An exposition in which all
// of them are found again means what the last one meant: Read() takes its numbers. In any other
// case it says so, and ParseExposition() has the word, and the error with its line.
//
// Costs 10 bytes a line, 16 a gap between lines with something in it, 16 an exemplar. Two texts of
// equal length have the same 64 bits of XXH3 once in 1.8e19; only the target itself could gain.
// Hashing takes 9 ns a line of 89 bytes, comparing it with a kept copy 12: that copy comes from
// memory, for each target anew.
//
// Thread-compatible.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "model/time.h"
#include "wire/exposition.h"

namespace glint::wire {

// The exemplar that a line had last.
struct ExemplarMark {
  uint32_t line = 0;  // From 0, counted as Readings counts.
  uint64_t hash = 0;  // Of its text.
};

// What changed since the last time. Lines are counted without those of _created.
struct Readings {
  std::vector<double> values;  // One a line.
  std::vector<model::TimeMs>
      times;  // The same, 0 where there is none; empty where no line has one.
  // Other ones than remembered, ascending in line.
  std::vector<ParsedExemplar> exemplars;
  std::vector<ExemplarMark> exemplar_marks;
};

class ExpositionShape {
 public:
  ExpositionShape() = default;  // Knows nothing, and reads nothing.
  // REQUIRES: `scrape` is what ParseExposition() made of `body`.
  ExpositionShape(std::string_view body, const ParsedScrape& scrape);

  // Whether `body` has the lines that are remembered, in their order. `out` is void if not.
  bool Read(std::string_view body, ExpositionFormat format, Readings& out) const;

  size_t lines() const { return texts_.size(); }
  // Stands for the series of a line: its text, and how its labels are made of it.
  uint64_t KeyOf(size_t line) const { return Key(texts_[line], FloatLabelOf(marks_[line])); }
  static uint64_t KeyOf(const SampleLine& sample);
  bool HasTime(size_t line) const { return (marks_[line] & kHasTime) != 0; }

  // Ascending in line.
  std::span<const ExemplarMark> exemplars() const { return exemplars_; }
  // 0: the line had none.
  uint64_t ExemplarHashOf(size_t line) const;
  // These are remembered from now on, others stay. REQUIRES: ascending in line.
  void Remember(std::span<const ExemplarMark> exemplars);

  static uint64_t HashOf(std::string_view text);

 private:
  // All between two lines that are series, or around them.
  struct Gap {
    uint64_t hash = 0;
    uint32_t length = 0;
    uint32_t line = 0;  // Before which it stands.
  };

  // A mark is the length of the text, and:
  static constexpr uint16_t kMaxLength = 0xfff;
  static constexpr int kFloatLabelShift = 12;
  static constexpr uint16_t kHasTime = 1 << 14;

  static FloatLabel FloatLabelOf(uint16_t mark) {
    return static_cast<FloatLabel>(mark >> kFloatLabelShift & 3);
  }
  static uint64_t Key(uint64_t text_hash, FloatLabel label) {
    return text_hash + static_cast<uint64_t>(label) * 0x9e3779b97f4a7c15u;
  }
  bool SkipGap(const Gap& gap, const char*& at, const char* end) const;

  ExpositionFormat format_ = ExpositionFormat::kPrometheusText;
  bool readable_ = false;        // False: a line that does not fit into a mark.
  std::vector<uint64_t> texts_;  // Hashes; one a line, as are the marks.
  std::vector<uint16_t> marks_;
  std::vector<Gap> gaps_;
  std::vector<ExemplarMark> exemplars_;
};

}  // namespace glint::wire
