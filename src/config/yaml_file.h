// Reading YAML strictly: every key is known or an error, and every message says the file, the line
// and the path of the key.
//
//   YamlFile file("prometheus.yml", text);
//   YamlMap top = file.Top();
//   top.Read("name", name);
//   for (YamlMap& job : top.Maps("jobs")) { job.ReadDuration("interval", interval_ms); job.End(); }
//   top.End();
//   RETURN_IF_ERROR(file.status());
//   -> prometheus.yml:12: jobs[0].intervall: unknown key (did you mean interval?)
//
// The first error stays; readers go on with defaults, so that no call needs a check of its own.
// Thread-compatible.
#pragma once

#include <yaml-cpp/yaml.h>

#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/status.h"

namespace glint::config {

class YamlMap;

class YamlFile {
 public:
  // `name` is for messages: the path as the user wrote it.
  YamlFile(std::string name, std::string_view text);

  YamlMap Top();

  // INVALID_ARGUMENT: "FILE:LINE: PATH: what".
  const Status& status() const { return status_; }
  const std::vector<std::string>& warnings() const { return warnings_; }
  const std::string& name() const { return name_; }

  void Fail(const YAML::Node& at, std::string_view path, std::string_view what);
  void Warn(const YAML::Node& at, std::string_view path, std::string_view what);

 private:
  std::string Place(const YAML::Node& at, std::string_view path) const;

  const std::string name_;
  YAML::Node root_;
  Status status_;
  std::vector<std::string> warnings_;
};

// A map of a file, which it refers to. A null node is an empty map. An absent key leaves what is
// read into as it was, and so does a null one.
class YamlMap {
 public:
  YamlMap(YamlFile& file, std::string path, YAML::Node node);

  // Present, even if null.
  bool Has(std::string_view key) const;
  // Present with null: told apart where Prometheus does.
  bool IsNull(std::string_view key) const;

  void Read(std::string_view key, std::string& value);
  void Read(std::string_view key, bool& value);
  void Read(std::string_view key, uint64_t& value);
  void Read(std::string_view key, std::vector<std::string>& value);
  void ReadDuration(std::string_view key, int64_t& ms);  // "30s"
  void ReadSize(std::string_view key, uint64_t& bytes);  // "10MB"
  // Keys and values of a map of strings, in order.
  std::vector<std::pair<std::string, std::string>> Strings(std::string_view key);
  // Keys and lists of strings.
  std::vector<std::pair<std::string, std::vector<std::string>>> StringLists(std::string_view key);

  YamlMap Map(std::string_view key);
  // The maps of a list. A null element is an error: "empty or null section".
  std::vector<YamlMap> Maps(std::string_view key);

  // All keys, in order.
  std::vector<std::string> Keys() const;

  // Known and not acted on: a warning with `why` if it is there.
  void NotActedOn(std::string_view key, std::string_view why);

  // After the last read: what has not been asked for is an unknown key.
  void End();

  // About one key of this map, or (key empty) about the map.
  void Fail(std::string_view key, std::string_view what);
  void Warn(std::string_view key, std::string_view what);
  const std::string& path() const { return path_; }

 private:
  // The value, an undefined node when absent or null; remembers the key as known.
  YAML::Node Take(std::string_view key);
  YAML::Node Find(std::string_view key) const;
  std::string PathOf(std::string_view key) const;
  bool Scalar(std::string_view key, std::string& text);

  YamlFile* file_;
  std::string path_;
  YAML::Node node_;
  std::set<std::string, std::less<>> known_;
};

}  // namespace glint::config
