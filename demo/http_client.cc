#include "http_client.h"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>

namespace glint::demo {
namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using asio::ip::tcp;
using boost::system::error_code;

}  // namespace

class HttpClient::Connection {
 public:
  Connection() : socket_(context_) {}

  error_code Connect(uint16_t port) {
    error_code error;
    socket_.connect(tcp::endpoint(asio::ip::address_v4::loopback(), port), error);
    if (!error) socket_.set_option(tcp::no_delay(true), error);
    return error;
  }

  error_code Exchange(const http::request<http::string_body>& request,
                      http::response<http::string_body>& reply) {
    error_code error;
    http::write(socket_, request, error);
    if (!error) http::read(socket_, buffer_, reply, error);
    return error;
  }

 private:
  asio::io_context context_;
  tcp::socket socket_;
  boost::beast::flat_buffer buffer_;
};

HttpClient::HttpClient() = default;
HttpClient::~HttpClient() = default;

std::unique_ptr<HttpClient::Connection> HttpClient::TakeIdle(uint16_t port) {
  const std::lock_guard lock(mutex_);
  auto& idle = idle_[port];
  if (idle.empty()) return nullptr;
  std::unique_ptr<Connection> connection = std::move(idle.back());
  idle.pop_back();
  return connection;
}

void HttpClient::KeepIdle(uint16_t port, std::unique_ptr<Connection> connection) {
  const std::lock_guard lock(mutex_);
  auto& idle = idle_[port];
  if (idle.size() < kMaxIdlePerPort) idle.push_back(std::move(connection));
}

HttpReply HttpClient::Send(uint16_t port, const HttpRequest& request) {
  http::request<http::string_body> out(http::string_to_verb(request.method), request.target, 11);
  out.set(http::field::host, "127.0.0.1:" + std::to_string(port));
  for (const auto& [name, value] : request.headers) out.set(name, value);
  out.body() = request.body;
  out.prepare_payload();

  // A kept connection may have been closed meanwhile: then once more on a new one.
  for (std::unique_ptr<Connection> connection = TakeIdle(port);; connection.reset()) {
    const bool kept = connection != nullptr;
    http::response<http::string_body> reply;
    error_code error;
    if (!kept) {
      connection = std::make_unique<Connection>();
      error = connection->Connect(port);
    }
    if (!error) error = connection->Exchange(out, reply);
    if (!error) {
      if (reply.keep_alive()) KeepIdle(port, std::move(connection));
      return {static_cast<int>(reply.result_int()), std::string(reply[http::field::content_type]),
              std::move(reply.body())};
    }
    if (!kept) return {0, "text/plain", error.message()};
  }
}

}  // namespace glint::demo
