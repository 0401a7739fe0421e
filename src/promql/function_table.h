// The functions of the language: their names, arguments and results. What they compute stands in
// the files of the evaluator. Thread-safe.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace glint::promql {

enum class ValueType : uint8_t { kNone, kScalar, kVector, kMatrix, kString };
// As messages name it: "scalar", "instant vector", "range vector", "string".
std::string_view Describe(ValueType type);

enum class FunctionId : uint8_t {
  // Of the samples in a window.
  kAbsentOverTime,
  kAvgOverTime,
  kChanges,
  kCountOverTime,
  kDelta,
  kDeriv,
  kDoubleExponentialSmoothing,
  kFirstOverTime,
  kIdelta,
  kIncrease,
  kIrate,
  kLastOverTime,
  kMadOverTime,
  kMaxOverTime,
  kMinOverTime,
  kPredictLinear,
  kPresentOverTime,
  kQuantileOverTime,
  kRate,
  kResets,
  kStddevOverTime,
  kStdvarOverTime,
  kSumOverTime,
  kTsOfFirstOverTime,
  kTsOfLastOverTime,
  kTsOfMaxOverTime,
  kTsOfMinOverTime,
  // Of each float alone.
  kAbs,
  kAcos,
  kAcosh,
  kAsin,
  kAsinh,
  kAtan,
  kAtanh,
  kCeil,
  kClamp,
  kClampMax,
  kClampMin,
  kCos,
  kCosh,
  kDeg,
  kExp,
  kFloor,
  kLn,
  kLog10,
  kLog2,
  kRad,
  kRound,
  kSgn,
  kSin,
  kSinh,
  kSqrt,
  kTan,
  kTanh,
  // Of each sample as a point in time.
  kDayOfMonth,
  kDayOfWeek,
  kDayOfYear,
  kDaysInMonth,
  kHour,
  kMinute,
  kMonth,
  kYear,
  kTimestamp,
  kStartTimestamp,
  // Histograms.
  kHistogramAvg,
  kHistogramCount,
  kHistogramFraction,
  kHistogramQuantile,
  kHistogramQuantiles,
  kHistogramStddev,
  kHistogramStdvar,
  kHistogramSum,
  // Labels, order and shape.
  kAbsent,
  kInfo,
  kLabelJoin,
  kLabelReplace,
  kScalar,
  kSort,
  kSortByLabel,
  kSortByLabelDesc,
  kSortDesc,
  kVector,
  // Of the query itself.
  kEnd,
  kMaxOf,
  kMinOf,
  kPi,
  kRange,
  kStart,
  kStep,
  kTime,
};

// How often the last argument may be given.
enum class Variadic : uint8_t { kNo, kOptional, kAnyNumber };

struct FunctionSignature {
  std::string_view name;
  FunctionId id;
  ValueType result;
  uint8_t arguments;  // How many of `types` count.
  ValueType types[5];
  Variadic variadic = Variadic::kNo;
  // The result depends on the time of evaluation even where the arguments do not.
  bool depends_on_time = false;

  std::span<const ValueType> argument_types() const { return {types, arguments}; }
  // With kOptional the last one may be missing; with kAnyNumber it may stand 0 to n times.
  size_t min_arguments() const { return variadic == Variadic::kNo ? arguments : arguments - 1u; }
};

// Null when there is none.
const FunctionSignature* FindFunction(std::string_view name);

}  // namespace glint::promql
