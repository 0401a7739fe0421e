#include "load/load_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "base/json_writer.h"

namespace glint::load {
namespace {

constexpr struct {
  const char* name;
  double quantile;
} kQuantiles[] = {{"p50", .5},  {"p75", .75}, {"p90", .9},
                  {"p95", .95}, {"p99", .99}, {"p99.9", .999}};

double Seconds(int64_t ns) { return static_cast<double>(ns) * 1e-9; }
double Rate(const LoadResult& result) {
  const double elapsed = Seconds(result.elapsed.count());
  return elapsed > 0 ? static_cast<double>(result.replies()) / elapsed : 0;
}

std::string Duration(int64_t ns) {
  if (ns < 1'000'000) return fmt::format("{:.0f} us", static_cast<double>(ns) * 1e-3);
  if (ns < 1'000'000'000) return fmt::format("{:.2f} ms", static_cast<double>(ns) * 1e-6);
  return fmt::format("{:.3f} s", Seconds(ns));
}

void AppendTable(const LatencyRecorder& latency, std::string& out) {
  for (const auto& [name, quantile] : kQuantiles) {
    fmt::format_to(std::back_inserter(out), "  {:<6} {:>12}\n", name,
                   Duration(latency.QuantileNs(quantile)));
  }
  fmt::format_to(std::back_inserter(out), "  {:<6} {:>12}\n  {:<6} {:>12}\n", "max",
                 Duration(latency.max_ns()), "mean",
                 Duration(static_cast<int64_t>(latency.mean_ns())));
}

// Ten rows of equal width from the fastest to p99.9, and one for those above.
void AppendHistogram(const LatencyRecorder& latency, std::string& out) {
  constexpr int kRows = 10;
  constexpr uint64_t kBar = 40;
  const int64_t low = latency.min_ns();
  const int64_t high = latency.QuantileNs(.999);
  uint64_t counts[kRows + 1];
  uint64_t before = 0, largest = 1;
  for (int row = 0; row <= kRows; ++row) {
    const int64_t bound = low + (high - low) * (row + 1) / kRows;
    const uint64_t up_to = row == kRows ? latency.count() : latency.CountUpTo(bound);
    counts[row] = up_to - before;
    before = up_to;
    largest = std::max(largest, counts[row]);
  }
  for (int row = 0; row <= kRows; ++row) {
    const int64_t bound = low + (high - low) * (row + 1) / kRows;
    fmt::format_to(std::back_inserter(out), "  {:>12} [{}]\t|{:#>{}}\n",
                   row == kRows ? "above" : Duration(bound), counts[row], "",
                   counts[row] * kBar / largest);
  }
}

void AppendJson(const LatencyRecorder& latency, JsonWriter& json) {
  json.BeginObject();
  for (const auto& [name, quantile] : kQuantiles) {
    json.Key(name).Double(Seconds(latency.QuantileNs(quantile)));
  }
  json.Key("max").Double(Seconds(latency.max_ns()));
  json.Key("mean").Double(latency.mean_ns() * 1e-9);
  json.EndObject();
}

}  // namespace

std::string FormatReport(const LoadOptions& options, const LoadResult& result) {
  std::string out;
  const auto end = std::back_inserter(out);
  fmt::format_to(end,
                 "Summary:\n  Total:    {:.3f} s\n  Replies:  {}\n  Rate:     {:.1f} per second",
                 Seconds(result.elapsed.count()), result.replies(), Rate(result));
  if (options.rate > 0) fmt::format_to(end, " (asked for {:g})", options.rate);
  fmt::format_to(end, "\n  Errors:   {}\n  Received: {} bytes\n", result.failures(),
                 result.received_bytes);
  if (result.not_sent > 0) {
    fmt::format_to(end, "  Not sent: {} were due and all {} connections were busy until the end\n",
                   result.not_sent, options.connections);
  }
  if (result.replies() > 0) {
    fmt::format_to(end, "\nLatency{}:\n",
                   options.rate > 0 ? ", from when each request was due" : "");
    AppendTable(result.latency, out);
    if (options.rate > 0) {
      fmt::format_to(end, "\nService time, from when each request was sent:\n");
      AppendTable(result.service_time, out);
    }
    fmt::format_to(end, "\nHistogram:\n");
    AppendHistogram(result.latency, out);
    fmt::format_to(end, "\nStatus codes:\n");
    for (const auto& [status, count] : result.statuses) {
      fmt::format_to(end, "  [{}] {} replies\n", status, count);
    }
  }
  if (!result.errors.empty()) {
    fmt::format_to(end, "\nErrors:\n");
    for (const auto& [kind, count] : result.errors) {
      fmt::format_to(end, "  [{}] {}\n", count, kind);
    }
  }
  return out;
}

std::string FormatProgress(const LoadResult& so_far) {
  return fmt::format("{:.0f} s: {} replies, {:.1f} per second, {} errors, p50 {}, p99 {}",
                     Seconds(so_far.elapsed.count()), so_far.replies(), Rate(so_far),
                     so_far.failures(), Duration(so_far.latency.QuantileNs(.5)),
                     Duration(so_far.latency.QuantileNs(.99)));
}

std::string ReportJson(const LoadOptions& options, const LoadResult& result) {
  JsonWriter json;
  json.BeginObject();
  json.Key("elapsed_seconds").Double(Seconds(result.elapsed.count()));
  json.Key("replies").Uint(result.replies());
  json.Key("rate").Double(Rate(result));
  json.Key("rate_asked").Double(options.rate);
  json.Key("received_bytes").Uint(result.received_bytes);
  json.Key("not_sent").Uint(result.not_sent);
  json.Key("statuses").BeginObject();
  for (const auto& [status, count] : result.statuses) {
    json.Key(std::to_string(status)).Uint(count);
  }
  json.EndObject().Key("errors").BeginObject();
  for (const auto& [kind, count] : result.errors) json.Key(kind).Uint(count);
  json.EndObject();
  json.Key("latency_seconds");
  AppendJson(result.latency, json);
  json.Key("service_time_seconds");
  AppendJson(result.service_time, json);
  json.EndObject();
  return json.Take();
}

}  // namespace glint::load
