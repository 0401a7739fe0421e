// What each service of the shop does: its routes, added to an instance.
#pragma once

#include "incident.h"
#include "service.h"

namespace glint::demo {

void AddFrontend(Service& service);
void AddCatalog(Service& service);
void AddInventory(Service& service);
void AddCart(Service& service);
void AddCheckout(Service& service);
// `incident` is null where it passes this instance by; else it outlives the service.
void AddPayments(Service& service, const Incident* incident);
void AddShipping(Service& service);

}  // namespace glint::demo
