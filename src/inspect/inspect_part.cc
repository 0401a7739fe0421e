#include "inspect/inspect_part.h"

#include <fmt/format.h>

#include <filesystem>

#include "tsdb/part.h"
#include "tsdb/part_bytes.h"
#include "tsdb/part_directory.h"
#include "tsdb/part_labels.h"
#include "tsdb/part_layout.h"

namespace glint::inspect {
namespace {

using tsdb::PartFooter;
using tsdb::PartInfo;
using tsdb::PartSection;

std::string Summary(const PartInfo& info) {
  std::string out = fmt::format("part {}, level {}, {} series, {} samples", info.id, info.level,
                                Count(info.series).text, Count(info.samples).text);
  if (info.exemplars > 0) out += fmt::format(", {} exemplars", Count(info.exemplars).text);
  if (info.time.start <= info.time.end) {
    out += fmt::format(", {} to {}", Time(info.time.start).text, Time(info.time.end).text);
  }
  return out;
}

void AddFooterFacts(const PartFooter& footer, FileReport& report) {
  const PartInfo& info = footer.info;
  report.AddFact("part", {std::to_string(info.id), std::to_string(info.id)});
  report.AddFact("version", Count(tsdb::kPartVersion));
  report.AddFact("level", Count(info.level));
  if (info.time.start <= info.time.end) {
    report.AddFact("first sample", Time(info.time.start));
    report.AddFact("last sample", Time(info.time.end));
  }
  report.AddFact("series", Count(info.series));
  report.AddFact("samples", Count(info.samples));
  report.AddFact("chunks", Count(info.chunks));
  report.AddFact("exemplars", Count(info.exemplars));
  report.AddFact("traces named", Count(footer.traces));
  if (info.samples > 0) {
    report.AddFact("bytes per sample",
                   Number(static_cast<double>(report.bytes) / static_cast<double>(info.samples)));
  }
  Table sections{"sections", {"section", "offset", "bytes", "share"}, {}, ""};
  const auto add = [&](std::string_view name, uint64_t offset, uint64_t bytes) {
    if (bytes == 0) return;
    sections.rows.push_back({Text(name), Count(offset), Count(bytes), Share(bytes, report.bytes)});
  };
  uint64_t end = tsdb::kPartHeaderBytes;
  for (size_t i = 0; i < tsdb::kPartSections; ++i) {
    const auto section = static_cast<PartSection>(i);
    add(tsdb::PartSectionName(section), footer[section].offset, footer[section].length);
    end = footer[section].offset + footer[section].length;
  }
  add("footer", end, report.bytes - end);
  report.tables.push_back(std::move(sections));
}

// How many chunks there are of each kind, from the directory.
Status AddChunkKinds(const tsdb::PartBytes& bytes, FileReport& report) {
  ASSIGN_OR_RETURN(const tsdb::PartLabels labels, tsdb::PartLabels::Open(bytes));
  ASSIGN_OR_RETURN(const auto directory, tsdb::PartDirectory::Open(bytes, labels));
  struct Kind {
    uint64_t chunks = 0;
    uint64_t bytes = 0;
  };
  Kind floats, buckets, histograms;
  const auto take = [](Kind& kind, std::span<const tsdb::PartChunk> chunks) {
    kind.chunks += chunks.size();
    for (const tsdb::PartChunk& chunk : chunks) kind.bytes += chunk.length;
  };
  for (uint64_t i = 0; i < bytes.BlockCount(PartSection::kSeriesBlocks); ++i) {
    ASSIGN_OR_RETURN(const auto block, directory->ReadBlock(i));
    for (const tsdb::DirectoryBlock::Entry& entry : block->series) {
      const bool is_group = entry.shape.floats == tsdb::FloatsIn::kLedGroup;
      take(is_group ? buckets : floats, block->FloatChunks(entry));
      take(histograms, block->HistogramChunks(entry));
    }
  }
  Table kinds{"chunks", {"of", "chunks", "bytes"}, {}, ""};
  const auto add = [&kinds](std::string_view name, const Kind& kind) {
    if (kind.chunks == 0) return;
    kinds.rows.push_back({Text(name), Count(kind.chunks), Count(kind.bytes)});
  };
  add("floats of one series", floats);
  add("buckets of a classic histogram together", buckets);
  add("native histograms", histograms);
  if (!kinds.rows.empty()) report.tables.push_back(std::move(kinds));
  return OkStatus();
}

// Every page that fails its checksum.
void VerifyPages(const tsdb::PartBytes& bytes, FileReport& report) {
  for (uint64_t page = 0; page < bytes.footer().page_crcs.size(); ++page) {
    const Status whole = bytes.VerifyPage(page);
    if (whole.ok()) continue;
    std::string_view what = whole.message();
    what.remove_prefix(std::min(what.size(), report.path.size() + 2));
    report.AddDamage(page * tsdb::kPartPageBytes, std::string(what));
  }
}

Status AddSeries(const tsdb::Part& part, const InspectOptions& options, FileReport& report) {
  ASSIGN_OR_RETURN(const auto series, part.Select(*options.series));
  Table table{"series", {"samples", "exemplars", "first", "last", "labels"}, {}, ""};
  for (const tsdb::PartSeries one : series) {
    if (table.rows.size() == options.limit) break;
    ASSIGN_OR_RETURN(const model::Labels labels, part.LabelsOf(one));
    storage::SeriesData data;
    RETURN_IF_ERROR(part.ReadSamples(one, model::TimeRange(), data));
    std::vector<model::Exemplar> exemplars;
    RETURN_IF_ERROR(part.ReadExemplars(one, model::TimeRange(), exemplars));
    ASSIGN_OR_RETURN(const model::TimeRange range, part.RangeOf(one));
    const bool has_samples = range.start <= range.end;
    table.rows.push_back({Count(data.times.size() + data.histograms.size()),
                          Count(exemplars.size()), has_samples ? Time(range.start) : Text("-"),
                          has_samples ? Time(range.end) : Text("-"), Text(labels.ToString())});
  }
  if (series.size() > table.rows.size()) {
    table.note = fmt::format("{} of {}: --limit shows more", table.rows.size(), series.size());
  }
  report.tables.push_back(std::move(table));
  return OkStatus();
}

}  // namespace

StatusOr<FileReport> InspectPart(const std::string& path, const InspectOptions& options) {
  FileReport report;
  report.path = path;
  report.kind = "part";
  report.summary = "part that cannot be opened";
  {
    ASSIGN_OR_RETURN(const auto file, options.files->Open(path, OpenMode::kRead));
    ASSIGN_OR_RETURN(report.bytes, file->Size());
  }
  const auto bytes = tsdb::PartBytes::Open(*options.files, path);
  if (!bytes.ok()) {
    if (bytes.status().code() == StatusCode::kNotFound) return bytes.status();
    if (bytes.status().code() == StatusCode::kFailedPrecondition) {
      report.unreadable = bytes.status().message();
    } else {
      report.AddDamage(bytes.status());
    }
    return report;
  }
  const PartFooter& footer = (*bytes)->footer();
  report.summary = Summary(footer.info);
  AddFooterFacts(footer, report);
  const auto id = tsdb::PartIdOf(std::filesystem::path(path).filename().string());
  if (id.has_value() && *id != footer.info.id) {
    report.AddDamage(std::nullopt, fmt::format("it calls itself part {}", footer.info.id));
  }
  bool has_read_pages = false;
  bool has_good_pages = true;
  const auto verify_pages = [&] {
    if (has_read_pages) return;
    const uint64_t before = report.damage_count();
    VerifyPages(**bytes, report);
    has_read_pages = true;
    has_good_pages = report.damage_count() == before;
  };
  if (options.verify) verify_pages();
  const auto note = [&](const Status& status) {
    if (status.ok()) return;
    // Most likely a page is damaged, and then others may be.
    verify_pages();
    if (has_good_pages) report.AddDamage(status);
  };
  note(AddChunkKinds(**bytes, report));
  const auto part = tsdb::Part::Open(*options.files, path);
  note(part.status());
  if (!part.ok()) return report;
  if (options.verify && report.damage.empty()) note((*part)->Verify());
  if (options.series.has_value()) {
    if (const Status listed = AddSeries(**part, options, report); !listed.ok()) {
      report.notes.push_back(fmt::format("series not listed: {}", listed.message()));
      note(listed);
    }
  }
  return report;
}

}  // namespace glint::inspect
