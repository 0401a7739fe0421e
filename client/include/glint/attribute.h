// Attributes: what a span, an event, a link or a resource tells about itself.
//
//   span.SetAttribute("http.response.status_code", 200);
//   span.SetAttribute("db.system", "postgresql");
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

namespace glint {

class AttributeValue {
 public:
  using Variant = std::variant<bool, int64_t, double, std::string, std::vector<std::string>>;

  AttributeValue(bool value) : value_(value) {}
  template <typename I,
            std::enable_if_t<std::is_integral_v<I> && !std::is_same_v<I, bool>, int> = 0>
  AttributeValue(I value) : value_(static_cast<int64_t>(value)) {}
  AttributeValue(double value) : value_(value) {}
  AttributeValue(const char* value) : value_(std::string(value)) {}
  AttributeValue(std::string_view value) : value_(std::string(value)) {}
  AttributeValue(std::string value) : value_(std::move(value)) {}
  AttributeValue(std::vector<std::string> value) : value_(std::move(value)) {}

  const Variant& variant() const { return value_; }
  friend bool operator==(const AttributeValue& a, const AttributeValue& b) {
    return a.value_ == b.value_;
  }

 private:
  Variant value_;
};

struct Attribute {
  std::string key;
  AttributeValue value;
};

// Few, so a list: setting one that is there replaces it.
using Attributes = std::vector<Attribute>;

}  // namespace glint
