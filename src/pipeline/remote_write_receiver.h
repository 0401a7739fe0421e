// The remote write receiver: takes in what Prometheus and its relatives push, protocols 1.0 and
// 2.0, and puts it into the store.
//
// What cannot be kept is refused alone, after the rest is stored, and told in the answer: 400 with
// how many and why, which senders do not retry. Samples that are stored already are no fault.
//
// Thread-safe.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/status.h"
#include "net/http.h"
#include "pipeline/remote_write_batch.h"
#include "pipeline/remote_write_cache.h"
#include "pipeline/remote_write_refusals.h"
#include "storage/metric_writer.h"
#include "wire/remote_write.h"

namespace glint::pipeline {

// Since the start. Histograms are samples too.
struct RemoteWriteCounts {
  uint64_t requests = 0;
  uint64_t refused_requests = 0;  // Not readable, too large, of an unknown type or encoding.
  uint64_t samples = 0;           // Stored, now or before.
  std::array<uint64_t, kRemoteWriteRefusals> refused{};
  uint64_t exemplars = 0;
  uint64_t refused_exemplars = 0;
  uint64_t known_series = 0;   // Series of requests whose ref was at hand,
  uint64_t new_series = 0;     // and those that the store was asked for.
  uint64_t cached_series = 0;  // Now.
};

// What one request came to. Counts what is stored, now or before.
struct RemoteWritten {
  uint64_t samples = 0;  // Floats.
  uint64_t histograms = 0;
  uint64_t exemplars = 0;
  uint64_t refused_samples = 0;  // Histograms too.
  std::string refused;           // How many of what were refused, and why; empty when nothing was.
};

// Once decompressed; the server limits what comes in.
inline constexpr size_t kRemoteWriteMaxBytes = 32 << 20;

class RemoteWriteReceiver {
 public:
  // Both outlive the receiver.
  explicit RemoteWriteReceiver(storage::MetricWriter& metrics, const Clock& clock = SystemClock())
      : metrics_(metrics), clock_(clock) {}

  // Takes in one request, decompressed. Durable, as far as the store promises, when it returns OK.
  // INVALID_ARGUMENT: it cannot be read. Others: of the store. Nothing was stored, or it may be
  // sent again whole.
  StatusOr<RemoteWritten> Receive(std::string_view bytes, wire::RemoteWriteVersion version,
                                  storage::SenderId sender);

  // Routes POST /api/v1/write. `router` is used while the receiver lives.
  void AddRoutes(net::HttpRouter& router);
  net::HttpResponse HandleHttp(const net::HttpRequest& request);

  RemoteWriteCounts Counts() const;

 private:
  // Resolves, appends and remembers. Takes the columns out of `request`, its series stay.
  StatusOr<RemoteWritten> Store(wire::DecodedRemoteWrite& request, storage::SenderId sender,
                                RemoteWriteRefusals& refusals);
  StatusOr<ResolvedSeries> Resolve(const wire::DecodedRemoteWrite& request,
                                   RemoteWriteRefusals& refusals);
  Status ResolveMissing(const wire::DecodedRemoteWrite& request, std::span<const size_t> missing,
                        ResolvedSeries& resolved, RemoteWriteRefusals& refusals);
  void Count(const RemoteWritten& written, const RemoteWriteRefusals& refusals);

  storage::MetricWriter& metrics_;
  const Clock& clock_;
  RemoteWriteCache cache_;

  std::atomic<uint64_t> requests_ = 0;
  std::atomic<uint64_t> refused_requests_ = 0;
  std::atomic<uint64_t> samples_ = 0;
  std::array<std::atomic<uint64_t>, kRemoteWriteRefusals> refused_{};
  std::atomic<uint64_t> exemplars_ = 0;
  std::atomic<uint64_t> refused_exemplars_ = 0;
  std::atomic<uint64_t> known_series_ = 0;
  std::atomic<uint64_t> new_series_ = 0;
};

// Who sent a request: the host that it came from and its User-Agent. A sender opens many
// connections and its port changes with each, so the port is left out; two senders on one host
// mostly differ in the other. Behind a proxy all are one: their batches then lie together, which
// costs bytes and no more.
storage::SenderId RemoteWriteSender(const net::HttpRequest& request);

}  // namespace glint::pipeline
