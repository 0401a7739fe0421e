// A store's own number for a series. Not durable: it means nothing after a restart.
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>

namespace glint::model {

struct SeriesRef {
  uint64_t value = 0;
  auto operator<=>(const SeriesRef&) const = default;
};

}  // namespace glint::model

template <>
struct std::hash<glint::model::SeriesRef> {
  size_t operator()(glint::model::SeriesRef ref) const noexcept {
    return ref.value * 0x9e3779b97f4a7c15u;
  }
};
