#include "model/exemplar.h"

#include <algorithm>
#include <string_view>

namespace glint::model {
namespace {

bool EqualsIgnoringCase(std::string_view text, std::string_view lower) {
  return std::equal(text.begin(), text.end(), lower.begin(), lower.end(), [](char a, char b) {
    return (a >= 'A' && a <= 'Z' ? static_cast<char>(a + ('a' - 'A')) : a) == b;
  });
}

}  // namespace

bool TakeId(std::string_view name, std::string_view value, Exemplar& exemplar) {
  if (exemplar.trace_id.IsZero() && EqualsIgnoringCase(name, "trace_id")) {
    if (const auto id = TraceId::FromHex(value); id && !id->IsZero()) {
      exemplar.trace_id = *id;
      return true;
    }
  }
  if (exemplar.span_id.IsZero() && EqualsIgnoringCase(name, "span_id")) {
    if (const auto id = SpanId::FromHex(value); id && !id->IsZero()) {
      exemplar.span_id = *id;
      return true;
    }
  }
  return false;
}

Exemplar MakeExemplar(TimeMs time, double value, std::vector<Label> labels) {
  Exemplar exemplar{.time = time, .value = value};
  std::erase_if(labels,
                [&](const Label& label) { return TakeId(label.name, label.value, exemplar); });
  exemplar.labels = Labels(std::move(labels));
  return exemplar;
}

Labels AllLabels(const Exemplar& exemplar) {
  std::vector<Label> labels(exemplar.labels.begin(), exemplar.labels.end());
  if (!exemplar.trace_id.IsZero()) labels.push_back({"trace_id", exemplar.trace_id.ToHex()});
  if (!exemplar.span_id.IsZero()) labels.push_back({"span_id", exemplar.span_id.ToHex()});
  return Labels(std::move(labels));
}

}  // namespace glint::model
