// The metrics of a program (or of one of its parts), by name: what a scrape of it returns.
//
//   glint::Registry registry(glint::Labels{{"service", "cart"}});
//   auto& items = registry.AddGauge("cart_items", "Items in all carts.");
//   items.With()->Set(3);
//   glint::AddProcessMetrics(registry);
//   glint::HttpEndpoint endpoint(registry, {});   // Now curl http://127.0.0.1:PORT/metrics
//
// Registering something impossible (a bad name, a name taken with another type) is a mistake in
// the program: the default is to say what is wrong on stderr and abort. A program that takes names
// from data sets its own handler, and then gets a metric that works and is not exposed.
// Registering the same family again returns the one that is there.
//
// Thread-safe. A registry outlives what it hands out by reference.
#pragma once

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "glint/counter.h"
#include "glint/family.h"
#include "glint/gauge.h"
#include "glint/histogram.h"

namespace glint {

struct FamilyOptions {
  std::string unit;     // "seconds", "bytes"; the name has to end with _UNIT (before _total).
  Labels const_labels;  // On every child, beside those of the registry.
};

// Where a callback puts its values.
class SampleSink {
 public:
  // One value for each label name. The same values twice are two samples of one series, which a
  // scraper refuses: don't.
  virtual void Add(double value, std::initializer_list<std::string_view> label_values = {}) = 0;

 protected:
  ~SampleSink() = default;
};

class Registry {
 public:
  using HistogramFamily = FamilyOf<Histogram, std::shared_ptr<const internal::HistogramLayout>>;
  using Callback = std::function<void(SampleSink&)>;
  using ErrorHandler = std::function<void(const std::string&)>;

  // `const_labels` are on every series.
  explicit Registry(Labels const_labels = {}, ErrorHandler on_error = nullptr);
  ~Registry();
  Registry(const Registry&) = delete;
  Registry& operator=(const Registry&) = delete;

  // `name` with or without _total: exposed with it.
  Family<Counter>& AddCounter(std::string name, std::string help, LabelNames label_names = {},
                              FamilyOptions options = {});
  Family<Gauge>& AddGauge(std::string name, std::string help, LabelNames label_names = {},
                          FamilyOptions options = {});
  HistogramFamily& AddHistogram(std::string name, std::string help, LabelNames label_names = {},
                                HistogramOptions histogram = {}, FamilyOptions options = {});

  // For values that exist elsewhere: `callback` is called at every scrape, on the thread that
  // serves it and under no lock of ours, for as long as the registry lives.
  void AddCounterCallback(std::string name, std::string help, std::function<double()> callback,
                          FamilyOptions options = {});
  void AddGaugeCallback(std::string name, std::string help, std::function<double()> callback,
                        FamilyOptions options = {});
  void AddCounterCallback(std::string name, std::string help, LabelNames label_names,
                          Callback callback, FamilyOptions options = {});
  void AddGaugeCallback(std::string name, std::string help, LabelNames label_names,
                        Callback callback, FamilyOptions options = {});

  // All families, in the order of their registration. For Serialize.
  std::vector<std::shared_ptr<const internal::Collector>> Collectors() const;

  // About how long the next page will be, so that it need not grow step by step.
  size_t page_size_hint() const { return page_size_hint_.load(std::memory_order_relaxed); }
  void set_page_size_hint(size_t size) const {
    page_size_hint_.store(size, std::memory_order_relaxed);
  }

 private:
  internal::FamilyInfo Describe(internal::FamilyInfo::Type type, std::string name, std::string help,
                                LabelNames label_names, FamilyOptions options) const;

  template <typename F>
  F& Register(std::shared_ptr<F> family);

  const Labels const_labels_;
  const ErrorHandler on_error_;
  mutable std::atomic<size_t> page_size_hint_{4096};

  mutable std::mutex mutex_;  // Guards the three below.
  std::vector<std::shared_ptr<internal::Collector>> collectors_;
  // Every name that a family exposes (x_bucket, x_count...), and which family that is.
  std::map<std::string, std::shared_ptr<internal::Collector>> by_sample_name_;
  // Refused, and alive because somebody was given a reference.
  std::vector<std::shared_ptr<internal::Collector>> refused_;
};

}  // namespace glint
