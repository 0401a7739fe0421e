#include "scrape/scrape_request.h"

#include <fstream>
#include <iterator>

#include "base/base64.h"

namespace glint::scrape {
namespace {

// Where body_size_limit says nothing: a target must not be able to take all memory.
constexpr uint64_t kMaxBodyBytes = 256u << 20;
constexpr int kMaxRedirects = 10;

StatusOr<std::string> Secret(const std::string& text, const std::string& file) {
  if (file.empty()) return text;
  std::ifstream stream(file);
  if (!stream) return NotFound("unable to read authorization credentials file {}", file);
  std::string secret((std::istreambuf_iterator<char>(stream)), std::istreambuf_iterator<char>());
  while (!secret.empty() && (secret.back() == '\n' || secret.back() == '\r')) secret.pop_back();
  return secret;
}

StatusOr<std::string> AuthorizationHeader(const config::HttpCredentials& credentials) {
  if (credentials.HasBasic()) {
    ASSIGN_OR_RETURN(const std::string password,
                     Secret(credentials.password, credentials.password_file));
    return "Basic " + Base64Encode(credentials.username + ":" + password);
  }
  if (!credentials.HasAuthorization()) return std::string();
  ASSIGN_OR_RETURN(const std::string secret,
                   Secret(credentials.credentials, credentials.credentials_file));
  return fmt::format("{} {}", credentials.type, secret);
}

// Most wanted first.
std::string AcceptHeader(const std::vector<std::string>& protocols) {
  std::string accept;
  int weight = 6;
  for (const std::string& protocol : protocols) {
    std::string_view type;
    if (protocol == "OpenMetricsText1.0.0") {
      type = "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8";
    } else if (protocol == "OpenMetricsText0.0.1") {
      type = "application/openmetrics-text;version=0.0.1";
    } else if (protocol == "PrometheusText1.0.0") {
      type = "text/plain;version=1.0.0;escaping=allow-utf-8";
    } else if (protocol == "PrometheusText0.0.4") {
      type = "text/plain;version=0.0.4";
    } else {
      continue;
    }
    accept += fmt::format("{};q=0.{},", type, weight--);
  }
  return accept + "*/*;q=0.2";
}

}  // namespace

uint64_t BodyLimit(const config::ScrapeConfig& config) {
  return config.body_size_limit > 0 ? config.body_size_limit : kMaxBodyBytes;
}

StatusOr<net::HttpFetch> MakeScrapeRequest(const config::ScrapeConfig& config, const Target& target,
                                           const std::string& user_agent) {
  net::HttpFetch request;
  request.url = target.url;
  request.timeout = std::chrono::milliseconds(target.timeout_ms);
  request.max_body_bytes = BodyLimit(config);
  request.max_redirects = config.follow_redirects ? kMaxRedirects : 0;
  request.headers = {
      {"Accept", AcceptHeader(config.scrape_protocols)},
      {"Accept-Encoding", config.enable_compression ? "gzip" : "identity"},
      {"User-Agent", user_agent},
      {"X-Prometheus-Scrape-Timeout-Seconds",
       fmt::format("{}", static_cast<double>(target.timeout_ms) / 1000)},
  };
  for (const auto& header : config.http_headers) {
    for (const std::string& value : header.second)
      request.headers.emplace_back(header.first, value);
  }
  ASSIGN_OR_RETURN(std::string authorization, AuthorizationHeader(config.credentials));
  if (!authorization.empty()) {
    request.headers.emplace_back("Authorization", std::move(authorization));
  }
  return request;
}

}  // namespace glint::scrape
