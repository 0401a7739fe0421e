#include "glint/otlp_http.h"

#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <string_view>

#include "http_head.h"
#include "otlp_encoding.h"

namespace glint {
namespace {

using Clock = std::chrono::steady_clock;
using Outcome = ExportResult::Outcome;

// Of a reply we need the status; what the collector says beyond that is small.
constexpr size_t kMaxReply = 1 << 20, kMaxHead = 1 << 16;

}  // namespace

// One TCP connection, every step of which is bounded by a deadline.
class OtlpHttpExporter::Connection {
 public:
  ~Connection() {
    if (fd_ >= 0) close(fd_);
  }

  // Empty: connected.
  std::string Connect(const std::string& host, const std::string& port,
                      Clock::time_point deadline) {
    addrinfo hints{};
    hints.ai_socktype = SOCK_STREAM;
    addrinfo* found = nullptr;
    if (const int error = getaddrinfo(host.c_str(), port.c_str(), &hints, &found); error != 0) {
      return "no address for " + host + ": " + gai_strerror(error);
    }
    std::string fault = "no address for " + host;
    for (const addrinfo* address = found; address != nullptr; address = address->ai_next) {
      fault = ConnectTo(*address, deadline);
      if (fault.empty()) break;
    }
    freeaddrinfo(found);
    return fault;
  }

  std::string Write(std::string_view bytes, Clock::time_point deadline) {
    while (!bytes.empty()) {
      const ssize_t sent = send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent >= 0) {
        bytes.remove_prefix(static_cast<size_t>(sent));
      } else if (errno != EAGAIN && errno != EINTR) {
        return std::strerror(errno);
      } else if (!Wait(POLLOUT, deadline)) {
        return "timed out while sending";
      }
    }
    return "";
  }

  struct Reply {
    int status = 0;
    bool keep = false;  // The connection can be used again.
    std::string error;
  };

  Reply Read(Clock::time_point deadline) {
    std::string bytes;
    size_t head_end = std::string::npos;
    while ((head_end = bytes.find("\r\n\r\n")) == std::string::npos) {
      if (std::string error = ReadSome(bytes, deadline); !error.empty()) return {0, false, error};
    }
    const std::string head = bytes.substr(0, head_end + 2);
    Reply reply;
    if (head.compare(0, 7, "HTTP/1.") != 0 || head.size() < 12) {
      return {0, false, "the reply is not HTTP/1"};
    }
    reply.status = std::atoi(head.c_str() + 9);
    // A body of unknown length is not worth following: a new connection costs little.
    const auto length =
        internal::ParseLength(internal::HeaderOf(head, "content-length").value_or(""), kMaxReply);
    const auto connection = internal::HeaderOf(head, "connection").value_or("");
    if (!length || internal::EqualNoCase(connection, "close")) return reply;
    const size_t want = head_end + 4 + *length;
    while (bytes.size() < want) {
      if (!ReadSome(bytes, deadline).empty()) return reply;
    }
    reply.keep = bytes.size() == want;
    return reply;
  }

 private:
  std::string ConnectTo(const addrinfo& address, Clock::time_point deadline) {
    if (fd_ >= 0) close(fd_);
    fd_ = socket(address.ai_family, address.ai_socktype | SOCK_NONBLOCK | SOCK_CLOEXEC,
                 address.ai_protocol);
    if (fd_ < 0) return std::strerror(errno);
    const int on = 1;
    setsockopt(fd_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (connect(fd_, address.ai_addr, address.ai_addrlen) == 0) return "";
    if (errno != EINPROGRESS) return std::strerror(errno);
    if (!Wait(POLLOUT, deadline)) return "timed out while connecting";
    int error = 0;
    socklen_t size = sizeof error;
    getsockopt(fd_, SOL_SOCKET, SO_ERROR, &error, &size);
    return error == 0 ? "" : std::strerror(error);
  }

  std::string ReadSome(std::string& bytes, Clock::time_point deadline) {
    if (bytes.size() > kMaxReply + kMaxHead) return "the reply is too long";
    char buffer[4096];
    for (;;) {
      const ssize_t count = recv(fd_, buffer, sizeof buffer, 0);
      if (count > 0) {
        bytes.append(buffer, static_cast<size_t>(count));
        return "";
      }
      if (count == 0) return "closed before the end of the reply";
      if (errno != EAGAIN && errno != EINTR) return std::strerror(errno);
      if (!Wait(POLLIN, deadline)) return "timed out while waiting for the reply";
    }
  }

  bool Wait(short events, Clock::time_point deadline) const {
    const auto left =
        std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now()).count();
    if (left <= 0) return false;
    pollfd poll_for{fd_, events, 0};
    return poll(&poll_for, 1, static_cast<int>(left)) > 0;
  }

  int fd_ = -1;
};

OtlpHttpExporter::OtlpHttpExporter(OtlpOptions options) : options_(std::move(options)) {
  constexpr std::string_view kHttp = "http://";
  const std::string& endpoint = options_.endpoint;
  if (endpoint.compare(0, kHttp.size(), kHttp) != 0) {
    fault_ = "OTLP over HTTP needs an endpoint that starts with http://";
    return;
  }
  const std::string rest = endpoint.substr(kHttp.size());
  const size_t slash = rest.find('/');
  path_ = slash == std::string::npos ? "/" : rest.substr(slash);
  host_ = rest.substr(0, slash);
  const size_t colon = host_.rfind(':');
  const bool has_port = colon != std::string::npos && host_.find(']', colon) == std::string::npos;
  port_ = has_port ? host_.substr(colon + 1) : "80";
  if (has_port) host_.resize(colon);
  if (host_.size() > 2 && host_.front() == '[') host_ = host_.substr(1, host_.size() - 2);
  if (host_.empty()) fault_ = "the endpoint has no host";
}

OtlpHttpExporter::~OtlpHttpExporter() = default;

ExportResult OtlpHttpExporter::Export(const std::vector<SpanData>& spans) {
  if (!fault_.empty()) return {Outcome::kRefused, fault_};
  const std::string body = internal::EncodeTraces(spans);
  std::string head =
      "POST " + path_ + " HTTP/1.1\r\nHost: " + host_ + ":" + port_ +
      "\r\nContent-Type: application/x-protobuf\r\nContent-Length: " + std::to_string(body.size()) +
      "\r\nUser-Agent: glint-client/" + GLINT_CLIENT_VERSION + "\r\n";
  for (const auto& [name, value] : options_.headers) head += name + ": " + value + "\r\n";
  head += "\r\n";

  const Clock::time_point deadline = Clock::now() + options_.timeout;
  Connection::Reply reply;
  // A connection kept open may have been closed by the other side meanwhile: then once more.
  for (bool kept = connection_ != nullptr;; kept = false) {
    std::string error;
    if (connection_ == nullptr) {
      connection_ = std::make_unique<Connection>();
      error = connection_->Connect(host_, port_, deadline);
    }
    if (error.empty()) error = connection_->Write(head, deadline);
    if (error.empty()) error = connection_->Write(body, deadline);
    if (error.empty()) {
      reply = connection_->Read(deadline);
      error = reply.error;
    }
    if (error.empty()) break;
    connection_.reset();
    if (!kept) return {Outcome::kTryAgain, error};
  }
  if (!reply.keep) connection_.reset();
  if (reply.status / 100 == 2) return {};
  const bool later = reply.status == 429 || (reply.status >= 502 && reply.status <= 504);
  return {later ? Outcome::kTryAgain : Outcome::kRefused,
          "HTTP status " + std::to_string(reply.status)};
}

}  // namespace glint
