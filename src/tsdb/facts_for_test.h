// What was sent to a metric store and what of it must, may and must not be answered: the plain
// oracle of crash tests. A fact is a sample or an exemplar as text; what it says is a function of
// its series and time, so that an invented one is told apart.
//
// Single-threaded.
#pragma once

#include <fmt/format.h>

#include <bit>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "model/exemplar.h"
#include "model/histogram.h"
#include "model/labels.h"
#include "model/time.h"
#include "storage/exemplar_reader.h"
#include "storage/metric_reader.h"

namespace glint::tsdb {

inline std::string FactOfSample(const model::Labels& series, model::TimeMs time, double value,
                                model::TimeMs start) {
  return fmt::format("{} {} {:016x} from {}", series.ToString(), time,
                     std::bit_cast<uint64_t>(value), start);
}

inline std::string FactOfHistogram(const model::Labels& series, model::TimeMs time,
                                   const model::Histogram& histogram) {
  std::string out =
      fmt::format("{} {} histogram {:016x} {:016x}", series.ToString(), time,
                  std::bit_cast<uint64_t>(histogram.count), std::bit_cast<uint64_t>(histogram.sum));
  for (const double bucket : histogram.positive_buckets) out += fmt::format(" {}", bucket);
  return out;
}

inline std::string FactOfExemplar(const model::Labels& series, const model::Exemplar& exemplar) {
  return fmt::format("{} {} exemplar {} {}", series.ToString(), exemplar.time, exemplar.value,
                     model::AllLabels(exemplar).ToString());
}

// All that is stored, and what was said of it.
struct Answered {
  std::unordered_set<std::string> facts;
  std::vector<std::string> warnings;  // Errors too.
};

template <typename Store>
Answered AskForAll(const Store& store) {
  Answered out;
  QueryBudget budget;
  auto cursor = store.Select({}, budget);
  if (!cursor.ok()) out.warnings.push_back(cursor.status().ToString());
  while (cursor.ok()) {
    const auto block = (*cursor)->Next();
    if (!block.ok()) out.warnings.push_back(block.status().ToString());
    if (!block.ok()) break;
    out.warnings.insert(out.warnings.end(), block->warnings.begin(), block->warnings.end());
    if (block->series.empty()) break;
    for (const storage::SeriesData& data : block->series) {
      for (size_t i = 0; i < data.times.size(); ++i) {
        const model::TimeMs start = data.start_times.empty() ? 0 : data.start_times[i];
        out.facts.insert(FactOfSample(*data.labels, data.times[i], data.values[i], start));
      }
      for (const storage::HistogramSample& one : data.histograms) {
        out.facts.insert(FactOfHistogram(*data.labels, one.time, *one.histogram));
      }
    }
  }
  const auto exemplars = store.SelectExemplars({}, budget);
  if (!exemplars.ok()) {
    out.warnings.push_back(exemplars.status().ToString());
    return out;
  }
  for (const model::SeriesExemplars& one : *exemplars) {
    for (const model::Exemplar& exemplar : one.exemplars) {
      out.facts.insert(FactOfExemplar(one.series, exemplar));
    }
  }
  return out;
}

// What a deletion asks of a fact.
struct FactPlace {
  std::string metric;
  model::TimeMs time = 0;
};
using Facts = std::map<std::string, FactPlace>;

class Oracle {
 public:
  // A batch that was acknowledged; those refused before it are now known to be undone.
  void Acknowledge(const Facts& batch) {
    refused_.clear();
    for (const auto& [fact, place] : batch) {
      must_[fact] = place;
      may_.erase(fact);
    }
    sent_.insert(batch.begin(), batch.end());
  }
  // A batch that was not: absent while the store lives, whole or absent after a power loss.
  void Refuse(const Facts& batch) {
    refused_.push_back(batch);
    sent_.insert(batch.begin(), batch.end());
  }
  // Of all metrics when `metric` is empty. `is_sure`: the deletion was acknowledged.
  void Delete(std::string_view metric, model::TimeRange time, bool is_sure) {
    const auto is_deleted = [&](const FactPlace& place) {
      return (metric.empty() || place.metric == metric) && time.Contains(place.time);
    };
    for (auto at = must_.begin(); at != must_.end();) {
      const bool goes = is_deleted(at->second);
      if (goes && !is_sure) may_.insert(*at);
      at = goes ? must_.erase(at) : std::next(at);
    }
    if (is_sure) std::erase_if(may_, [&](const auto& one) { return is_deleted(one.second); });
  }

  // What is wrong with the answer; empty when nothing is. `after_power_loss`: refused batches may
  // be there.
  std::string Judge(const Answered& answered, bool after_power_loss) const {
    std::unordered_set<std::string> allowed;
    if (after_power_loss) {
      for (const Facts& batch : refused_) {
        const std::string torn = Torn(batch, answered);
        if (!torn.empty()) return torn;
        for (const auto& [fact, place] : batch) allowed.insert(fact);
      }
    }
    for (const auto& [fact, place] : must_) {
      if (answered.facts.count(fact) == 0) return "missing: " + fact;
    }
    for (const std::string& fact : answered.facts) {
      if (must_.count(fact) > 0 || may_.count(fact) > 0 || allowed.count(fact) > 0) continue;
      return (sent_.count(fact) > 0 ? "deleted or refused: " : "invented: ") + fact;
    }
    return "";
  }
  // From now on the answer is what must be there.
  void Settle(const Answered& answered) {
    must_.clear();
    may_.clear();
    refused_.clear();
    for (const std::string& fact : answered.facts) must_[fact] = sent_.at(fact);
  }
  // Of an answer from a damaged disk: the first fact that was never sent.
  std::string Invented(const Answered& answered) const {
    for (const std::string& fact : answered.facts) {
      if (sent_.count(fact) == 0) return fact;
    }
    return "";
  }
  size_t sent() const { return sent_.size(); }

 private:
  // Of a batch that may be there: whole or not at all, as far as its facts are its own.
  std::string Torn(const Facts& batch, const Answered& answered) const {
    std::string there;
    std::string absent;
    for (const auto& [fact, place] : batch) {
      size_t others = must_.count(fact) + may_.count(fact);
      for (const Facts& other : refused_) others += &other != &batch && other.count(fact) > 0;
      if (others == 0) (answered.facts.count(fact) > 0 ? there : absent) = fact;
    }
    return there.empty() || absent.empty() ? "" : "torn: " + there + " without " + absent;
  }

  using AllFacts = std::unordered_map<std::string, FactPlace>;

  AllFacts must_;
  AllFacts may_;  // Of a deletion that was not acknowledged.
  std::vector<Facts> refused_;
  AllFacts sent_;
};

}  // namespace glint::tsdb
