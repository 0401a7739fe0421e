#include "net/http_connection.h"

#include <fmt/format.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>

#include "base/escape.h"
#include "base/log.h"
#include "net/http_answer.h"
#include "net/http_text.h"

namespace glint::net {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using asio::ip::tcp;
using boost::system::error_code;

constexpr auto kAwait = asio::as_tuple(asio::use_awaitable);
constexpr size_t kReadBytes = 8 << 10;
constexpr size_t kWriteBytes = 64 << 10;  // write_timeout is for this much.
// After a refusal the client may still be sending; closing at once would reset the connection
// and it would never see why.
constexpr size_t kLingerBytes = 1 << 20;
constexpr std::chrono::seconds kLinger{2};

using RequestParser = http::request_parser<http::string_body>;

HttpResponse Refuse(int status, std::string text) {
  HttpResponse response;
  response.status = status;
  response.body = fmt::format("{}: {}\n", status, text);
  return response;
}

// Why a request that could not be read is refused; none when there is nobody left to tell.
std::optional<HttpResponse> RefusalFor(const error_code& error, const HttpServerOptions& options) {
  if (error == asio::error::operation_aborted) {  // By ReadingTimer: Beast's own would close.
    return Refuse(408, fmt::format("the request did not arrive within {} ms",
                                   options.request_timeout.count()));
  }
  if (error == http::error::header_limit) {
    return Refuse(431, fmt::format("headers are larger than the limit of {} bytes",
                                   options.max_header_bytes));
  }
  if (error == http::error::body_limit) {
    return Refuse(413, fmt::format("http: request body too large: the limit is {} bytes",
                                   options.max_body_bytes));
  }
  const bool left = error == http::error::end_of_stream || error == http::error::partial_message;
  if (!left && error.category() == make_error_code(http::error::bad_method).category()) {
    return Refuse(400, fmt::format("malformed request: {}", error.message()));
  }
  return std::nullopt;
}

// Path and query out of a request target, which may be absolute ("http://host/path").
void SplitTarget(std::string_view target, HttpRequest& request) {
  if (const size_t scheme = target.find("://");
      scheme != std::string_view::npos && target.front() != '/') {
    const size_t slash = target.find('/', scheme + 3);
    target = slash == std::string_view::npos ? std::string_view("/") : target.substr(slash);
  }
  const size_t mark = target.find('?');
  request.path = PercentDecode(target.substr(0, mark), /*plus_is_blank=*/false);
  if (mark != std::string_view::npos) request.query = ParseFormEncoded(target.substr(mark + 1));
}

HttpRequest TakeRequest(RequestParser& parser, std::string remote) {
  HttpRequest request;
  auto& message = parser.get();
  request.method = std::string(message.method_string());
  SplitTarget({message.target().data(), message.target().size()}, request);
  for (const auto& field : message) {
    request.headers.emplace_back(std::string(field.name_string()), std::string(field.value()));
  }
  request.body = std::move(message.body());
  request.remote = std::move(remote);
  return request;
}

HttpResponse CallHandler(const HttpRouter& router, HttpRequest& request) {
  try {
    HttpResponse response = router.Route(request);
    CompressFor(request, response);
    return response;
  } catch (const std::exception& exception) {
    LogError("net", "{} {}: handler threw: {}", request.method, request.path, exception.what());
    return Refuse(500, fmt::format("internal error: {}", exception.what()));
  }
}

std::string RemoteOf(const tcp::socket& socket) {
  error_code error;
  const tcp::endpoint remote = socket.remote_endpoint(error);
  if (error) return "unknown";
  return HostPort{remote.address().to_string(), remote.port()}.ToString();
}

}  // namespace

// Cancels what the socket does when a request takes too long to arrive, and leaves it open for the
// answer that says so.
class HttpConnection::ReadingTimer {
 public:
  explicit ReadingTimer(HttpConnection& connection) : connection_(connection) {
    connection.reading_timer_.expires_after(connection.server_->options.request_timeout);
    connection.reading_timer_.async_wait(
        [self = connection.shared_from_this(),
         request = connection.requests_read_](const error_code& error) {
          error_code ignored;
          if (!error && request == self->requests_read_) self->stream_.socket().cancel(ignored);
        });
  }
  ~ReadingTimer() {
    ++connection_.requests_read_;
    connection_.reading_timer_.cancel();
  }
  ReadingTimer(const ReadingTimer&) = delete;
  ReadingTimer& operator=(const ReadingTimer&) = delete;

 private:
  HttpConnection& connection_;
};

HttpConnection::HttpConnection(std::shared_ptr<HttpServer::State> server, tcp::socket socket)
    : server_(std::move(server)),
      stream_(std::move(socket)),
      reading_timer_(stream_.get_executor()),
      remote_(RemoteOf(stream_.socket())) {
  error_code ignored;
  stream_.socket().set_option(tcp::no_delay(true), ignored);
  stream_.socket().non_blocking(true, ignored);
}

HttpConnection::~HttpConnection() {
  const std::lock_guard lock(server_->mutex);
  server_->connections.erase(this);
  server_->closed.notify_all();
}

void HttpConnection::Start() {
  asio::co_spawn(
      stream_.get_executor(),
      [self = shared_from_this()]() -> asio::awaitable<void> { co_await self->Serve(); },
      asio::detached);
}

void HttpConnection::CloseIfIdle() {
  asio::post(stream_.get_executor(), [self = shared_from_this()] {
    if (self->idle_) self->stream_.close();
  });
}

void HttpConnection::Abort() {
  asio::post(stream_.get_executor(), [self = shared_from_this()] {
    self->stop_.request_stop();
    self->stream_.close();
  });
}

asio::awaitable<void> HttpConnection::Serve() {
  while (!server_->draining.load()) {
    const bool came = co_await WaitForFirstByte();
    if (!came) break;
    Incoming incoming = co_await ReadRequest();
    if (incoming.refusal.has_value()) {
      server_->requests_refused.fetch_add(1);
      const bool written = co_await Write(*incoming.refusal, /*head_only=*/false,
                                          /*keep_alive=*/false);
      if (written) co_await Linger();
      break;
    }
    if (!incoming.request.has_value()) break;
    server_->requests.fetch_add(1);
    server_->requests_now.fetch_add(1);
    stop_ = std::stop_source();
    incoming.request->stop = stop_.get_token();
    const bool head_only = incoming.request->method == "HEAD";
    WatchForDisconnect();
    auto request = std::make_shared<HttpRequest>(std::move(*incoming.request));
    HttpResponse response = co_await RunHandler(std::move(request));
    error_code ignored;
    stream_.socket().cancel(ignored);  // The watch.
    server_->requests_now.fetch_sub(1);
    const bool keep_alive = incoming.keep_alive && !server_->draining.load();
    const bool written = co_await Write(response, head_only, keep_alive);
    if (!written || !keep_alive) break;
  }
  error_code ignored;
  stream_.socket().shutdown(tcp::socket::shutdown_send, ignored);
  stream_.close();
}

asio::awaitable<bool> HttpConnection::WaitForFirstByte() {
  if (buffer_.size() > 0) co_return true;
  idle_ = true;
  stream_.expires_after(server_->options.idle_timeout);
  const auto [error, bytes] = co_await stream_.async_read_some(buffer_.prepare(kReadBytes), kAwait);
  buffer_.commit(bytes);
  idle_ = false;
  co_return !error;
}

asio::awaitable<HttpConnection::Incoming> HttpConnection::ReadRequest() {
  const HttpServerOptions& options = server_->options;
  Incoming incoming;
  RequestParser parser;
  parser.header_limit(options.max_header_bytes);
  parser.body_limit(options.max_body_bytes);
  stream_.expires_never();
  const ReadingTimer timer(*this);
  const auto [head_error, head_bytes] =
      co_await http::async_read_header(stream_, buffer_, parser, kAwait);
  (void)head_bytes;
  if (head_error) {
    incoming.refusal = RefusalFor(head_error, options);
    co_return incoming;
  }
  if (parser.get().version() >= 11 && parser.get().count(http::field::host) == 0) {
    incoming.refusal = Refuse(400, "malformed request: HTTP/1.1 needs a Host header");
    co_return incoming;
  }
  const auto expect = parser.get()[http::field::expect];
  if (EqualIgnoringCase({expect.data(), expect.size()}, "100-continue") && !parser.is_done()) {
    static constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";
    const auto [error, bytes] = co_await asio::async_write(
        stream_, asio::buffer(kContinue.data(), kContinue.size()), kAwait);
    (void)bytes;
    if (error) co_return incoming;
  }
  const auto [body_error, body_bytes] = co_await http::async_read(stream_, buffer_, parser, kAwait);
  (void)body_bytes;
  if (body_error) {
    incoming.refusal = RefusalFor(body_error, options);
    co_return incoming;
  }
  incoming.keep_alive = parser.get().keep_alive();
  incoming.request = TakeRequest(parser, remote_);
  co_return incoming;
}

// Not a coroutine itself: it hands one's continuation to the pool.
asio::awaitable<HttpResponse> HttpConnection::RunHandler(std::shared_ptr<HttpRequest> request) {
  auto initiate = [self = shared_from_this(), request](auto&& handler) {
    using Handler = std::decay_t<decltype(handler)>;
    auto resume = std::make_shared<Handler>(std::forward<decltype(handler)>(handler));
    const auto answer = [self, resume](HttpResponse response) {
      asio::post(self->stream_.get_executor(), [resume, response = std::move(response)]() mutable {
        (*resume)(std::move(response));
      });
    };
    const bool queued = self->server_->workers.TrySubmit(
        [self, request, answer] { answer(CallHandler(self->server_->router, *request)); });
    if (queued) return;
    self->server_->requests_refused.fetch_add(1);
    answer(Refuse(503, fmt::format("overloaded: {} requests wait already",
                                   self->server_->options.max_queued_requests)));
  };
  return asio::async_initiate<const asio::use_awaitable_t<>, void(HttpResponse)>(
      std::move(initiate), asio::use_awaitable);
}

asio::awaitable<bool> HttpConnection::Write(const HttpResponse& response, bool head_only,
                                            bool keep_alive) {
  const std::string head = AnswerHead(response, keep_alive);
  std::string_view body;
  if (!head_only && HasBody(response.status)) body = response.body;
  bool first = true;
  while (first || !body.empty()) {
    const std::string_view piece = body.substr(0, kWriteBytes);
    const std::array<asio::const_buffer, 2> pieces = {
        first ? asio::buffer(head) : asio::const_buffer(),
        asio::buffer(piece.data(), piece.size())};
    stream_.expires_after(server_->options.write_timeout);
    const auto [error, bytes] = co_await asio::async_write(stream_, pieces, kAwait);
    (void)bytes;
    if (error) co_return false;
    body.remove_prefix(piece.size());
    first = false;
  }
  co_return true;
}

asio::awaitable<void> HttpConnection::Linger() {
  error_code ignored;
  stream_.socket().shutdown(tcp::socket::shutdown_send, ignored);
  stream_.expires_after(kLinger);
  size_t discarded = 0;
  while (discarded < kLingerBytes) {
    buffer_.clear();
    const auto [error, bytes] =
        co_await stream_.async_read_some(buffer_.prepare(kReadBytes), kAwait);
    if (error) co_return;
    discarded += bytes;
  }
}

// Readable while a request runs is either the next one of a pipeline or the end of the client.
void HttpConnection::WatchForDisconnect() {
  stream_.socket().async_wait(tcp::socket::wait_read, [self = shared_from_this(), stop = stop_](
                                                          const error_code& error) mutable {
    if (error) return;
    char byte;
    error_code peek_error;
    self->stream_.socket().receive(asio::buffer(&byte, 1), tcp::socket::message_peek, peek_error);
    if (peek_error && peek_error != asio::error::would_block) stop.request_stop();
  });
}

}  // namespace glint::net
