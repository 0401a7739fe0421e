// Remote write requests as bytes, to columns: both versions of the protocol, after snappy.
//
// A sender names the same series again and again, and to make labels of each would cost more than
// all the rest. So a series comes as a key, a hash of its labels as they were sent; whoever takes
// requests in keeps a map from keys to the store's refs and asks for labels only where it has none.
//
// A request that is not protobuf is refused whole. What can be read but not kept, a histogram whose
// buckets do not add up or a series without a name, is refused alone.
//
// Thread-compatible.
#pragma once

#include <compare>
#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "model/exemplar.h"
#include "model/histogram.h"
#include "model/labels.h"
#include "model/metadata.h"
#include "model/time.h"

namespace glint::wire {

enum class RemoteWriteVersion : uint8_t { k1, k2 };

// XXH3 of the labels as sent, in 128 bits: two series do not meet by chance. The same labels have
// another key in the other version, or in another order; that costs a look-up, no more.
struct SeriesKey {
  uint64_t low = 0;
  uint64_t high = 0;
  auto operator<=>(const SeriesKey&) const = default;
};

// A series of a request. Its items lie in the request's columns after those of the series before.
struct RemoteWriteSeries {
  SeriesKey key;
  std::string_view labels;  // As sent; DecodedRemoteWrite::LabelsOf reads them.
  uint32_t samples = 0;
  uint32_t histograms = 0;
  uint32_t exemplars = 0;
  uint32_t help_ref = 0;  // Metadata of 2.0, which names each series' again and again.
  uint32_t unit_ref = 0;
  model::MetricType type = model::MetricType::kUnknown;
  bool has_metadata = false;
};

struct RemoteWriteHistogram {
  model::TimeMs time = 0;
  model::TimeMs start_time = 0;  // 0 where unknown.
  std::shared_ptr<const model::Histogram> histogram;
};

// Lives as long as the bytes of its request, which it refers to.
struct DecodedRemoteWrite {
  RemoteWriteVersion version = RemoteWriteVersion::k1;
  std::vector<RemoteWriteSeries> series;  // Those that have items.

  std::vector<double> values;
  std::vector<model::TimeMs> times;        // As long as values.
  std::vector<model::TimeMs> start_times;  // The same, 0 where unknown; empty when all are.
  std::vector<RemoteWriteHistogram> histograms;
  std::vector<model::Exemplar> exemplars;
  std::vector<model::MetricMetadata> metadata;  // Of 1.0, which sends it apart from series.

  uint64_t refused_histograms = 0;
  uint64_t refused_exemplars = 0;
  std::string first_reason;  // Of a refusal; empty when there was none.

  // INVALID_ARGUMENT: no name, a label without a name or twice, or not UTF-8; says which.
  StatusOr<model::Labels> LabelsOf(const RemoteWriteSeries& one) const;
  // What 2.0 says of a series with that name. REQUIRES: one.has_metadata.
  model::MetricMetadata MetadataOf(const RemoteWriteSeries& one,
                                   std::string_view metric_name) const;
  // Changes when MetadataOf() would, but for the name. Never 0.
  uint32_t MetadataHash(const RemoteWriteSeries& one) const;

  std::vector<std::string_view> symbols;  // Of 2.0.
  std::vector<SeriesKey> symbol_hashes;   // As long as symbols.
  // Labels that did not lie together in the request, put together; pieces of `series` refer to it.
  std::deque<std::string> gathered;
};

// Decoded structures take at most this many times the bytes of the request, and a little.
inline constexpr size_t kRemoteWriteExpansion = 24;

// INVALID_ARGUMENT: not that message, or one of the other version. RESOURCE_EXHAUSTED: beyond
// kRemoteWriteExpansion.
StatusOr<DecodedRemoteWrite> DecodeRemoteWrite(std::string_view bytes, RemoteWriteVersion version);

}  // namespace glint::wire
