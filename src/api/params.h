// Parameters of the Prometheus API: from the URL or, for POST, from a form body.
// Thread-compatible.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "model/time.h"
#include "net/http.h"

namespace glint::api {

class Params {
 public:
  // Both the URL's and the form's, URL first.
  explicit Params(const net::HttpRequest& request);

  // The first of that name; empty when there is none.
  std::string_view Get(std::string_view name) const;
  bool Has(std::string_view name) const;
  std::vector<std::string> All(std::string_view name) const;

  // Unix seconds with decimals, or RFC 3339. INVALID_ARGUMENT names the parameter and the text.
  StatusOr<model::TimeMs> Time(std::string_view name, model::TimeMs fallback) const;
  // Seconds with decimals, or "5m".
  StatusOr<int64_t> DurationMs(std::string_view name, int64_t fallback) const;
  StatusOr<size_t> Size(std::string_view name, size_t fallback) const;

 private:
  std::vector<net::NameValue> values_;
};

// "2015-07-01T20:10:30.781Z", "...+02:00", or seconds such as "1435781430.781".
StatusOr<model::TimeMs> ParseTime(std::string_view text);

}  // namespace glint::api
