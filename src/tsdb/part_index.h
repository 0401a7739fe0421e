// What an open part consists of.
//
// Thread-safe.
#pragma once

#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "base/status.h"
#include "tsdb/part.h"
#include "tsdb/part_bytes.h"
#include "tsdb/part_chunks.h"
#include "tsdb/part_directory.h"
#include "tsdb/part_exemplars.h"
#include "tsdb/part_labels.h"
#include "tsdb/part_postings.h"

namespace glint::tsdb {

class Part::Index {
 public:
  static StatusOr<std::unique_ptr<const Index>> Open(FileSystem& files, const std::string& path);

  StatusOr<SeriesRuns> Select(std::span<const model::Matcher> matchers) const;
  StatusOr<model::Labels> LabelsOf(const DirectoryEntry& entry) const;

  // The float chunks that a series has a part in, and which.
  struct Floats {
    DirectoryEntry listed;  // The series itself, or the leader of its group.
    PartChunks::Place place;
    std::span<const PartChunk> chunks() const { return listed.FloatChunks(); }
  };
  StatusOr<Floats> FloatsOf(const DirectoryEntry& entry) const;
  Status ReadSamples(const DirectoryEntry& entry, model::TimeRange range,
                     storage::SeriesData& out) const;

  // As Part::Verify().
  Status Verify() const;

  const PartBytes& bytes() const { return *bytes_; }
  const PartLabels& labels() const { return labels_; }
  const PartDirectory& directory() const { return *directory_; }
  const PartChunks& chunks() const { return chunks_; }
  const PartExemplars& exemplars() const { return exemplars_; }

 private:
  class Verifier;

  Index(std::unique_ptr<const PartBytes> bytes, PartLabels labels)
      : bytes_(std::move(bytes)),
        labels_(std::move(labels)),
        chunks_(*bytes_),
        exemplars_(*bytes_) {}
  // Postings of the values for which `matcher` answers `wanted`.
  StatusOr<std::vector<PartExtent>> PostingsOf(const model::Matcher& matcher, bool wanted) const;
  StatusOr<SeriesRuns> ReadAll(const std::vector<PartExtent>& postings) const;

  const std::unique_ptr<const PartBytes> bytes_;
  const PartLabels labels_;
  std::unique_ptr<const PartDirectory> directory_;
  const PartChunks chunks_;
  const PartExemplars exemplars_;
};

}  // namespace glint::tsdb
