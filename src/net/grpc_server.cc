#include "net/grpc_server.h"

#include <grpc/support/log.h>
#include <grpcpp/generic/async_generic_service.h>
#include <grpcpp/grpcpp.h>
#include <netdb.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <mutex>

#include "base/log.h"
#include "net/address.h"
#include "net/worker_pool.h"

namespace glint::net {
namespace {

// gRPC's own log tells its developers more than our users: what matters comes back as a status.
void RouteGrpcLog() {
  static std::once_flag once;
  std::call_once(once, [] {
    gpr_set_log_function(
        [](gpr_log_func_args* args) { LogDebug("net", "grpc: {}", args->message); });
  });
}

// The errno of binding to `address`, 0 when that works: gRPC itself says only that it failed.
int ProbeBind(const HostPort& address) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_PASSIVE;
  addrinfo* found = nullptr;
  if (::getaddrinfo(address.host.empty() ? nullptr : address.host.c_str(),
                    std::to_string(address.port).c_str(), &hints, &found) != 0) {
    return EADDRNOTAVAIL;
  }
  int error = 0;
  for (const addrinfo* at = found; at != nullptr && error == 0; at = at->ai_next) {
    const int fd = ::socket(at->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0) continue;
    const int on = 1;
    ::setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
    if (::bind(fd, at->ai_addr, at->ai_addrlen) != 0 || ::listen(fd, 1) != 0) error = errno;
    ::close(fd);
  }
  ::freeaddrinfo(found);
  return error;
}

std::string ToBytes(const grpc::ByteBuffer& buffer) {
  std::vector<grpc::Slice> slices;
  std::string bytes;
  if (!buffer.Dump(&slices).ok()) return bytes;
  bytes.reserve(buffer.Length());
  for (const grpc::Slice& slice : slices) {
    bytes.append(reinterpret_cast<const char*>(slice.begin()), slice.size());
  }
  return bytes;
}

grpc::ByteBuffer ToBuffer(const std::string& bytes) {
  const grpc::Slice slice(bytes);
  return grpc::ByteBuffer(&slice, 1);
}

grpc::Status ToGrpc(const GrpcReply& reply) {
  if (reply.status.ok()) return grpc::Status::OK;
  return grpc::Status(static_cast<grpc::StatusCode>(reply.status.code()),
                      std::string(reply.status.message()), reply.details);
}

}  // namespace

struct GrpcServer::State : public grpc::CallbackGenericService {
  State(GrpcServerOptions chosen, std::map<std::string, UnaryHandler> by_method)
      : options(std::move(chosen)),
        handlers(std::move(by_method)),
        workers("glint-" + options.name, options.worker_threads, options.max_queued_requests) {}

  grpc::ServerGenericBidiReactor* CreateReactor(
      grpc::GenericCallbackServerContext* context) override;

  const GrpcServerOptions options;
  const std::map<std::string, UnaryHandler> handlers;
  WorkerPool workers;
  HostPort listening;
  std::unique_ptr<grpc::Server> server;
  std::atomic<uint64_t> requests = 0;
  std::atomic<uint64_t> requests_refused = 0;

  class Call;
};

// One call. Deletes itself in OnDone, which comes after Finish and the last other callback.
class GrpcServer::State::Call : public grpc::ServerGenericBidiReactor {
 public:
  Call(State& server, grpc::GenericCallbackServerContext& context)
      : server_(server), context_(context) {
    server_.requests.fetch_add(1);
    const auto found = server_.handlers.find(context.method());
    if (found == server_.handlers.end()) {
      Finish(grpc::Status(grpc::StatusCode::UNIMPLEMENTED,
                          fmt::format("unknown method {}", context.method())));
      return;
    }
    handler_ = &found->second;
    StartRead(&request_);
  }

  void OnReadDone(bool ok) override {
    if (!ok) {
      server_.requests_refused.fetch_add(1);
      Finish(grpc::Status(grpc::StatusCode::INVALID_ARGUMENT, "the call carries no message"));
      return;
    }
    if (!server_.workers.TrySubmit([this] { Answer(); })) {
      server_.requests_refused.fetch_add(1);
      Finish(grpc::Status(grpc::StatusCode::UNAVAILABLE,
                          fmt::format("overloaded: {} requests wait already",
                                      server_.options.max_queued_requests)));
    }
  }
  void OnCancel() override { stop_.request_stop(); }
  void OnDone() override { delete this; }

 private:
  void Answer() {
    GrpcContext context;
    context.peer = context_.peer();
    context.stop = stop_.get_token();
    for (const auto& entry : context_.client_metadata()) {
      context.metadata.emplace_back(std::string(entry.first.data(), entry.first.size()),
                                    std::string(entry.second.data(), entry.second.size()));
    }
    GrpcReply reply;
    try {
      reply = (*handler_)(context_.method(), ToBytes(request_), context);
    } catch (const std::exception& exception) {
      LogError("net", "{}: handler threw: {}", context_.method(), exception.what());
      reply.status = Internal("internal error: {}", exception.what());
    }
    if (!reply.status.ok()) {
      Finish(ToGrpc(reply));
      return;
    }
    answer_ = ToBuffer(reply.bytes);
    StartWriteAndFinish(&answer_, grpc::WriteOptions(), grpc::Status::OK);
  }

  State& server_;
  grpc::GenericCallbackServerContext& context_;
  const UnaryHandler* handler_ = nullptr;
  grpc::ByteBuffer request_;
  grpc::ByteBuffer answer_;
  std::stop_source stop_;
};

grpc::ServerGenericBidiReactor* GrpcServer::State::CreateReactor(
    grpc::GenericCallbackServerContext* context) {
  return new Call(*this, *context);
}

StatusOr<std::unique_ptr<GrpcServer>> GrpcServer::Start(
    GrpcServerOptions options, std::map<std::string, UnaryHandler> handlers) {
  RouteGrpcLog();
  ASSIGN_OR_RETURN(HostPort address, ParseHostPort(options.address));
  auto state = std::make_unique<State>(std::move(options), std::move(handlers));
  const HostPort wanted{address.host.empty() ? "::" : address.host, address.port};
  // The default would let a second process listen beside us and take half of the calls.
  if (const int error = address.port == 0 ? 0 : ProbeBind(address); error != 0) {
    return ListenError(state->options.name, address, error, state->options.address_flag);
  }
  grpc::ServerBuilder builder;
  int port = 0;
  builder.AddListeningPort(wanted.ToString(), grpc::InsecureServerCredentials(), &port);
  builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
  builder.AddChannelArgument(GRPC_ARG_MAX_CONCURRENT_STREAMS,
                             state->options.max_streams_per_connection);
  builder.SetMaxReceiveMessageSize(state->options.max_receive_bytes);
  builder.RegisterCallbackGenericService(state.get());
  state->server = builder.BuildAndStart();
  if (state->server == nullptr || port == 0) {
    const int error = ProbeBind(address);
    return ListenError(state->options.name, address, error == 0 ? EADDRINUSE : error,
                       state->options.address_flag);
  }
  state->listening = HostPort{address.host, static_cast<uint16_t>(port)};
  return std::unique_ptr<GrpcServer>(new GrpcServer(std::move(state)));
}

GrpcServer::GrpcServer(std::unique_ptr<State> state) : state_(std::move(state)) {}

GrpcServer::~GrpcServer() { Drain(std::chrono::milliseconds(0)); }

std::string GrpcServer::address() const { return state_->listening.ToString(); }
uint64_t GrpcServer::requests() const { return state_->requests.load(); }
uint64_t GrpcServer::requests_refused() const { return state_->requests_refused.load(); }

void GrpcServer::Drain(std::chrono::milliseconds patience) {
  state_->server->Shutdown(std::chrono::system_clock::now() + patience);
  state_->server->Wait();
  state_->workers.Stop();
}

}  // namespace glint::net
