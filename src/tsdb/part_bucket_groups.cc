#include "tsdb/part_bucket_groups.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>
#include <unordered_map>

#include "model/labels.h"
#include "tsdb/part_layout.h"

namespace glint::tsdb {
namespace {

constexpr std::string_view kBoundName = "le";

std::optional<double> ParseBound(std::string_view text) {
  if (!text.empty() && text[0] == '+') text.remove_prefix(1);
  double bound = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), bound);
  if (error != std::errc() || end != text.data() + text.size() || std::isnan(bound)) {
    return std::nullopt;
  }
  return bound;
}

struct Bucket {
  uint64_t hash;  // Of the labels without the bound.
  double bound;
  uint32_t series;
};

class Finder {
 public:
  explicit Finder(const PartLabelsWriter& labels)
      : labels_(labels),
        metric_name_(labels.FindName(std::string(model::kMetricName))),
        bound_name_(labels.FindName(std::string(kBoundName))) {}

  // None when the series is no bucket.
  std::optional<Bucket> BucketOf(uint32_t series) {
    bool is_bucket_metric = false;
    std::optional<double> bound;
    uint64_t hash = 0;
    for (const LabelPair pair : labels_.PairsOf(series)) {
      const uint32_t name = labels_.NameNumberOf(pair);
      if (name == metric_name_) is_bucket_metric = labels_.ValueOf(pair).ends_with("_bucket");
      if (name == bound_name_ && (bound = BoundOf(pair))) continue;
      hash = (hash ^ pair) * 0x9e3779b97f4a7c15u;
      hash ^= hash >> 29;
    }
    if (!is_bucket_metric || !bound) return std::nullopt;
    return Bucket{hash, *bound, series};
  }

  // REQUIRES: both are buckets.
  bool AreOfOne(uint32_t a, uint32_t b) const {
    const auto x = labels_.PairsOf(a);
    const auto y = labels_.PairsOf(b);
    return std::equal(x.begin(), x.end(), y.begin(), y.end(), [this](LabelPair p, LabelPair q) {
      return p == q ||
             (labels_.NameNumberOf(p) == bound_name_ && labels_.NameNumberOf(q) == bound_name_);
    });
  }

 private:
  std::optional<double> BoundOf(LabelPair pair) {
    const auto [found, is_new] = bounds_.try_emplace(pair);
    if (is_new) found->second = ParseBound(labels_.ValueOf(pair));
    return found->second;
  }

  const PartLabelsWriter& labels_;
  const std::optional<uint32_t> metric_name_;
  const std::optional<uint32_t> bound_name_;
  std::unordered_map<LabelPair, std::optional<double>> bounds_;
};

}  // namespace

std::vector<std::vector<uint32_t>> FindBucketGroups(const PartLabelsWriter& labels, size_t count) {
  Finder finder(labels);
  std::vector<Bucket> buckets;
  for (uint32_t i = 0; i < count; ++i) {
    if (const auto bucket = finder.BucketOf(i)) buckets.push_back(*bucket);
  }
  std::sort(buckets.begin(), buckets.end(), [](const Bucket& a, const Bucket& b) {
    if (a.hash != b.hash) return a.hash < b.hash;
    return a.bound != b.bound ? a.bound < b.bound : a.series < b.series;
  });
  // Two histograms of equal hash may alternate: then they are cut into more groups, none is wrong.
  std::vector<std::vector<uint32_t>> groups;
  std::vector<uint32_t> group;
  for (const Bucket& bucket : buckets) {
    if (!group.empty() &&
        (group.size() == kMaxGroupColumns || !finder.AreOfOne(group.back(), bucket.series))) {
      if (group.size() > 1) groups.push_back(std::move(group));
      group.clear();
    }
    group.push_back(bucket.series);
  }
  if (group.size() > 1) groups.push_back(std::move(group));
  return groups;
}

}  // namespace glint::tsdb
