#include "inspect/inspect_manifest.h"

#include <fmt/format.h>

#include "tsdb/manifest_record.h"

namespace glint::inspect {
namespace {

StatusOr<std::string> ReadAll(FileSystem& files, const std::string& path) {
  ASSIGN_OR_RETURN(const auto file, files.Open(path, OpenMode::kRead));
  ASSIGN_OR_RETURN(const uint64_t size, file->Size());
  if (size > tsdb::kMaxManifestBytes) {
    return DataLoss("{} bytes, at most {} are believed", size, tsdb::kMaxManifestBytes);
  }
  return file->Read(0, size);
}

// "3-5, 9".
std::string Ids(const auto& ids) {
  std::string out;
  for (auto at = ids.begin(); at != ids.end();) {
    const uint64_t first = *at;
    uint64_t last = first;
    for (++at; at != ids.end() && *at == last + 1; ++at) last = *at;
    if (!out.empty()) out += ", ";
    out += first == last ? fmt::format("{}", first) : fmt::format("{}-{}", first, last);
  }
  return out.empty() ? "none" : out;
}

void AddState(const tsdb::ManifestContent& content, FileReport& report) {
  const tsdb::ManifestState& state = content.state;
  report.AddFact("changes", Count(content.sequence));
  report.AddFact("live parts", Count(state.parts.size()));
  report.AddFact("part ids", Text(Ids(state.parts)));
  report.AddFact("first log segment", Count(state.first_log_segment));
  report.AddFact("next part id", Count(state.next_part_id));
  report.AddFact("tombstones", Count(state.tombstones.size()));
  if (state.tombstones.empty()) return;
  Table tombstones{"tombstones", {"id", "created", "deletes"}, {}, ""};
  for (const auto& [id, tombstone] : state.tombstones) {
    tombstones.rows.push_back(
        {Count(id), Time(tombstone.created), Text(tsdb::ToString(tombstone))});
  }
  report.tables.push_back(std::move(tombstones));
}

void AddHistory(const std::vector<tsdb::ManifestStep>& steps, FileReport& report) {
  Table history{
      "history", {"change", "offset", "first log segment", "parts", "tombstones"}, {}, ""};
  for (const tsdb::ManifestStep& step : steps) {
    history.rows.push_back({Count(step.sequence), Count(step.offset), Count(step.first_log_segment),
                            Text(Ids(step.parts)), Text(Ids(step.tombstones))});
  }
  report.tables.push_back(std::move(history));
}

}  // namespace

StatusOr<FileReport> InspectManifest(const std::string& path, const InspectOptions& options) {
  FileReport report;
  report.path = path;
  report.kind = "manifest";
  report.summary = "manifest that cannot be read";
  const auto bytes = ReadAll(*options.files, path);
  if (!bytes.ok()) {
    if (bytes.status().code() == StatusCode::kNotFound) return bytes.status();
    report.AddDamage(bytes.status());
    return report;
  }
  report.bytes = bytes->size();
  std::vector<tsdb::ManifestStep> steps;
  const auto content = tsdb::ReadManifest(*bytes, options.history ? &steps : nullptr);
  if (!content.ok()) {
    if (content.status().code() == StatusCode::kFailedPrecondition) {
      report.unreadable = content.status().message();
    } else {
      report.AddDamage(0, std::string(content.status().message()));
    }
    return report;
  }
  const tsdb::ManifestState& state = content->state;
  report.summary =
      fmt::format("manifest, {} changes, {} live parts, {} tombstones, log from segment {}",
                  Count(content->sequence).text, state.parts.size(), state.tombstones.size(),
                  state.first_log_segment);
  AddState(*content, report);
  if (options.history) AddHistory(steps, report);
  for (const std::string& line : content->damage) report.AddDamage(std::nullopt, line);
  if (content->end < bytes->size()) {
    report.notes.push_back(
        fmt::format("{} bytes at {} are a change that is being written, or was never acknowledged",
                    bytes->size() - content->end, content->end));
  }
  return report;
}

StatusOr<tsdb::ManifestState> ReadManifestState(FileSystem& files, const std::string& path) {
  ASSIGN_OR_RETURN(const std::string bytes, ReadAll(files, path));
  ASSIGN_OR_RETURN(tsdb::ManifestContent content, tsdb::ReadManifest(bytes));
  return std::move(content.state);
}

}  // namespace glint::inspect
