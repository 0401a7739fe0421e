#include "pipeline/otlp_to_series.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/escape.h"
#include "model/sample.h"
#include "pipeline/otlp_histogram.h"
#include "pipeline/otlp_labels.h"
#include "wire/number_text.h"
#include "wire/otlp_names.h"

namespace glint::pipeline {
namespace {

constexpr int64_t kNsPerMs = 1'000'000;
// Each bucket repeats the labels of its point, so a small request could ask for all memory.
constexpr size_t kMaxLabelBytes = 256 << 20;
constexpr size_t kBytesPerSeries = 100;  // What a series takes beside its attributes.

// None: no field was set.
std::optional<double> NumberOf(const model::OtlpNumber& number) {
  if (const auto* integer = std::get_if<int64_t>(&number)) return static_cast<double>(*integer);
  if (const auto* real = std::get_if<double>(&number)) return *real;
  return std::nullopt;
}

class Translator {
 public:
  TranslatedMetrics Run(const model::OtlpMetricBatch& batch) {
    for (size_t i = 0; i < batch.groups.size(); ++i) {
      const model::ScopeMetrics& group = batch.groups[i];
      if (i == 0 || group.resource != batch.groups[i - 1].resource) {
        FinishResource();
        resource_ = group.resource.get();
        identity_ = IdentityLabels(*resource_);
        latest_ms_ = std::numeric_limits<int64_t>::min();
      }
      for (const model::OtlpMetric& metric : group.metrics) TakeMetric(metric);
    }
    FinishResource();
    return std::move(out_);
  }

 private:
  void FinishResource() {
    if (resource_ == nullptr || latest_ms_ == std::numeric_limits<int64_t>::min()) return;
    model::Labels labels = TargetInfoLabels(*resource_);
    if (labels.empty()) return;
    AddSample(std::move(labels), 1, latest_ms_, 0);
    if (!told_target_info_) {
      out_.metadata.push_back({"target_info", model::MetricType::kGauge, "Target metadata", ""});
      told_target_info_ = true;
    }
  }

  void TakeMetric(const model::OtlpMetric& metric) {
    metric_ = &metric;
    std::visit([this](const auto& data) { TakeData(data); }, metric.data);
  }

  void TakeData(std::monostate) {}

  void TakeData(const model::OtlpGauge& gauge) {
    if (!Name(wire::OtlpNameKind::kGauge, model::MetricType::kGauge, gauge.points.size())) return;
    for (const model::NumberPoint& point : gauge.points) TakeNumber(point);
  }

  void TakeData(const model::OtlpSum& sum) {
    if (!IsCumulative(sum.temporality, sum.points.size())) return;
    const auto kind =
        sum.monotonic ? wire::OtlpNameKind::kMonotonicSum : wire::OtlpNameKind::kOther;
    const auto type = sum.monotonic ? model::MetricType::kCounter : model::MetricType::kGauge;
    if (!Name(kind, type, sum.points.size())) return;
    for (const model::NumberPoint& point : sum.points) TakeNumber(point);
  }

  void TakeData(const model::OtlpHistogram& histogram) {
    if (!IsCumulative(histogram.temporality, histogram.points.size())) return;
    if (!Name(wire::OtlpNameKind::kOther, model::MetricType::kHistogram, histogram.points.size())) {
      return;
    }
    for (const model::HistogramPoint& point : histogram.points) TakeHistogram(point);
  }

  void TakeData(const model::OtlpExponentialHistogram& histogram) {
    if (!IsCumulative(histogram.temporality, histogram.points.size())) return;
    if (!Name(wire::OtlpNameKind::kOther, model::MetricType::kHistogram, histogram.points.size())) {
      return;
    }
    for (const model::ExponentialHistogramPoint& point : histogram.points) TakeExponential(point);
  }

  void TakeData(const model::OtlpSummary& summary) {
    if (!Name(wire::OtlpNameKind::kOther, model::MetricType::kSummary, summary.points.size())) {
      return;
    }
    for (const model::SummaryPoint& point : summary.points) TakeSummary(point);
  }

  bool IsCumulative(model::Temporality temporality, size_t points) {
    if (temporality == model::Temporality::kCumulative) return true;
    Refuse(PointRefusal::kTemporality, points,
           temporality == model::Temporality::kDelta
               ? "temporality is delta, only cumulative can be stored"
               : "no temporality is set, only cumulative can be stored");
    return false;
  }

  // Names the family and tells its metadata. False: nothing of the name can be used.
  bool Name(wire::OtlpNameKind kind, model::MetricType type, size_t points) {
    name_ = wire::PrometheusMetricName(metric_->name, metric_->unit, kind);
    if (name_.empty()) {
      Refuse(PointRefusal::kInvalid, points, "the name has no letter, digit or colon");
      return false;
    }
    if (points != 0) {
      out_.metadata.push_back(
          {name_, type, metric_->description, wire::PrometheusUnit(metric_->unit)});
    }
    return true;
  }

  void Refuse(PointRefusal refusal, size_t points, std::string_view reason) {
    if (points == 0) return;
    out_.refused[static_cast<size_t>(refusal)] += points;
    if (out_.first_reason.empty()) {
      out_.first_reason = fmt::format("metric `{}`: {}", Excerpt(metric_->name, 60), reason);
    }
  }

  // Sets the times and labels that the `series` series of `point` share. False: it was refused.
  bool Begin(const model::OtlpPoint& point, size_t series) {
    if (point.time_ns <= 0) {
      Refuse(PointRefusal::kInvalid, 1, "a point has no time");
      return false;
    }
    time_ms_ = point.time_ns / kNsPerMs;
    start_ms_ = point.start_ns > 0 ? point.start_ns / kNsPerMs : 0;
    labels_ = AttributeLabels(point.attributes, identity_);
    size_t bytes = kBytesPerSeries + name_.size();
    for (const model::Label& label : labels_) {
      bytes += sizeof label + label.name.size() + label.value.size();
    }
    if (series > (kMaxLabelBytes - label_bytes_) / bytes) {
      Refuse(PointRefusal::kLimit, 1,
             fmt::format("labels of the request take more than {} bytes", kMaxLabelBytes));
      return false;
    }
    label_bytes_ += series * bytes;
    return true;
  }

  void CountPoint() {
    ++out_.points;
    latest_ms_ = std::max(latest_ms_, time_ms_);
  }

  // The point's labels with the family's name and `suffix`, and perhaps one label more.
  model::Labels Series(std::string_view suffix, std::string_view label = "",
                       std::string_view value = "") const {
    std::vector<model::Label> labels = labels_;
    labels.push_back({std::string(model::kMetricName), name_ + std::string(suffix)});
    if (!label.empty()) labels.push_back({std::string(label), std::string(value)});
    return model::Labels(std::move(labels));
  }

  size_t AddSample(model::Labels labels, double value, model::TimeMs time, model::TimeMs start) {
    out_.sample_series.push_back(out_.series.size());
    out_.series.push_back(std::move(labels));
    out_.values.push_back(value);
    out_.times.push_back(time);
    out_.start_times.push_back(start);
    return out_.series.size() - 1;
  }
  size_t AddSample(model::Labels labels, double value) {
    return AddSample(std::move(labels), value, time_ms_, start_ms_);
  }

  void AddExemplar(size_t series, const model::OtlpExemplar& from) {
    const auto value = NumberOf(from.value);
    if (!value) return;
    model::Exemplar exemplar;
    exemplar.time = from.time_ns > 0 ? from.time_ns / kNsPerMs : time_ms_;
    exemplar.value = *value;
    exemplar.trace_id = from.trace_id;
    exemplar.span_id = from.span_id;
    exemplar.labels = model::Labels(AttributeLabels(from.filtered_attributes, {}));
    out_.exemplar_series.push_back(series);
    out_.exemplars.push_back(std::move(exemplar));
  }

  void TakeNumber(const model::NumberPoint& point) {
    if (!Begin(point, 1)) return;
    const auto value =
        point.HasNoValue() ? std::optional<double>(model::StaleNan()) : NumberOf(point.value);
    if (!value) return Refuse(PointRefusal::kInvalid, 1, "a point has neither asDouble nor asInt");
    CountPoint();
    const size_t series = AddSample(Series(""), *value);
    for (const model::OtlpExemplar& exemplar : point.exemplars) AddExemplar(series, exemplar);
  }

  // Empty when the buckets make sense.
  static std::string FaultOf(const model::HistogramPoint& point) {
    if (point.bucket_counts.size() != point.bounds.size() + 1 &&
        !(point.bucket_counts.empty() && point.bounds.empty())) {
      return fmt::format("a point has {} bucket counts for {} bounds", point.bucket_counts.size(),
                         point.bounds.size());
    }
    for (size_t i = 0; i < point.bounds.size(); ++i) {
      const bool ascends = i == 0 || point.bounds[i - 1] < point.bounds[i];
      if (std::isnan(point.bounds[i]) || !ascends) {
        return fmt::format("bound {} of a point is {}, after {}", i, point.bounds[i],
                           i == 0 ? 0 : point.bounds[i - 1]);
      }
    }
    return "";
  }

  void TakeHistogram(const model::HistogramPoint& point) {
    if (const std::string fault = FaultOf(point); !fault.empty()) {
      return Refuse(PointRefusal::kInvalid, 1, fault);
    }
    if (!Begin(point, point.bounds.size() + 3)) return;
    CountPoint();
    const bool stale = point.HasNoValue();
    const auto value = [stale](double number) { return stale ? model::StaleNan() : number; };
    if (point.sum || stale) AddSample(Series("_sum"), value(point.sum.value_or(0)));
    AddSample(Series("_count"), value(static_cast<double>(point.count)));

    const bool closed =
        !point.bounds.empty() && std::isinf(point.bounds.back()) && point.bounds.back() > 0;
    const size_t finite = point.bounds.size() - (closed ? 1 : 0);
    const size_t first_bucket = out_.series.size();
    uint64_t cumulative = 0;
    for (size_t i = 0; i < finite; ++i) {
      cumulative += point.bucket_counts[i];
      AddSample(Series("_bucket", "le", wire::CanonicalFloat(point.bounds[i])),
                value(static_cast<double>(cumulative)));
    }
    AddSample(Series("_bucket", "le", "+Inf"), value(static_cast<double>(point.count)));
    for (const model::OtlpExemplar& exemplar : point.exemplars) {
      const double observed = NumberOf(exemplar.value).value_or(0);
      const auto bounds_end = point.bounds.begin() + static_cast<ptrdiff_t>(finite);
      const auto bucket = std::lower_bound(point.bounds.begin(), bounds_end, observed);
      AddExemplar(first_bucket + static_cast<size_t>(bucket - point.bounds.begin()), exemplar);
    }
  }

  void TakeExponential(const model::ExponentialHistogramPoint& point) {
    auto histogram = NativeHistogram(point);
    if (!histogram.ok()) {
      return Refuse(PointRefusal::kInvalid, 1, histogram.status().message());
    }
    if (!Begin(point, 1)) return;
    CountPoint();
    const size_t series = out_.series.size();
    out_.series.push_back(Series(""));
    out_.histogram_series.push_back(series);
    out_.histograms.push_back(
        {time_ms_, std::make_shared<const model::Histogram>(*std::move(histogram)), start_ms_});
    for (const model::OtlpExemplar& exemplar : point.exemplars) AddExemplar(series, exemplar);
  }

  void TakeSummary(const model::SummaryPoint& point) {
    if (!Begin(point, point.quantiles.size() + 2)) return;
    CountPoint();
    const bool stale = point.HasNoValue();
    const auto value = [stale](double number) { return stale ? model::StaleNan() : number; };
    AddSample(Series("_sum"), value(point.sum));
    AddSample(Series("_count"), value(static_cast<double>(point.count)));
    for (const model::QuantileValue& quantile : point.quantiles) {
      AddSample(Series("", "quantile", wire::CanonicalFloat(quantile.quantile)),
                value(quantile.value));
    }
  }

  TranslatedMetrics out_;
  bool told_target_info_ = false;

  const model::Resource* resource_ = nullptr;  // Of the groups at hand; lives in the batch.
  std::vector<model::Label> identity_;         // Of it.
  model::TimeMs latest_ms_ = std::numeric_limits<int64_t>::min();  // Of its points.
  const model::OtlpMetric* metric_ = nullptr;                      // At hand; lives in the batch.
  std::string name_;                                               // Of it.
  std::vector<model::Label> labels_;                               // Of the point at hand.
  size_t label_bytes_ = 0;  // Of all series so far, roughly; at most kMaxLabelBytes.
  model::TimeMs time_ms_ = 0;
  model::TimeMs start_ms_ = 0;
};

}  // namespace

TranslatedMetrics TranslateOtlpMetrics(const model::OtlpMetricBatch& batch) {
  return Translator().Run(batch);
}

}  // namespace glint::pipeline
