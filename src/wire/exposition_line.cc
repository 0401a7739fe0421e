#include "wire/exposition_line.h"

#include "base/escape.h"
#include "base/utf8.h"

namespace glint::wire {

ParsedExemplar ExemplarOf(const ExpositionLine& line) {
  ParsedExemplar out{.has_time = line.has_exemplar_time, .text = line.exemplar_text};
  out.exemplar.time = line.has_exemplar_time ? line.exemplar_time_ms : 0;
  out.exemplar.value = line.exemplar_value;
  std::vector<model::Label> others;
  for (const RawLabel& raw : line.exemplar_labels.labels) {
    // Ids have no escapes, nor do their names: hex is read without a copy.
    if (model::TakeId(raw.name, raw.value, out.exemplar)) continue;
    model::Label label{Unescape(raw.name), Unescape(raw.value)};
    if (!model::TakeId(label.name, label.value, out.exemplar)) others.push_back(std::move(label));
  }
  out.exemplar.labels = model::Labels(std::move(others));
  return out;
}

std::string BareName(std::string_view name) {
  if (name.size() >= 2 && name[0] == '"') return Unescape(name.substr(1, name.size() - 2));
  return std::string(name);
}

}  // namespace glint::wire
