#include "glint/registry.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <string_view>
#include <type_traits>

#include "exposition_writer.h"

namespace glint {
namespace {

using internal::Collector;
using internal::ExpositionWriter;
using internal::FamilyInfo;

bool EndsWith(std::string_view text, std::string_view end) {
  return text.size() >= end.size() && text.substr(text.size() - end.size()) == end;
}

bool IsName(std::string_view name, bool colons) {
  const auto fits = [&](char c, bool first) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || (colons && c == ':') ||
           (!first && c >= '0' && c <= '9');
  };
  if (name.empty() || !fits(name[0], /*first=*/true)) return false;
  return std::all_of(name.begin(), name.end(), [&](char c) { return fits(c, /*first=*/false); });
}

// Why the family can't be registered, empty where it can.
std::string Fault(const FamilyInfo& info) {
  const std::string metric = "metric \"" + info.name + "\": ";
  if (!IsName(info.name, /*colons=*/true)) {
    return metric + "a name is letters, digits, _ and :, and does not start with a digit";
  }
  if (!info.unit.empty() && !EndsWith(info.name, "_" + info.unit)) {
    return metric + "its unit is \"" + info.unit + "\", so its name has to end with _" + info.unit;
  }
  std::vector<std::string> names = info.label_names;
  for (const auto& label : info.const_labels) names.push_back(label.first);
  std::sort(names.begin(), names.end());
  for (size_t i = 0; i < names.size(); ++i) {
    const std::string label = metric + "label \"" + names[i] + "\": ";
    if (!IsName(names[i], /*colons=*/false)) {
      return label + "a label is letters, digits and _, and does not start with a digit";
    }
    if (names[i].substr(0, 2) == "__") return label + "names with two underscores are Prometheus's";
    if (i > 0 && names[i] == names[i - 1]) return label + "is there twice";
    if (info.type == FamilyInfo::Type::kHistogram && names[i] == "le") {
      return label + "is the histogram's own";
    }
  }
  return "";
}

std::string Fault(const HistogramOptions& options) {
  for (size_t i = 0; i < options.bounds.size(); ++i) {
    if (std::isnan(options.bounds[i])) return "a bound is NaN";
    if (i > 0 && !(options.bounds[i] > options.bounds[i - 1])) {
      std::string text = "bounds have to ascend, and ";
      internal::AppendNumber(options.bounds[i], text);
      text += " follows ";
      internal::AppendNumber(options.bounds[i - 1], text);
      return text;
    }
  }
  return "";
}

std::vector<std::string> SampleNames(const FamilyInfo& info) {
  switch (info.type) {
    case FamilyInfo::Type::kCounter:
      return {info.name, info.name + "_total", info.name + "_created"};
    case FamilyInfo::Type::kGauge:
      return {info.name};
    case FamilyInfo::Type::kHistogram:
      return {info.name, info.name + "_bucket", info.name + "_count", info.name + "_sum",
              info.name + "_created"};
  }
  return {};
}

bool SameFamily(const FamilyInfo& a, const FamilyInfo& b) {
  return a.name == b.name && a.type == b.type && a.unit == b.unit &&
         a.label_names == b.label_names && a.const_labels == b.const_labels;
}

// Values that exist elsewhere.
class CallbackFamily : public Collector {
 public:
  CallbackFamily(FamilyInfo info, Registry::Callback callback)
      : Collector(std::move(info)), callback_(std::move(callback)) {}

  void Write(ExpositionWriter& writer) const override {
    writer.Begin(info());
    Sink sink(info(), writer);
    callback_(sink);
  }

 private:
  class Sink : public SampleSink {
   public:
    Sink(const FamilyInfo& info, ExpositionWriter& writer) : info_(info), writer_(writer) {}

    void Add(double value, std::initializer_list<std::string_view> label_values) override {
      if (label_values.size() != info_.label_names.size()) {
        std::fprintf(stderr, "glint: metric %s has %zu labels and its callback gave %zu values\n",
                     info_.name.c_str(), info_.label_names.size(), label_values.size());
        return;
      }
      const std::vector<std::string> values(label_values.begin(), label_values.end());
      writer_.Sample(info_.type == FamilyInfo::Type::kCounter ? "_total" : "",
                     internal::FormatLabels(info_.const_labels, info_.label_names, values), value);
    }

   private:
    const FamilyInfo& info_;
    ExpositionWriter& writer_;
  };

  const Registry::Callback callback_;
};

Registry::Callback OneValue(std::function<double()> callback) {
  return [callback = std::move(callback)](SampleSink& sink) { sink.Add(callback()); };
}

void Abort(const std::string& error) {
  std::fprintf(stderr, "glint: %s\n", error.c_str());
  std::abort();
}

}  // namespace

Registry::Registry(Labels const_labels, ErrorHandler on_error)
    : const_labels_(std::move(const_labels)), on_error_(on_error ? std::move(on_error) : Abort) {}

Registry::~Registry() = default;

FamilyInfo Registry::Describe(FamilyInfo::Type type, std::string name, std::string help,
                              LabelNames label_names, FamilyOptions options) const {
  if (type == FamilyInfo::Type::kCounter && EndsWith(name, "_total")) {
    name.resize(name.size() - std::string_view("_total").size());
  }
  Labels const_labels = const_labels_;
  const_labels.insert(const_labels.end(), options.const_labels.begin(), options.const_labels.end());
  return {std::move(name),         std::move(help),       std::move(options.unit), type,
          std::move(const_labels), std::move(label_names)};
}

template <typename F>
F& Registry::Register(std::shared_ptr<F> family) {
  std::string fault = Fault(family->info());
  F* registered = family.get();
  {
    const std::lock_guard lock(mutex_);
    const std::vector<std::string> names = SampleNames(family->info());
    for (const std::string& name : names) {
      const auto found = by_sample_name_.find(name);
      if (found == by_sample_name_.end() || !fault.empty()) continue;
      F* const same = dynamic_cast<F*>(found->second.get());
      // A second callback could only be dropped in silence, so it is refused instead.
      if (same != nullptr && std::is_base_of_v<internal::FamilyBase, F> &&
          SameFamily(same->info(), family->info())) {
        return *same;
      }
      fault = "metric \"" + family->info().name + "\": \"" + name + "\" is already exposed by \"" +
              found->second->info().name +
              "\", which is of another type, unit or labels, or a callback";
    }
    if (fault.empty()) {
      for (const std::string& name : names) by_sample_name_[name] = family;
      collectors_.push_back(family);
    } else {
      refused_.push_back(family);
    }
  }
  if (!fault.empty()) on_error_(fault);
  return *registered;
}

Family<Counter>& Registry::AddCounter(std::string name, std::string help, LabelNames label_names,
                                      FamilyOptions options) {
  return Register(std::make_shared<Family<Counter>>(
      Describe(FamilyInfo::Type::kCounter, std::move(name), std::move(help), std::move(label_names),
               std::move(options)),
      NoOptions{}));
}

Family<Gauge>& Registry::AddGauge(std::string name, std::string help, LabelNames label_names,
                                  FamilyOptions options) {
  return Register(std::make_shared<Family<Gauge>>(
      Describe(FamilyInfo::Type::kGauge, std::move(name), std::move(help), std::move(label_names),
               std::move(options)),
      NoOptions{}));
}

Registry::HistogramFamily& Registry::AddHistogram(std::string name, std::string help,
                                                  LabelNames label_names,
                                                  HistogramOptions histogram,
                                                  FamilyOptions options) {
  if (const std::string fault = Fault(histogram); !fault.empty()) {
    on_error_("metric \"" + name + "\": " + fault);
    histogram.bounds.clear();
  }
  return Register(std::make_shared<HistogramFamily>(
      Describe(FamilyInfo::Type::kHistogram, std::move(name), std::move(help),
               std::move(label_names), std::move(options)),
      std::make_shared<const internal::HistogramLayout>(histogram)));
}

void Registry::AddCounterCallback(std::string name, std::string help,
                                  std::function<double()> callback, FamilyOptions options) {
  AddCounterCallback(std::move(name), std::move(help), {}, OneValue(std::move(callback)),
                     std::move(options));
}

void Registry::AddGaugeCallback(std::string name, std::string help,
                                std::function<double()> callback, FamilyOptions options) {
  AddGaugeCallback(std::move(name), std::move(help), {}, OneValue(std::move(callback)),
                   std::move(options));
}

void Registry::AddCounterCallback(std::string name, std::string help, LabelNames label_names,
                                  Callback callback, FamilyOptions options) {
  Register(std::make_shared<CallbackFamily>(
      Describe(FamilyInfo::Type::kCounter, std::move(name), std::move(help), std::move(label_names),
               std::move(options)),
      std::move(callback)));
}

void Registry::AddGaugeCallback(std::string name, std::string help, LabelNames label_names,
                                Callback callback, FamilyOptions options) {
  Register(std::make_shared<CallbackFamily>(
      Describe(FamilyInfo::Type::kGauge, std::move(name), std::move(help), std::move(label_names),
               std::move(options)),
      std::move(callback)));
}

std::vector<std::shared_ptr<const Collector>> Registry::Collectors() const {
  const std::lock_guard lock(mutex_);
  return {collectors_.begin(), collectors_.end()};
}

}  // namespace glint
