// The two outer layers that spans and metrics share in JSON: resources, and scopes in them.
// Single-threaded.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "wire/otlp_json_reader.h"

namespace glint::wire::otlp {

// The keys that differ between the two signals.
struct JsonGroupKeys {
  std::string_view resource_groups;  // "resourceSpans"
  std::string_view scope_groups;     // "scopeSpans"
  std::string_view items;            // "spans"
};

// Calls on_items(array of items, resource, scope) -> Status for each scope group that has items.
template <typename OnItems>
Status ForEachScope(const JsonValue& request, const JsonGroupKeys& keys, OtlpDecodeBudget& budget,
                    const OnItems& on_items) {
  const auto on_scope_group = [&](const JsonValue& group,
                                  const std::shared_ptr<const model::Resource>& resource) {
    RETURN_IF_ERROR(budget.Charge(sizeof(model::Scope)));
    auto scope = std::make_shared<model::Scope>();
    std::string schema_url;
    const JsonValue* items = nullptr;
    RETURN_IF_ERROR(
        ForEachMember(group, keys.scope_groups, [&](std::string_view key, const JsonValue& member) {
          if (key == "scope") {
            ASSIGN_OR_RETURN(*scope, ReadScope(member, budget));
          } else if (key == "schemaUrl") {
            ASSIGN_OR_RETURN(schema_url, ReadText(member, key));
          } else if (key == keys.items) {
            items = &member;
          }
          return OkStatus();
        }));
    scope->schema_url = std::move(schema_url);
    if (items == nullptr) return OkStatus();
    return on_items(*items, resource, std::shared_ptr<const model::Scope>(std::move(scope)));
  };

  const auto on_resource_group = [&](const JsonValue& group) {
    auto resource = std::make_shared<model::Resource>();
    std::string schema_url;
    const JsonValue* scope_groups = nullptr;
    RETURN_IF_ERROR(ForEachMember(group, keys.resource_groups,
                                  [&](std::string_view key, const JsonValue& member) {
                                    if (key == "resource") {
                                      ASSIGN_OR_RETURN(*resource, ReadResource(member, budget));
                                    } else if (key == "schemaUrl") {
                                      ASSIGN_OR_RETURN(schema_url, ReadText(member, key));
                                    } else if (key == keys.scope_groups) {
                                      scope_groups = &member;
                                    }
                                    return OkStatus();
                                  }));
    resource->schema_url = std::move(schema_url);
    if (scope_groups == nullptr) return OkStatus();
    const std::shared_ptr<const model::Resource> shared = std::move(resource);
    return ForEachElement(*scope_groups, keys.scope_groups, [&](const JsonValue& scope_group) {
      return on_scope_group(scope_group, shared);
    });
  };

  return ForEachMember(request, "request", [&](std::string_view key, const JsonValue& member) {
    if (key != keys.resource_groups) return OkStatus();
    return ForEachElement(member, key, on_resource_group);
  });
}

}  // namespace glint::wire::otlp
