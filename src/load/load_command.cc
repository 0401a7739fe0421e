#include "load/load_command.h"

#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <charconv>
#include <cstdio>
#include <string>
#include <string_view>
#include <vector>

#include "base/duration.h"
#include "load/load_report.h"
#include "load/load_run.h"

namespace glint::load {
namespace {

constexpr int kFailed = 1, kUsage = 2;
constexpr int kQuietProgressSeconds = 10;

struct Flags {
  LoadOptions options;
  std::string url, duration, timeout = "20s";
  std::vector<std::string> headers;
  bool no_keep_alive = false;
  bool json = false;
};

void AddFlags(CLI::App& app, Flags& flags) {
  LoadOptions& options = flags.options;
  app.add_option("url", flags.url, "http://HOST[:PORT][/PATH]")->required();
  app.add_option("-n,--requests", options.requests, "Requests in all (200, unless -z is given)");
  app.add_option("-z,--duration", flags.duration, "How long to send: 30s, 5m");
  app.add_option("-c,--connections", options.connections,
                 "Most requests under way at once (50; with --rate 1000)")
      ->check(CLI::Range(1, 20'000));
  app.add_option("--rate", options.rate,
                 "Open loop: so many requests per second, due at fixed times; latencies count from "
                 "when a request was due, so a target that stalls can't hide it")
      ->check(CLI::Range(0.001, 1e6));
  app.add_option("-m,--method", options.method, "GET, POST...")->capture_default_str();
  app.add_option("-H,--header", flags.headers, "\"Name: value\", may be repeated")
      ->allow_extra_args(false);
  app.add_option("-d,--data", options.body, "Body to send");
  app.add_option("-t,--timeout", flags.timeout, "For one request")->capture_default_str();
  app.add_flag("--disable-keepalive", flags.no_keep_alive, "A new connection for each request");
  app.add_option("--traceparent", options.traceparent_ratio,
                 "Send a new W3C traceparent with each request, this share of them sampled")
      ->check(CLI::Range(0.0, 1.0));
  app.add_flag("--json", flags.json, "Print the result as JSON");
}

StatusOr<std::chrono::nanoseconds> Nanoseconds(const char* flag, const std::string& text) {
  const StatusOr<int64_t> ms = ParseDurationMs(text);
  if (!ms.ok()) return ms.status().At(flag);
  if (*ms <= 0) return InvalidArgument("{}: {} is no time at all", flag, text);
  return std::chrono::nanoseconds(std::chrono::milliseconds(*ms));
}

// What CLI11 leaves as text.
Status Finish(const CLI::App& app, Flags& flags) {
  LoadOptions& options = flags.options;
  RETURN_IF_ERROR(ParseUrl(flags.url, options));
  if (!flags.duration.empty()) {
    ASSIGN_OR_RETURN(options.duration, Nanoseconds("-z", flags.duration));
    if (app.count("-n") == 0) options.requests = 0;
  }
  ASSIGN_OR_RETURN(options.timeout, Nanoseconds("-t", flags.timeout));
  if (options.requests == 0 && options.duration.count() == 0) {
    return InvalidArgument("-n 0 without -z would never end");
  }
  if (options.rate > 0 && app.count("-c") == 0) options.connections = 1000;
  options.keep_alive = !flags.no_keep_alive;
  for (const std::string& header : flags.headers) {
    const size_t colon = header.find(':');
    const bool whole = colon != std::string::npos && colon > 0 &&
                       header.find_first_of("\r\n") == std::string::npos;
    if (!whole) return InvalidArgument("-H: \"{}\" is not \"Name: value\"", header);
    const size_t value = header.find_first_not_of(" \t", colon + 1);
    options.headers.emplace_back(header.substr(0, colon),
                                 value == std::string::npos ? "" : header.substr(value));
  }
  return OkStatus();
}

// A line that is written over where a person looks on, else one every ten seconds.
void ShowProgress(const LoadResult& so_far, bool terminal) {
  if (terminal) {
    fmt::print(stderr, "\r\x1b[K{}", FormatProgress(so_far));
  } else {
    const auto seconds = std::chrono::round<std::chrono::seconds>(so_far.elapsed).count();
    if (seconds % kQuietProgressSeconds == 0) fmt::print(stderr, "{}\n", FormatProgress(so_far));
  }
  std::fflush(stderr);
}

int Report(const Flags& flags) {
  const bool terminal = isatty(STDERR_FILENO) != 0;
  LoadHooks hooks;
  hooks.end_on_signal = true;
  hooks.on_progress = [terminal](const LoadResult& so_far) { ShowProgress(so_far, terminal); };
  const StatusOr<LoadResult> result = RunLoad(flags.options, hooks);
  if (terminal) fmt::print(stderr, "\r\x1b[K");
  if (!result.ok()) {
    fmt::print(stderr, "glint load: {}\n", result.status().message());
    return kFailed;
  }
  fmt::print("{}\n", flags.json ? ReportJson(flags.options, *result)
                                : FormatReport(flags.options, *result));
  return result->replies() > 0 ? 0 : kFailed;
}

}  // namespace

Status ParseUrl(std::string_view url, LoadOptions& options) {
  constexpr std::string_view kScheme = "http://";
  if (url.substr(0, kScheme.size()) != kScheme) {
    return InvalidArgument("\"{}\" does not start with http://, the one scheme there is", url);
  }
  const std::string_view rest = url.substr(kScheme.size());
  const size_t path = rest.find_first_of("/?");
  std::string_view host = rest.substr(0, path);
  options.target = path == std::string_view::npos ? "/" : rest.substr(path);
  if (options.target[0] == '?') options.target.insert(0, "/");
  options.target.resize(std::min(options.target.size(), options.target.find('#')));
  const size_t colon = host.rfind(':');
  if (colon != std::string_view::npos && host.find(']', colon) == std::string_view::npos) {
    const std::string_view port = host.substr(colon + 1);
    uint16_t number = 0;
    const auto end = std::from_chars(port.data(), port.data() + port.size(), number);
    if (end.ec != std::errc() || end.ptr != port.data() + port.size() || number == 0) {
      return InvalidArgument("\"{}\": \"{}\" is not a port", url, port);
    }
    options.port = port;
    host = host.substr(0, colon);
  }
  if (host.size() > 2 && host.front() == '[' && host.back() == ']') {
    host = host.substr(1, host.size() - 2);
  }
  if (host.empty()) return InvalidArgument("\"{}\" has no host", url);
  options.host = host;
  return OkStatus();
}

int LoadCommand(int argc, const char* const* argv) {
  CLI::App app(
      "Sends requests to an HTTP server and measures the answers: as fast as -c connections can "
      "(closed loop), or at a fixed --rate whatever the server does (open loop).",
      "glint load");
  Flags flags;
  AddFlags(app, flags);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : kUsage;
  }
  if (const Status status = Finish(app, flags); !status.ok()) {
    fmt::print(stderr, "glint load: {}\n", status.message());
    return kUsage;
  }
  return Report(flags);
}

}  // namespace glint::load
