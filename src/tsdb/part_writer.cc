#include <algorithm>
#include <limits>
#include <unordered_set>
#include <utility>

#include "tsdb/part.h"
#include "tsdb/part_bucket_groups.h"
#include "tsdb/part_chunks_writer.h"
#include "tsdb/part_directory_block.h"
#include "tsdb/part_exemplars_writer.h"
#include "tsdb/part_file_writer.h"
#include "tsdb/part_labels_writer.h"
#include "tsdb/part_metadata.h"

namespace glint::tsdb {
namespace {

class PartWriter {
 public:
  PartWriter(const std::string& folder, PartSource& source, const PartWriteOptions& options)
      : options_(options),
        source_(source),
        file_(*options.files, folder, options.id),
        chunks_(source, file_, options.max_chunk_samples) {}

  StatusOr<PartInfo> Write() {
    const size_t count = source_.series_count();
    if (count >= std::numeric_limits<uint32_t>::max()) {
      return ResourceExhausted("{} series are too many for a part", count);
    }
    RETURN_IF_ERROR(file_.Create());
    labels_.Reserve(count);
    for (size_t i = 0; i < count; ++i) labels_.Add(source_.LabelsOf(i));
    RETURN_IF_ERROR(chunks_.Write(FindBucketGroups(labels_, count)));
    RETURN_IF_ERROR(WriteExemplars());
    RETURN_IF_ERROR(chunks_.WriteColumns());
    labels_.Number(kept_);
    RETURN_IF_ERROR(labels_.Write(file_, kept_));
    RETURN_IF_ERROR(WriteDirectory());
    RETURN_IF_ERROR(exemplars_.Write(file_, numbers_, footer_));
    file_.Begin(PartSection::kMetadata);
    RETURN_IF_ERROR(file_.Append(EncodePartMetadata(KeptMetadata())));
    FillInfo();
    ASSIGN_OR_RETURN(const PartFooter footer, file_.Finish(std::move(footer_)));
    return footer.info;
  }

 private:
  // And decides which series are in the part: those with a sample or an exemplar.
  Status WriteExemplars() {
    file_.Begin(PartSection::kExemplars);
    numbers_.assign(source_.series_count(), 0);
    std::vector<model::Exemplar> exemplars;
    for (uint32_t i = 0; i < numbers_.size(); ++i) {
      exemplars.clear();
      RETURN_IF_ERROR(source_.ReadExemplars(i, exemplars));
      if (!exemplars.empty()) RETURN_IF_ERROR(exemplars_.Add(i, exemplars, file_));
      const SeriesShape& shape = chunks_.ShapeOf(i);
      if (exemplars.empty() && shape.floats == FloatsIn::kNothing && shape.histogram_chunks == 0) {
        continue;
      }
      numbers_[i] = static_cast<uint32_t>(kept_.size());
      kept_.push_back(i);
    }
    return OkStatus();
  }

  Status WriteDirectory() {
    file_.Begin(PartSection::kSeries);
    codec::ByteWriter blocks;
    DirectoryBlockWriter block;
    std::vector<uint32_t> values;
    uint64_t chunk_offset = 0;
    for (uint32_t i = 0; i < kept_.size(); ++i) {
      if (i % kSeriesABlock == 0) {
        if (i > 0) RETURN_IF_ERROR(file_.Append(block.Take()));
        blocks.U64(file_.SectionBytes());
        blocks.U64(chunk_offset);
      }
      const uint32_t series = kept_[i];
      values.clear();
      for (const LabelPair pair : labels_.PairsOf(series)) {
        values.push_back(labels_.ValueNumberOf(pair));
      }
      SeriesShape shape = chunks_.ShapeOf(series);
      shape.leader = numbers_[shape.leader];
      block.Add(labels_.SchemaOf(i), values, i, shape, chunks_.ChunksOf(series));
      for (const ListedChunk& chunk : chunks_.ChunksOf(series)) chunk_offset += chunk.length;
    }
    if (!kept_.empty()) RETURN_IF_ERROR(file_.Append(block.Take()));
    file_.Begin(PartSection::kSeriesBlocks);
    return file_.Append(blocks.bytes());
  }

  // Of metrics that are in the part, so that those that went do not stay for ever.
  std::vector<model::MetricMetadata> KeptMetadata() const {
    static constexpr std::string_view kSuffixes[] = {"_bucket",  "_count", "_sum",    "_total",
                                                     "_created", "_info",  "_gcount", "_gsum"};
    std::unordered_set<std::string_view> families;
    for (const uint32_t series : kept_) {
      for (const LabelPair pair : labels_.PairsOf(series)) {
        if (labels_.NameOf(pair) != model::kMetricName) continue;
        const std::string_view metric = labels_.ValueOf(pair);
        if (!families.insert(metric).second) break;
        for (const std::string_view suffix : kSuffixes) {
          if (metric.ends_with(suffix)) {
            families.insert(metric.substr(0, metric.size() - suffix.size()));
          }
        }
        break;
      }
    }
    std::vector<model::MetricMetadata> kept;
    for (model::MetricMetadata& entry : source_.Metadata()) {
      if (families.contains(entry.family)) kept.push_back(std::move(entry));
    }
    std::stable_sort(kept.begin(), kept.end(),
                     [](const auto& a, const auto& b) { return a.family < b.family; });
    return kept;
  }

  void FillInfo() {
    PartInfo& info = footer_.info;
    info.id = options_.id;
    info.level = options_.level;
    info.time.start = std::min(chunks_.time().start, exemplars_.time().start);
    info.time.end = std::max(chunks_.time().end, exemplars_.time().end);
    info.series = kept_.size();
    info.samples = chunks_.samples();
    info.chunks = chunks_.chunks();
    info.exemplars = exemplars_.count();
  }

  const PartWriteOptions& options_;
  PartSource& source_;
  PartFileWriter file_;
  PartLabelsWriter labels_;
  PartChunksWriter chunks_;
  PartExemplarsWriter exemplars_;
  std::vector<uint32_t> kept_;     // Numbers in the source, by number in the part.
  std::vector<uint32_t> numbers_;  // Numbers in the part, by number in the source.
  PartFooter footer_;
};

}  // namespace

StatusOr<PartInfo> WritePart(const std::string& folder, PartSource& source,
                             const PartWriteOptions& options) {
  return PartWriter(folder, source, options).Write();
}

}  // namespace glint::tsdb
