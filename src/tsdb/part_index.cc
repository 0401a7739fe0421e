#include "tsdb/part_index.h"

#include <algorithm>
#include <utility>

namespace glint::tsdb {

StatusOr<std::unique_ptr<const Part::Index>> Part::Index::Open(FileSystem& files,
                                                               const std::string& path) {
  ASSIGN_OR_RETURN(std::unique_ptr<const PartBytes> bytes, PartBytes::Open(files, path));
  ASSIGN_OR_RETURN(PartLabels labels, PartLabels::Open(*bytes));
  std::unique_ptr<Index> index(new Index(std::move(bytes), std::move(labels)));
  ASSIGN_OR_RETURN(index->directory_, PartDirectory::Open(*index->bytes_, index->labels_));
  return std::unique_ptr<const Index>(std::move(index));
}

StatusOr<std::vector<PartExtent>> Part::Index::PostingsOf(const model::Matcher& matcher,
                                                          bool wanted) const {
  std::vector<PartExtent> out;
  const std::optional<uint32_t> name = labels_.FindName(matcher.name());
  if (!name) return out;
  std::vector<std::string> literals;
  if (wanted && matcher.op() == model::MatchOp::kEqual) literals = {matcher.value()};
  if (wanted && matcher.op() == model::MatchOp::kRegex) literals = matcher.literals();
  if (!wanted && matcher.op() == model::MatchOp::kNotEqual) literals = {matcher.value()};
  if (!literals.empty()) {
    for (const std::string& literal : literals) {
      ASSIGN_OR_RETURN(const std::optional<PartExtent> found, labels_.FindValue(*name, literal));
      if (found) out.push_back(*found);
    }
    return out;
  }
  RETURN_IF_ERROR(labels_.ForEachValue(*name, [&](const PartLabels::Value& value) {
    if (matcher.Matches(value.text) == wanted) out.push_back(value.postings);
    return OkStatus();
  }));
  return out;
}

StatusOr<SeriesRuns> Part::Index::ReadAll(const std::vector<PartExtent>& postings) const {
  SeriesRuns out;
  for (const PartExtent& one : postings) RETURN_IF_ERROR(labels_.ReadPostings(one, out));
  return postings.size() > 1 ? Unite(std::move(out)) : out;
}

StatusOr<SeriesRuns> Part::Index::Select(std::span<const model::Matcher> matchers) const {
  // A matcher that takes an absent label cannot be answered by who has it, only by who has a
  // value that it refuses.
  struct Step {
    bool takes_absent;
    uint64_t bytes;
    std::vector<PartExtent> postings;
  };
  std::vector<Step> steps;
  for (const model::Matcher& matcher : matchers) {
    Step step{matcher.MatchesEmpty(), 0, {}};
    ASSIGN_OR_RETURN(step.postings, PostingsOf(matcher, /*wanted=*/!step.takes_absent));
    if (!step.takes_absent && step.postings.empty()) return SeriesRuns();
    for (const PartExtent& one : step.postings) step.bytes += one.length;
    steps.push_back(std::move(step));
  }
  // Those that narrow first, and of those the small ones.
  std::stable_sort(steps.begin(), steps.end(), [](const Step& a, const Step& b) {
    return std::pair(a.takes_absent, a.bytes) < std::pair(b.takes_absent, b.bytes);
  });
  SeriesRuns selected;
  if (const uint64_t series = bytes_->footer().info.series; series > 0) {
    selected.push_back({0, static_cast<uint32_t>(series)});
  }
  for (const Step& step : steps) {
    if (selected.empty()) break;
    ASSIGN_OR_RETURN(const SeriesRuns runs, ReadAll(step.postings));
    selected = step.takes_absent ? Subtract(selected, runs) : Intersect(selected, runs);
  }
  return selected;
}

StatusOr<model::Labels> Part::Index::LabelsOf(const DirectoryEntry& entry) const {
  const std::span<const uint32_t> names = labels_.Schema(entry.entry->schema);
  const std::span<const uint32_t> values = directory_->ValuesOf(entry);
  std::vector<model::Label> labels;
  labels.reserve(names.size());
  for (size_t i = 0; i < names.size(); ++i) {
    ASSIGN_OR_RETURN(std::string value, labels_.ValueAt(names[i], values[i]));
    labels.push_back({labels_.NameAt(names[i]), std::move(value)});
  }
  return model::Labels(std::move(labels));
}

StatusOr<Part::Index::Floats> Part::Index::FloatsOf(const DirectoryEntry& entry) const {
  Floats floats{entry, {}};
  const SeriesShape& shape = entry.shape();
  if (shape.floats == FloatsIn::kLedGroup) floats.place = {shape.rank, shape.columns};
  if (shape.floats == FloatsIn::kGroup) {
    ASSIGN_OR_RETURN(floats.listed, directory_->Find(shape.leader));
    const SeriesShape& leader = floats.listed.shape();
    if (leader.floats != FloatsIn::kLedGroup || shape.rank >= leader.columns) {
      return bytes_->Damaged(PartSection::kSeries, 0,
                             fmt::format("series {} does not lead a group", shape.leader));
    }
    floats.place = {shape.rank, leader.columns};
  }
  return floats;
}

Status Part::Index::ReadSamples(const DirectoryEntry& entry, model::TimeRange range,
                                storage::SeriesData& out) const {
  ASSIGN_OR_RETURN(const Floats floats, FloatsOf(entry));
  for (const PartChunk& chunk : floats.chunks()) {
    RETURN_IF_ERROR(chunks_.ReadFloats(chunk, floats.place, range, out));
  }
  for (const PartChunk& chunk : entry.HistogramChunks()) {
    RETURN_IF_ERROR(chunks_.ReadHistograms(chunk, range, out));
  }
  return OkStatus();
}

}  // namespace glint::tsdb
