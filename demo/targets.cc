#include "targets.h"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <map>

namespace glint::demo {
namespace {

std::string HostPort(uint16_t port) { return "127.0.0.1:" + std::to_string(port); }
std::string Quoted(const std::string& text) { return "\"" + text + "\""; }

}  // namespace

std::string PrometheusYaml(const std::vector<Target>& targets, const std::string& interval) {
  std::map<std::string, std::string> jobs;
  for (const Target& target : targets) {
    std::string& list = jobs[target.job];
    list += (list.empty() ? "" : ", ") + Quoted(HostPort(target.port));
  }
  std::string yaml =
      "# Written by glint-demo.\nglobal:\n  scrape_interval: " + interval + "\nscrape_configs:\n";
  for (const auto& [job, list] : jobs) {
    yaml += "  - job_name: " + job + "\n    static_configs:\n      - targets: [" + list + "]\n";
  }
  return yaml;
}

std::string ReadyJson(uint16_t server_port, const std::vector<Target>& targets) {
  std::string frontends, all;
  for (const Target& target : targets) {
    if (target.job == "frontend") {
      frontends += (frontends.empty() ? "" : ", ") + Quoted("http://" + HostPort(target.port));
    }
    all += (all.empty() ? "" : ", ");
    all +=
        "{\"job\": " + Quoted(target.job) + ", \"target\": " + Quoted(HostPort(target.port)) + "}";
  }
  return "{\"server\": " + Quoted("http://" + HostPort(server_port)) + ", \"frontends\": [" +
         frontends + "], \"targets\": [" + all + "]}\n";
}

std::string WriteWhole(const std::string& path, const std::string& text) {
  const std::string beside = path + ".new";
  std::ofstream file(beside);
  file << text;
  file.close();
  if (!file || std::rename(beside.c_str(), path.c_str()) != 0) {
    return path + ": " + std::strerror(errno);
  }
  return "";
}

}  // namespace glint::demo
