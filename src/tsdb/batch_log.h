// Batches as records of the log and back: docs/format/metric-log.md.
//
// A segment explains itself: the first record of it that uses a series, a label, a sender's columns
// or its key row has them. Rows are written as the head keeps them, by how they differ from a key.
//
// Thread-compatible; writing is for one thread.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/status.h"
#include "codec/byte_reader.h"
#include "model/labels.h"
#include "storage/metric_batch.h"
#include "tsdb/series_table.h"
#include "tsdb/staged_batch.h"

namespace glint::tsdb {

class BatchLogWriter {
 public:
  // Whether a row of this sender must be its key: the segment does not know another.
  static bool NeedsKey(const RowHead& rows, uint64_t segment) {
    return rows.logged_segment != segment;
  }

  // The record for a batch in `segment`. What it defines is taken for known from then on, so a
  // record that is not written after all is followed by Forget().
  // REQUIRES: the table holds every series.
  std::string Encode(const StagedBatch& batch, const SeriesTable& table, uint64_t segment);
  // The records of this segment since the last Commit() were not written.
  void Forget();
  // They were.
  void Commit() {
    defined_.clear();
    rows_.clear();
  }

 private:
  struct Defined {
    bool is_label;
    uint32_t id;
  };
  void Begin(uint64_t segment);

  uint64_t segment_ = 0;
  uint64_t next_layout_ = 1;
  // By slot and by label: the epoch or version that this segment knows; 0 is none.
  std::vector<uint32_t> known_series_;
  std::vector<uint32_t> known_labels_;
  // Since the last Commit().
  std::vector<Defined> defined_;
  std::vector<RowHead*> rows_;
};

// What a record says, with series by number; definitions say what the numbers are.
struct LoggedBatch {
  // Of a series that this record defines. The labels, since many series share a long one, are
  // written out by BatchLogReader::LabelsOf().
  struct Definition {
    uint64_t series;
    std::vector<uint64_t> labels;
  };
  std::vector<Definition> definitions;
  // A row's series are its columns without those that are absent.
  storage::MetricBatch row;
  storage::MetricBatch rest;
};

// Reads the records of one segment in their order. What it keeps of them, and what a decoded record
// takes, is bounded by the bytes that came: a row has no more columns than its layout had bytes.
class BatchLogReader {
 public:
  // INVALID_ARGUMENT: not such a record, or it refers to what a damaged one defined; the text says
  // which. Later records may still be readable.
  StatusOr<LoggedBatch> Decode(std::string_view record);
  // Not empty. REQUIRES: of the last record that was decoded.
  model::Labels LabelsOf(const LoggedBatch::Definition& definition) const;

 private:
  struct Sender {
    uint64_t layout = 0;  // 0: none is known.
    std::vector<model::SeriesRef> columns;
    std::vector<model::TimeMs> start_times;
    std::vector<double> key;
    uint64_t key_number = 0;  // 0: none is known.
  };
  Status DecodeDefinitions(codec::ByteReader& in, LoggedBatch& out);
  Status DecodeRow(std::string_view bytes, LoggedBatch& out);
  static Status DecodeLayout(codec::ByteReader& in, bool has_starts, uint64_t layout,
                             Sender& sender);

  std::unordered_map<uint64_t, model::Label> labels_;
  std::unordered_map<uint64_t, Sender> senders_;
};

}  // namespace glint::tsdb
