// How an order comes about: checkout, and the payments that the incident strikes.
#include "shop_services.h"

namespace glint::demo {
namespace {

// What the incident does to a charge.
constexpr double kLockWaitMs = 1400;
constexpr double kRefusedShare = 0.15;

}  // namespace

void AddCheckout(Service& service) {
  Registry& registry = service.registry();
  auto& orders = registry.AddCounter("shop_orders", "Orders by their result.", {"result"});
  service.Handle("POST", "/orders", [&orders](Visit& visit) -> HttpReply {
    const auto end = [&orders](const char* result, int status) -> HttpReply {
      orders.With(result)->Increment();
      return {status, "application/json", std::string("{\"result\":\"") + result + "\"}"};
    };
    if (visit.Call("cart", "GET", "/items").status != 200) return end("no_cart", 502);
    const HttpReply reserved = visit.Call("inventory", "POST", "/reservations");
    if (reserved.status == 409) return end("sold_out", 409);
    if (reserved.status != 201) return end("no_inventory", 502);
    const HttpReply charge = visit.Call("payments", "POST", "/charges");
    if (charge.status != 201) {
      visit.span.AddEvent("payment failed", {{"payment.status", charge.status}});
      return end("payment_failed", charge.status == 503 ? 503 : 502);
    }
    if (visit.Call("shipping", "POST", "/shipments").status != 201) return end("no_shipping", 502);
    return end("placed", 201);
  });
}

void AddPayments(Service& service, const Incident* incident) {
  Registry& registry = service.registry();
  auto& charges = registry.AddHistogram("shop_charge_duration_seconds",
                                        "Time from request to decision of a charge.", {"provider"},
                                        {}, {"seconds", {}});
  service.Handle("POST", "/charges", [&charges, incident](Visit& visit) -> HttpReply {
    const char* const provider = visit.Random() < 0.7 ? "cardnet" : "banktransfer";
    visit.span.SetAttribute("payment.provider", provider);
    const Timer timer(*charges.With(provider));
    visit.Step("check fraud", SpanKind::kInternal, 6,
               {{"fraud.model", "v7"}, {"customer.tier", visit.customer_tier}});
    visit.Step("POST authorize", SpanKind::kClient, 45,
               {{"peer.service", provider}, {"http.request.method", "POST"}});
    const bool struck = incident != nullptr && incident->active();
    visit.Step("INSERT ledger", SpanKind::kClient, struck ? kLockWaitMs : 8,
               {{"db.system", "postgresql"},
                {"db.name", "ledger"},
                {"db.operation", "INSERT"},
                {"db.statement", "INSERT INTO ledger (id, amount) VALUES ($1, $2)"},
                {"db.lock_wait", struck}});
    if (struck && visit.Random() < kRefusedShare) {
      visit.span.AddEvent("exception", {{"exception.type", "LockTimeout"},
                                        {"exception.message", "ledger is locked by migration"}});
      return {503, "application/json", "{\"error\":\"ledger is locked\"}"};
    }
    return {201, "application/json", "{}"};
  });
}

}  // namespace glint::demo
