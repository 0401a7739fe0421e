#include "traffic.h"

#include <chrono>

namespace glint::demo {

Traffic::Traffic(double requests_per_second, uint64_t seed, const Directory& directory,
                 HttpClient& client, StopSignal& stop)
    : rate_(requests_per_second),
      directory_(directory),
      client_(client),
      stop_(stop),
      random_(seed) {
  if (rate_ <= 0) return;
  for (size_t i = 0; i < kMaxWaiting; ++i) threads_.emplace_back([this] { Run(); });
}

Traffic::~Traffic() { Join(); }

void Traffic::Join() {
  for (std::thread& thread : threads_) {
    if (thread.joinable()) thread.join();
  }
}

Traffic::Errand Traffic::Next() {
  const std::lock_guard lock(mutex_);
  const auto uniform = [this] { return std::generate_canonical<double, 53>(random_); };
  Errand errand;
  errand.time = next_;
  next_ += std::chrono::duration_cast<std::chrono::steady_clock::duration>(
      std::chrono::duration<double>(std::exponential_distribution<double>(rate_)(random_)));
  errand.region = uniform() < 0.55 ? "us-east" : "eu-west";
  const double tier = uniform();
  errand.tier = tier < 0.6 ? "free" : tier < 0.9 ? "gold" : "platinum";
  const double what = uniform();
  errand.method = what < 0.6 ? "GET" : "POST";
  if (what < 0.25) {
    errand.target = "/";
  } else if (what < 0.6) {
    errand.target = "/product/" + std::to_string(static_cast<int>(uniform() * 200));
  } else {
    errand.target = what < 0.8 ? "/cart" : "/checkout";
  }
  return errand;
}

void Traffic::Run() {
  for (;;) {
    const Errand errand = Next();
    if (!stop_.SleepUntil(errand.time)) return;
    const Directory::Entry* const frontend = directory_.Find("frontend", errand.region, 0);
    HttpRequest request;
    request.method = errand.method;
    request.target = errand.target;
    request.headers["baggage"] = "customer.tier=" + errand.tier;
    client_.Send(frontend->port, request);
  }
}

}  // namespace glint::demo
