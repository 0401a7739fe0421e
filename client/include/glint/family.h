// A metric with label names: one child for each combination of values.
//
//   auto& requests = registry.AddCounter("shop_requests", "Requests answered.", {"route", "code"});
//   const std::shared_ptr<Counter> ok = requests.With("/cart", "200");
//
// With() looks the child up under a lock and makes it if need be: call it once and keep what it
// returns. A removed child is no longer exposed, and lives as long as somebody keeps it.
//
// Thread-safe.
#pragma once

#include <initializer_list>
#include <map>
#include <memory>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "glint/metric.h"

namespace glint {

using Labels = std::vector<std::pair<std::string, std::string>>;
using LabelNames = std::vector<std::string>;

namespace internal {

struct FamilyInfo {
  enum class Type { kCounter, kGauge, kHistogram };

  std::string name;  // Of a counter: without _total.
  std::string help;
  std::string unit;  // Empty, or the last word of the name.
  Type type = Type::kGauge;
  Labels const_labels;
  LabelNames label_names;
};

// What a registry holds: something that writes one family of series.
class Collector {
 public:
  explicit Collector(FamilyInfo info) : info_(std::move(info)) {}
  Collector(const Collector&) = delete;
  Collector& operator=(const Collector&) = delete;
  virtual ~Collector() = default;

  virtual void Write(ExpositionWriter& writer) const = 0;

  const FamilyInfo& info() const { return info_; }

 private:
  const FamilyInfo info_;
};

class FamilyBase : public Collector {
 public:
  using Collector::Collector;

  void Write(ExpositionWriter& writer) const override;

  // How many children are exposed.
  size_t size() const;

 protected:
  // The child of `values`. With a wrong number of them: a child that is never exposed, and one
  // line on stderr for each family, for a running program should not end over a label.
  std::shared_ptr<Metric> Child(std::initializer_list<std::string_view> values);

  bool RemoveChild(std::initializer_list<std::string_view> values);

  virtual std::shared_ptr<Metric> Make() const = 0;

 private:
  struct Entry {
    std::string labels;  // Finished and escaped, const labels first.
    std::shared_ptr<Metric> metric;
  };

  mutable std::shared_mutex mutex_;  // Guards the two below.
  std::map<std::vector<std::string>, Entry, std::less<>> children_;
  bool complained_ = false;
};

}  // namespace internal

template <typename M, typename Options>
class FamilyOf : public internal::FamilyBase {
 public:
  FamilyOf(internal::FamilyInfo info, Options options)
      : FamilyBase(std::move(info)), options_(std::move(options)) {}

  // One value for each label name, in their order.
  template <typename... Values>
  std::shared_ptr<M> With(const Values&... values) {
    return std::static_pointer_cast<M>(Child({std::string_view(values)...}));
  }

  // Whether there was such a child. Its series end; With() would start a new one from zero.
  template <typename... Values>
  bool Remove(const Values&... values) {
    return RemoveChild({std::string_view(values)...});
  }

 private:
  std::shared_ptr<Metric> Make() const override {
    if constexpr (std::is_constructible_v<M, const Options&>) {
      return std::make_shared<M>(options_);
    } else {
      return std::make_shared<M>();
    }
  }

  const Options options_;
};

struct NoOptions {};
template <typename M>
using Family = FamilyOf<M, NoOptions>;

}  // namespace glint
