// Series as they are scraped, to test and measure columns with: made up from a seed, so that a
// failure can be repeated.
#pragma once

#include <cmath>
#include <cstdint>
#include <random>
#include <vector>

namespace glint::codec::shapes {

using Random = std::mt19937_64;

inline double Below(double limit, Random& random) {
  return std::uniform_real_distribution<double>(0, limit)(random);
}

// Whole numbers that rise by about `rate` a step.
inline std::vector<double> Counter(size_t count, double rate, Random& random) {
  std::vector<double> values;
  double value = std::floor(Below(1000, random));
  for (size_t i = 0; i < count; ++i) {
    values.push_back(value += std::floor(Below(2 * rate, random) + 0.5));
  }
  return values;
}

// A walk in steps of 1 / `per_unit`.
inline std::vector<double> Decimals(size_t count, double per_unit, Random& random) {
  std::vector<double> values;
  double steps = std::floor(Below(1000, random));
  for (size_t i = 0; i < count; ++i) {
    steps += std::round(Below(10, random) - 5);
    values.push_back(steps / per_unit);
  }
  return values;
}

// A walk in steps of a page.
inline std::vector<double> Pages(size_t count, Random& random) {
  std::vector<double> values = Decimals(count, 1, random);
  for (double& value : values) value = (value + 1e6) * 4096;
  return values;
}

// A sum of durations: every bit of the fraction is in use.
inline std::vector<double> Sum(size_t count, Random& random) {
  std::vector<double> values;
  double value = Below(1, random);
  for (size_t i = 0; i < count; ++i) values.push_back(value += Below(0.5, random));
  return values;
}

// A share between 0 and 1 that walks.
inline std::vector<double> Ratio(size_t count, Random& random) {
  std::vector<double> values;
  double value = 0.5;
  for (size_t i = 0; i < count; ++i) {
    value = std::min(1.0, std::max(0.0, value + Below(0.01, random) - 0.005));
    values.push_back(value);
  }
  return values;
}

// Cumulative buckets of a classic histogram that observes up to `most` a step.
inline std::vector<std::vector<double>> Buckets(size_t columns, size_t rows, int most,
                                                Random& random) {
  std::vector<std::vector<double>> buckets(columns, std::vector<double>(rows));
  std::vector<double> counts(columns);
  for (size_t row = 0; row < rows; ++row) {
    for (int left = most == 0 ? 0 : static_cast<int>(random() % static_cast<uint64_t>(most));
         left > 0; --left) {
      const double spread = Below(1, random) * Below(1, random);
      ++counts[static_cast<size_t>(spread * static_cast<double>(columns))];
    }
    double sum = 0;
    for (size_t column = 0; column < columns; ++column)
      buckets[column][row] = sum += counts[column];
  }
  return buckets;
}

}  // namespace glint::codec::shapes
