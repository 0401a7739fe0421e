// What customers see: the frontend, and the catalog behind its pages.
#include "shop_services.h"

namespace glint::demo {
namespace {

// What the frontend says where a service behind it failed.
HttpReply Failed(const HttpReply& reply) {
  const int status = reply.status == 503 || reply.status == 504 ? reply.status : 502;
  return {status, "application/json", "{\"error\":\"" + std::to_string(reply.status) + "\"}"};
}

std::string LastPart(const std::string& target) { return target.substr(target.rfind('/') + 1); }

}  // namespace

void AddFrontend(Service& service) {
  service.Handle("GET", "/", [](Visit& visit) -> HttpReply {
    const HttpReply products = visit.Call("catalog", "GET", "/products");
    if (products.status != 200) return Failed(products);
    visit.Step("render home", SpanKind::kInternal, 4, {{"template", "home.html"}});
    return {200, "application/json", products.body};
  });
  service.Handle("GET", "/product/{id}", [](Visit& visit) -> HttpReply {
    const std::string id = LastPart(visit.request.target);
    visit.span.SetAttribute("product.id", id);
    const HttpReply product = visit.Call("catalog", "GET", "/products/" + id);
    if (product.status == 404) return {404, "application/json", "{\"error\":\"no such product\"}"};
    if (product.status != 200) return Failed(product);
    visit.Step("render product", SpanKind::kInternal, 3, {{"template", "product.html"}});
    return {200, "application/json", product.body};
  });
  service.Handle("POST", "/cart", [](Visit& visit) -> HttpReply {
    const HttpReply added = visit.Call("cart", "POST", "/items");
    return added.status == 200 ? HttpReply{200, "application/json", added.body} : Failed(added);
  });
  service.Handle("POST", "/checkout", [](Visit& visit) -> HttpReply {
    const HttpReply order = visit.Call("checkout", "POST", "/orders");
    return order.status == 201 ? HttpReply{200, "application/json", order.body} : Failed(order);
  });
}

void AddCatalog(Service& service) {
  service.Handle("GET", "/products", [](Visit& visit) -> HttpReply {
    visit.Step("SELECT products", SpanKind::kClient, 7,
               {{"db.system", "postgresql"},
                {"db.name", "catalog"},
                {"db.operation", "SELECT"},
                {"db.statement", "SELECT id, name, price FROM products ORDER BY rank LIMIT 40"}});
    return {200, "application/json", "{\"products\":40}"};
  });
  service.Handle("GET", "/products/{id}", [](Visit& visit) -> HttpReply {
    const std::string id = LastPart(visit.request.target);
    const bool cached = visit.Random() < 0.7;
    visit.span.SetAttribute("cache.hit", cached);
    visit.Step("GET product", SpanKind::kClient, 1.5,
               {{"db.system", "redis"}, {"db.statement", "GET product:" + id}});
    if (!cached) {
      visit.Step("SELECT product", SpanKind::kClient, 12,
                 {{"db.system", "postgresql"},
                  {"db.name", "catalog"},
                  {"db.operation", "SELECT"},
                  {"db.statement", "SELECT * FROM products WHERE id = $1"}});
    }
    if (id == "0") return {404, "application/json", "{\"error\":\"no such product\"}"};
    const HttpReply stock = visit.Call("inventory", "GET", "/stock/" + id);
    return {stock.status == 200 ? 200 : 502, "application/json", stock.body};
  });
}

}  // namespace glint::demo
