#include "inspect/inspect.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <set>

#include "inspect/inspect_manifest.h"
#include "inspect/inspect_part.h"
#include "inspect/inspect_segment.h"
#include "tsdb/part.h"
#include "wal/segment.h"

namespace glint::inspect {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kManifest = "MANIFEST";
constexpr int kMaxDepth = 4;  // Of folders; ours is 2.

enum class FileKind : uint8_t { kSegment, kPart, kManifest, kOther };

// By the first bytes; where those are damaged, by the name.
FileKind KindOf(std::string_view head, const std::string& name) {
  if (head.starts_with("GLINTWAL")) return FileKind::kSegment;
  if (head.starts_with("GLINTPRT")) return FileKind::kPart;
  if (head.starts_with("GLINTMAN")) return FileKind::kManifest;
  if (wal::SegmentIdOf(name).has_value()) return FileKind::kSegment;
  if (tsdb::PartIdOf(name).has_value()) return FileKind::kPart;
  if (name == kManifest) return FileKind::kManifest;
  return FileKind::kOther;
}

// Files beside those that hold data; empty: not one of ours.
std::string MeaningOf(const std::string& name) {
  if (name == "LOCK") return "lock of the process that uses this folder";
  if (name.ends_with(".corrupt"))
    return "damaged bytes that a start found and kept; nothing reads it";
  if (name.ends_with(".spare")) return "file of a removed log segment, to be used again";
  if (name.ends_with(".part.tmp")) return "part that is being written, or was when a process died";
  if (name == "MANIFEST.new") return "manifest that is being written, or was when a process died";
  return "";
}

bool IsAside(const std::string& name) {
  return name.ends_with(".corrupt") || name.ends_with(".spare") || name.ends_with(".tmp") ||
         name.ends_with(".new");
}

// `names`: what is beside it.
bool IsLastSegment(const std::string& name, const std::vector<std::string>& names) {
  const auto id = wal::SegmentIdOf(name);
  return std::none_of(names.begin(), names.end(), [&](const std::string& other) {
    return id.has_value() && wal::SegmentIdOf(other).value_or(0) > *id;
  });
}

std::vector<std::string> NamesIn(const InspectOptions& options, const fs::path& folder) {
  auto names = options.files->List(folder.empty() ? "." : folder.string());
  return names.ok() ? *std::move(names) : std::vector<std::string>();
}

StatusOr<FileReport> InspectFile(const fs::path& path, const std::vector<std::string>& names,
                                 const InspectOptions& options) {
  const std::string name = path.filename().string();
  uint64_t bytes = 0;
  std::string head;
  {
    ASSIGN_OR_RETURN(const auto file, options.files->Open(path.string(), OpenMode::kRead));
    ASSIGN_OR_RETURN(bytes, file->Size());
    ASSIGN_OR_RETURN(head, file->Read(0, 8));
  }
  const FileKind kind = IsAside(name) ? FileKind::kOther : KindOf(head, name);
  if (kind == FileKind::kSegment) {
    return InspectSegment(path.string(), IsLastSegment(name, names), options);
  }
  if (kind == FileKind::kPart) return InspectPart(path.string(), options);
  if (kind == FileKind::kManifest) return InspectManifest(path.string(), options);
  FileReport report;
  report.path = path.string();
  report.bytes = bytes;
  report.summary = MeaningOf(name);
  report.kind = report.summary.empty() ? "unknown" : "other";
  if (report.summary.empty()) report.summary = "not a file of glint's";
  return report;
}

class FolderInspection {
 public:
  explicit FolderInspection(const InspectOptions& options) : options_(options) {}

  Status Run(const fs::path& folder, int depth) {
    ASSIGN_OR_RETURN(const std::vector<std::string> names, options_.files->List(folder.string()));
    std::error_code error;
    const size_t first_report = reports_.size();
    for (const std::string& name : names) {
      const fs::path path = folder / name;
      if (!fs::is_directory(path, error)) {
        RETURN_IF_ERROR(TakeFile(path, names));
      } else if (name == "snapshots") {
        AddSnapshots(path);
      } else if (depth < kMaxDepth) {
        RETURN_IF_ERROR(Run(path, depth + 1));
      }
    }
    CheckParts(folder, names, first_report);
    return OkStatus();
  }

  std::vector<FileReport> Take() { return std::move(reports_); }

 private:
  Status TakeFile(const fs::path& path, const std::vector<std::string>& names) {
    StatusOr<FileReport> report = InspectFile(path, names, options_);
    if (report.ok()) {
      reports_.push_back(*std::move(report));
    } else if (report.status().code() != StatusCode::kNotFound) {
      FileReport unreadable;
      unreadable.path = path.string();
      unreadable.summary = "cannot be read";
      unreadable.unreadable = report.status().message();
      reports_.push_back(std::move(unreadable));
    }  // Else it was removed meanwhile.
    return OkStatus();
  }

  void AddSnapshots(const fs::path& folder) {
    for (const std::string& name : NamesIn(options_, folder)) {
      FileReport report;
      report.path = (folder / name).string();
      report.kind = "snapshot";
      report.summary = fmt::format("snapshot of {} files, not looked into",
                                   NamesIn(options_, folder / name).size());
      reports_.push_back(std::move(report));
    }
  }

  // Whether the parts that are live are there, and which ones are not live.
  void CheckParts(const fs::path& folder, const std::vector<std::string>& names,
                  size_t first_report) {
    std::set<uint64_t> there;
    for (const std::string& name : names) {
      if (const auto id = tsdb::PartIdOf(name)) there.insert(*id);
    }
    const std::string path = (folder / kManifest).string();
    const bool has_manifest = std::find(names.begin(), names.end(), kManifest) != names.end();
    if (!has_manifest) {
      if (there.empty()) return;
      FileReport report;
      report.path = path;
      report.kind = "manifest";
      report.summary = "manifest that is not there";
      report.AddDamage(std::nullopt,
                       fmt::format("missing, while there are {} parts", there.size()));
      reports_.push_back(std::move(report));
      return;
    }
    const auto state = ReadManifestState(*options_.files, path);
    if (!state.ok()) return;  // Named with the manifest.
    const auto of = [&](const std::string& name) -> FileReport* {
      for (size_t i = first_report; i < reports_.size(); ++i) {
        if (reports_[i].path == (folder / name).string()) return &reports_[i];
      }
      return nullptr;
    };
    FileReport* manifest = of(std::string(kManifest));
    for (const uint64_t id : state->parts) {
      if (there.count(id) > 0 || manifest == nullptr) continue;
      if (IsMissing(path, (folder / tsdb::PartName(id)).string(), id)) {
        manifest->AddDamage(std::nullopt, fmt::format("part {} is live, but {} is not there", id,
                                                      tsdb::PartName(id)));
      }
    }
    for (const uint64_t id : there) {
      FileReport* part = of(tsdb::PartName(id));
      if (part != nullptr && state->parts.count(id) == 0) {
        part->notes.push_back("not live: it came or went just now, or a process died over it");
      }
    }
  }

  // A part may have come, or gone, since the folder was listed.
  bool IsMissing(const std::string& manifest, const std::string& part, uint64_t id) const {
    const auto is_there = [&] { return options_.files->Open(part, OpenMode::kRead).ok(); };
    if (is_there()) return false;
    const auto now = ReadManifestState(*options_.files, manifest);
    return now.ok() && now->parts.count(id) > 0 && !is_there();
  }

  const InspectOptions& options_;
  std::vector<FileReport> reports_;
};

}  // namespace

StatusOr<std::vector<FileReport>> Inspect(const std::string& path, const InspectOptions& options) {
  std::error_code error;
  std::vector<FileReport> reports;
  if (fs::is_directory(path, error)) {
    FolderInspection folder(options);
    RETURN_IF_ERROR(folder.Run(path, 1));
    reports = folder.Take();
    if (std::all_of(reports.begin(), reports.end(),
                    [](const FileReport& report) { return report.kind == "unknown"; })) {
      return InvalidArgument("{}: no file of glint's in it", path);
    }
    return reports;
  }
  const fs::path file(path);
  ASSIGN_OR_RETURN(FileReport report,
                   InspectFile(file, NamesIn(options, file.parent_path()), options));
  if (report.kind == "unknown") return InvalidArgument("{}: {}", path, report.summary);
  reports.push_back(std::move(report));
  return reports;
}

}  // namespace glint::inspect
