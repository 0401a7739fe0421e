// Customers of the shop: requests at random times, as many a second on average whatever the shop's
// speed, until kMaxWaiting of them wait for an answer; from then on they come late.
#pragma once

#include <atomic>
#include <cstdint>
#include <mutex>
#include <random>
#include <thread>
#include <vector>

#include "service.h"
#include "stop_signal.h"

namespace glint::demo {

class Traffic {
 public:
  static constexpr size_t kMaxWaiting = 64;

  // `directory`, `client` and `stop` outlive it. It ends with `stop`, or its own end.
  Traffic(double requests_per_second, uint64_t seed, const Directory& directory, HttpClient& client,
          StopSignal& stop);
  ~Traffic();

  // Waits for the last answers; `stop` was signalled.
  void Join();

 private:
  struct Errand {
    std::chrono::steady_clock::time_point time;
    std::string method;
    std::string target;
    std::string region;
    std::string tier;
  };

  void Run();
  Errand Next();

  const double rate_;
  const Directory& directory_;
  HttpClient& client_;
  StopSignal& stop_;
  std::mutex mutex_;  // Guards the two below.
  std::mt19937_64 random_;
  std::chrono::steady_clock::time_point next_ = std::chrono::steady_clock::now();
  std::vector<std::thread> threads_;
};

}  // namespace glint::demo
