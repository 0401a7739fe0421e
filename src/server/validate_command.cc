#include "server/validate_command.h"

#include <CLI/CLI.hpp>
#include <cstdio>
#include <string>

#include "config/prometheus_config.h"
#include "server/command_line.h"

namespace glint::server {

int ValidateCommand(int argc, const char* const* argv) {
  CLI::App app("Reads a configuration as glint would, and says what is wrong with it.",
               "glint validate");
  std::string path;
  app.add_option("--config,FILE", path, "A prometheus.yml")->required()->type_name("FILE");
  if (const auto exit_code = ParseCommandLine(app, argc, argv)) return *exit_code;

  const StatusOr<config::PrometheusConfig> config = config::LoadPrometheusConfig(path);
  if (!config.ok()) {
    std::fprintf(stderr, "%s\n", std::string(config.status().message()).c_str());
    return kExitNo;
  }
  for (const std::string& warning : config->warnings) {
    std::fprintf(stderr, "warning: %s\n", warning.c_str());
  }
  size_t targets = 0;
  for (const config::ScrapeConfig& job : config->scrape_configs) {
    for (const config::TargetGroup& group : job.static_configs) targets += group.targets.size();
  }
  std::printf("%s: valid, %zu jobs, %zu targets, %zu warnings\n", path.c_str(),
              config->scrape_configs.size(), targets, config->warnings.size());
  return kExitOk;
}

}  // namespace glint::server
