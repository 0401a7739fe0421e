// The shop: seven services in two regions, each instance on its own port.
//
//   frontend ─┬─ catalog ── inventory
//             ├─ cart
//             └─ checkout ─┬─ cart
//                          ├─ inventory
//                          ├─ payments (v1, and v2 for a part of the customers)
//                          └─ shipping
//
// While the incident lasts, payments v2 in eu-west waits for a lock in its ledger and refuses some
// charges: what a user of glint is to find out.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "incident.h"
#include "service.h"

namespace glint::demo {

struct ShopOptions {
  uint16_t first_port = 8100;  // The instances take this one and the next; 0: free ones.
  double sampling_ratio = 1;
  uint64_t seed = 0;
};

class Shop {
 public:
  Shop(const ShopOptions& options, const Incident& incident, std::shared_ptr<BatchProcessor> spans,
       StopSignal& stop);

  // Why an instance can't serve, empty where all can.
  std::string error() const;

  const Directory& directory() const { return directory_; }
  HttpClient& client() { return client_; }

  void Start();
  void Stop();

 private:
  Service& Add(Identity identity, double share, const ShopOptions& options,
               std::shared_ptr<BatchProcessor> spans, StopSignal& stop);

  Directory directory_;
  HttpClient client_;
  std::vector<std::unique_ptr<Service>> services_;
};

}  // namespace glint::demo
