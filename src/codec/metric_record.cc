#include "codec/metric_record.h"

#include "codec/byte_reader.h"
#include "codec/byte_writer.h"
#include "codec/histogram_bytes.h"

namespace glint::codec {
namespace {

constexpr uint8_t kVersion = 2;
constexpr uint8_t kHasTimes = 1;
constexpr uint8_t kHasStartTimes = 2;

// Differences in wrapping arithmetic: any two numbers have one.
class DeltaWriter {
 public:
  explicit DeltaWriter(ByteWriter& out) : out_(out) {}
  void Put(uint64_t value) {
    out_.SignedVarint(static_cast<int64_t>(value - last_));
    last_ = value;
  }

 private:
  ByteWriter& out_;
  uint64_t last_ = 0;
};

class DeltaReader {
 public:
  explicit DeltaReader(ByteReader& in) : in_(in) {}
  uint64_t Next() { return last_ += static_cast<uint64_t>(in_.SignedVarint()); }

 private:
  ByteReader& in_;
  uint64_t last_ = 0;
};

void PutLabels(const model::Labels& labels, ByteWriter& out) {
  out.Varint(labels.size());
  for (const model::Label& label : labels) {
    out.Text(label.name);
    out.Text(label.value);
  }
}

model::Labels GetLabels(ByteReader& in) {
  std::vector<model::Label> labels(in.Count(2));
  for (model::Label& label : labels) {
    label.name = in.Text();
    label.value = in.Text();
  }
  return model::Labels(std::move(labels));
}

void PutRefs(const std::vector<model::SeriesRef>& refs, ByteWriter& out) {
  DeltaWriter delta(out);
  for (const model::SeriesRef ref : refs) delta.Put(ref.value);
}

void GetRefs(ByteReader& in, std::vector<model::SeriesRef>& refs) {
  DeltaReader delta(in);
  for (model::SeriesRef& ref : refs) ref.value = delta.Next();
}

void PutTimes(const std::vector<model::TimeMs>& times, ByteWriter& out) {
  DeltaWriter delta(out);
  for (const model::TimeMs time : times) delta.Put(static_cast<uint64_t>(time));
}

void GetTimes(ByteReader& in, std::vector<model::TimeMs>& times) {
  DeltaReader delta(in);
  for (model::TimeMs& time : times) time = static_cast<model::TimeMs>(delta.Next());
}

void PutSamples(const MetricRecord& record, ByteWriter& out) {
  out.Varint(record.series.size());
  if (record.series.empty()) return;
  out.Reserve(record.series.size() * 11);
  out.U8(static_cast<uint8_t>((record.times.empty() ? 0 : kHasTimes) |
                              (record.start_times.empty() ? 0 : kHasStartTimes)));
  PutRefs(record.series, out);
  if (record.times.empty()) {
    out.SignedVarint(record.time);
  } else {
    PutTimes(record.times, out);
  }
  PutTimes(record.start_times, out);
  for (const double value : record.values) out.Double(value);
}

Status GetSamples(ByteReader& in, MetricRecord& record) {
  const size_t count = in.Count(9);
  if (count == 0) return OkStatus();
  const uint8_t flags = in.U8();
  if ((flags & ~(kHasTimes | kHasStartTimes)) != 0) {
    return InvalidArgument("metric record: sample flags are {}, at most {} is known", flags,
                           kHasTimes | kHasStartTimes);
  }
  record.series.resize(count);
  GetRefs(in, record.series);
  if ((flags & kHasTimes) == 0) {
    record.time = in.SignedVarint();
  } else {
    record.times.resize(count);
    GetTimes(in, record.times);
  }
  if ((flags & kHasStartTimes) != 0) {
    record.start_times.resize(count);
    GetTimes(in, record.start_times);
  }
  record.values.resize(count);
  for (double& value : record.values) value = in.Double();
  return OkStatus();
}

void PutExemplar(const model::Exemplar& exemplar, ByteWriter& out) {
  out.SignedVarint(exemplar.time);
  out.Double(exemplar.value);
  out.U8(static_cast<uint8_t>((exemplar.trace_id.IsZero() ? 0 : 1) |
                              (exemplar.span_id.IsZero() ? 0 : 2)));
  if (!exemplar.trace_id.IsZero()) out.Raw(exemplar.trace_id.AsBytes());
  if (!exemplar.span_id.IsZero()) out.Raw(exemplar.span_id.AsBytes());
  PutLabels(exemplar.labels, out);
}

model::Exemplar GetExemplar(ByteReader& in) {
  model::Exemplar exemplar;
  exemplar.time = in.SignedVarint();
  exemplar.value = in.Double();
  const uint8_t ids = in.U8();
  if (ids > 3) in.Fail();
  if ((ids & 1) != 0)
    exemplar.trace_id = model::TraceId::FromBytes(in.Raw(16)).value_or(model::TraceId());
  if ((ids & 2) != 0)
    exemplar.span_id = model::SpanId::FromBytes(in.Raw(8)).value_or(model::SpanId());
  exemplar.labels = GetLabels(in);
  return exemplar;
}

model::MetricMetadata GetMetadata(ByteReader& in) {
  model::MetricMetadata metadata;
  metadata.family = in.Text();
  const uint8_t type = in.U8();
  if (type > static_cast<uint8_t>(model::MetricType::kStateset)) {
    in.Fail();
    return metadata;
  }
  metadata.type = static_cast<model::MetricType>(type);
  metadata.help = in.Text();
  metadata.unit = in.Text();
  return metadata;
}

}  // namespace

std::string EncodeMetricRecord(const MetricRecord& record) {
  ByteWriter out;
  out.U8(kVersion);
  out.Varint(record.sender);
  PutSamples(record, out);
  out.Varint(record.histograms.size());
  PutRefs(record.histogram_series, out);
  PutTimes(record.histogram_times, out);
  PutTimes(record.histogram_start_times, out);
  for (const auto& histogram : record.histograms) PutHistogram(*histogram, out);
  out.Varint(record.exemplars.size());
  PutRefs(record.exemplar_series, out);
  for (const model::Exemplar& exemplar : record.exemplars) PutExemplar(exemplar, out);
  out.Varint(record.metadata.size());
  for (const model::MetricMetadata& metadata : record.metadata) {
    out.Text(metadata.family);
    out.U8(static_cast<uint8_t>(metadata.type));
    out.Text(metadata.help);
    out.Text(metadata.unit);
  }
  return out.Take();
}

StatusOr<MetricRecord> DecodeMetricRecord(std::string_view bytes) {
  ByteReader in(bytes);
  MetricRecord record;
  const auto damaged = [&](std::string_view part) {
    return InvalidArgument("metric record of {} bytes: its {} are cut off or damaged", bytes.size(),
                           part);
  };
  if (const uint8_t version = in.U8(); version != kVersion) {
    return InvalidArgument("metric record: version {}, known is {}", version, kVersion);
  }
  record.sender = in.Varint();
  RETURN_IF_ERROR(GetSamples(in, record));
  if (!in.ok()) return damaged("samples");

  const size_t histograms = in.Count(3 + kMinHistogramBytes);
  record.histogram_series.resize(histograms);
  record.histogram_times.resize(histograms);
  record.histogram_start_times.resize(histograms);
  GetRefs(in, record.histogram_series);
  GetTimes(in, record.histogram_times);
  GetTimes(in, record.histogram_start_times);
  for (size_t i = 0; i < histograms; ++i) {
    auto histogram = std::make_shared<model::Histogram>(GetHistogram(in));
    if (!in.ok()) return damaged("histograms");
    record.histograms.push_back(std::move(histogram));
  }

  record.exemplar_series.resize(in.Count(12));
  GetRefs(in, record.exemplar_series);
  for (size_t i = 0; i < record.exemplar_series.size(); ++i) {
    if (!in.ok()) return damaged("exemplars");
    record.exemplars.push_back(GetExemplar(in));
  }

  const size_t metadata = in.Count(4);
  for (size_t i = 0; i < metadata && in.ok(); ++i) record.metadata.push_back(GetMetadata(in));
  if (!in.ok()) return damaged("exemplars or metadata");
  if (in.left() > 0) return InvalidArgument("metric record: {} bytes too many", in.left());
  return record;
}

}  // namespace glint::codec
