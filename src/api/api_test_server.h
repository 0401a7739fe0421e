// For tests of the endpoints: stores in memory, filled by hand, and a router to ask.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "net/http.h"
#include "storage/memory_metrics.h"

namespace glint::api {

class ApiTest : public testing::Test {
 protected:
  // One sample every 15 s from time 0 on, for each value.
  void Load(const model::Labels& labels, const std::vector<double>& values) {
    const auto refs = metrics_.Resolve(std::vector<model::Labels>{labels});
    ASSERT_TRUE(refs.ok()) << refs.status().ToString();
    storage::MetricBatch batch;
    for (size_t i = 0; i < values.size(); ++i) {
      batch.series.push_back(refs->front());
      batch.values.push_back(values[i]);
      batch.times.push_back(static_cast<model::TimeMs>(i) * 15'000);
    }
    const auto counts = metrics_.Append(std::move(batch));
    ASSERT_TRUE(counts.ok()) << counts.status().ToString();
  }

  net::HttpResponse Get(std::string path, std::vector<net::NameValue> query = {},
                        std::vector<net::NameValue> headers = {}) {
    net::HttpRequest request;
    request.method = "GET";
    request.path = std::move(path);
    request.query = std::move(query);
    request.headers = std::move(headers);
    return router_.Route(request);
  }

  storage::MemoryMetrics metrics_;
  net::HttpRouter router_;
};

}  // namespace glint::api
