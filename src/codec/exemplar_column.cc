#include "codec/exemplar_column.h"

#include <algorithm>
#include <map>
#include <utility>

#include "codec/byte_reader.h"
#include "codec/byte_writer.h"
#include "codec/integer_column.h"
#include "codec/value_column.h"

namespace glint::codec {
namespace {

using model::Exemplar;
using model::Label;
using Exemplars = std::span<const Exemplar>;

// The second byte says how each column is written.
struct Forms {
  uint8_t traces = 0;  // An IdForm.
  uint8_t spans = 0;
  bool has_labels = false;
  uint8_t times = 0;              // 0: differences, each a varint; else integers of that order - 1.
  bool has_value_column = false;  // Else each value by its bits.

  uint8_t ToByte() const {
    return static_cast<uint8_t>(traces | spans << 2 | has_labels << 4 | times << 5 |
                                has_value_column << 7);
  }
  static Forms FromByte(uint8_t byte) {
    return {.traces = static_cast<uint8_t>(byte & 3),
            .spans = static_cast<uint8_t>(byte >> 2 & 3),
            .has_labels = (byte >> 4 & 1) != 0,
            .times = static_cast<uint8_t>(byte >> 5 & 3),
            .has_value_column = byte >> 7 != 0};
  }
};
enum IdForm : uint8_t { kNone = 0, kAll = 1, kSome = 2 };  // Who has one.

template <typename IdType>
uint8_t FormOf(Exemplars exemplars, IdType Exemplar::*id) {
  const auto with = std::count_if(exemplars.begin(), exemplars.end(),
                                  [id](const Exemplar& one) { return !(one.*id).IsZero(); });
  if (with == 0) return kNone;
  return static_cast<size_t>(with) == exemplars.size() ? kAll : kSome;
}

template <typename IdType>
void PutIds(Exemplars exemplars, uint8_t form, IdType Exemplar::*id, ByteWriter& out) {
  if (form == kNone) return;
  if (form == kSome) {
    for (size_t i = 0; i < exemplars.size(); i += 8) {
      uint8_t bits = 0;
      for (size_t k = i; k < std::min(i + 8, exemplars.size()); ++k) {
        if (!(exemplars[k].*id).IsZero()) bits |= static_cast<uint8_t>(1 << (k - i));
      }
      out.U8(bits);
    }
  }
  for (const Exemplar& one : exemplars) {
    if (!(one.*id).IsZero()) out.Raw((one.*id).AsBytes());
  }
}

template <typename IdType>
void GetIds(ByteReader& in, uint8_t form, IdType Exemplar::*id, std::vector<Exemplar>& exemplars) {
  if (form == kNone) return;
  const size_t bitmap_bytes = form == kSome ? (exemplars.size() + 7) / 8 : 0;
  const std::string_view bitmap = in.Raw(bitmap_bytes);
  for (size_t i = 0; i < exemplars.size() && in.ok(); ++i) {
    if (form == kSome && (static_cast<uint8_t>(bitmap[i / 8]) >> (i % 8) & 1) == 0) continue;
    if (const auto read = IdType::FromBytes(in.Raw(sizeof(IdType)))) exemplars[i].*id = *read;
  }
}

struct LessByContent {
  bool operator()(const model::Labels* a, const model::Labels* b) const { return *a < *b; }
};

void PutLabels(Exemplars exemplars, ByteWriter& out) {
  std::map<std::string_view, size_t> names;
  std::vector<std::string_view> names_in_order;
  std::map<const model::Labels*, size_t, LessByContent> sets;  // Counted from 1: 0 is no labels.
  std::vector<const model::Labels*> sets_in_order;
  for (const Exemplar& one : exemplars) {
    if (one.labels.empty() || !sets.emplace(&one.labels, sets.size() + 1).second) continue;
    sets_in_order.push_back(&one.labels);
    for (const Label& label : one.labels) {
      if (names.emplace(label.name, names.size()).second) names_in_order.push_back(label.name);
    }
  }
  out.Varint(names_in_order.size());
  for (const std::string_view name : names_in_order) out.Text(name);
  out.Varint(sets_in_order.size());
  for (const model::Labels* set : sets_in_order) {
    out.Varint(set->size());
    for (const Label& label : *set) {
      out.Varint(names.at(label.name));
      out.Text(label.value);
    }
  }
  for (const Exemplar& one : exemplars) {
    out.Varint(one.labels.empty() ? 0 : sets.at(&one.labels));
  }
}

uint64_t BytesOf(const model::Labels& labels) {
  uint64_t bytes = 0;
  for (const Label& label : labels) bytes += sizeof label + label.name.size() + label.value.size();
  return bytes;
}

// Fails unless what is there is a set as model::Labels has them.
model::Labels GetSet(ByteReader& in, const std::vector<std::string_view>& names) {
  std::vector<Label> labels;
  const size_t count = in.Count(2);
  for (size_t i = 0; i < count && in.ok(); ++i) {
    const uint64_t name = in.Varint();
    const std::string_view value = in.Text();
    if (name >= names.size() || value.empty() ||
        (!labels.empty() && names[name] <= labels.back().name)) {
      in.Fail();
      break;
    }
    labels.push_back({std::string(names[name]), std::string(value)});
  }
  return model::Labels(std::move(labels));
}

void GetLabels(ByteReader& in, std::vector<Exemplar>& exemplars) {
  std::vector<std::string_view> names(in.Count(1));
  for (std::string_view& name : names) name = in.Text();
  uint64_t bytes = 0;
  std::vector<std::pair<model::Labels, uint64_t>> sets(in.Count(1) + 1);
  for (size_t i = 1; i < sets.size() && in.ok() && bytes <= kMaxExemplarLabelBytes; ++i) {
    sets[i].first = GetSet(in, names);
    sets[i].second = BytesOf(sets[i].first);
    bytes += sets[i].second;
  }
  for (Exemplar& one : exemplars) {
    const uint64_t set = in.Varint();
    if (set >= sets.size() || bytes + sets[set].second > kMaxExemplarLabelBytes) in.Fail();
    if (!in.ok()) return;
    if (set == 0) continue;
    bytes += sets[set].second;
    one.labels = sets[set].first;
  }
}

// Both ways are tried: varints are smaller for few, integers packed together for many.
void PutTimes(Exemplars exemplars, ByteWriter& out, Forms& forms) {
  std::vector<int64_t> times;
  times.reserve(exemplars.size());
  for (const Exemplar& one : exemplars) times.push_back(one.time);
  ByteWriter varints;
  varints.SignedVarint(times[0]);
  for (size_t i = 1; i < times.size(); ++i) {
    varints.Varint(static_cast<uint64_t>(times[i]) - static_cast<uint64_t>(times[i - 1]));
  }
  std::string integers;
  const int order = EncodeIntegers(times, integers);
  if (integers.size() < varints.size()) {
    forms.times = static_cast<uint8_t>(order + 1);
    out.Raw(integers);
  } else {
    out.Raw(varints.bytes());
  }
}

void GetTimes(ByteReader& in, const Forms& forms, std::vector<Exemplar>& exemplars) {
  std::vector<int64_t> times(exemplars.size());
  if (forms.times > 0) {
    DecodeIntegers(in, forms.times - 1, times);
  } else {
    times[0] = in.SignedVarint();
    for (size_t i = 1; i < times.size(); ++i) {
      times[i] = static_cast<int64_t>(static_cast<uint64_t>(times[i - 1]) + in.Varint());
    }
  }
  if (!std::is_sorted(times.begin(), times.end())) in.Fail();
  for (size_t i = 0; i < times.size(); ++i) exemplars[i].time = times[i];
}

void PutValues(Exemplars exemplars, ByteWriter& out, Forms& forms) {
  std::vector<double> values;
  values.reserve(exemplars.size());
  for (const Exemplar& one : exemplars) values.push_back(one.value);
  std::string column;
  EncodeValues(values, column);
  if (column.size() + 2 < values.size() * sizeof(double)) {
    forms.has_value_column = true;
    out.Text(column);
  } else {
    for (const double value : values) out.Double(value);
  }
}

void GetValues(ByteReader& in, const Forms& forms, std::vector<Exemplar>& exemplars) {
  if (!forms.has_value_column) {
    for (Exemplar& one : exemplars) one.value = in.Double();
    return;
  }
  std::vector<double> values(exemplars.size());
  if (!DecodeValues(in.Text(), values).ok()) in.Fail();
  for (size_t i = 0; i < values.size(); ++i) exemplars[i].value = values[i];
}

}  // namespace

void EncodeExemplars(Exemplars exemplars, std::string& out) {
  Forms forms{.traces = FormOf(exemplars, &Exemplar::trace_id),
              .spans = FormOf(exemplars, &Exemplar::span_id),
              .has_labels = std::any_of(exemplars.begin(), exemplars.end(),
                                        [](const Exemplar& one) { return !one.labels.empty(); })};
  ByteWriter columns;
  columns.Reserve(16 + exemplars.size() * 36);
  PutTimes(exemplars, columns, forms);
  PutValues(exemplars, columns, forms);
  PutIds(exemplars, forms.traces, &Exemplar::trace_id, columns);
  PutIds(exemplars, forms.spans, &Exemplar::span_id, columns);
  if (forms.has_labels) PutLabels(exemplars, columns);
  ByteWriter head;
  head.Varint(exemplars.size());
  head.U8(forms.ToByte());
  out += head.bytes();
  out += columns.bytes();
}

StatusOr<std::vector<Exemplar>> DecodeExemplars(std::string_view bytes, size_t max_count) {
  ByteReader in(bytes);
  const uint64_t count = in.Varint();
  if (count == 0 || count > max_count) {
    return InvalidArgument("exemplar column: {} exemplars, 1 to {} are expected", count, max_count);
  }
  const uint8_t byte = in.U8();
  const Forms forms = Forms::FromByte(byte);
  if (forms.traces > kSome || forms.spans > kSome) {
    return InvalidArgument("exemplar column: forms {:02x} are not known", byte);
  }
  std::vector<Exemplar> exemplars(in.ok() ? count : 1);
  GetTimes(in, forms, exemplars);
  GetValues(in, forms, exemplars);
  GetIds(in, forms.traces, &Exemplar::trace_id, exemplars);
  GetIds(in, forms.spans, &Exemplar::span_id, exemplars);
  if (forms.has_labels) GetLabels(in, exemplars);
  if (!in.ok() || in.left() > 0) {
    return InvalidArgument("exemplar column of {} bytes: cut off or damaged", bytes.size());
  }
  return exemplars;
}

}  // namespace glint::codec
