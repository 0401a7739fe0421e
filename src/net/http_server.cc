#include "net/http_server.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/ip/v6_only.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

#include "base/log.h"
#include "net/asio_context.h"
#include "net/http_connection.h"

namespace glint::net {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

constexpr auto kAwait = asio::as_tuple(asio::use_awaitable);
constexpr std::chrono::milliseconds kAcceptPause{100};

using State = HttpServer::State;

StatusOr<tcp::endpoint> Resolve(State& state, const HostPort& address) {
  error_code error;
  if (address.host.empty()) return tcp::endpoint(tcp::v6(), address.port);
  const auto literal = asio::ip::make_address(address.host, error);
  if (!error) return tcp::endpoint(literal, address.port);
  tcp::resolver resolver(state.io);
  const auto found = resolver.resolve(address.host, "", error);
  if (error || found.empty()) {
    return InvalidArgument("{}: listen address {}: host \"{}\" not found: {}", state.options.name,
                           state.options.address, address.host, error.message());
  }
  tcp::endpoint chosen = found.begin()->endpoint();
  for (const auto& entry : found) {
    if (entry.endpoint().address().is_v4()) chosen = entry.endpoint();
  }
  return tcp::endpoint(chosen.address(), address.port);
}

error_code Listen(tcp::acceptor& acceptor, const tcp::endpoint& endpoint) {
  error_code error;
  acceptor.open(endpoint.protocol(), error);
  if (!error && endpoint.address().is_v6() && endpoint.address().is_unspecified()) {
    acceptor.set_option(asio::ip::v6_only(false), error);
  }
  if (!error) acceptor.set_option(tcp::acceptor::reuse_address(true), error);
  if (!error) acceptor.bind(endpoint, error);
  if (!error) acceptor.listen(asio::socket_base::max_listen_connections, error);
  if (error) {
    error_code ignored;
    acceptor.close(ignored);
  }
  return error;
}

// Beyond max_connections. Best effort: the socket's own buffer takes this much at once.
void RefuseConnection(State& state, tcp::socket socket) {
  state.connections_refused.fetch_add(1);
  const std::string body = fmt::format("503: overloaded: {} connections are open already\n",
                                       state.options.max_connections);
  const std::string answer = fmt::format(
      "HTTP/1.1 503 Service Unavailable\r\nContent-Type: text/plain; charset=utf-8\r\n"
      "Content-Length: {}\r\nRetry-After: 1\r\nConnection: close\r\n\r\n{}",
      body.size(), body);
  error_code ignored;
  socket.non_blocking(true, ignored);
  socket.write_some(asio::buffer(answer), ignored);
  socket.shutdown(tcp::socket::shutdown_send, ignored);
  std::array<char, 4096> discarded;  // What was sent so far; unread it would reset the answer.
  socket.read_some(asio::buffer(discarded), ignored);
}

void Admit(const std::shared_ptr<State>& state, tcp::socket socket) {
  state->accepted.fetch_add(1);
  // Outlives the lock: a connection that is done takes it to say so.
  std::shared_ptr<HttpConnection> connection;
  {
    const std::lock_guard lock(state->mutex);
    if (state->draining.load()) return;
    if (state->connections.size() < state->options.max_connections) {
      connection = std::make_shared<HttpConnection>(state, std::move(socket));
      state->connections.insert(connection.get());
    }
  }
  if (connection != nullptr) {
    connection->Start();
  } else {
    RefuseConnection(*state, std::move(socket));
  }
}

asio::awaitable<void> Accept(std::shared_ptr<State> state) {
  while (!state->draining.load()) {
    auto [error, socket] =
        co_await state->acceptor.async_accept(asio::make_strand(state->io), kAwait);
    if (!error) {
      Admit(state, std::move(socket));
    } else if (error != asio::error::operation_aborted &&
               error != asio::error::connection_aborted) {
      // Out of file descriptors, most likely: others will be closed soon.
      LogWarn("net", "{}: cannot accept a connection: {}", state->options.name, error.message());
      asio::steady_timer pause(state->io, kAcceptPause);
      const auto [ignored] = co_await pause.async_wait(kAwait);
      (void)ignored;
    }
  }
  const std::lock_guard lock(state->mutex);
  state->accepting = false;
  state->closed.notify_all();
}

// Each alive for as long as the copies are held.
std::vector<std::shared_ptr<HttpConnection>> Connections(State& state) {
  std::vector<std::shared_ptr<HttpConnection>> alive;
  const std::lock_guard lock(state.mutex);
  for (HttpConnection* connection : state.connections) {
    if (auto held = connection->weak_from_this().lock()) alive.push_back(std::move(held));
  }
  return alive;
}

}  // namespace

HttpServer::State::State(EventLoop& loop, HttpServerOptions chosen, HttpRouter routes)
    : options(std::move(chosen)),
      router(std::move(routes)),
      io(loop.context().io),
      acceptor(asio::make_strand(io)),
      workers("glint-" + options.name, options.worker_threads, options.max_queued_requests) {}

StatusOr<std::unique_ptr<HttpServer>> HttpServer::Start(EventLoop& loop, HttpServerOptions options,
                                                        HttpRouter router) {
  ASSIGN_OR_RETURN(HostPort address, ParseHostPort(options.address));
  auto state = std::make_shared<State>(loop, std::move(options), std::move(router));
  ASSIGN_OR_RETURN(tcp::endpoint endpoint, Resolve(*state, address));
  error_code error = Listen(state->acceptor, endpoint);
  if (error == asio::error::address_family_not_supported && address.host.empty()) {
    error = Listen(state->acceptor, tcp::endpoint(tcp::v4(), address.port));
  }
  if (error) {
    return ListenError(state->options.name, address, error.value(), state->options.address_flag);
  }
  const tcp::endpoint local = state->acceptor.local_endpoint(error);
  state->listening = HostPort{local.address().to_string(), local.port()};
  state->accepting = true;
  asio::co_spawn(state->acceptor.get_executor(), Accept(state), asio::detached);
  return std::unique_ptr<HttpServer>(new HttpServer(std::move(state)));
}

HttpServer::HttpServer(std::shared_ptr<State> state) : state_(std::move(state)) {}

HttpServer::~HttpServer() { Drain(std::chrono::milliseconds(0)); }

std::string HttpServer::address() const { return state_->listening.ToString(); }

HttpServerStats HttpServer::stats() const {
  HttpServerStats stats;
  {
    const std::lock_guard lock(state_->mutex);
    stats.connections_now = state_->connections.size();
  }
  stats.requests_now = state_->requests_now.load();
  stats.connections = state_->accepted.load();
  stats.connections_refused = state_->connections_refused.load();
  stats.requests = state_->requests.load();
  stats.requests_refused = state_->requests_refused.load();
  return stats;
}

void HttpServer::Drain(std::chrono::milliseconds patience) {
  State& state = *state_;
  {
    const std::lock_guard lock(state.mutex);  // No connection is admitted after this.
    state.draining.store(true);
  }
  asio::post(state.acceptor.get_executor(), [held = state_] {
    error_code ignored;
    held->acceptor.close(ignored);
  });
  for (const auto& connection : Connections(state)) connection->CloseIfIdle();
  const auto done = [&state] { return state.connections.empty() && !state.accepting; };
  {
    std::unique_lock lock(state.mutex);
    if (state.closed.wait_for(lock, patience, done)) {
      lock.unlock();
      state.workers.Stop();
      return;
    }
  }
  for (const auto& connection : Connections(state)) connection->Abort();
  {
    std::unique_lock lock(state.mutex);
    state.closed.wait(lock, done);
  }
  state.workers.Stop();
}

}  // namespace glint::net
