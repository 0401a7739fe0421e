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

Exemplar MakeExemplar(TimeMs time, double value, std::vector<Label> labels) {
  Exemplar exemplar{.time = time, .value = value};
  std::erase_if(labels, [&](const Label& label) {
    if (EqualsIgnoringCase(label.name, "trace_id") && exemplar.trace_id.IsZero()) {
      if (const auto id = TraceId::FromHex(label.value); id && !id->IsZero()) {
        exemplar.trace_id = *id;
        return true;
      }
    }
    if (EqualsIgnoringCase(label.name, "span_id") && exemplar.span_id.IsZero()) {
      if (const auto id = SpanId::FromHex(label.value); id && !id->IsZero()) {
        exemplar.span_id = *id;
        return true;
      }
    }
    return false;
  });
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
