// What a query wants to say beside its result: warnings (the result may be wrong) and infos (the
// query may be). Each names the place in the query it speaks of.
//
// Thread-compatible.
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "promql/position.h"

namespace glint::promql {

struct Annotations {
  std::vector<std::string> warnings;  // "PromQL warning: ... (1:7)", distinct.
  std::vector<std::string> infos;     // "PromQL info: ... (1:7)", distinct.
};

class AnnotationLog {
 public:
  // Distinct texts beyond this are dropped: nobody reads them, and a wide query could make many.
  static constexpr size_t kMaxTexts = 200;

  // `query` outlives this; empty where its text is not known, and places are then left out.
  explicit AnnotationLog(std::string_view query) : query_(query) {}

  void Warn(PositionRange where, std::string_view text);
  void Inform(PositionRange where, std::string_view text);
  // As the store said it, without a place.
  void WarnFromStore(std::string text);

  Annotations Take() &&;

 private:
  void Add(std::string_view kind, PositionRange where, std::string_view text,
           std::set<std::string>& into);

  const std::string_view query_;
  std::set<std::string> warnings_;
  std::set<std::string> infos_;
};

// Texts that several functions share, without prefix and place.
std::string MixedFloatsAndHistograms(std::string_view metric);
std::string MixedExponentialAndCustom(std::string_view metric);
std::string NotACounter(std::string_view metric);
std::string NotAGauge(std::string_view metric);
std::string HistogramsIgnoredInRange(std::string_view metric);
std::string InvalidQuantile(double q);

}  // namespace glint::promql
