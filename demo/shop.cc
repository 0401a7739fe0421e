#include "shop.h"

#include <functional>

#include "shop_services.h"

namespace glint::demo {

Shop::Shop(const ShopOptions& options, const Incident& incident,
           std::shared_ptr<BatchProcessor> spans, StopSignal& stop) {
  const auto add = [&](const char* service, const char* region, const char* version,
                       double share) -> Service& {
    return Add({service, region, version}, share, options, spans, stop);
  };
  for (const char* const region : {"us-east", "eu-west"}) {
    AddFrontend(add("frontend", region, "v5", 1));
    AddCatalog(add("catalog", region, "v3", 1));
    AddInventory(add("inventory", region, "v3", 1));
    AddCart(add("cart", region, "v4", 1));
    AddCheckout(add("checkout", region, "v8", 1));
    AddShipping(add("shipping", region, "v2", 1));
    AddPayments(add("payments", region, "v1", 0.6), nullptr);
    const bool struck = std::string_view(region) == "eu-west";
    AddPayments(add("payments", region, "v2", 0.4), struck ? &incident : nullptr);
  }
}

Service& Shop::Add(Identity identity, double share, const ShopOptions& options,
                   std::shared_ptr<BatchProcessor> spans, StopSignal& stop) {
  Service::Options own;
  const size_t index = services_.size();
  own.port =
      options.first_port == 0 ? uint16_t{0} : static_cast<uint16_t>(options.first_port + index);
  own.seed = options.seed + index + 1;
  own.sampler = ParentBased(TraceIdRatio(options.sampling_ratio));
  services_.push_back(std::make_unique<Service>(std::move(identity), own, std::move(spans),
                                                directory_, client_, stop));
  Service& service = *services_.back();
  directory_.Add({service.identity(), service.port(), share});
  return service;
}

std::string Shop::error() const {
  for (const auto& service : services_) {
    if (!service->error().empty()) return service->identity().service + " on " + service->error();
  }
  return "";
}

void Shop::Start() {
  for (const auto& service : services_) service->Start();
}

void Shop::Stop() {
  // Callers before those they call, so that what is in hand still finds an answer.
  for (const auto& service : services_) service->Stop();
}

}  // namespace glint::demo
