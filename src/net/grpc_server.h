// Serves gRPC methods that take one message and answer with one, as bytes: decoding is the
// handler's. Flow control, deadlines, compression and keepalive are gRPC's.
//
// Thread-safe.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/status.h"

namespace glint::net {

struct GrpcReply {
  Status status;        // Not OK: its code and message go to the client, `bytes` do not.
  std::string bytes;    // The serialized answer.
  std::string details;  // A serialized google.rpc.Status, sent when it is not empty.
};

struct GrpcContext {
  std::string peer;  // "ipv4:127.0.0.1:52100".
  std::vector<std::pair<std::string, std::string>> metadata;
  std::stop_token stop;  // Requested when the client cancels, its deadline passes, or we stop.
};

// `method` is the full name, "/package.Service/Method". Called on a worker thread; may block.
using UnaryHandler = std::function<GrpcReply(std::string_view method, std::string bytes,
                                             const GrpcContext& context)>;

struct GrpcServerOptions {
  std::string name = "grpc";               // In errors and logs.
  std::string address = "127.0.0.1:4317";  // Port 0: any free one, see address().
  std::string address_flag;                // "--otlp-grpc": named when the address is taken.
  int max_receive_bytes = 4 << 20;         // Beyond: RESOURCE_EXHAUSTED, by gRPC.
  int max_streams_per_connection = 256;    // Beyond: the client waits, as HTTP/2 has it.
  size_t max_queued_requests = 1024;       // Waiting for a worker. Beyond: UNAVAILABLE.
  int worker_threads = 4;
};

class GrpcServer {
 public:
  // Listens and serves; what is not in `handlers` is UNIMPLEMENTED.
  // INVALID_ARGUMENT: the address cannot be read or found. UNAVAILABLE, PERMISSION_DENIED: it
  // cannot be listened on; the message says why and what to do.
  static StatusOr<std::unique_ptr<GrpcServer>> Start(GrpcServerOptions options,
                                                     std::map<std::string, UnaryHandler> handlers);
  ~GrpcServer();  // Drain(0).

  // Where it listens, with the actual port.
  std::string address() const;
  uint64_t requests() const;          // Since the start, unknown methods too.
  uint64_t requests_refused() const;  // No room in the queue, or no message came.

  // Takes no more connections and calls, lets running ones answer; after `patience` they are
  // cancelled. Returns when all handlers returned.
  void Drain(std::chrono::milliseconds patience);

 private:
  struct State;
  explicit GrpcServer(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace glint::net
