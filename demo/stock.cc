// What the shop has and where it goes: inventory, cart and shipping.
#include "shop_services.h"

namespace glint::demo {

void AddInventory(Service& service) {
  service.Handle("GET", "/stock/{id}", [](Visit& visit) -> HttpReply {
    visit.Step("SELECT stock", SpanKind::kClient, 5,
               {{"db.system", "postgresql"},
                {"db.name", "inventory"},
                {"db.operation", "SELECT"},
                {"db.statement", "SELECT count FROM stock WHERE product = $1"}});
    return {200, "application/json", "{\"stock\":17}"};
  });
  service.Handle("POST", "/reservations", [](Visit& visit) -> HttpReply {
    visit.Step("UPDATE stock", SpanKind::kClient, 14,
               {{"db.system", "postgresql"},
                {"db.name", "inventory"},
                {"db.operation", "UPDATE"},
                {"db.statement", "UPDATE stock SET count = count - $1 WHERE product = $2"}});
    const bool sold_out = visit.Random() < 0.01;
    if (sold_out) {
      visit.span.AddEvent("sold out", {{"stock", 0}});
      return {409, "application/json", "{\"error\":\"sold out\"}"};
    }
    return {201, "application/json", "{}"};
  });
}

void AddCart(Service& service) {
  Registry& registry = service.registry();
  const auto items = registry.AddCounter("shop_cart_items", "Items put into carts.").With();
  service.Handle("POST", "/items", [items](Visit& visit) -> HttpReply {
    visit.Step("HSET cart", SpanKind::kClient, 2,
               {{"db.system", "redis"}, {"db.statement", "HSET cart:? item ?"}});
    items->Increment();
    return {200, "application/json", "{\"items\":1}"};
  });
  service.Handle("GET", "/items", [](Visit& visit) -> HttpReply {
    visit.Step("HGETALL cart", SpanKind::kClient, 2,
               {{"db.system", "redis"}, {"db.statement", "HGETALL cart:?"}});
    visit.span.SetAttribute("cart.items", 1 + static_cast<int>(visit.Random() * 8));
    return {200, "application/json", "{\"items\":3}"};
  });
}

void AddShipping(Service& service) {
  service.Handle("POST", "/shipments", [](Visit& visit) -> HttpReply {
    const char* const carrier = visit.Random() < 0.6 ? "parcelpost" : "courier";
    visit.span.SetAttribute("shipping.carrier", carrier);
    visit.Step("quote", SpanKind::kInternal, 9, {{"shipping.carrier", carrier}});
    visit.Step("shipments publish", SpanKind::kProducer, 3,
               {{"messaging.system", "kafka"}, {"messaging.destination.name", "shipments"}});
    return {201, "application/json", "{}"};
  });
}

}  // namespace glint::demo
