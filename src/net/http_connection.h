// One client of HttpServer, and what all clients share. Only sources of net/ include this.
#pragma once

#include <atomic>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <stop_token>
#include <string>
#include <string_view>
#include <unordered_set>

#include "net/address.h"
#include "net/http.h"
#include "net/http_server.h"
#include "net/worker_pool.h"

namespace glint::net {

class HttpConnection;

struct HttpServer::State {
  State(EventLoop& loop, HttpServerOptions options, HttpRouter router);

  const HttpServerOptions options;
  const HttpRouter router;
  boost::asio::io_context& io;
  boost::asio::ip::tcp::acceptor acceptor;  // On a strand of its own.
  HostPort listening;                       // Set before the first connection.
  WorkerPool workers;

  std::mutex mutex;
  std::condition_variable closed;                   // A connection went away.
  std::unordered_set<HttpConnection*> connections;  // Guarded by mutex. Each alive while in it.
  bool accepting = false;                           // Guarded by mutex.
  std::atomic<bool> draining = false;

  std::atomic<uint64_t> requests_now = 0;
  std::atomic<uint64_t> accepted = 0;
  std::atomic<uint64_t> connections_refused = 0;
  std::atomic<uint64_t> requests = 0;
  std::atomic<uint64_t> requests_refused = 0;
};

// Keeps itself alive while it serves. All of it runs on the strand of its socket, but for the
// constructor, Start, CloseIfIdle and Abort.
class HttpConnection : public std::enable_shared_from_this<HttpConnection> {
 public:
  HttpConnection(std::shared_ptr<HttpServer::State> server, boost::asio::ip::tcp::socket socket);
  ~HttpConnection();

  void Start();
  void CloseIfIdle();
  void Abort();

 private:
  class ReadingTimer;

  // A request, or the answer to one that we refuse; neither: just close.
  struct Incoming {
    std::optional<HttpRequest> request;
    std::optional<HttpResponse> refusal;
    bool keep_alive = false;
  };

  boost::asio::awaitable<void> Serve();
  boost::asio::awaitable<bool> WaitForFirstByte();
  boost::asio::awaitable<Incoming> ReadRequest();
  boost::asio::awaitable<HttpResponse> RunHandler(std::shared_ptr<HttpRequest> request);
  boost::asio::awaitable<bool> Write(const HttpResponse& response, bool head_only, bool keep_alive);
  boost::asio::awaitable<void> Linger();
  void WatchForDisconnect();

  const std::shared_ptr<HttpServer::State> server_;
  boost::beast::tcp_stream stream_;
  boost::beast::flat_buffer buffer_;  // Received and not yet parsed: pipelined requests wait here.
  boost::asio::steady_timer reading_timer_;
  uint64_t requests_read_ = 0;  // A timer that ends in a later request is void.
  std::stop_source stop_;       // Of the running request.
  std::string remote_;
  bool idle_ = false;
};

}  // namespace glint::net
