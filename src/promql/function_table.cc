#include "promql/function_table.h"

namespace glint::promql {
namespace {

using Id = FunctionId;
constexpr ValueType kScalar = ValueType::kScalar;
constexpr ValueType kVector = ValueType::kVector;
constexpr ValueType kMatrix = ValueType::kMatrix;
constexpr ValueType kString = ValueType::kString;
constexpr Variadic kOptional = Variadic::kOptional;
constexpr Variadic kAnyNumber = Variadic::kAnyNumber;

// Ascending in name.
constexpr FunctionSignature kFunctions[] = {
    {"abs", Id::kAbs, kVector, 1, {kVector}},
    {"absent", Id::kAbsent, kVector, 1, {kVector}},
    {"absent_over_time", Id::kAbsentOverTime, kVector, 1, {kMatrix}},
    {"acos", Id::kAcos, kVector, 1, {kVector}},
    {"acosh", Id::kAcosh, kVector, 1, {kVector}},
    {"asin", Id::kAsin, kVector, 1, {kVector}},
    {"asinh", Id::kAsinh, kVector, 1, {kVector}},
    {"atan", Id::kAtan, kVector, 1, {kVector}},
    {"atanh", Id::kAtanh, kVector, 1, {kVector}},
    {"avg_over_time", Id::kAvgOverTime, kVector, 1, {kMatrix}},
    {"ceil", Id::kCeil, kVector, 1, {kVector}},
    {"changes", Id::kChanges, kVector, 1, {kMatrix}},
    {"clamp", Id::kClamp, kVector, 3, {kVector, kScalar, kScalar}},
    {"clamp_max", Id::kClampMax, kVector, 2, {kVector, kScalar}},
    {"clamp_min", Id::kClampMin, kVector, 2, {kVector, kScalar}},
    {"cos", Id::kCos, kVector, 1, {kVector}},
    {"cosh", Id::kCosh, kVector, 1, {kVector}},
    {"count_over_time", Id::kCountOverTime, kVector, 1, {kMatrix}},
    {"day_of_month", Id::kDayOfMonth, kVector, 1, {kVector}, kOptional, true},
    {"day_of_week", Id::kDayOfWeek, kVector, 1, {kVector}, kOptional, true},
    {"day_of_year", Id::kDayOfYear, kVector, 1, {kVector}, kOptional, true},
    {"days_in_month", Id::kDaysInMonth, kVector, 1, {kVector}, kOptional, true},
    {"deg", Id::kDeg, kVector, 1, {kVector}},
    {"delta", Id::kDelta, kVector, 1, {kMatrix}},
    {"deriv", Id::kDeriv, kVector, 1, {kMatrix}},
    {"double_exponential_smoothing",
     Id::kDoubleExponentialSmoothing,
     kVector,
     3,
     {kMatrix, kScalar, kScalar}},
    {"end", Id::kEnd, kScalar, 0, {}},
    {"exp", Id::kExp, kVector, 1, {kVector}},
    {"first_over_time", Id::kFirstOverTime, kVector, 1, {kMatrix}},
    {"floor", Id::kFloor, kVector, 1, {kVector}},
    {"histogram_avg", Id::kHistogramAvg, kVector, 1, {kVector}},
    {"histogram_count", Id::kHistogramCount, kVector, 1, {kVector}},
    {"histogram_fraction", Id::kHistogramFraction, kVector, 3, {kScalar, kScalar, kVector}},
    {"histogram_quantile", Id::kHistogramQuantile, kVector, 2, {kScalar, kVector}},
    {"histogram_quantiles",
     Id::kHistogramQuantiles,
     kVector,
     4,
     {kVector, kString, kScalar, kScalar},
     kAnyNumber},
    {"histogram_stddev", Id::kHistogramStddev, kVector, 1, {kVector}},
    {"histogram_stdvar", Id::kHistogramStdvar, kVector, 1, {kVector}},
    {"histogram_sum", Id::kHistogramSum, kVector, 1, {kVector}},
    {"hour", Id::kHour, kVector, 1, {kVector}, kOptional, true},
    {"idelta", Id::kIdelta, kVector, 1, {kMatrix}},
    {"increase", Id::kIncrease, kVector, 1, {kMatrix}},
    {"info", Id::kInfo, kVector, 2, {kVector, kVector}, kOptional},
    {"irate", Id::kIrate, kVector, 1, {kMatrix}},
    {"label_join", Id::kLabelJoin, kVector, 4, {kVector, kString, kString, kString}, kAnyNumber},
    {"label_replace", Id::kLabelReplace, kVector, 5, {kVector, kString, kString, kString, kString}},
    {"last_over_time", Id::kLastOverTime, kVector, 1, {kMatrix}},
    {"ln", Id::kLn, kVector, 1, {kVector}},
    {"log10", Id::kLog10, kVector, 1, {kVector}},
    {"log2", Id::kLog2, kVector, 1, {kVector}},
    {"mad_over_time", Id::kMadOverTime, kVector, 1, {kMatrix}},
    {"max_of", Id::kMaxOf, kScalar, 2, {kScalar, kScalar}},
    {"max_over_time", Id::kMaxOverTime, kVector, 1, {kMatrix}},
    {"min_of", Id::kMinOf, kScalar, 2, {kScalar, kScalar}},
    {"min_over_time", Id::kMinOverTime, kVector, 1, {kMatrix}},
    {"minute", Id::kMinute, kVector, 1, {kVector}, kOptional, true},
    {"month", Id::kMonth, kVector, 1, {kVector}, kOptional, true},
    {"pi", Id::kPi, kScalar, 0, {}},
    {"predict_linear", Id::kPredictLinear, kVector, 2, {kMatrix, kScalar}, Variadic::kNo, true},
    {"present_over_time", Id::kPresentOverTime, kVector, 1, {kMatrix}},
    {"quantile_over_time", Id::kQuantileOverTime, kVector, 2, {kScalar, kMatrix}},
    {"rad", Id::kRad, kVector, 1, {kVector}},
    {"range", Id::kRange, kScalar, 0, {}},
    {"rate", Id::kRate, kVector, 1, {kMatrix}},
    {"resets", Id::kResets, kVector, 1, {kMatrix}},
    {"round", Id::kRound, kVector, 2, {kVector, kScalar}, kOptional},
    {"scalar", Id::kScalar, kScalar, 1, {kVector}},
    {"sgn", Id::kSgn, kVector, 1, {kVector}},
    {"sin", Id::kSin, kVector, 1, {kVector}},
    {"sinh", Id::kSinh, kVector, 1, {kVector}},
    {"sort", Id::kSort, kVector, 1, {kVector}},
    {"sort_by_label", Id::kSortByLabel, kVector, 2, {kVector, kString}, kAnyNumber},
    {"sort_by_label_desc", Id::kSortByLabelDesc, kVector, 2, {kVector, kString}, kAnyNumber},
    {"sort_desc", Id::kSortDesc, kVector, 1, {kVector}},
    {"sqrt", Id::kSqrt, kVector, 1, {kVector}},
    {"start", Id::kStart, kScalar, 0, {}},
    {"start_timestamp", Id::kStartTimestamp, kVector, 1, {kVector}, Variadic::kNo, true},
    {"stddev_over_time", Id::kStddevOverTime, kVector, 1, {kMatrix}},
    {"stdvar_over_time", Id::kStdvarOverTime, kVector, 1, {kMatrix}},
    {"step", Id::kStep, kScalar, 0, {}},
    {"sum_over_time", Id::kSumOverTime, kVector, 1, {kMatrix}},
    {"tan", Id::kTan, kVector, 1, {kVector}},
    {"tanh", Id::kTanh, kVector, 1, {kVector}},
    {"time", Id::kTime, kScalar, 0, {}, Variadic::kNo, true},
    {"timestamp", Id::kTimestamp, kVector, 1, {kVector}, Variadic::kNo, true},
    {"ts_of_first_over_time", Id::kTsOfFirstOverTime, kVector, 1, {kMatrix}},
    {"ts_of_last_over_time", Id::kTsOfLastOverTime, kVector, 1, {kMatrix}},
    {"ts_of_max_over_time", Id::kTsOfMaxOverTime, kVector, 1, {kMatrix}},
    {"ts_of_min_over_time", Id::kTsOfMinOverTime, kVector, 1, {kMatrix}},
    {"vector", Id::kVector, kVector, 1, {kScalar}},
    {"year", Id::kYear, kVector, 1, {kVector}, kOptional, true},
};

}  // namespace

std::string_view Describe(ValueType type) {
  switch (type) {
    case ValueType::kNone:
      return "none";
    case ValueType::kScalar:
      return "scalar";
    case ValueType::kVector:
      return "instant vector";
    case ValueType::kMatrix:
      return "range vector";
    case ValueType::kString:
      return "string";
  }
  return "none";
}

const FunctionSignature* FindFunction(std::string_view name) {
  for (const FunctionSignature& function : kFunctions) {
    if (function.name == name) return &function;
  }
  return nullptr;
}

}  // namespace glint::promql
