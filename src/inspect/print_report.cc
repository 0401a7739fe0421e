#include "inspect/print_report.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/json_writer.h"

namespace glint::inspect {
namespace {

constexpr size_t kMaxColumnWidth = 60;  // A longer cell pushes what follows in its line.

std::string DamageLine(const Damage& damage) {
  if (!damage.offset.has_value()) return damage.what;
  return fmt::format("offset {}: {}", *damage.offset, damage.what);
}

std::string NotNamed(const FileReport& file) {
  return fmt::format("and {} more damaged places", file.damage_not_named);
}

bool IsNumber(const Value& value) { return !value.json.starts_with('"'); }

std::string TrimmedLine(std::string line) {
  line.erase(line.find_last_not_of(' ') + 1);
  return line + "\n";
}

std::string PrintTable(const Table& table) {
  std::string out = fmt::format("\n  {}\n", table.name);
  std::vector<size_t> widths;
  std::vector<bool> is_number;
  for (size_t i = 0; i < table.columns.size(); ++i) {
    size_t width = table.columns[i].size();
    for (const auto& row : table.rows) {
      width = std::max(width, std::min(row[i].text.size(), kMaxColumnWidth));
    }
    widths.push_back(width);
    is_number.push_back(!table.rows.empty() && IsNumber(table.rows.front()[i]));
  }
  const auto line = [&](const auto& text_of) {
    std::string text = "   ";
    for (size_t i = 0; i < widths.size(); ++i) {
      text += is_number[i] ? fmt::format(" {:>{}} ", text_of(i), widths[i])
                           : fmt::format(" {:<{}} ", text_of(i), widths[i]);
    }
    out += TrimmedLine(std::move(text));
  };
  line([&](size_t i) -> const std::string& { return table.columns[i]; });
  for (const auto& row : table.rows) {
    line([&](size_t i) -> const std::string& { return row[i].text; });
  }
  if (!table.note.empty()) out += fmt::format("    {}\n", table.note);
  return out;
}

std::string PrintFull(const FileReport& file) {
  std::string out = fmt::format("{}\n  {}\n", file.path, file.summary);
  size_t width = 0;
  for (const Fact& fact : file.facts) width = std::max(width, fact.name.size());
  for (const Fact& fact : file.facts) {
    out += fmt::format("    {:<{}}  {}\n", fact.name, width, fact.value.text);
  }
  for (const Table& table : file.tables) out += PrintTable(table);
  for (const std::string& note : file.notes) out += fmt::format("  note: {}\n", note);
  return out;
}

std::string PrintDamage(const FileReport& file, std::string_view indent) {
  std::string out;
  const auto add = [&](std::string_view word, const std::string& text) {
    out += fmt::format("{}{} {}\n", indent, word, text);
  };
  if (!file.unreadable.empty()) add("UNREADABLE", file.unreadable);
  for (const Damage& damage : file.damage) add("DAMAGED", DamageLine(damage));
  if (file.damage_not_named > 0) add("DAMAGED", NotNamed(file));
  return out;
}

std::string KeyOf(std::string name) {
  std::replace(name.begin(), name.end(), ' ', '_');
  return name;
}

void WriteFile(const FileReport& file, JsonWriter& json) {
  json.BeginObject().Key("path").String(file.path).Key("kind").String(file.kind);
  json.Key("bytes").Uint(file.bytes).Key("summary").String(file.summary);
  json.Key("facts").BeginObject();
  for (const Fact& fact : file.facts) json.Key(KeyOf(fact.name)).Raw(fact.value.json);
  json.EndObject().Key("tables").BeginObject();
  for (const Table& table : file.tables) {
    json.Key(KeyOf(table.name)).BeginArray();
    for (const auto& row : table.rows) {
      json.BeginObject();
      for (size_t i = 0; i < row.size(); ++i) json.Key(KeyOf(table.columns[i])).Raw(row[i].json);
      json.EndObject();
    }
    json.EndArray();
  }
  json.EndObject().Key("notes").BeginArray();
  for (const std::string& note : file.notes) json.String(note);
  json.EndArray().Key("damage").BeginArray();
  for (const Damage& damage : file.damage) {
    json.BeginObject().Key("offset");
    if (damage.offset.has_value()) {
      json.Uint(*damage.offset);
    } else {
      json.Null();
    }
    json.Key("what").String(damage.what).EndObject();
  }
  json.EndArray().Key("damage_not_named").Uint(file.damage_not_named);
  if (!file.unreadable.empty()) json.Key("unreadable").String(file.unreadable);
  json.EndObject();
}

uint64_t DamageOf(std::span<const FileReport> files) {
  uint64_t count = 0;
  for (const FileReport& file : files) count += file.damage_count();
  return count;
}

}  // namespace

std::string PrintText(std::span<const FileReport> files, const PrintOptions& options) {
  std::string out;
  uint64_t bytes = 0;
  uint64_t unreadable = 0;
  size_t width = 0;
  const auto name_of = [&](const FileReport& file) {
    std::string_view name = file.path;
    if (!options.folder.empty() && name.starts_with(options.folder)) {
      name.remove_prefix(options.folder.size());
      name.remove_prefix(std::min(name.find_first_not_of('/'), name.size()));
    }
    return name;
  };
  if (!options.full && !options.folder.empty()) out += options.folder + "\n";
  for (const FileReport& file : files) width = std::max(width, name_of(file).size());
  for (const FileReport& file : files) {
    bytes += file.bytes;
    unreadable += file.unreadable.empty() ? 0 : 1;
    if (options.full) {
      out += PrintFull(file) + PrintDamage(file, "  ") + "\n";
    } else {
      out += TrimmedLine(fmt::format("  {:<{}}  {:>8}  {}", name_of(file), width,
                                     Bytes(file.bytes).text, file.summary));
      for (const std::string& note : file.notes) out += fmt::format("    note: {}\n", note);
      out += PrintDamage(file, "    ");
    }
  }
  const uint64_t damage = DamageOf(files);
  if (!options.full) out += "\n";
  out += fmt::format("{} {}, {}: ", files.size(), files.size() == 1 ? "file" : "files",
                     Bytes(bytes).text);
  if (damage == 0) {
    if (unreadable > 0) return out + fmt::format("{} unreadable\n", unreadable);
    return out + (options.verified ? "whole\n" : "whole so far; --verify reads the parts too\n");
  }
  // Once more, where the eye ends up.
  out += fmt::format("{} damaged {}\n", damage, damage == 1 ? "place" : "places");
  if (files.size() == 1) return out;
  for (const FileReport& file : files) {
    for (const Damage& one : file.damage) {
      out += fmt::format("  {}: {}\n", file.path, DamageLine(one));
    }
    if (file.damage_not_named > 0) out += fmt::format("  {}: {}\n", file.path, NotNamed(file));
  }
  return out;
}

std::string PrintJson(std::span<const FileReport> files) {
  JsonWriter json;
  json.BeginObject().Key("whole").Bool(DamageOf(files) == 0).Key("damage").Uint(DamageOf(files));
  json.Key("files").BeginArray();
  for (const FileReport& file : files) WriteFile(file, json);
  json.EndArray().EndObject();
  return json.Take() + "\n";
}

}  // namespace glint::inspect
