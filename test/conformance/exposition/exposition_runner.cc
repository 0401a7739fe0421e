// exposition_runner FOLDER [-v]: the suites exposition-expfmt (folders valid/, error/, large/) and
// exposition-corpus (whole scrapes with expected-counts.json), told apart by what is in FOLDER.
//
// expfmt: the strict parser takes what is in valid/ and large/ and refuses what is in error/.
// corpus: a scrape is read, counted, written out again and read again: the same samples.
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <string>
#include <vector>

#include "wire/exposition.h"
#include "wire/exposition_check.h"
#include "wire/number_text.h"

namespace {

namespace fs = std::filesystem;
using glint::wire::ExpositionFormat;
using glint::wire::ParsedScrape;
using glint::wire::ParseMode;
using glint::wire::SampleLine;

struct Tally {
  bool verbose = false;
  size_t passed = 0;
  size_t failed = 0;
  size_t skipped = 0;

  void Count(const fs::path& path, const std::string& fault) {
    ++(fault.empty() ? passed : failed);
    if (verbose && !fault.empty()) std::printf("%s:%s\n", path.c_str(), fault.c_str());
  }
};

std::string ReadFile(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

std::vector<fs::path> FilesIn(const fs::path& folder) {
  std::vector<fs::path> files;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(folder, error)) {
    if (entry.is_regular_file()) files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

void RunExpfmt(const fs::path& folder, Tally& tally) {
  for (const char* kind : {"valid", "error", "large"}) {
    for (const fs::path& path : FilesIn(folder / kind)) {
      if (path.extension() != ".txt") {
        ++tally.skipped;  // Protobuf scrapes: another decoder's.
        continue;
      }
      const bool wanted = std::strcmp(kind, "error") != 0;
      const auto report =
          glint::wire::CheckExposition(ReadFile(path), ExpositionFormat::kPrometheusText);
      std::string fault;
      if (report.ok() != wanted) {
        fault = wanted ? fmt::format("{}: expected accepted, got refused: {}",
                                     report.findings[0].line, report.findings[0].message)
                       : "1: expected refused, got accepted";
      }
      tally.Count(path, fault);
    }
  }
}

// The number after "key": in the object of `file`; -1 when there is none.
long ExpectedCount(const std::string& json, const std::string& file, const std::string& key) {
  const size_t object = json.find("\"" + file + "\"");
  if (object == std::string::npos) return -1;
  const size_t end = json.find('}', object);
  const size_t at = json.find("\"" + key + "\"", object);
  if (at == std::string::npos || at > end) return -1;
  return std::atol(json.c_str() + json.find(':', at) + 1);
}

std::string Written(const ParsedScrape& scrape) {
  const bool open_metrics = scrape.format == ExpositionFormat::kOpenMetrics;
  std::string out;
  for (const SampleLine& sample : scrape.samples) {
    out += SeriesLabels(sample).ToString() + " " + fmt::format("{}", sample.value);
    if (sample.has_time) {
      out += open_metrics ? fmt::format(" {}.{:03}", sample.time / 1000, sample.time % 1000)
                          : fmt::format(" {}", sample.time);
    }
    out += '\n';
  }
  return open_metrics ? out + "# EOF\n" : out;
}

bool SameValue(double a, double b) { return a == b || (std::isnan(a) && std::isnan(b)); }

// Blanks after commas in labels are ours, and OpenMetrics has none there.
std::string WithoutBlanksInLabels(const std::string& text) {
  std::string out;
  bool quoted = false;
  bool braces = false;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '"' && (i == 0 || text[i - 1] != '\\')) quoted = !quoted;
    if (!quoted && text[i] == '{') braces = true;
    if (!quoted && text[i] == '}') braces = false;
    if (text[i] == '\\' && i + 1 < text.size() && quoted) {
      out += text[i];
      out += text[++i];
      continue;
    }
    if (text[i] == ' ' && braces && !quoted) continue;
    out += text[i];
  }
  return out;
}

std::string FaultOfScrape(const fs::path& path, const std::string& expected) {
  const std::string name = path.filename().string();
  const bool open_metrics =
      name.find(".om.") != std::string::npos || name.find("openmetrics") != std::string::npos;
  const auto format =
      open_metrics ? ExpositionFormat::kOpenMetrics : ExpositionFormat::kPrometheusText;
  const std::string body = ReadFile(path);
  const auto scrape = ParseExposition(body, format, ParseMode::kScrape);
  if (!scrape.ok()) return fmt::format("1: expected accepted, got {}", scrape.status().message());

  std::map<std::string, long> counts;
  counts["samples"] = static_cast<long>(scrape->samples.size());
  counts["exemplars"] = static_cast<long>(scrape->exemplars.size());
  for (const auto& family : scrape->metadata) {
    if (!family.unit.empty()) ++counts["unit"];
  }
  counts["type"] = static_cast<long>(scrape->metadata.size());
  for (const auto& [key, got] : counts) {
    // Families told of by HELP alone have no TYPE line.
    const long wanted = std::max(ExpectedCount(expected, name, key),
                                 key == "type" ? ExpectedCount(expected, name, "help") : -1);
    if (got != wanted) return fmt::format("1: expected {} {}, got {}", wanted, key, got);
  }

  const std::string again_text = WithoutBlanksInLabels(Written(*scrape));
  const auto again = ParseExposition(again_text, format, ParseMode::kScrape);
  if (!again.ok()) return fmt::format("1: written again: {}", again.status().message());
  if (again->samples.size() != scrape->samples.size()) return "1: another number of samples";
  for (size_t i = 0; i < scrape->samples.size(); ++i) {
    const SampleLine& a = scrape->samples[i];
    const SampleLine& b = again->samples[i];
    if (SeriesLabels(a) != SeriesLabels(b) || !SameValue(a.value, b.value) || a.time != b.time) {
      return fmt::format("{}: expected {} {} {}, got {} {} {}", a.line, a.series, a.value, a.time,
                         b.series, b.value, b.time);
    }
  }
  return "";
}

void RunCorpus(const fs::path& folder, Tally& tally) {
  const std::string expected = ReadFile(folder / "expected-counts.json");
  for (const fs::path& path : FilesIn(folder)) {
    if (expected.find("\"" + path.filename().string() + "\"") == std::string::npos) continue;
    tally.Count(path, FaultOfScrape(path, expected));
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) {
    std::fprintf(stderr, "usage: exposition_runner FOLDER [-v]\n");
    return 2;
  }
  const fs::path folder = argv[1];
  Tally tally;
  tally.verbose = argc > 2 && std::string(argv[2]) == "-v";
  const bool corpus = fs::exists(folder / "expected-counts.json");
  if (corpus) {
    RunCorpus(folder, tally);
  } else {
    RunExpfmt(folder, tally);
  }
  std::printf("%s: %zu passed, %zu failed, %zu skipped\n",
              corpus ? "exposition-corpus" : "exposition-expfmt", tally.passed, tally.failed,
              tally.skipped);
  return tally.failed == 0 && tally.passed > 0 ? 0 : 1;
}
