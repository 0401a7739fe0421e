// Expositions of a target as they come scrape after scrape, changed at random: numbers above all,
// now and then lines, and what a broken target might send.
#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "wire/exposition.h"

namespace glint::scrape {

class MutatedExposition {
 public:
  // A line is its parts, so that each can be changed.
  struct Line {
    std::string series;  // Or a comment, and nothing else.
    std::string value;
    std::string time;
    std::string exemplar;
  };

  MutatedExposition(std::mt19937_64& random, wire::ExpositionFormat format)
      : random_(random), format_(format) {
    for (int family = 0; family < 4; ++family) AddFamily(family);
  }

  // What nearly every scrape does.
  void Advance() {
    for (Line& line : lines_) {
      if (line.value.empty() || line.series.find("_created") != std::string::npos) continue;
      if (Chance(2)) line.value = Number();
      if (!line.time.empty()) line.time = Time();
      if (!line.exemplar.empty() && Chance(3)) line.exemplar = Exemplar();
    }
  }

  void Mutate() {
    const size_t at = Below(lines_.size());
    Line& line = lines_[at];
    switch (Below(16)) {
      case 0:
        lines_.erase(lines_.begin() + static_cast<ptrdiff_t>(at));
        break;
      case 1:
        lines_.insert(lines_.begin() + static_cast<ptrdiff_t>(at), Line(lines_[at]));
        break;
      case 2:
        std::swap(line, lines_[Below(lines_.size())]);
        break;
      case 3:
        lines_.insert(lines_.begin() + static_cast<ptrdiff_t>(at),
                      {"new{n=\"" + std::to_string(Below(5)) + "\"}", Number(), "", ""});
        break;
      case 4:
        line.value = OddNumber();
        break;
      case 5:
        line.time = line.time.empty() ? Time() : "";
        break;
      case 6:
        line.exemplar = line.exemplar.empty() ? Exemplar() : "";
        break;
      case 7:
        line.exemplar =
            Pick({"# {", "# {} x", "# {a=\"b\"} 1 2 3", "# {a=\"\xff\"} 1", "#", "# {a=\"b\"} 1"});
        break;
      case 8:
        line.value += Pick({"\r", " ", "\t", "0", " #"});
        break;
      case 9:
        line.time = Pick({"x", "NaN", "9999999999999", "-62135596800", "1e30", "1 2", "+5"});
        break;
      case 10:
        line.series.insert(Below(line.series.size() + 1), Pick({"\xff", "\"", "a", " ", "{"}));
        break;
      case 11:
        lines_.insert(
            lines_.begin() + static_cast<ptrdiff_t>(at),
            {Pick({"", "# comment", "# HELP c0 other", "# TYPE c0 gauge", "# EOF"}), "", "", ""});
        break;
      case 12:
        for (Line& other : lines_) {
          if (other.series.find("_created") != std::string::npos) other.value = Number();
        }
        break;
      case 13:
        line.series = " " + line.series;
        break;
      case 14:
        std::rotate(lines_.begin(), lines_.begin() + static_cast<ptrdiff_t>(at), lines_.end());
        break;
      default:
        if (line.value.empty()) break;
        line.series = Pick({"a", "ab", "a{}", "a{x=\"1\"}", "a {x=\"1\"}", "a{x=\"2\",}"});
    }
  }

  std::string Text() {
    std::string text;
    for (const Line& line : lines_) {
      text += line.series;
      for (const std::string* part : {&line.value, &line.time, &line.exemplar}) {
        if (!part->empty()) text += " " + *part;
      }
      text += '\n';
    }
    const bool open_metrics = format_ == wire::ExpositionFormat::kOpenMetrics;
    if (open_metrics && !Chance(30)) text += Chance(10) ? "# EOF" : "# EOF\n";
    if (Chance(40)) text += Pick({"\n", "x", "a 1\n", "# EOF\n"});
    if (Chance(40)) text.resize(Below(text.size() + 1));
    if (Chance(40) && !text.empty()) text[Below(text.size())] = static_cast<char>(random_());
    return text;
  }

  const std::vector<Line>& lines() const { return lines_; }
  void Restore(std::vector<Line> lines) { lines_ = std::move(lines); }
  bool Chance(uint64_t of) { return Below(of) == 0; }

 private:
  size_t Below(uint64_t limit) { return limit == 0 ? 0 : random_() % limit; }
  std::string Pick(std::vector<std::string> from) { return from[Below(from.size())]; }

  void AddFamily(int n) {
    const std::string name = Pick({"c", "h", "s", "g"}) + std::to_string(n);
    const std::string type = name[0] == 'c'   ? "counter"
                             : name[0] == 'h' ? "histogram"
                             : name[0] == 's' ? "summary"
                                              : "gauge";
    lines_.push_back({"# HELP " + name + " text", "", "", ""});
    lines_.push_back({"# TYPE " + name + " " + type, "", "", ""});
    const bool created = Chance(2);
    for (size_t set = 0; set < 3; ++set) {
      const std::string labels = "x=\"" + std::to_string(set) + "\"";
      if (type == "counter") {
        Add(name + "_total{" + labels + "}");
      } else if (type == "histogram") {
        for (const char* le : {"1", "2.5", "+Inf"}) {
          Add(name + "_bucket{" + labels + ",le=\"" + le + "\"}");
        }
        Add(name + "_sum{" + labels + "}");
        Add(name + "_count{" + labels + "}");
      } else if (type == "summary") {
        Add(name + "{quantile=\"0.50\"," + labels + "}");
      } else {
        Add(name + "{" + labels + "}");
      }
      if (created && type != "gauge") {
        lines_.push_back({name + "_created{" + labels + "}", Number(), "", ""});
      }
    }
  }
  void Add(std::string series) {
    const bool may = format_ == wire::ExpositionFormat::kOpenMetrics;
    lines_.push_back({std::move(series), Number(), Chance(20) ? Time() : "",
                      may && Chance(3) ? Exemplar() : ""});
  }

  std::string Number() {
    const auto any = static_cast<double>(random_() >> Below(64));
    switch (Below(6)) {
      case 0:
        return std::to_string(random_() >> Below(64));
      case 1:
        return fmt::format("-{:.{}f}", any / 1e6, Below(9));
      case 2:
        return fmt::format("{:e}", any);
      case 3:
        return fmt::format("{:.17g}", any / 7e9);
      case 4: {
        const auto bits = std::bit_cast<double>(random_());
        return fmt::format("{}", std::isfinite(bits) ? bits : 0.1);
      }
      default:
        return std::to_string(Below(100));
    }
  }
  std::string OddNumber() {
    return Pick({"NaN",
                 "+Inf",
                 "-Inf",
                 "Inf",
                 "nan",
                 "+NaN",
                 "0x1p3",
                 "1_0",
                 "1e400",
                 "1e-400",
                 "-0",
                 "5.",
                 ".5",
                 "-",
                 ".",
                 "1e",
                 "1e5",
                 "1E-5",
                 "+1",
                 "00012",
                 "123456789012345678901234567890",
                 "0.1234567890123456789012345",
                 "1.5e22",
                 "1e23",
                 "9007199254740993",
                 "x",
                 "\xff",
                 "{"});
  }
  std::string Time() {
    const uint64_t ms = 1'700'000'000'000 + Below(1'000'000);
    return format_ == wire::ExpositionFormat::kOpenMetrics
               ? fmt::format("{}.{:03}", ms / 1000, ms % 1000)
               : std::to_string(ms);
  }
  std::string Exemplar() {
    return fmt::format("# {{trace_id=\"{:032x}\",k=\"{}\"}} {}{}", random_(), Below(3), Below(9),
                       Chance(2) ? " " + Time() : "");
  }

  std::mt19937_64& random_;
  const wire::ExpositionFormat format_;
  std::vector<Line> lines_;
};

}  // namespace glint::scrape
