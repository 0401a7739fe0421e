// A YAML mapping read strictly: every key is asked for by name, and what nobody asked for is an
// error, as is a key that stands twice.
//
//   YamlMap map(context, node, "scrape_configs[0]");
//   map.Read("job_name", config.job_name);
//   map.Finish();
//   -> "prometheus.yml:12: scrape_configs[0].job_nam: unknown key, did you mean job_name?"
//
// The first error stays in the context and later reads do nothing, so that readers need not check
// after each line. Single-threaded.
#pragma once

#include <yaml-cpp/yaml.h>

#include <cstdint>
#include <functional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"

namespace glint::config {

struct YamlContext {
  std::string file;  // What messages call it.
  Status status;     // The first error.
  std::vector<std::string> warnings;

  // Keeps the first: "file:line: path: text".
  void Fail(const YAML::Node& node, std::string_view path, std::string_view text);
  void Warn(const YAML::Node& node, std::string_view path, std::string_view text);
};

// Parses; INVALID_ARGUMENT with the line where the text is no YAML.
StatusOr<YAML::Node> ParseYaml(std::string_view text, const std::string& file);

// The text of a scalar; !!binary is decoded. Fails when it is none, or no UTF-8.
std::string ScalarText(YamlContext& context, const YAML::Node& node, const std::string& path);

class YamlMap {
 public:
  // Null is an empty mapping. Fails when it is something else, or a key stands twice.
  YamlMap(YamlContext& context, const YAML::Node& node, std::string path);

  bool Has(const char* key) const;
  // Each leaves `out` alone when the key is absent or null.
  void Read(const char* key, std::string& out);
  void Read(const char* key, bool& out);
  void Read(const char* key, uint64_t& out);
  void Read(const char* key, std::vector<std::string>& out);
  void ReadDurationMs(const char* key, int64_t& out);
  // "15MB": B, KB, MB, GB and so on, all of base 2 as in Prometheus, with or without the i.
  void ReadByteSize(const char* key, uint64_t& out);
  // Calls back for each item of a list, or each entry of a mapping, with its path.
  using Item = std::function<void(const YAML::Node& node, const std::string& path)>;
  void ReadList(const char* key, const Item& item);
  using Entry =
      std::function<void(const std::string& key, const YAML::Node& node, const std::string& path)>;
  void ReadMap(const char* key, const Entry& entry);
  // Known to Prometheus, not acted on here: a warning when it is there.
  void NotActedOn(std::initializer_list<const char*> keys, std::string_view text = "not acted on");
  // Accepted with or without a value: says nothing that matters here.
  void Accept(std::initializer_list<const char*> keys);

  void Fail(const char* key, std::string_view text);
  // Fails for every key that was not asked for.
  void Finish();

  const std::string& path() const { return path_; }
  const YAML::Node& node() const { return node_; }

 private:
  YAML::Node Take(const char* key);
  std::string PathOf(std::string_view key) const;

  YamlContext& context_;
  const YAML::Node node_;
  const std::string path_;
  std::set<std::string> known_;
};

}  // namespace glint::config
