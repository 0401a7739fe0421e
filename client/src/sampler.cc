#include "glint/sampler.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>

#include "environment.h"
#include "exposition_writer.h"

namespace glint {
namespace {

class Constant : public Sampler {
 public:
  explicit Constant(bool sample) : sample_(sample) {}
  bool ShouldSample(const SpanContext&, const TraceId&) const override { return sample_; }
  std::string Description() const override { return sample_ ? "AlwaysOn" : "AlwaysOff"; }

 private:
  const bool sample_;
};

class Ratio : public Sampler {
 public:
  explicit Ratio(double ratio) : ratio_(std::isnan(ratio) ? 0 : std::clamp(ratio, 0.0, 1.0)) {
    // A power of two as factor: exact. Half to even, as Python's round().
    const double bound = std::nearbyint(ratio_ * 0x1p64);
    all_ = bound >= 0x1p64;
    bound_ = all_ ? 0 : static_cast<uint64_t>(bound);
  }

  bool ShouldSample(const SpanContext&, const TraceId& id) const override {
    return all_ || id.low < bound_;
  }

  std::string Description() const override {
    std::string text = "TraceIdRatio{";
    internal::AppendNumber(ratio_, text);
    return text + "}";
  }

 private:
  const double ratio_;
  bool all_;
  uint64_t bound_;
};

class Parent : public Sampler {
 public:
  explicit Parent(std::shared_ptr<const Sampler> root) : root_(std::move(root)) {}

  bool ShouldSample(const SpanContext& parent, const TraceId& id) const override {
    return parent.IsValid() ? parent.IsSampled() : root_->ShouldSample(parent, id);
  }

  std::string Description() const override { return "ParentBased{" + root_->Description() + "}"; }

 private:
  const std::shared_ptr<const Sampler> root_;
};

double RatioArgument() {
  const std::string text = internal::Variable("OTEL_TRACES_SAMPLER_ARG");
  if (text.empty()) return 1;
  char* end = nullptr;
  const double ratio = std::strtod(text.c_str(), &end);
  if (*end != '\0' || !(ratio >= 0 && ratio <= 1)) {
    std::fprintf(stderr, "glint: OTEL_TRACES_SAMPLER_ARG=%s is not a ratio from 0 to 1; using 1\n",
                 text.c_str());
    return 1;
  }
  return ratio;
}

}  // namespace

std::shared_ptr<const Sampler> AlwaysOn() { return std::make_shared<Constant>(true); }
std::shared_ptr<const Sampler> AlwaysOff() { return std::make_shared<Constant>(false); }
std::shared_ptr<const Sampler> TraceIdRatio(double ratio) { return std::make_shared<Ratio>(ratio); }
std::shared_ptr<const Sampler> ParentBased(std::shared_ptr<const Sampler> root) {
  return std::make_shared<Parent>(std::move(root));
}

std::shared_ptr<const Sampler> SamplerFromEnvironment(std::shared_ptr<const Sampler> fallback) {
  std::string name = internal::Variable("OTEL_TRACES_SAMPLER");
  if (name.empty()) return fallback;
  const std::string whole = name;
  const std::string parent_based = "parentbased_";
  const bool parent = name.compare(0, parent_based.size(), parent_based) == 0;
  if (parent) name.erase(0, parent_based.size());
  std::shared_ptr<const Sampler> sampler;
  if (name == "always_on") sampler = AlwaysOn();
  if (name == "always_off") sampler = AlwaysOff();
  if (name == "traceidratio") sampler = TraceIdRatio(RatioArgument());
  if (sampler == nullptr) {
    std::fprintf(stderr, "glint: OTEL_TRACES_SAMPLER=%s is not one we have; using %s\n",
                 whole.c_str(), fallback->Description().c_str());
    return fallback;
  }
  return parent ? ParentBased(std::move(sampler)) : sampler;
}

}  // namespace glint
