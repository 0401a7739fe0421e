// The lines of text 0.0.4 and OpenMetrics 1.0, which differ in a counter's name, in UNIT and EOF,
// in how HELP is escaped and in exemplars.
//
// Single-threaded.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "glint/exemplar.h"
#include "glint/exposition.h"
#include "glint/family.h"

namespace glint::internal {

// The shortest digits that read back as the same double; +Inf, -Inf, NaN.
void AppendNumber(double value, std::string& out);

// A bucket's bound as both formats' users write it: with a point even where it is whole ("1.0").
std::string FormatBound(double bound);

// `name="value"` pairs, comma between, escaped; bytes that are no UTF-8 become U+FFFD.
std::string FormatLabels(const Labels& const_labels, const LabelNames& names,
                         const std::vector<std::string>& values);

class ExpositionWriter {
 public:
  // `size_hint`: about how long the text will be.
  ExpositionWriter(ExpositionFormat format, size_t size_hint) : format_(format) {
    out_.reserve(size_hint);
  }

  // Starts a family: HELP, TYPE, UNIT.
  void Begin(const FamilyInfo& info);

  void Sample(std::string_view suffix, std::string_view labels, double value,
              const std::optional<Exemplar>& exemplar = std::nullopt);
  void Sample(std::string_view suffix, std::string_view labels, uint64_t value);
  // The buckets of one histogram: its labels first, then each with its finished le label.
  void BeginBuckets(std::string_view labels);
  void Bucket(std::string_view bound_label, uint64_t cumulative,
              const std::optional<Exemplar>& exemplar);

  bool wants_exemplars() const { return open_metrics(); }

  // The whole text; the writer is empty afterwards.
  std::string Finish();

 private:
  bool open_metrics() const { return format_ != ExpositionFormat::kText004; }
  void NameAndLabels(std::string_view suffix, std::string_view labels);
  void AppendExemplar(const Exemplar& exemplar);

  const ExpositionFormat format_;
  std::string name_;
  std::string bucket_start_;  // name_bucket{labels,
  std::string out_;
};

}  // namespace glint::internal
