// What of a remote write request was not taken in, and why. Single-threaded.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "storage/metric_batch.h"

namespace glint::pipeline {

// Samples of a request that could not be read cannot be counted: such requests are in
// RemoteWriteCounts::refused_requests.
enum class RemoteWriteRefusal : uint8_t {
  kInvalid,   // Labels or buckets that say nothing.
  kLimit,     // A new series, and the store holds as many as it may.
  kTooOld,    // Beyond what the store takes in.
  kTooNew,    // Further in the future than clocks differ.
  kConflict,  // Another value is stored for the same time.
  kStore,     // The store failed: all of the request.
};
inline constexpr size_t kRemoteWriteRefusals = 6;
std::string_view RemoteWriteRefusalName(RemoteWriteRefusal refusal);  // "invalid", "limit", ...

class RemoteWriteRefusals {
 public:
  // Of reasons with a text the first is told.
  void Add(RemoteWriteRefusal refusal, uint64_t samples, uint64_t exemplars,
           std::string_view reason);
  // What the store said of a batch.
  void Add(const storage::AppendCounts& counts);

  uint64_t Of(RemoteWriteRefusal refusal) const { return samples_[static_cast<size_t>(refusal)]; }
  uint64_t samples() const;
  uint64_t exemplars() const { return exemplars_; }

  // For the sender: "2 of 10 samples refused: 1 is ..."; empty when nothing was refused.
  std::string Text(uint64_t all_samples, uint64_t all_exemplars) const;

 private:
  std::array<uint64_t, kRemoteWriteRefusals> samples_{};
  uint64_t exemplars_ = 0;
  std::string first_reason_;
};

}  // namespace glint::pipeline
