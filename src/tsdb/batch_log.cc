#include "tsdb/batch_log.h"

#include <algorithm>

#include "codec/byte_reader.h"
#include "codec/byte_writer.h"
#include "codec/metric_record.h"
#include "codec/value_row.h"

namespace glint::tsdb {
namespace {

using model::SeriesRef;
using model::TimeMs;

constexpr uint8_t kVersion = 2;

// A label's number in a segment. The table gives an id again to another label; when the record that
// said so is damaged, the number must not be taken for the label before.
uint64_t LabelNumber(SeriesTable::LabelId id, uint32_t version) {
  return static_cast<uint64_t>(version - 1) << 32 | id;
}

codec::MetricRecord RecordOf(const storage::MetricBatch& batch) {
  codec::MetricRecord record;
  record.sender = batch.sender;
  record.series = batch.series;
  record.values = batch.values;
  record.time = batch.time;
  record.times = batch.times;
  record.start_times = batch.start_times;
  record.histogram_series = batch.histogram_series;
  for (const storage::HistogramSample& sample : batch.histograms) {
    record.histogram_times.push_back(sample.time);
    record.histogram_start_times.push_back(sample.start_time);
    record.histograms.push_back(sample.histogram);
  }
  record.exemplar_series = batch.exemplar_series;
  record.exemplars = batch.exemplars;
  record.metadata = batch.metadata;
  return record;
}

storage::MetricBatch BatchOf(codec::MetricRecord record) {
  storage::MetricBatch batch;
  batch.sender = record.sender;
  batch.series = std::move(record.series);
  batch.values = std::move(record.values);
  batch.time = record.time;
  batch.times = std::move(record.times);
  batch.start_times = std::move(record.start_times);
  batch.histogram_series = std::move(record.histogram_series);
  for (size_t i = 0; i < record.histograms.size(); ++i) {
    batch.histograms.push_back({record.histogram_times[i], std::move(record.histograms[i]),
                                record.histogram_start_times[i]});
  }
  batch.exemplar_series = std::move(record.exemplar_series);
  batch.exemplars = std::move(record.exemplars);
  batch.metadata = std::move(record.metadata);
  return batch;
}

template <typename T>
void PutColumn(const std::vector<T>& column, codec::ByteWriter& out) {
  uint64_t before = 0;
  for (const T& item : column) {
    uint64_t value;
    if constexpr (std::is_same_v<T, SeriesRef>) {
      value = item.value;
    } else {
      value = static_cast<uint64_t>(item);
    }
    out.SignedVarint(static_cast<int64_t>(value - before));
    before = value;
  }
}

template <typename T>
std::vector<T> GetColumn(size_t count, codec::ByteReader& in) {
  std::vector<T> column(count);
  uint64_t before = 0;
  for (T& item : column) {
    before += static_cast<uint64_t>(in.SignedVarint());
    if constexpr (std::is_same_v<T, SeriesRef>) {
      item = {before};
    } else {
      item = static_cast<T>(before);
    }
  }
  return column;
}

enum RowFlag : uint8_t { kHasLayout = 1, kHasStarts = 2, kIsKey = 4 };

Status Damaged(std::string_view what) {
  return InvalidArgument("batch record: {} cut off or damaged", what);
}

}  // namespace

void BatchLogWriter::Begin(uint64_t segment) {
  segment_ = segment;
  next_layout_ = 1;
  std::fill(known_series_.begin(), known_series_.end(), 0);
  std::fill(known_labels_.begin(), known_labels_.end(), 0);
}

void BatchLogWriter::Forget() {
  for (const Defined& one : defined_) (one.is_label ? known_labels_ : known_series_)[one.id] = 0;
  for (RowHead* rows : rows_) rows->logged_segment = 0;
  Commit();
}

std::string BatchLogWriter::Encode(const StagedBatch& batch, const SeriesTable& table,
                                   uint64_t segment) {
  if (segment != segment_) Begin(segment);
  known_series_.resize(std::max(known_series_.size(), table.slot_end()));
  codec::ByteWriter labels;
  codec::ByteWriter series;
  uint64_t label_count = 0;
  uint64_t series_count = 0;
  const auto define = [&](const std::vector<SeriesRef>& refs) {
    for (const SeriesRef ref : refs) {
      const auto slot = static_cast<HeadSlot>(ref.value);
      const auto epoch = static_cast<uint32_t>(ref.value >> 32);
      if (known_series_[slot] == epoch) continue;
      known_series_[slot] = epoch;
      defined_.push_back({false, slot});
      ++series_count;
      const auto ids = table.LabelIdsOf(slot);
      series.Varint(ref.value);
      series.Varint(ids.size());
      for (const SeriesTable::LabelId id : ids) {
        const uint64_t number = LabelNumber(id, table.VersionOf(id));
        series.Varint(number);
        if (id >= known_labels_.size()) known_labels_.resize(id + id / 4 + 1);
        if (known_labels_[id] == table.VersionOf(id)) continue;
        known_labels_[id] = table.VersionOf(id);
        defined_.push_back({true, id});
        ++label_count;
        labels.Varint(number);
        labels.Text(table.NameOf(id));
        labels.Text(table.ValueOf(id));
      }
    }
  };
  const bool needs_layout =
      batch.has_row() && (batch.rows->logged_segment != segment || !batch.rows->has_layout() ||
                          batch.row.layout.get() != &batch.rows->layout());
  if (needs_layout) define(batch.row.layout->columns());
  define(batch.rest.series);
  define(batch.rest.histogram_series);
  define(batch.rest.exemplar_series);

  codec::ByteWriter out;
  out.U8(kVersion);
  out.Varint(label_count);
  out.Raw(labels.bytes());
  out.Varint(series_count);
  out.Raw(series.bytes());
  if (batch.has_row()) {
    codec::ByteWriter row;
    const RowLayout& layout = *batch.row.layout;
    const uint64_t number = needs_layout ? next_layout_++ : batch.rows->logged_layout;
    const bool has_starts = !layout.start_times().empty();
    row.Varint(batch.sender);
    row.U8(static_cast<uint8_t>((needs_layout ? kHasLayout : 0) | (has_starts ? kHasStarts : 0) |
                                (batch.row.row->key == nullptr ? kIsKey : 0)));
    row.Varint(number);
    if (needs_layout) {
      row.Varint(layout.columns().size());
      PutColumn(layout.columns(), row);
      if (has_starts) PutColumn(layout.start_times(), row);
    }
    if (batch.row.row->key == nullptr) ++batch.rows->logged_key;
    row.Varint(batch.rows->logged_key);
    row.SignedVarint(batch.row.row->time);
    row.Varint(batch.row.row->width);
    row.Raw(batch.row.row->bytes);
    out.Text(row.bytes());
    batch.rows->logged_segment = segment;
    batch.rows->logged_layout = number;
    rows_.push_back(batch.rows);
  } else {
    out.Text({});
  }
  if (batch.has_rest()) out.Raw(codec::EncodeMetricRecord(RecordOf(batch.rest)));
  return out.Take();
}

StatusOr<LoggedBatch> BatchLogReader::Decode(std::string_view record) {
  codec::ByteReader in(record);
  if (const uint8_t version = in.U8(); version != kVersion) {
    return InvalidArgument("batch record: version {}, expected {}", version, kVersion);
  }
  LoggedBatch out;
  RETURN_IF_ERROR(DecodeDefinitions(in, out));
  const std::string_view row = in.Text();
  if (!in.ok()) return Damaged("row");
  if (!row.empty()) RETURN_IF_ERROR(DecodeRow(row, out));
  if (in.left() > 0) {
    ASSIGN_OR_RETURN(codec::MetricRecord rest, codec::DecodeMetricRecord(in.Raw(in.left())));
    out.rest = BatchOf(std::move(rest));
  }
  return out;
}

Status BatchLogReader::DecodeDefinitions(codec::ByteReader& in, LoggedBatch& out) {
  const size_t labels = in.Count(3);
  for (size_t i = 0; i < labels; ++i) {
    const uint64_t number = in.Varint();
    const std::string_view name = in.Text();
    const std::string_view value = in.Text();
    if (!in.ok() || value.empty()) return Damaged("labels");
    labels_[number] = {std::string(name), std::string(value)};
  }
  const size_t series = in.Count(3);
  for (size_t i = 0; i < series; ++i) {
    LoggedBatch::Definition definition{in.Varint(), {}};
    definition.labels.resize(in.Count(1));
    const std::string* last = nullptr;
    for (uint64_t& number : definition.labels) {
      number = in.Varint();
      if (!in.ok()) return Damaged("series");
      const auto label = labels_.find(number);
      if (label == labels_.end()) {
        return InvalidArgument("batch record: label {} of series {} is not defined", number,
                               definition.series);
      }
      // So that no label is there twice: the labels of one series are never more than were told.
      if (last != nullptr && *last >= label->second.name) return Damaged("series");
      last = &label->second.name;
    }
    if (!in.ok() || last == nullptr) return Damaged("series");
    out.definitions.push_back(std::move(definition));
  }
  return OkStatus();
}

model::Labels BatchLogReader::LabelsOf(const LoggedBatch::Definition& definition) const {
  std::vector<model::Label> labels;
  labels.reserve(definition.labels.size());
  for (const uint64_t number : definition.labels) labels.push_back(labels_.at(number));
  return model::Labels(std::move(labels));
}

Status BatchLogReader::DecodeLayout(codec::ByteReader& in, bool has_starts, uint64_t layout,
                                    Sender& sender) {
  sender.layout = 0;
  const size_t count = in.Count(has_starts ? 2 : 1);
  sender.columns = GetColumn<SeriesRef>(count, in);
  sender.start_times = GetColumn<TimeMs>(has_starts ? count : 0, in);
  if (!in.ok() || layout == 0) return Damaged("columns");
  sender.layout = layout;
  return OkStatus();
}

Status BatchLogReader::DecodeRow(std::string_view bytes, LoggedBatch& out) {
  codec::ByteReader in(bytes);
  const uint64_t id = in.Varint();
  const uint8_t flags = in.U8();
  const uint64_t layout = in.Varint();
  const auto damaged = [&] { return InvalidArgument("row of sender {}: cut off or damaged", id); };
  if (!in.ok() || flags > (kHasLayout | kHasStarts | kIsKey)) return damaged();
  Sender& sender = senders_[id];
  if ((flags & kHasLayout) != 0) {
    RETURN_IF_ERROR(DecodeLayout(in, (flags & kHasStarts) != 0, layout, sender));
  } else if (sender.layout != layout || layout == 0) {
    return InvalidArgument("row of sender {}: its columns, layout {}, are not known, but {}", id,
                           layout, sender.layout);
  }
  const uint64_t key_number = in.Varint();
  const TimeMs time = in.SignedVarint();
  const uint64_t width = in.Varint();
  if (!in.ok() || width != sender.columns.size()) return damaged();
  const bool is_key = (flags & kIsKey) != 0;
  if (!is_key && sender.key_number != key_number) {
    return InvalidArgument("row of sender {}: its key row, {}, is not known, but {}", id,
                           key_number, sender.key_number);
  }
  std::vector<double> cells(width);
  const std::span<const double> key =
      is_key ? std::span<const double>() : std::span<const double>(sender.key);
  if (key.size() > width) return damaged();
  RETURN_IF_ERROR(codec::DecodeRow(in.Raw(in.left()), key, cells));
  out.row.sender = id;
  out.row.time = time;
  for (size_t i = 0; i < width; ++i) {
    if (IsAbsent(cells[i])) continue;
    out.row.series.push_back(sender.columns[i]);
    out.row.values.push_back(cells[i]);
    if (!sender.start_times.empty()) out.row.start_times.push_back(sender.start_times[i]);
  }
  if (is_key) {
    sender.key = std::move(cells);
    sender.key_number = key_number;
  }
  return OkStatus();
}

}  // namespace glint::tsdb
