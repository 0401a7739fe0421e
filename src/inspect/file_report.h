// What looking at one file found: facts, tables and damage, to be printed for people or as JSON.
//
// Thread-compatible.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "model/time.h"

namespace glint::inspect {

// As a person reads it, and as JSON.
struct Value {
  std::string text;
  std::string json;
};
Value Text(std::string_view text);
Value Count(uint64_t count);                 // 1,234,567
Value Bytes(uint64_t bytes);                 // 1.2 MiB
Value Number(double number);                 // Two decimals.
Value Share(uint64_t part, uint64_t whole);  // 12.3 %
Value Time(model::TimeMs time);              // 2026-11-22T15:00:00.123Z; JSON: milliseconds.

struct Fact {
  std::string name;  // In words; JSON puts "_" between them.
  Value value;
};

struct Table {
  std::string name;
  std::vector<std::string> columns;
  std::vector<std::vector<Value>> rows;
  std::string note;  // Below it; may be empty.
};

struct Damage {
  std::optional<uint64_t> offset;  // In the file; none: the text says where, or it is all of it.
  std::string what;
};

// More of one file are counted, not kept.
inline constexpr size_t kMaxDamageNamed = 100;

struct FileReport {
  std::string path;
  std::string kind;  // "part", "log segment", "manifest"; else what it is in words.
  uint64_t bytes = 0;
  std::string summary;  // One line.
  std::vector<Fact> facts;
  std::vector<Table> tables;
  std::vector<std::string> notes;
  std::vector<Damage> damage;
  uint64_t damage_not_named = 0;
  // Not empty: why nothing can be said of it (of a newer glint; no permission).
  std::string unreadable;

  void AddFact(std::string name, Value value) {
    facts.push_back({std::move(name), std::move(value)});
  }
  void AddDamage(std::optional<uint64_t> offset, std::string what);
  // The message without the path before it, which the report has already.
  void AddDamage(const Status& status);
  uint64_t damage_count() const { return damage.size() + damage_not_named; }
};

}  // namespace glint::inspect
