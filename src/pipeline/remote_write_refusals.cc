#include "pipeline/remote_write_refusals.h"

#include <fmt/core.h>

#include <numeric>

namespace glint::pipeline {
namespace {

struct Wording {
  std::string_view name;
  std::string_view text;
};
constexpr Wording kWordings[kRemoteWriteRefusals] = {
    {"invalid", "of series or histograms that are not valid"},
    {"limit", "of new series, beyond those that the store may hold"},
    {"too_old", "older than the store takes in"},
    {"too_new", "too far in the future"},
    {"conflict", "other than what is stored for their time"},
    {"store", "not stored"},
};

}  // namespace

std::string_view RemoteWriteRefusalName(RemoteWriteRefusal refusal) {
  return kWordings[static_cast<size_t>(refusal)].name;
}

void RemoteWriteRefusals::Add(RemoteWriteRefusal refusal, uint64_t samples, uint64_t exemplars,
                              std::string_view reason) {
  samples_[static_cast<size_t>(refusal)] += samples;
  exemplars_ += exemplars;
  if (first_reason_.empty()) first_reason_ = reason;
}

void RemoteWriteRefusals::Add(const storage::AppendCounts& counts) {
  Add(RemoteWriteRefusal::kTooOld, counts.samples_too_old, counts.exemplars_expired, {});
  Add(RemoteWriteRefusal::kTooNew, counts.samples_too_new, counts.exemplars_too_new, {});
  Add(RemoteWriteRefusal::kConflict, counts.samples_conflicting, 0, {});
}

uint64_t RemoteWriteRefusals::samples() const {
  return std::accumulate(samples_.begin(), samples_.end(), uint64_t{0});
}

std::string RemoteWriteRefusals::Text(uint64_t all_samples, uint64_t all_exemplars) const {
  std::string text;
  const uint64_t refused = samples();
  if (refused != 0) {
    text = fmt::format("{} of {} samples refused", refused, all_samples);
    std::string_view separator = ": ";
    for (size_t i = 0; i < kRemoteWriteRefusals; ++i) {
      if (samples_[i] == 0) continue;
      text += fmt::format("{}{} {}", separator, samples_[i], kWordings[i].text);
      separator = ", ";
    }
  }
  if (exemplars_ != 0) {
    text += fmt::format("{}{} of {} exemplars refused", text.empty() ? "" : "; ", exemplars_,
                        all_exemplars);
  }
  if (!text.empty() && !first_reason_.empty()) text += "; the first: " + first_reason_;
  return text;
}

}  // namespace glint::pipeline
