#include "http_server.h"

#include <sys/socket.h>

#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ip/v6_only.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <list>
#include <mutex>
#include <thread>

namespace glint::demo {
namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using asio::ip::tcp;
using boost::system::error_code;

std::string Lower(boost::beast::string_view text) {
  std::string lower(text.data(), text.size());
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return lower;
}

HttpRequest Convert(const http::request<http::string_body>& from, const tcp::endpoint& peer) {
  HttpRequest request;
  request.method = std::string(from.method_string());
  request.target = std::string(from.target());
  for (const auto& field : from) {
    request.headers[Lower(field.name_string())] = std::string(field.value());
  }
  request.body = from.body();
  request.peer_address = peer.address().to_string();
  request.peer_port = peer.port();
  return request;
}

}  // namespace

class HttpServer::Listener {
 public:
  explicit Listener(uint16_t port) : acceptor_(context_) {
    const tcp::endpoint endpoint(asio::ip::address_v4::loopback(), port);
    error_code error;
    acceptor_.open(endpoint.protocol(), error);
    if (!error) acceptor_.set_option(tcp::acceptor::reuse_address(true), error);
    if (!error) acceptor_.bind(endpoint, error);
    if (!error) acceptor_.listen(tcp::acceptor::max_listen_connections, error);
    if (error) {
      error_ = "127.0.0.1:" + std::to_string(port) + ": " + error.message();
      return;
    }
    port_ = acceptor_.local_endpoint().port();
  }

  void Start(Handler handler) {
    handler_ = std::move(handler);
    accepting_ = std::thread([this] { Accept(); });
  }

  void Stop() {
    if (stopping_.exchange(true)) return;
    // Wakes the blocking accept, which close() alone would not.
    if (acceptor_.is_open()) shutdown(acceptor_.native_handle(), SHUT_RDWR);
    if (accepting_.joinable()) accepting_.join();
    {
      // Those that wait for a request see the end of their input; the rest may still answer.
      const std::lock_guard lock(mutex_);
      for (Connection& connection : connections_) {
        if (!connection.done) shutdown(connection.socket.native_handle(), SHUT_RD);
      }
    }
    for (Connection& connection : connections_) connection.thread.join();
    connections_.clear();
  }

  std::string error_;
  uint16_t port_ = 0;

 private:
  struct Connection {
    explicit Connection(tcp::socket connected) : socket(std::move(connected)) {}
    tcp::socket socket;
    std::thread thread;
    bool done = false;  // Its thread has nothing left to do but end. Guarded by mutex_.
  };

  void Accept() {
    for (;;) {
      error_code error;
      tcp::socket socket(context_);
      acceptor_.accept(socket, error);
      if (stopping_) return;
      if (error) continue;
      socket.set_option(tcp::no_delay(true), error);
      Reap();
      const std::lock_guard lock(mutex_);
      if (connections_.size() >= kMaxConnections) {
        Refuse(socket);
        continue;
      }
      connections_.emplace_back(std::move(socket));
      Connection* const connection = &connections_.back();
      connection->thread = std::thread([this, connection] {
        Serve(connection->socket);
        const std::lock_guard done(mutex_);
        connection->done = true;
        error_code ignored;
        connection->socket.close(ignored);
      });
    }
  }

  // Joins the threads of finished connections. Only the accepting thread takes them off the list.
  void Reap() {
    std::list<Connection> done;
    {
      const std::lock_guard lock(mutex_);
      for (auto it = connections_.begin(); it != connections_.end();) {
        const auto next = std::next(it);
        if (it->done) done.splice(done.end(), connections_, it);
        it = next;
      }
    }
    for (Connection& connection : done) connection.thread.join();
  }

  static void Refuse(tcp::socket& socket) {
    http::response<http::string_body> reply(http::status::service_unavailable, 11);
    reply.body() = "Too many connections.\n";
    reply.keep_alive(false);
    reply.prepare_payload();
    error_code ignored;
    http::write(socket, reply, ignored);
  }

  void Serve(tcp::socket& socket) {
    error_code error;
    const tcp::endpoint peer = socket.remote_endpoint(error);
    boost::beast::flat_buffer buffer;
    while (!error && !stopping_) {
      http::request_parser<http::string_body> parser;
      parser.body_limit(kMaxBody);
      http::read(socket, buffer, parser, error);
      if (error == http::error::body_limit || error == http::error::header_limit) {
        Write(socket, {413, "text/plain", "The request is too long.\n"}, 11, false, error);
        return;
      }
      if (error) return;
      const HttpReply reply = handler_(Convert(parser.get(), peer));
      const bool keep = parser.get().keep_alive() && !stopping_;
      Write(socket, reply, parser.get().version(), keep, error);
      if (!keep) return;
    }
  }

  static void Write(tcp::socket& socket, const HttpReply& from, unsigned version, bool keep,
                    error_code& error) {
    http::response<http::string_body> reply(http::int_to_status(static_cast<unsigned>(from.status)),
                                            version);
    reply.set(http::field::content_type, from.content_type);
    reply.set(http::field::server, "glint-demo");
    reply.body() = from.body;
    reply.keep_alive(keep);
    reply.prepare_payload();
    http::write(socket, reply, error);
  }

  asio::io_context context_;
  tcp::acceptor acceptor_;
  Handler handler_;
  std::atomic<bool> stopping_{false};
  std::mutex mutex_;  // Guards connections_ (but for the joining in Stop) and their `done`.
  std::list<Connection> connections_;
  std::thread accepting_;
};

HttpServer::HttpServer(uint16_t port) : listener_(std::make_unique<Listener>(port)) {}
HttpServer::~HttpServer() { Stop(); }
const std::string& HttpServer::error() const { return listener_->error_; }
uint16_t HttpServer::port() const { return listener_->port_; }
void HttpServer::Start(Handler handler) { listener_->Start(std::move(handler)); }
void HttpServer::Stop() { listener_->Stop(); }

}  // namespace glint::demo
