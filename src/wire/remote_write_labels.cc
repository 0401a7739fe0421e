#include "wire/remote_write_labels.h"

#include <xxhash.h>

#include <algorithm>
#include <protozero/varint.hpp>

#include "base/escape.h"
#include "base/utf8.h"
#include "wire/otlp_proto_reader.h"
#include "wire/remote_write_fields.h"

namespace glint::wire::remote_write {
namespace {

using otlp::Bytes;
using otlp::GetView;
using protozero::pbf_reader;

constexpr size_t kSeriesTextBytes = 200;  // Of a series in a message.

model::Label ReadLabel(pbf_reader message) {
  model::Label label;
  while (message.next()) {
    switch (message.tag_and_type()) {
      case Bytes(LabelField::kName):
        label.name = GetView(message);
        break;
      case Bytes(LabelField::kValue):
        label.value = GetView(message);
        break;
      default:
        message.skip();
    }
  }
  return label;
}

std::vector<model::Label> ReadLabelMessages(std::string_view sent) {
  std::vector<model::Label> labels;
  pbf_reader reader(sent.data(), sent.size());
  while (reader.next()) labels.push_back(ReadLabel(reader.get_message()));
  return labels;
}

// References in pairs: of a name and of a value.
StatusOr<std::vector<model::Label>> ReadLabelRefs(const std::vector<std::string_view>& symbols,
                                                  std::string_view sent) {
  std::vector<model::Label> labels;
  const char* at = sent.data();
  const char* const end = at + sent.size();
  while (at != end) {
    std::string_view pair[2];
    for (std::string_view& text : pair) {
      if (at == end) return InvalidArgument("label references do not come in pairs");
      const uint64_t ref = protozero::decode_varint(&at, end);
      if (ref >= symbols.size()) {
        return InvalidArgument("label reference {} of {} symbols", ref, symbols.size());
      }
      text = symbols[ref];
    }
    labels.push_back({std::string(pair[0]), std::string(pair[1])});
  }
  return labels;
}

Status CheckLabel(const model::Label& label) {
  if (label.name.empty()) {
    return InvalidArgument("a label has the value \"{}\" and no name", Excerpt(label.value));
  }
  if (!IsValidUtf8(label.name)) {
    return InvalidArgument("label name \"{}\" is not UTF-8", Excerpt(label.name));
  }
  if (!IsValidUtf8(label.value)) {
    return InvalidArgument("label {} has the value \"{}\", which is not UTF-8", Excerpt(label.name),
                           Excerpt(label.value));
  }
  return OkStatus();
}

StatusOr<std::vector<model::Label>> ReadLabels(const DecodedRemoteWrite& request,
                                               std::string_view sent) {
  std::vector<model::Label> labels;
  if (request.version == RemoteWriteVersion::k1) {
    labels = ReadLabelMessages(sent);
  } else {
    ASSIGN_OR_RETURN(labels, ReadLabelRefs(request.symbols, sent));
  }
  for (const model::Label& label : labels) RETURN_IF_ERROR(CheckLabel(label));
  return labels;
}

StatusOr<model::Labels> CheckedSeriesLabels(const DecodedRemoteWrite& request,
                                            std::string_view sent) {
  ASSIGN_OR_RETURN(std::vector<model::Label> labels, ReadLabels(request, sent));
  std::stable_sort(labels.begin(), labels.end(),
                   [](const auto& a, const auto& b) { return a.name < b.name; });
  const auto twice = std::adjacent_find(
      labels.begin(), labels.end(), [](const auto& a, const auto& b) { return a.name == b.name; });
  if (twice != labels.end()) {
    return InvalidArgument("label {} comes twice, as \"{}\" and \"{}\"", Excerpt(twice->name),
                           Excerpt(twice->value), Excerpt((twice + 1)->value));
  }
  model::Labels made(std::move(labels));
  if (made.metric_name().empty()) {
    return InvalidArgument("series {} has no {}", Excerpt(made.ToString(), kSeriesTextBytes),
                           model::kMetricName);
  }
  return made;
}

SeriesKey FromXxh(XXH128_hash_t hash) { return {hash.low64, hash.high64}; }

}  // namespace

StatusOr<model::Labels> SeriesLabels(const DecodedRemoteWrite& request, std::string_view sent) {
  return otlp::CatchBrokenWire("a label", [&] { return CheckedSeriesLabels(request, sent); });
}

StatusOr<std::vector<model::Label>> ExemplarLabels(const DecodedRemoteWrite& request,
                                                   std::string_view sent) {
  return ReadLabels(request, sent);
}

SeriesKey HashOf(std::string_view bytes) {
  return FromXxh(XXH3_128bits(bytes.data(), bytes.size()));
}

SeriesKey KeyOf(const DecodedRemoteWrite& request, std::string_view sent) {
  if (request.version == RemoteWriteVersion::k1) return HashOf(sent);
  // References are the request's own, so the key is made of what they refer to.
  constexpr size_t kAtOnce = 64;
  SeriesKey parts[kAtOnce];
  SeriesKey key;
  const char* at = sent.data();
  const char* const end = at + sent.size();
  while (at != end) {
    parts[0] = key;
    size_t count = 1;
    for (; at != end && count < kAtOnce; ++count) {
      const uint64_t ref = protozero::decode_varint(&at, end);
      // One that refers to nothing is refused when the labels are read: nobody has its key.
      parts[count] = ref < request.symbol_hashes.size() ? request.symbol_hashes[ref] : SeriesKey();
    }
    key = FromXxh(XXH3_128bits(parts, count * sizeof(SeriesKey)));
  }
  return key;
}

}  // namespace glint::wire::remote_write
