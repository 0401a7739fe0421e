#include "wire/remote_write_items.h"

#include <xxhash.h>

#include <initializer_list>

#include "base/utf8.h"
#include "wire/remote_write_labels.h"

namespace glint::wire {
namespace remote_write {
namespace {

using otlp::Bytes;
using otlp::Fixed64;
using otlp::GetView;
using otlp::Varint;
using protozero::pbf_reader;

model::MetricType TypeOf(int32_t number) {
  return number >= 0 && number <= static_cast<int32_t>(model::MetricType::kStateset)
             ? static_cast<model::MetricType>(number)
             : model::MetricType::kUnknown;
}

}  // namespace

SentSample ReadSampleFields(std::string_view bytes) {
  SentSample sample;
  pbf_reader message(bytes.data(), bytes.size());
  while (message.next()) {
    switch (message.tag_and_type()) {
      case Fixed64(SampleField::kValue):
        sample.value = message.get_double();
        break;
      case Varint(SampleField::kTime):
        sample.time = message.get_int64();
        break;
      case Varint(SampleField::kStart):
        sample.start_time = message.get_int64();
        break;
      default:
        message.skip();
    }
  }
  return sample;
}

SentExemplar ReadExemplar(pbf_reader message, DecodedRemoteWrite& request) {
  SentExemplar out;
  FieldRun labels(request.gathered);
  const bool first = request.version == RemoteWriteVersion::k1;
  const char* before = message.data().data();
  while (message.next()) {
    switch (message.tag_and_type()) {
      case Bytes(ExemplarField::kLabels):
        if (first) {
          message.skip();
          labels.Add(before, message.data().data());
        } else {
          labels.AddPacked(GetView(message));
        }
        break;
      case Varint(ExemplarField::kLabels):
        if (first) {
          message.skip();
        } else {
          labels.AddNumber(message.get_uint64());
        }
        break;
      case Fixed64(ExemplarField::kValue):
        out.value = message.get_double();
        break;
      case Varint(ExemplarField::kTime):
        out.time = message.get_int64();
        break;
      default:
        message.skip();
    }
    before = message.data().data();
  }
  out.labels = labels.bytes();
  return out;
}

std::optional<model::MetricMetadata> ReadMetadata(pbf_reader message) {
  model::MetricMetadata metadata;
  while (message.next()) {
    switch (message.tag_and_type()) {
      case Varint(MetadataField::kType):
        metadata.type = TypeOf(message.get_enum());
        break;
      case Bytes(MetadataField::kFamily):
        metadata.family = GetView(message);
        break;
      case Bytes(MetadataField::kHelp):
        metadata.help = GetView(message);
        break;
      case Bytes(MetadataField::kUnit):
        metadata.unit = GetView(message);
        break;
      default:
        message.skip();
    }
  }
  const bool is_text =
      IsValidUtf8(metadata.family) && IsValidUtf8(metadata.help) && IsValidUtf8(metadata.unit);
  if (!is_text || metadata.family.empty()) return std::nullopt;
  return metadata;
}

void ReadSeriesMetadata(pbf_reader message, RemoteWriteSeries& series) {
  while (message.next()) {
    switch (message.tag_and_type()) {
      case Varint(MetadataV2Field::kType):
        series.type = TypeOf(message.get_enum());
        break;
      case Varint(MetadataV2Field::kHelpRef):
        series.help_ref = message.get_uint32();
        break;
      case Varint(MetadataV2Field::kUnitRef):
        series.unit_ref = message.get_uint32();
        break;
      default:
        message.skip();
    }
  }
  // Senders that know nothing of a series say so in an empty message.
  series.has_metadata =
      series.type != model::MetricType::kUnknown || series.help_ref != 0 || series.unit_ref != 0;
}

}  // namespace remote_write

StatusOr<model::Labels> DecodedRemoteWrite::LabelsOf(const RemoteWriteSeries& one) const {
  return remote_write::SeriesLabels(*this, one.labels);
}

namespace {

// The family of a series, as TYPE and HELP would name it.
std::string_view FamilyOf(std::string_view metric_name, model::MetricType type) {
  const auto without = [&](std::initializer_list<std::string_view> suffixes) {
    for (const std::string_view suffix : suffixes) {
      if (metric_name.size() > suffix.size() && metric_name.ends_with(suffix)) {
        return metric_name.substr(0, metric_name.size() - suffix.size());
      }
    }
    return metric_name;
  };
  switch (type) {
    case model::MetricType::kHistogram:
      return without({"_bucket", "_count", "_sum"});
    case model::MetricType::kGaugeHistogram:
      return without({"_bucket", "_gcount", "_gsum"});
    case model::MetricType::kSummary:
      return without({"_count", "_sum"});
    default:
      return metric_name;
  }
}

}  // namespace

model::MetricMetadata DecodedRemoteWrite::MetadataOf(const RemoteWriteSeries& one,
                                                     std::string_view metric_name) const {
  const auto symbol = [&](uint32_t ref) {
    const bool is_text = ref < symbols.size() && IsValidUtf8(symbols[ref]);
    return is_text ? std::string(symbols[ref]) : std::string();
  };
  model::MetricMetadata metadata;
  metadata.family = FamilyOf(metric_name, one.type);
  metadata.type = one.type;
  metadata.help = symbol(one.help_ref);
  metadata.unit = symbol(one.unit_ref);
  return metadata;
}

uint32_t DecodedRemoteWrite::MetadataHash(const RemoteWriteSeries& one) const {
  const auto hash = [&](uint32_t ref) {
    return ref < symbol_hashes.size() ? symbol_hashes[ref].low : 0;
  };
  const uint64_t parts[] = {static_cast<uint64_t>(one.type), hash(one.help_ref),
                            hash(one.unit_ref)};
  return static_cast<uint32_t>(XXH3_64bits(parts, sizeof parts)) | 1;
}

}  // namespace glint::wire
