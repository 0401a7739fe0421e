// The OTLP receiver: takes in spans and metrics over gRPC and HTTP, as bytes, and puts them into
// the stores. Sockets are net's: the handlers here are given to its servers.
//
// Over HTTP it behaves as the Collector's receiver does, with one difference: what cannot be kept
// is refused alone and told as partial success, where the Collector refuses all or says nothing.
//
// Thread-safe.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "base/status.h"
#include "net/grpc_server.h"
#include "net/http.h"
#include "storage/metric_writer.h"
#include "storage/trace_writer.h"
#include "wire/otlp_decode.h"
#include "wire/otlp_response.h"

namespace glint::pipeline {

enum class OtlpTransport : uint8_t { kGrpc, kHttp };
inline constexpr size_t kOtlpTransports = 2;

// Why items were not taken in. Items of a request that could not be read cannot be counted: those
// requests are in OtlpCounts::refused_requests.
enum class OtlpRefusal : uint8_t {
  kInvalid,      // Ids, times, buckets or names that say nothing.
  kTemporality,  // Delta metrics.
  kLimit,        // The request asks for too much memory.
  kTooOld,       // Beyond what the store takes in.
  kTooNew,       // Further in the future than clocks differ.
  kConflict,     // Another value is stored for the same time.
  kStore,        // The store failed: all of the request.
};
inline constexpr size_t kOtlpRefusals = 7;
std::string_view OtlpRefusalName(OtlpRefusal refusal);  // "invalid", "temporality", ...

// Of one transport and one signal: spans, or points. Samples that a store refused count as the
// points that they are part of, which for histograms is an estimate.
struct OtlpCounts {
  uint64_t requests = 0;
  uint64_t refused_requests = 0;  // Not readable, too large, of an unknown encoding.
  uint64_t accepted = 0;
  std::array<uint64_t, kOtlpRefusals> refused{};
};

// What one export came to.
struct OtlpExport {
  uint64_t accepted = 0;
  uint64_t rejected = 0;
  std::string message;  // Why, for the sender; empty when nothing was rejected.
};

inline constexpr size_t kOtlpMaxBodyBytes = 20 << 20;
// What a client whose request may succeed later is told to wait.
inline constexpr int kOtlpRetryAfterSeconds = 5;

class OtlpReceiver {
 public:
  // The writers outlive the receiver.
  OtlpReceiver(storage::MetricWriter& metrics, storage::TraceWriter& traces)
      : metrics_(metrics), traces_(traces) {}

  // Takes in one request. Durable, as far as the store promises, when it returns OK.
  // INVALID_ARGUMENT: the request cannot be read, nothing of it was stored. Others: of the store's
  // writers.
  StatusOr<OtlpExport> Export(wire::OtlpSignal signal, std::string_view bytes,
                              wire::OtlpEncoding encoding, OtlpTransport transport);

  // Routes /v1/traces and /v1/metrics. `router` is used while the receiver lives.
  void AddRoutes(net::HttpRouter& router);
  net::HttpResponse HandleHttp(wire::OtlpSignal signal, const net::HttpRequest& request);

  // For net::GrpcServer, which answers UNIMPLEMENTED for all other services. Used while the
  // receiver lives.
  std::map<std::string, net::UnaryHandler> GrpcHandlers();
  net::GrpcReply HandleGrpc(wire::OtlpSignal signal, std::string_view bytes);

  OtlpCounts Counts(wire::OtlpSignal signal, OtlpTransport transport) const;

 private:
  struct Counters {
    std::atomic<uint64_t> requests = 0;
    std::atomic<uint64_t> refused_requests = 0;
    std::atomic<uint64_t> accepted = 0;
    std::array<std::atomic<uint64_t>, kOtlpRefusals> refused{};

    void Refuse(OtlpRefusal refusal, uint64_t items) {
      refused[static_cast<size_t>(refusal)].fetch_add(items, std::memory_order_relaxed);
    }
  };

  StatusOr<OtlpExport> ExportSpans(std::string_view bytes, wire::OtlpEncoding encoding,
                                   Counters& counters);
  StatusOr<OtlpExport> ExportMetrics(std::string_view bytes, wire::OtlpEncoding encoding,
                                     Counters& counters);
  const Counters& CountersOf(wire::OtlpSignal signal, OtlpTransport transport) const {
    return counters_[static_cast<size_t>(signal)][static_cast<size_t>(transport)];
  }
  Counters& CountersOf(wire::OtlpSignal signal, OtlpTransport transport) {
    return counters_[static_cast<size_t>(signal)][static_cast<size_t>(transport)];
  }

  storage::MetricWriter& metrics_;
  storage::TraceWriter& traces_;
  std::array<std::array<Counters, kOtlpTransports>, 2> counters_;
};

// The HTTP status for a gRPC code, as the Collector has it: UNAVAILABLE -> 503 and so on.
int OtlpHttpStatus(StatusCode code);

}  // namespace glint::pipeline
