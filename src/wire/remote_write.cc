#include "wire/remote_write.h"

#include <algorithm>
#include <protozero/pbf_reader.hpp>

#include "base/escape.h"
#include "wire/otlp_proto_reader.h"
#include "wire/remote_write_fields.h"
#include "wire/remote_write_histogram.h"
#include "wire/remote_write_items.h"
#include "wire/remote_write_labels.h"

namespace glint::wire {
namespace remote_write {
namespace {

using model::TimeMs;
using otlp::Bytes;
using otlp::Fixed64;
using otlp::GetView;
using otlp::Varint;
using protozero::pbf_reader;

constexpr size_t kAllowance = 1 << 20;
constexpr size_t kBytesPerSample = 4 * sizeof(uint64_t);  // Value, time, start time, ref.
// A histogram without its buckets, with what make_shared adds.
constexpr size_t kBytesPerHistogram = sizeof(RemoteWriteHistogram) + sizeof(model::Histogram) + 32;

// Labels mostly come one after the other and shorter than 128 bytes: tag, length, bytes.
void SkipShortLabels(pbf_reader& message) {
  const std::string_view rest(message.data().data(), message.length());
  constexpr char kTag = static_cast<char>(Bytes(SeriesField::kLabels));
  size_t at = 0;
  while (at + 1 < rest.size() && rest[at] == kTag) {
    const auto length = static_cast<uint8_t>(rest[at + 1]);
    if (length >= 128 || at + 2 + length > rest.size()) break;
    at += 2 + length;
  }
  if (at != 0) message = pbf_reader(rest.data() + at, rest.size() - at);
}

class RequestReader {
 public:
  RequestReader(std::string_view bytes, DecodedRemoteWrite& out)
      : bytes_(bytes), out_(out), budget_(bytes.size() * kRemoteWriteExpansion + kAllowance) {}

  Status Read() { return out_.version == RemoteWriteVersion::k1 ? ReadV1() : ReadV2(); }

 private:
  // RESOURCE_EXHAUSTED: with the limit.
  Status Charge(size_t bytes) {
    used_ += bytes;
    if (used_ <= budget_) return OkStatus();
    return ResourceExhausted("request takes more than {} bytes once decoded", budget_);
  }

  Status ReadV1();
  Status ReadV2();
  Status ReadSymbols();
  Status ReadSeriesV1(pbf_reader message);
  Status ReadSeriesV2(pbf_reader message);
  Status AddMetadata(pbf_reader message);

  void AddSample(const SentSample& sample) {
    out_.values.push_back(sample.value);
    out_.times.push_back(sample.time);
    if (sample.start_time == 0 && out_.start_times.empty()) return;
    out_.start_times.resize(out_.values.size());
    out_.start_times.back() = sample.start_time;
  }
  Status AddHistogram(pbf_reader message);
  Status AddExemplar(pbf_reader message);
  void Refuse(uint64_t& count, const Status& why) {
    ++count;
    if (out_.first_reason.empty()) out_.first_reason = why.message();
  }

  // The items read since Begin() are those of one series.
  struct Mark {
    size_t samples, histograms, exemplars;
  };
  Mark Begin() const { return {out_.values.size(), out_.histograms.size(), out_.exemplars.size()}; }
  Status Finish(const Mark& begin, std::string_view labels, TimeMs created,
                RemoteWriteSeries series);

  const std::string_view bytes_;
  DecodedRemoteWrite& out_;
  const size_t budget_;
  size_t used_ = 0;
};

Status RequestReader::AddHistogram(pbf_reader message) {
  // Buckets take 1 byte each at least and become 16.
  RETURN_IF_ERROR(Charge(kBytesPerHistogram + message.length() * 2 * sizeof(double)));
  StatusOr<RemoteWriteHistogram> histogram = ReadHistogram(message);
  if (histogram.ok()) {
    out_.histograms.push_back(*std::move(histogram));
  } else {
    Refuse(out_.refused_histograms, histogram.status().At("histogram"));
  }
  return OkStatus();
}

Status RequestReader::AddExemplar(pbf_reader message) {
  RETURN_IF_ERROR(Charge(sizeof(model::Exemplar) + sizeof(uint64_t)));
  const SentExemplar sent = ReadExemplar(message, out_);
  StatusOr<std::vector<model::Label>> labels = ExemplarLabels(out_, sent.labels);
  if (!labels.ok()) {
    Refuse(out_.refused_exemplars, labels.status().At("exemplar"));
    return OkStatus();
  }
  RETURN_IF_ERROR(Charge(labels->size() * sizeof(model::Label)));
  out_.exemplars.push_back(model::MakeExemplar(sent.time, sent.value, *std::move(labels)));
  return OkStatus();
}

Status RequestReader::Finish(const Mark& begin, std::string_view labels, TimeMs created,
                             RemoteWriteSeries series) {
  const Mark end = Begin();
  series.samples = static_cast<uint32_t>(end.samples - begin.samples);
  series.histograms = static_cast<uint32_t>(end.histograms - begin.histograms);
  series.exemplars = static_cast<uint32_t>(end.exemplars - begin.exemplars);
  if (series.samples + series.histograms + series.exemplars == 0) return OkStatus();
  RETURN_IF_ERROR(Charge(sizeof(RemoteWriteSeries) + series.samples * kBytesPerSample));
  if (created != 0) {
    out_.start_times.resize(end.samples);
    for (size_t i = begin.samples; i < end.samples; ++i) {
      if (out_.start_times[i] == 0) out_.start_times[i] = created;
    }
    for (size_t i = begin.histograms; i < end.histograms; ++i) {
      if (out_.histograms[i].start_time == 0) out_.histograms[i].start_time = created;
    }
  }
  // An exemplar that says no time is of the newest sample beside it.
  const TimeMs newest = series.samples != 0      ? out_.times.back()
                        : series.histograms != 0 ? out_.histograms.back().time
                                                 : 0;
  for (size_t i = begin.exemplars; i < end.exemplars; ++i) {
    if (out_.exemplars[i].time == 0) out_.exemplars[i].time = newest;
  }
  series.labels = labels;
  series.key = KeyOf(out_, labels);
  out_.series.push_back(series);
  return OkStatus();
}

Status RequestReader::ReadSeriesV1(pbf_reader message) {
  const Mark begin = Begin();
  FieldRun labels(out_.gathered);
  const char* before = message.data().data();
  while (message.next()) {
    switch (message.tag_and_type()) {
      case Bytes(SeriesField::kSamples):
        AddSample(ReadSample(GetView(message)));
        break;
      case Bytes(SeriesField::kLabels):
        message.skip();
        SkipShortLabels(message);
        labels.Add(before, message.data().data());
        break;
      case Bytes(SeriesField::kExemplars):
        RETURN_IF_ERROR(AddExemplar(message.get_message()));
        break;
      case Bytes(SeriesField::kHistograms):
        RETURN_IF_ERROR(AddHistogram(message.get_message()));
        break;
      default:
        message.skip();
    }
    before = message.data().data();
  }
  return Finish(begin, labels.bytes(), 0, RemoteWriteSeries());
}

Status RequestReader::ReadSeriesV2(pbf_reader message) {
  const Mark begin = Begin();
  FieldRun labels(out_.gathered);
  RemoteWriteSeries series;
  TimeMs created = 0;
  while (message.next()) {
    switch (message.tag_and_type()) {
      case Bytes(SeriesV2Field::kSamples):
        AddSample(ReadSample(GetView(message)));
        break;
      case Bytes(SeriesV2Field::kLabelRefs):
        labels.AddPacked(GetView(message));
        break;
      case Varint(SeriesV2Field::kLabelRefs):
        labels.AddNumber(message.get_uint64());
        break;
      case Bytes(SeriesV2Field::kHistograms):
        RETURN_IF_ERROR(AddHistogram(message.get_message()));
        break;
      case Bytes(SeriesV2Field::kExemplars):
        RETURN_IF_ERROR(AddExemplar(message.get_message()));
        break;
      case Bytes(SeriesV2Field::kMetadata):
        ReadSeriesMetadata(message.get_message(), series);
        break;
      case Varint(SeriesV2Field::kCreated):
        created = message.get_int64();
        break;
      default:
        message.skip();
    }
  }
  return Finish(begin, labels.bytes(), created, series);
}

Status RequestReader::AddMetadata(pbf_reader message) {
  RETURN_IF_ERROR(Charge(sizeof(model::MetricMetadata) + message.length()));
  if (auto metadata = ReadMetadata(message)) out_.metadata.push_back(*std::move(metadata));
  return OkStatus();
}

Status RequestReader::ReadV1() {
  pbf_reader message(bytes_.data(), bytes_.size());
  bool has_other_version = false;
  while (message.next()) {
    switch (message.tag_and_type()) {
      case Bytes(RequestField::kSeries):
        RETURN_IF_ERROR(ReadSeriesV1(message.get_message()));
        break;
      case Bytes(RequestField::kMetadata):
        RETURN_IF_ERROR(AddMetadata(message.get_message()));
        break;
      case Bytes(RequestV2Field::kSymbols):
      case Bytes(RequestV2Field::kSeries):
        has_other_version = true;
        message.skip();
        break;
      default:
        message.skip();
    }
  }
  if (!has_other_version || !out_.series.empty()) return OkStatus();
  return InvalidArgument(
      "this is an io.prometheus.write.v2.Request: its Content-Type has to say so");
}

// First of all, since references may come before what they refer to.
Status RequestReader::ReadSymbols() {
  pbf_reader message(bytes_.data(), bytes_.size());
  while (message.next(RequestV2Field::kSymbols, protozero::pbf_wire_type::length_delimited)) {
    RETURN_IF_ERROR(Charge(sizeof(std::string_view) + sizeof(SeriesKey)));
    out_.symbols.push_back(GetView(message));
    out_.symbol_hashes.push_back(HashOf(out_.symbols.back()));
  }
  if (out_.symbols.empty() || out_.symbols[0].empty()) return OkStatus();
  return InvalidArgument("the first symbol is \"{}\", and has to be empty",
                         Excerpt(out_.symbols[0]));
}

Status RequestReader::ReadV2() {
  RETURN_IF_ERROR(ReadSymbols());
  pbf_reader message(bytes_.data(), bytes_.size());
  bool has_other_version = false;
  while (message.next()) {
    switch (message.tag_and_type()) {
      case Bytes(RequestV2Field::kSeries):
        RETURN_IF_ERROR(ReadSeriesV2(message.get_message()));
        break;
      case Bytes(RequestField::kSeries):
      case Bytes(RequestField::kMetadata):
        has_other_version = true;
        message.skip();
        break;
      default:
        message.skip();
    }
  }
  if (!has_other_version || !out_.series.empty()) return OkStatus();
  return InvalidArgument("this is a prometheus.WriteRequest: its Content-Type has to say so");
}

}  // namespace
}  // namespace remote_write

StatusOr<DecodedRemoteWrite> DecodeRemoteWrite(std::string_view bytes, RemoteWriteVersion version) {
  DecodedRemoteWrite out;
  out.version = version;
  // A usual sample takes 18 bytes and large requests have this many: room rather than growing.
  out.values.reserve(std::min<size_t>(bytes.size() / 18, 10'000));
  out.times.reserve(out.values.capacity());
  RETURN_IF_ERROR(otlp::CatchBrokenWire(
      "remote write request", [&] { return remote_write::RequestReader(bytes, out).Read(); }));
  if (!out.start_times.empty()) out.start_times.resize(out.values.size());
  return out;
}

}  // namespace glint::wire