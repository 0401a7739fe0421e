#include "tsdb/compaction.h"

#include <algorithm>
#include <utility>

#include "base/log.h"
#include "tsdb/merge_part.h"

namespace glint::tsdb {
namespace {

using Parts = std::span<const std::shared_ptr<const Part>>;

bool IsConcerned(const Part& part, const std::map<uint64_t, Tombstone>& tombstones) {
  return std::ranges::any_of(
      tombstones, [&](const auto& entry) { return Concerns(entry.second, part.info()); });
}

// How much of a range lies in another.
double ShareOf(const model::TimeRange& range, const model::TimeRange& whole) {
  const double start = std::max(static_cast<double>(range.start), static_cast<double>(whole.start));
  const double end = std::min(static_cast<double>(range.end), static_cast<double>(whole.end));
  const double length = static_cast<double>(whole.end) - static_cast<double>(whole.start) + 1;
  return std::clamp((end - start + 1) / length, 0.0, 1.0);
}

PartFacts FactsOf(const Part& part, const std::map<uint64_t, Tombstone>& tombstones) {
  PartFacts facts{.info = part.info()};
  if (!IsConcerned(part, tombstones)) return facts;
  const auto deleted = DeletedFrom(part, tombstones);
  if (!deleted.ok()) {
    LogWarn("tsdb", "what is deleted from {} stays: {}", part.path(), deleted.status().message());
    return facts;
  }
  if (deleted->empty()) return facts;
  double series = 0;
  for (const DeletedSeries& one : *deleted) {
    for (const model::TimeRange& range : one.ranges) series += ShareOf(range, facts.info.time);
  }
  facts.deleted_share = series / static_cast<double>(std::max<uint64_t>(1, facts.info.series));
  for (const auto& [id, tombstone] : tombstones) {
    if (Concerns(tombstone, facts.info)) {
      facts.deleted_since = std::min(facts.deleted_since, tombstone.created);
    }
  }
  return facts;
}

// What is deleted from a part is looked up last, one part after the other, until there is a reason.
template <typename Choose>
PartsToUnite ChooseOf(Parts parts, const std::map<uint64_t, Tombstone>& tombstones, Choose choose) {
  std::vector<PartFacts> facts;
  for (const auto& part : parts) facts.push_back({.info = part->info()});
  PartsToUnite chosen = choose(facts);
  for (size_t i = 0; i < parts.size() && chosen.ids.empty(); ++i) {
    facts[i] = FactsOf(*parts[i], tombstones);
    if (facts[i].deleted_since != model::kMaxTimeMs) chosen = choose(facts);
  }
  return chosen;
}

CompactionPlan PlanOf(Parts parts, PartsToUnite chosen) {
  CompactionPlan plan{.reason = std::move(chosen.reason)};
  for (const auto& part : parts) {
    if (std::ranges::binary_search(chosen.ids, part->info().id)) plan.parts.push_back(part);
  }
  std::ranges::sort(plan.parts, {}, [](const auto& part) { return part->info().id; });
  return plan;
}

Status LabelsStatus(std::span<const std::unique_ptr<PartAsSource>> sources, Parts parts) {
  for (size_t i = 0; i < sources.size(); ++i) {
    RETURN_IF_ERROR(sources[i]->status().At(parts[i]->path()));
  }
  return OkStatus();
}

void RemovePart(const std::string& folder, const PartWriteOptions& options) {
  const Status removed = options.files->Remove(folder + "/" + PartName(options.id));
  if (!removed.ok()) LogWarn("tsdb", "left behind: {}", removed.message());
}

}  // namespace

CompactionPlan PlanCompaction(Parts parts, const std::map<uint64_t, Tombstone>& tombstones,
                              model::TimeMs now, int64_t late_ms) {
  return PlanOf(parts, ChooseOf(parts, tombstones, [&](const std::vector<PartFacts>& facts) {
                  return ChoosePartsToUnite(facts, now, late_ms);
                }));
}

CompactionPlan PlanClean(Parts parts, const std::map<uint64_t, Tombstone>& tombstones) {
  return PlanOf(parts, ChooseOf(parts, tombstones, [](const std::vector<PartFacts>& facts) {
                  return ChoosePartsToClean(facts);
                }));
}

std::vector<uint64_t> SpentTombstones(Parts parts,
                                      const std::map<uint64_t, Tombstone>& tombstones) {
  std::vector<uint64_t> out;
  for (const auto& [id, tombstone] : tombstones) {
    const std::map<uint64_t, Tombstone> alone = {{id, tombstone}};
    const bool is_spent = std::ranges::all_of(parts, [&](const auto& part) {
      if (!Concerns(alone.begin()->second, part->info())) return true;
      const auto deleted = DeletedFrom(*part, alone);
      return deleted.ok() && deleted->empty();
    });
    if (is_spent) out.push_back(id);
  }
  return out;
}

StatusOr<CompactionResult> Compact(Parts parts, const std::map<uint64_t, Tombstone>& tombstones,
                                   const CompactionLimits& limits, const std::string& folder,
                                   const PartWriteOptions& options, std::stop_token stop) {
  PartWriteOptions write = options;
  write.level = 0;
  std::vector<std::unique_ptr<PartAsSource>> sources;
  std::vector<MergeInput> inputs;
  for (const auto& part : parts) {
    CHECK(part->info().id < options.id);
    write.level = std::max(write.level, part->info().level + 1);
    StatusOr<std::unique_ptr<PartAsSource>> source = PartAsSource::Make(part);
    if (!source.ok()) return source.status().At(part->path());
    sources.push_back(*std::move(source));
    StatusOr<std::vector<DeletedSeries>> deleted = DeletedFrom(*part, tombstones);
    if (!deleted.ok()) return deleted.status().At(part->path());
    inputs.push_back(
        {sources.back().get(), *std::move(deleted), part->info().exemplars, part->info().time});
  }
  MergeSource merged(std::move(inputs), limits, stop);
  if (stop.stop_requested()) return Cancelled("the compaction was stopped");
  RETURN_IF_ERROR(LabelsStatus(sources, parts));
  ASSIGN_OR_RETURN(PartInfo info, WritePart(folder, merged, write));
  const Status labels = LabelsStatus(sources, parts);
  if (!labels.ok() || info.series == 0) RemovePart(folder, write);
  RETURN_IF_ERROR(labels);
  return CompactionResult{info, merged.counts().deleted_samples, merged.counts().deleted_exemplars,
                          merged.counts().thinned_exemplars};
}

}  // namespace glint::tsdb
