// What a load run does, and what came of it.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "load/latency_recorder.h"

namespace glint::load {

struct LoadOptions {
  std::string host;
  std::string port = "80";
  std::string target = "/";
  std::string method = "GET";
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;

  // At most so many requests are under way at once, each on a connection of its own.
  size_t connections = 50;
  // Ends with whichever comes first; 0 is no limit. One of them is set.
  uint64_t requests = 200;
  std::chrono::nanoseconds duration{0};
  // 0: closed loop, each connection sends when it has its answer. Else open loop: request k is due
  // at start + k / rate whatever became of those before it, and its latency counts from there.
  double rate = 0;

  std::chrono::nanoseconds timeout = std::chrono::seconds(20);  // From sending to the last byte.
  bool keep_alive = true;
  // Share of the requests that carry a traceparent with the sampled flag; negative: no header.
  double traceparent_ratio = -1;
};

struct LoadResult {
  std::chrono::nanoseconds elapsed{0};
  // From when it was due (open loop) or sent (closed loop) to the last byte of its answer.
  LatencyRecorder latency;
  // From when it was sent. In a closed loop the same.
  LatencyRecorder service_time;
  std::map<int, uint64_t> statuses;
  std::map<std::string, uint64_t> errors;  // By kind. No status came.
  uint64_t received_bytes = 0;             // Of bodies.
  // Open loop: due before the end, and no connection was free to send it.
  uint64_t not_sent = 0;

  uint64_t replies() const { return latency.count(); }
  uint64_t failures() const {
    uint64_t sum = 0;
    for (const auto& [kind, count] : errors) sum += count;
    return sum;
  }
};

}  // namespace glint::load
