// Answers of the Prometheus API: the envelope, and which error is which status.
// Source: https://prometheus.io/docs/prometheus/latest/querying/api/#format-overview
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "net/http.h"

namespace glint::api {

struct Notes {
  std::vector<std::string> warnings;
  std::vector<std::string> infos;
};

// {"status":"success","data":...}. `data` is JSON.
net::HttpResponse Success(std::string_view data, const Notes& notes = {});

// {"status":"error","errorType":...,"error":...}; the status by the code: INVALID_ARGUMENT 400,
// NOT_FOUND 404, CANCELLED 499, DEADLINE_EXCEEDED 503, RESOURCE_EXHAUSTED 422, UNAVAILABLE 503,
// UNIMPLEMENTED 501, the rest 500.
net::HttpResponse Failure(const Status& status);
// An error of evaluation, which has a type of its own: 422 where the code says nothing better.
net::HttpResponse ExecutionFailure(const Status& status);

}  // namespace glint::api
