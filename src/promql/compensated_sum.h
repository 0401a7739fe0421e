// Sums that do not lose the small terms beside large ones. Thread-compatible.
// Source: Neumaier's variant of https://en.wikipedia.org/wiki/Kahan_summation_algorithm
#pragma once

#include <cmath>
#include <cstdint>

namespace glint::promql {

struct CompensatedSum {
  double sum = 0;
  double lost = 0;

  void Add(double term) {
    const double next = sum + term;
    if (std::isinf(next)) {
      lost = 0;
    } else if (std::abs(sum) >= std::abs(term)) {
      lost += (sum - next) + term;
    } else {
      lost += (term - next) + sum;
    }
    sum = next;
  }
  double Get() const { return std::isinf(sum) ? sum : sum + lost; }
};

// A mean whose sum may exceed the largest double: it then goes on from mean to mean.
struct CompensatedMean {
  CompensatedSum sum;  // Or the mean itself, once `by_steps`.
  uint64_t count = 0;
  bool by_steps = false;

  void Add(double term) {
    ++count;
    const auto n = static_cast<double>(count);
    if (!by_steps) {
      CompensatedSum next = sum;
      next.Add(term);
      if (count == 1 || !std::isinf(next.sum)) {
        sum = next;
        return;
      }
      by_steps = true;
      sum.sum /= n - 1;
      sum.lost /= n - 1;
    }
    const double share = (n - 1) / n;
    sum.sum *= share;
    sum.lost *= share;
    sum.Add(term / n);
  }
  double Get() const {
    if (by_steps) return sum.Get();
    const auto n = static_cast<double>(count);
    return std::isinf(sum.sum) ? sum.sum : sum.sum / n + sum.lost / n;
  }
};

}  // namespace glint::promql
