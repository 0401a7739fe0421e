#include "glint/http_endpoint.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstring>
#include <list>
#include <string_view>
#include <thread>
#include <vector>

#include "glint/exposition.h"
#include "http_head.h"

namespace glint {
namespace {

using internal::EqualNoCase;
using internal::HeaderOf;
using Clock = std::chrono::steady_clock;

// How much of a refused request is read, so that its sender sees the answer.
constexpr size_t kMaxDropped = 1 << 20;

struct Connection {
  int fd = -1;
  std::string in;
  std::string out;
  size_t sent = 0;
  bool close_after = false;
  bool answered = false;  // The last answer is out: what still comes in is read and dropped.
  size_t dropped = 0;
  Clock::time_point last_active = Clock::now();
};

std::string Reply(std::string_view status, std::string_view type, std::string_view body,
                  bool with_body, bool close) {
  std::string reply = "HTTP/1.1 ";
  reply.append(status).append("\r\nContent-Type: ").append(type).append("\r\nContent-Length: ");
  reply.append(std::to_string(body.size())).append(close ? "\r\nConnection: close" : "");
  reply.append("\r\n\r\n");
  if (with_body) reply.append(body);
  return reply;
}

}  // namespace

class HttpEndpoint::Server {
 public:
  Server(const Registry& registry, const HttpEndpointOptions& options) : registry_(registry) {
    const std::string where = options.address + ":" + std::to_string(options.port) + ": ";
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(options.port);
    if (inet_pton(AF_INET, options.address.c_str(), &address.sin_addr) != 1) {
      error_ = where + "not an IPv4 address";
      return;
    }
    listener_ = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    const int on = 1;
    setsockopt(listener_, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    socklen_t size = sizeof address;
    if (bind(listener_, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0 ||
        listen(listener_, SOMAXCONN) != 0 ||
        getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size) != 0) {
      error_ = where + std::strerror(errno);
      return;
    }
    port_ = ntohs(address.sin_port);
    wake_ = eventfd(0, EFD_CLOEXEC);
    thread_ = std::thread([this] { Run(); });
  }

  ~Server() {
    if (thread_.joinable()) {
      eventfd_write(wake_, 1);
      thread_.join();
    }
    for (const Connection& connection : connections_) close(connection.fd);
    if (listener_ >= 0) close(listener_);
    if (wake_ >= 0) close(wake_);
  }

  const std::string& error() const { return error_; }
  uint16_t port() const { return port_; }

 private:
  void Run() {
    for (;;) {
      std::vector<pollfd> polled{{wake_, POLLIN, 0}};
      for (const Connection& connection : connections_) {
        const bool writing = connection.sent < connection.out.size();
        polled.push_back({connection.fd, static_cast<short>(writing ? POLLOUT : POLLIN), 0});
      }
      if (connections_.size() < kMaxConnections) polled.push_back({listener_, POLLIN, 0});
      poll(polled.data(), polled.size(), connections_.empty() ? -1 : 1000);
      if (polled[0].revents != 0) return;
      size_t i = 1;
      for (auto it = connections_.begin(); it != connections_.end(); ++i) {
        const bool keep = polled[i].revents == 0
                              ? Clock::now() - it->last_active < std::chrono::seconds(kIdleSeconds)
                              : Step(*it);
        if (keep) {
          ++it;
        } else {
          close(it->fd);
          it = connections_.erase(it);
        }
      }
      if (i < polled.size() && polled[i].revents != 0) Accept();
    }
  }

  void Accept() {
    const int fd = accept4(listener_, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd >= 0) {
      connections_.emplace_back();
      connections_.back().fd = fd;
    }
  }

  // Reads, answers or writes what can be without waiting. False: the connection is done.
  bool Step(Connection& connection) {
    connection.last_active = Clock::now();
    if (connection.sent == connection.out.size()) {
      char buffer[4096];
      const ssize_t count = recv(connection.fd, buffer, sizeof buffer, 0);
      if (count == 0) return false;
      if (count < 0) return errno == EAGAIN || errno == EINTR;
      if (connection.answered) {
        connection.dropped += static_cast<size_t>(count);
        return connection.dropped < kMaxDropped;
      }
      connection.in.append(buffer, static_cast<size_t>(count));
    }
    for (;;) {
      while (connection.sent < connection.out.size()) {
        const ssize_t count = send(connection.fd, connection.out.data() + connection.sent,
                                   connection.out.size() - connection.sent, MSG_NOSIGNAL);
        if (count < 0) return errno == EAGAIN || errno == EINTR;
        connection.sent += static_cast<size_t>(count);
      }
      if (connection.close_after) {
        // Closing on unread bytes would reset the connection and take the answer with it.
        shutdown(connection.fd, SHUT_WR);
        connection.answered = true;
        return true;
      }
      connection.out.clear();
      connection.sent = 0;
      const size_t end = connection.in.find("\r\n\r\n");
      if (end == std::string::npos && connection.in.size() <= kMaxRequest) return true;
      if (end == std::string::npos || end > kMaxRequest) {
        connection.close_after = true;
        connection.out = Reply("431 Request Header Fields Too Large", "text/plain",
                               "The head of the request is too long.\n", true, true);
        continue;
      }
      Answer(std::string_view(connection.in).substr(0, end + 2), connection);
      connection.in.erase(0, end + 4);
    }
  }

  void Answer(std::string_view head, Connection& connection) const {
    const std::string_view line = head.substr(0, head.find("\r\n"));
    const size_t method_end = line.find(' ');
    const size_t target_end = line.find(' ', method_end + 1);
    if (method_end == std::string_view::npos || target_end == std::string_view::npos) {
      connection.close_after = true;
      connection.out = Reply("400 Bad Request", "text/plain", "Not HTTP.\n", true, true);
      return;
    }
    const std::string_view method = line.substr(0, method_end);
    std::string_view target = line.substr(method_end + 1, target_end - method_end - 1);
    target = target.substr(0, target.find('?'));
    const bool old = line.substr(target_end + 1) == "HTTP/1.0";
    const bool get = method == "GET" || method == "HEAD";
    // Whatever body another method brings is not read, so the connection can't go on.
    connection.close_after =
        !get || old || EqualNoCase(HeaderOf(head, "connection").value_or(""), "close");
    const bool close = connection.close_after;
    if (!get) {
      connection.out =
          Reply("405 Method Not Allowed", "text/plain", "Only GET and HEAD.\n", true, close);
    } else if (target != "/metrics") {
      connection.out =
          Reply("404 Not Found", "text/plain", "Only /metrics is here.\n", method == "GET", close);
    } else {
      const Exposition page = Serialize(registry_, HeaderOf(head, "accept").value_or(""));
      connection.out = Reply("200 OK", page.content_type, page.body, method == "GET", close);
    }
  }

  const Registry& registry_;
  std::string error_;
  uint16_t port_ = 0;
  int listener_ = -1;
  int wake_ = -1;
  std::list<Connection> connections_;  // The thread's own.
  std::thread thread_;
};

HttpEndpoint::HttpEndpoint(const Registry& registry, const HttpEndpointOptions& options)
    : server_(std::make_unique<Server>(registry, options)) {}

HttpEndpoint::~HttpEndpoint() = default;

const std::string& HttpEndpoint::error() const { return server_->error(); }
uint16_t HttpEndpoint::port() const { return server_->port(); }

}  // namespace glint
