// The two outer layers that spans and metrics share: resources, and scopes in them.
// Single-threaded.
#pragma once

#include <memory>
#include <utility>

#include "wire/otlp_fields.h"
#include "wire/otlp_proto_reader.h"

namespace glint::wire::otlp {

// Calls on_scope(message, resource, scope) -> Status for each ScopeSpans or ScopeMetrics of a
// request, with resource and scope as shared pointers. Both may stand behind the items in their
// messages, so each level is walked twice: first for them, then for what is in it.
template <typename OnScope>
Status ForEachScope(protozero::pbf_reader request, OtlpDecodeBudget& budget,
                    const OnScope& on_scope) {
  while (request.next()) {
    if (request.tag_and_type() != Bytes(RequestField::kResourceGroups)) {
      request.skip();
      continue;
    }
    const protozero::pbf_reader group = request.get_message();
    auto resource = std::make_shared<model::Resource>();
    std::string schema_url;
    for (protozero::pbf_reader at = group; at.next();) {
      if (at.tag_and_type() == Bytes(ResourceGroupField::kResource)) {
        ASSIGN_OR_RETURN(*resource, ReadResource(at.get_message(), budget));
      } else if (at.tag_and_type() == Bytes(ResourceGroupField::kSchemaUrl)) {
        schema_url = GetText(at);
      } else {
        at.skip();
      }
    }
    resource->schema_url = std::move(schema_url);
    for (protozero::pbf_reader at = group; at.next();) {
      if (at.tag_and_type() != Bytes(ResourceGroupField::kScopeGroups)) {
        at.skip();
        continue;
      }
      const protozero::pbf_reader scope_group = at.get_message();
      RETURN_IF_ERROR(budget.Charge(sizeof(model::Scope)));
      auto scope = std::make_shared<model::Scope>();
      std::string scope_schema_url;
      for (protozero::pbf_reader inner = scope_group; inner.next();) {
        if (inner.tag_and_type() == Bytes(ScopeGroupField::kScope)) {
          ASSIGN_OR_RETURN(*scope, ReadScope(inner.get_message(), budget));
        } else if (inner.tag_and_type() == Bytes(ScopeGroupField::kSchemaUrl)) {
          scope_schema_url = GetText(inner);
        } else {
          inner.skip();
        }
      }
      scope->schema_url = std::move(scope_schema_url);
      RETURN_IF_ERROR(on_scope(scope_group, std::shared_ptr<const model::Resource>(resource),
                               std::shared_ptr<const model::Scope>(std::move(scope))));
    }
  }
  return OkStatus();
}

}  // namespace glint::wire::otlp
