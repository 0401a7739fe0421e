#include "server/query_command.h"

#include <rapidjson/document.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <string>
#include <vector>

#include "base/escape.h"
#include "net/event_loop.h"
#include "net/http_client.h"
#include "server/command_line.h"

namespace glint::server {
namespace {

struct QueryOptions {
  std::string expression;
  std::string url = "http://127.0.0.1:9090";
  std::string time;
  std::string start;
  std::string end;
  std::string step = "15s";
  bool json = false;
};

std::string PercentEncode(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       c == '-' || c == '_' || c == '.' || c == '~';
    if (plain) {
      out += c;
    } else {
      out += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
  }
  return out;
}

// {"__name__":"up","job":"a"} as up{job="a"}.
std::string SeriesText(const rapidjson::Value& metric) {
  std::string name;
  std::string labels;
  for (const auto& member : metric.GetObject()) {
    const std::string key = member.name.GetString();
    const std::string value = member.value.IsString() ? member.value.GetString() : "";
    if (key == "__name__") {
      name = value;
    } else {
      labels += fmt::format("{}{}=\"{}\"", labels.empty() ? "" : ", ", key, EscapeJson(value));
    }
  }
  return labels.empty() && !name.empty() ? name : fmt::format("{}{{{}}}", name, labels);
}

// A value of the API is text already; a native histogram is shown by its count and sum.
std::string ValueText(const rapidjson::Value& value) {
  if (value.IsString()) return value.GetString();
  if (value.IsObject() && value.HasMember("count") && value.HasMember("sum")) {
    return fmt::format("histogram count={} sum={}", value["count"].GetString(),
                       value["sum"].GetString());
  }
  return "?";
}

std::string PointText(const rapidjson::Value& point) {
  if (!point.IsArray() || point.Size() != 2 || !point[0].IsNumber()) return "?";
  return fmt::format("{:.3f}  {}", point[0].GetDouble(), ValueText(point[1]));
}

void PrintVector(const rapidjson::Value& result) {
  std::vector<std::pair<std::string, std::string>> rows;
  size_t width = 0;
  for (const auto& item : result.GetArray()) {
    const char* key = item.HasMember("histogram") ? "histogram" : "value";
    rows.emplace_back(SeriesText(item["metric"]), ValueText(item[key][1]));
    width = std::max(width, rows.back().first.size());
  }
  for (const auto& [series, value] : rows) {
    std::printf("%-*s  %s\n", static_cast<int>(width), series.c_str(), value.c_str());
  }
}

void PrintMatrix(const rapidjson::Value& result) {
  for (const auto& item : result.GetArray()) {
    std::printf("%s\n", SeriesText(item["metric"]).c_str());
    for (const char* key : {"values", "histograms"}) {
      if (!item.HasMember(key)) continue;
      for (const auto& point : item[key].GetArray()) {
        std::printf("  %s\n", PointText(point).c_str());
      }
    }
  }
}

// Whether it was an answer of the Prometheus API that could be shown.
bool PrintAnswer(const rapidjson::Document& answer) {
  if (!answer.IsObject() || !answer.HasMember("data") || !answer["data"].IsObject()) return false;
  const auto& data = answer["data"];
  if (!data.HasMember("resultType") || !data.HasMember("result")) return false;
  const std::string type = data["resultType"].GetString();
  const auto& result = data["result"];
  if (!result.IsArray()) return false;
  if (type == "vector") {
    PrintVector(result);
  } else if (type == "matrix") {
    PrintMatrix(result);
  } else {
    std::printf("%s\n", ValueText(result[1]).c_str());
  }
  for (const char* key : {"warnings", "infos"}) {
    if (!answer.HasMember(key) || !answer[key].IsArray()) continue;
    for (const auto& note : answer[key].GetArray()) {
      std::fprintf(stderr, "%s\n", note.GetString());
    }
  }
  return true;
}

std::string UrlOf(const QueryOptions& options) {
  const bool range = !options.start.empty();
  std::string url = fmt::format("{}/api/v1/{}?query={}", options.url,
                                range ? "query_range" : "query", PercentEncode(options.expression));
  const auto add = [&url](const char* name, const std::string& value) {
    if (!value.empty()) url += fmt::format("&{}={}", name, PercentEncode(value));
  };
  if (range) {
    add("start", options.start);
    add("end", options.end);
    add("step", options.step);
  } else {
    add("time", options.time);
  }
  return url;
}

int Ask(const QueryOptions& options) {
  net::EventLoop loop(1);
  auto client = net::HttpClient::Make(loop, {});
  net::HttpFetch fetch;
  fetch.url = UrlOf(options);
  fetch.timeout = std::chrono::minutes(3);
  const StatusOr<net::HttpFetched> fetched =
      client.ok() ? (*client)->FetchAndWait(fetch) : StatusOr<net::HttpFetched>(client.status());
  if (!fetched.ok()) {
    std::fprintf(stderr, "glint query: %s\nIs a glint running there? --url says where to ask.\n",
                 std::string(fetched.status().message()).c_str());
    return kExitNo;
  }
  if (options.json) {
    std::printf("%s\n", fetched->body.c_str());
    return fetched->status == 200 ? kExitOk : kExitNo;
  }
  rapidjson::Document answer;
  answer.Parse(fetched->body.data(), fetched->body.size());
  if (!answer.HasParseError() && answer.IsObject() && answer.HasMember("error") &&
      answer["error"].IsString()) {
    std::fprintf(stderr, "glint query: %s\n", answer["error"].GetString());
    return kExitNo;
  }
  if (answer.HasParseError() || fetched->status != 200 || !PrintAnswer(answer)) {
    std::fprintf(stderr, "glint query: %s answered with status %d and no query result: %s\n",
                 options.url.c_str(), fetched->status, Excerpt(fetched->body, 200).c_str());
    return kExitNo;
  }
  return kExitOk;
}

}  // namespace

int QueryCommand(int argc, const char* const* argv) {
  CLI::App app("Asks a running glint, or any Prometheus, and prints a table.", "glint query");
  QueryOptions options;
  app.add_option("EXPR", options.expression, "PromQL")->required();
  app.add_option("--url", options.url, "Where it serves")->capture_default_str();
  app.add_option("--time", options.time, "Unix seconds or RFC 3339; now when it is not given");
  auto* start = app.add_option("--start", options.start, "Makes it a range, from here");
  auto* end = app.add_option("--end", options.end, "To here");
  start->needs(end);
  end->needs(start);
  app.add_option("--step", options.step, "Of a range")->capture_default_str();
  app.add_flag("--json", options.json, "The answer as it comes");
  if (const auto exit_code = ParseCommandLine(app, argc, argv)) return *exit_code;
  return Ask(options);
}

}  // namespace glint::server
