#include "codec/exemplar_column.h"

#include <algorithm>
#include <map>
#include <utility>

#include "codec/byte_reader.h"
#include "codec/byte_writer.h"

namespace glint::codec {
namespace {

using model::Exemplar;
using model::Label;
using Exemplars = std::span<const Exemplar>;

// Who has an id, two bits of the first byte for each kind of id.
enum IdForm : uint8_t { kNone = 0, kAll = 1, kSome = 2 };
constexpr int kTraceFormShift = 0;
constexpr int kSpanFormShift = 2;
constexpr uint8_t kHasLabels = 1 << 4;

template <typename IdType>
IdForm FormOf(Exemplars exemplars, IdType Exemplar::*id) {
  const auto with = std::count_if(exemplars.begin(), exemplars.end(),
                                  [id](const Exemplar& one) { return !(one.*id).IsZero(); });
  if (with == 0) return kNone;
  return static_cast<size_t>(with) == exemplars.size() ? kAll : kSome;
}

template <typename IdType>
void PutIds(Exemplars exemplars, IdForm form, IdType Exemplar::*id, ByteWriter& out) {
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

void PutTimes(Exemplars exemplars, ByteWriter& out) {
  out.SignedVarint(exemplars[0].time);
  for (size_t i = 1; i < exemplars.size(); ++i) {
    out.Varint(static_cast<uint64_t>(exemplars[i].time) -
               static_cast<uint64_t>(exemplars[i - 1].time));
  }
}

void GetTimes(ByteReader& in, std::vector<Exemplar>& exemplars) {
  exemplars[0].time = in.SignedVarint();
  for (size_t i = 1; i < exemplars.size() && in.ok(); ++i) {
    const auto last = static_cast<uint64_t>(exemplars[i - 1].time);
    exemplars[i].time = static_cast<int64_t>(last + in.Varint());
    if (exemplars[i].time < exemplars[i - 1].time) in.Fail();  // Beyond the end of time.
  }
}

}  // namespace

void EncodeExemplars(Exemplars exemplars, std::string& out) {
  const IdForm trace_form = FormOf(exemplars, &Exemplar::trace_id);
  const IdForm span_form = FormOf(exemplars, &Exemplar::span_id);
  const bool has_labels = std::any_of(exemplars.begin(), exemplars.end(),
                                      [](const Exemplar& one) { return !one.labels.empty(); });
  ByteWriter writer;
  writer.Reserve(16 + exemplars.size() * 36);
  writer.Varint(exemplars.size());
  writer.U8(static_cast<uint8_t>(trace_form << kTraceFormShift | span_form << kSpanFormShift |
                                 (has_labels ? kHasLabels : 0)));
  PutTimes(exemplars, writer);
  for (const Exemplar& one : exemplars) writer.Double(one.value);
  PutIds(exemplars, trace_form, &Exemplar::trace_id, writer);
  PutIds(exemplars, span_form, &Exemplar::span_id, writer);
  if (has_labels) PutLabels(exemplars, writer);
  out += writer.bytes();
}

StatusOr<std::vector<Exemplar>> DecodeExemplars(std::string_view bytes, size_t max_count) {
  ByteReader in(bytes);
  const uint64_t count = in.Varint();
  if (count > max_count) {
    return InvalidArgument("exemplar column: {} exemplars, at most {} are expected", count,
                           max_count);
  }
  const uint8_t forms = in.U8();
  const auto trace_form = static_cast<uint8_t>(forms >> kTraceFormShift & 3);
  const auto span_form = static_cast<uint8_t>(forms >> kSpanFormShift & 3);
  if (trace_form > kSome || span_form > kSome || forms >= kHasLabels * 2) {
    return InvalidArgument("exemplar column: forms {:02x} are not known", forms);
  }
  // Each takes a byte of time at least, so that a damaged count costs no memory.
  if (!in.ok() || count == 0 || count > in.left()) {
    return InvalidArgument("exemplar column of {} bytes: {} exemplars are not in it", bytes.size(),
                           count);
  }
  std::vector<Exemplar> exemplars(count);
  GetTimes(in, exemplars);
  for (Exemplar& one : exemplars) one.value = in.Double();
  GetIds(in, trace_form, &Exemplar::trace_id, exemplars);
  GetIds(in, span_form, &Exemplar::span_id, exemplars);
  if ((forms & kHasLabels) != 0) GetLabels(in, exemplars);
  if (!in.ok() || in.left() > 0) {
    return InvalidArgument("exemplar column of {} bytes: cut off or damaged", bytes.size());
  }
  return exemplars;
}

}  // namespace glint::codec
