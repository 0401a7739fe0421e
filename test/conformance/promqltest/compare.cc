#include "compare.h"

#include <fmt/format.h>
#include <re2/re2.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <map>

#include "model/sample.h"
#include "promql/native_histogram.h"
#include "promql/quoting.h"

namespace glint::promqltest {
namespace {

constexpr double kTolerance = 1e-6;

bool Agree(double a, double b) {
  if (model::IsStaleNan(a) || model::IsStaleNan(b)) {
    return model::IsStaleNan(a) && model::IsStaleNan(b);
  }
  if (std::isnan(a) && std::isnan(b)) return true;
  if (a == b) return true;
  const double difference = std::abs(a - b);
  const double sum = std::abs(a) + std::abs(b);
  constexpr double kSmallest = std::numeric_limits<double>::min();
  if (a == 0 || b == 0 || sum < kSmallest) return difference < kTolerance * kSmallest;
  return difference / std::min(sum, std::numeric_limits<double>::max()) < kTolerance;
}

bool Agree(const std::vector<double>& a, const std::vector<double>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](double x, double y) { return Agree(x, y); });
}

bool Agree(const Item& expected, const model::Histogram& actual) {
  model::Histogram a = expected.histogram;
  model::Histogram b = actual;
  if (expected.hint_given && a.counter_reset_hint != b.counter_reset_hint) return false;
  promql::Compact(a);
  promql::Compact(b);
  return a.schema == b.schema && a.custom_values == b.custom_values &&
         a.zero_threshold == b.zero_threshold && a.positive_spans == b.positive_spans &&
         a.negative_spans == b.negative_spans && Agree(a.count, b.count) && Agree(a.sum, b.sum) &&
         Agree(a.zero_count, b.zero_count) && Agree(a.positive_buckets, b.positive_buckets) &&
         Agree(a.negative_buckets, b.negative_buckets);
}

std::string_view HintName(model::CounterResetHint hint) {
  constexpr std::string_view kNames[] = {"unknown", "reset", "not_reset", "gauge"};
  return kNames[static_cast<size_t>(hint)];
}

std::string ShowHistogram(const model::Histogram& h) {
  return fmt::format("{} schema {} threshold {} hint {}", promql::ToText(h), h.schema,
                     promql::FormatG(h.zero_threshold), HintName(h.counter_reset_hint));
}

std::string ShowItem(const Item& item) {
  switch (item.kind) {
    case Item::Kind::kGap:
      return "_";
    case Item::Kind::kFloat:
      return fmt::format("{}", item.value);
    case Item::Kind::kHistogram:
      return ShowHistogram(item.histogram);
  }
  return "";
}

std::string ShowPoint(double value, const model::Histogram* histogram) {
  return histogram == nullptr ? fmt::format("{}", value) : ShowHistogram(*histogram);
}

Status ComparePoint(const model::Labels& labels, const Item& expected, double value,
                    const model::Histogram* histogram) {
  const bool agree = histogram == nullptr
                         ? expected.kind == Item::Kind::kFloat && Agree(expected.value, value)
                         : expected.kind == Item::Kind::kHistogram && Agree(expected, *histogram);
  if (agree) return OkStatus();
  return InvalidArgument("{}: expected {}, got {}", labels.ToString(), ShowItem(expected),
                         ShowPoint(value, histogram));
}

bool Matches(const Expectation& expectation, std::string_view text) {
  switch (expectation.match) {
    case Expectation::Match::kAny:
      return true;
    case Expectation::Match::kText:
      return expectation.text == text;
    case Expectation::Match::kRegex:
      return re2::RE2::PartialMatch(re2::StringPiece(text.data(), text.size()),
                                    re2::RE2(expectation.text));
  }
  return false;
}

Status CompareTexts(const Command& command, Expectation::Kind kind, Expectation::Kind none,
                    const std::vector<std::string>& texts) {
  bool any = false;
  std::vector<bool> matched(texts.size());
  for (const Expectation& expectation : command.expectations) {
    if (expectation.kind == none && !texts.empty()) {
      return InvalidArgument("expected no annotation of its kind, got: {}", texts[0]);
    }
    if (expectation.kind != kind) continue;
    any = true;
    bool found = false;
    for (size_t i = 0; i < texts.size(); ++i) {
      if (!Matches(expectation, texts[i])) continue;
      found = true;
      matched[i] = true;
    }
    if (!found) {
      return InvalidArgument("expected annotation [{}], got [{}]", expectation.text,
                             fmt::join(texts, "; "));
    }
  }
  for (size_t i = 0; any && i < texts.size(); ++i) {
    if (!matched[i]) return InvalidArgument("unexpected annotation: {}", texts[i]);
  }
  return OkStatus();
}

Status CompareVector(const Command& command, const promql::Vector& vector) {
  size_t next = 0;
  std::map<model::Labels, const Series*> expected;
  for (const Series& series : command.series) expected[series.labels] = &series;
  for (const promql::VectorSample& sample : vector) {
    const auto found = expected.find(sample.labels);
    if (found == expected.end()) {
      return InvalidArgument("unexpected series {} {}", sample.labels.ToString(),
                             ShowPoint(sample.value, sample.histogram.get()));
    }
    if (command.ordered && command.series[next].labels != sample.labels) {
      return InvalidArgument("expected {} at place {}, got {}",
                             command.series[next].labels.ToString(), next + 1,
                             sample.labels.ToString());
    }
    ++next;
    if (found->second->items.empty()) return InvalidArgument("script: a series without a value");
    RETURN_IF_ERROR(
        ComparePoint(sample.labels, found->second->items[0], sample.value, sample.histogram.get()));
    expected.erase(found);
  }
  if (!expected.empty()) {
    return InvalidArgument("missing series {} {}", expected.begin()->first.ToString(),
                           ShowItem(expected.begin()->second->items[0]));
  }
  return OkStatus();
}

struct PointRef {
  double value = 0;
  const model::Histogram* histogram = nullptr;
};

std::map<int64_t, PointRef> PointsOf(const promql::MatrixSeries& series) {
  std::map<int64_t, PointRef> points;
  for (const model::Sample& sample : series.floats) points[sample.time] = {sample.value, nullptr};
  for (const auto& sample : series.histograms) points[sample.time] = {0, sample.histogram.get()};
  return points;
}

}  // namespace

bool ExpectsFailure(const Command& command) {
  return std::any_of(command.expectations.begin(), command.expectations.end(),
                     [](const Expectation& e) { return e.kind == Expectation::Kind::kFail; });
}

Status CompareFailure(const Command& command, const Status& error) {
  for (const Expectation& expectation : command.expectations) {
    if (expectation.kind == Expectation::Kind::kFail && !Matches(expectation, error.message())) {
      return InvalidArgument("expected the error [{}], got [{}]", expectation.text,
                             error.message());
    }
  }
  return OkStatus();
}

Status CompareAnnotations(const Command& command, const promql::Annotations& annotations) {
  RETURN_IF_ERROR(CompareTexts(command, Expectation::Kind::kWarn, Expectation::Kind::kNoWarn,
                               annotations.warnings));
  return CompareTexts(command, Expectation::Kind::kInfo, Expectation::Kind::kNoInfo,
                      annotations.infos);
}

Status CompareMatrix(const std::vector<Series>& expected, const promql::Matrix& matrix,
                     int64_t start_ms, int64_t step_ms) {
  for (size_t i = 1; i < matrix.size(); ++i) {
    if (!(matrix[i - 1].labels < matrix[i].labels)) {
      return InvalidArgument("series are not ordered by labels: {} before {}",
                             matrix[i - 1].labels.ToString(), matrix[i].labels.ToString());
    }
  }
  std::map<model::Labels, const Series*> wanted;
  for (const Series& series : expected) wanted[series.labels] = &series;
  for (const promql::MatrixSeries& series : matrix) {
    const auto found = wanted.find(series.labels);
    if (found == wanted.end()) {
      const auto points = PointsOf(series);
      return InvalidArgument(
          "unexpected series {} with {} points, the first {} at {}", series.labels.ToString(),
          points.size(), ShowPoint(points.begin()->second.value, points.begin()->second.histogram),
          points.begin()->first);
    }
    std::map<int64_t, PointRef> points = PointsOf(series);
    const std::vector<Item>& items = found->second->items;
    for (size_t k = 0; k < items.size(); ++k) {
      const int64_t time = start_ms + static_cast<int64_t>(k) * step_ms;
      const auto point = points.find(time);
      if (items[k].kind == Item::Kind::kGap) {
        if (point == points.end()) continue;
        return InvalidArgument("{}: expected no point at {} ms, got {}", series.labels.ToString(),
                               time, ShowPoint(point->second.value, point->second.histogram));
      }
      if (point == points.end()) {
        return InvalidArgument("{}: expected {} at {} ms, got no point", series.labels.ToString(),
                               ShowItem(items[k]), time);
      }
      const Status status =
          ComparePoint(series.labels, items[k], point->second.value, point->second.histogram);
      if (!status.ok()) return status.At(fmt::format("at {} ms", time));
      points.erase(point);
    }
    if (!points.empty()) {
      return InvalidArgument(
          "{}: unexpected point {} at {} ms", series.labels.ToString(),
          ShowPoint(points.begin()->second.value, points.begin()->second.histogram),
          points.begin()->first);
    }
    wanted.erase(found);
  }
  for (const auto& [labels, series] : wanted) {
    const bool any = std::any_of(series->items.begin(), series->items.end(),
                                 [](const Item& i) { return i.kind != Item::Kind::kGap; });
    if (any) return InvalidArgument("missing series {}", labels.ToString());
  }
  return OkStatus();
}

Status CompareInstant(const Command& command, const promql::QueryResult& result) {
  if (command.range_vector) {
    const auto* matrix = std::get_if<promql::Matrix>(&result.value);
    if (matrix == nullptr) return InvalidArgument("expected a range vector, got {}", Show(result));
    return CompareMatrix(command.series, *matrix, command.range_vector->start_ms,
                         command.range_vector->step_ms);
  }
  if (const auto* string = std::get_if<promql::String>(&result.value)) {
    if (command.string == string->value) return OkStatus();
    return InvalidArgument("expected {}, got the string {}", command.string.value_or("no string"),
                           string->value);
  }
  if (const auto* scalar = std::get_if<promql::Scalar>(&result.value)) {
    if (command.scalar && Agree(*command.scalar, scalar->value)) return OkStatus();
    return InvalidArgument("expected {}, got the scalar {}",
                           command.scalar ? fmt::format("{}", *command.scalar) : "no scalar",
                           scalar->value);
  }
  const auto* vector = std::get_if<promql::Vector>(&result.value);
  if (vector == nullptr || command.scalar || command.string) {
    return InvalidArgument("expected another type, got {}", Show(result));
  }
  return CompareVector(command, *vector);
}

Status CompareRangeAt(const Command& command, const promql::Matrix& matrix, int64_t time_ms) {
  promql::QueryResult at;
  promql::Vector vector;
  for (const promql::MatrixSeries& series : matrix) {
    for (const model::Sample& sample : series.floats) {
      if (sample.time == time_ms) vector.push_back({series.labels, time_ms, sample.value, nullptr});
    }
    for (const auto& sample : series.histograms) {
      if (sample.time == time_ms) vector.push_back({series.labels, time_ms, 0, sample.histogram});
    }
  }
  Command unordered = command;
  unordered.ordered = false;
  if (command.scalar) {
    at.value = promql::Scalar{time_ms, vector.empty() ? NAN : vector[0].value};
  } else {
    at.value = std::move(vector);
  }
  return CompareInstant(unordered, at);
}

std::string Show(const promql::QueryResult& result) {
  if (const auto* scalar = std::get_if<promql::Scalar>(&result.value)) {
    return fmt::format("scalar {}", scalar->value);
  }
  if (const auto* string = std::get_if<promql::String>(&result.value)) return string->value;
  std::string out;
  if (const auto* vector = std::get_if<promql::Vector>(&result.value)) {
    for (const auto& s : *vector) {
      out +=
          fmt::format("\n      {} {}", s.labels.ToString(), ShowPoint(s.value, s.histogram.get()));
    }
    return out;
  }
  for (const promql::MatrixSeries& series : std::get<promql::Matrix>(result.value)) {
    out += "\n      " + series.labels.ToString();
    for (const auto& [time, point] : PointsOf(series)) {
      out += fmt::format(" {}@{}", ShowPoint(point.value, point.histogram), time);
    }
  }
  return out;
}

}  // namespace glint::promqltest
