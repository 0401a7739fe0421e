#include "net/http_exchange.h"

#include <fmt/format.h>
#include <openssl/err.h>
#include <openssl/ssl.h>

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/connect.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/ssl/host_name_verification.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/http/parser.hpp>

#include "base/duration.h"
#include "net/http_text.h"

namespace glint::net {
namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using asio::ip::tcp;
using boost::system::error_code;

constexpr auto kAwait = asio::as_tuple(asio::use_awaitable);
constexpr uint32_t kMaxHeaderBytes = 64 << 10;

bool IsRedirect(int status) {
  return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

std::string PlaceOf(const HttpUrl& url) {
  return fmt::format("{}|{}|{}", url.https ? "https" : "http", url.host, url.port);
}

asio::mutable_buffer RoomIn(const ReadBlocks::Block& block, size_t offset) {
  return asio::buffer(block.get() + offset, ReadBlocks::kBlockBytes - offset);
}

// What of `text` went out without waiting; what is wrong the next attempt will say.
size_t SendAtOnce(tcp::socket& socket, const std::string& text) {
  error_code error;
  return socket.write_some(asio::buffer(text), error);
}
size_t SendAtOnce(asio::ssl::stream<tcp::socket&>&, const std::string&) { return 0; }

}  // namespace

HttpExchange::HttpExchange(std::shared_ptr<HttpClient::State> client, HttpFetch fetch,
                           HttpClient::Done done)
    : client_(std::move(client)),
      strand_(asio::make_strand(client_->io)),
      fetch_(std::move(fetch)),
      done_(std::move(done)),
      deadline_(strand_) {}

// At once when this is a thread of the loop: a hop to another one costs more than the request.
void HttpExchange::Start() {
  asio::dispatch(strand_, [self = shared_from_this()] {
    self->deadline_.expires_after(self->fetch_.timeout);
    self->deadline_.async_wait([self](const error_code& error) {
      if (error) return;
      self->Finish(DeadlineExceeded("{} \"{}\": timeout after {} while {}", self->fetch_.method,
                                    self->fetch_.url,
                                    FormatDurationMs(self->fetch_.timeout.count()), self->phase_));
    });
    if (self->fetch_.stop.stop_possible()) {
      self->on_stop_.emplace(self->fetch_.stop, [weak = self->weak_from_this()] {
        if (const auto held = weak.lock()) held->Cancel();
      });
    }
    asio::co_spawn(
        self->strand_, [self]() -> asio::awaitable<void> { co_await self->Run(); }, asio::detached);
  });
}

void HttpExchange::Cancel() {
  asio::post(strand_, [self = shared_from_this()] {
    self->Finish(Cancelled("{} \"{}\": cancelled while {}", self->fetch_.method, self->fetch_.url,
                           self->phase_));
  });
}

void HttpExchange::Finish(StatusOr<HttpFetched> result) {
  if (!done_) return;
  const HttpClient::Done done = std::exchange(done_, nullptr);
  deadline_.cancel();
  on_stop_.reset();
  if (connection_ != nullptr) {  // An operation may be waiting on it: it ends with an error.
    error_code ignored;
    connection_->socket.close(ignored);
  }
  done(std::move(result));
  const std::lock_guard lock(client_->mutex);
  client_->running.erase(this);
  client_->finished.notify_all();
}

asio::awaitable<void> HttpExchange::Run() {
  StatusOr<HttpFetched> result = co_await FollowRedirects();
  Finish(std::move(result));
  connection_.reset();
}

asio::awaitable<StatusOr<HttpFetched>> HttpExchange::FollowRedirects() {
  StatusOr<HttpUrl> url = ParseHttpUrl(fetch_.url);
  for (int redirects = 0;; ++redirects) {
    if (!url.ok()) co_return url.status();
    StatusOr<HttpFetched> answer = co_await Ask(*url);
    if (!answer.ok() || fetch_.max_redirects == 0 || !IsRedirect(answer->status) ||
        answer->Header("Location").empty()) {
      co_return answer;
    }
    if (redirects == fetch_.max_redirects) {
      co_return FailedPrecondition("{} \"{}\": stopped after {} redirects, the last one to \"{}\"",
                                   fetch_.method, fetch_.url, fetch_.max_redirects,
                                   answer->Header("Location"));
    }
    StatusOr<HttpUrl> next = ResolveLocation(*url, answer->Header("Location"));
    if (next.ok() && next->Authority() != url->Authority()) {
      // Credentials are for the one who was asked.
      std::erase_if(fetch_.headers, [](const NameValue& header) {
        return EqualIgnoringCase(header.first, "Authorization");
      });
    }
    if (answer->status <= 303 && fetch_.method != "HEAD") {
      fetch_.method = "GET";
      fetch_.body.clear();
    }
    url = std::move(next);
  }
}

asio::awaitable<StatusOr<HttpFetched>> HttpExchange::Ask(const HttpUrl& url) {
  const std::string place = PlaceOf(url);
  connection_ = client_->TakeIdle(place);
  bool kept = connection_ != nullptr;
  while (true) {
    if (connection_ == nullptr) {
      const Status connected = co_await Connect(url);
      if (!connected.ok()) co_return connected;
    }
    bool reusable = false;
    answer_began_ = false;
    StatusOr<HttpFetched> answer = Unavailable("no answer");
    if (url.https) {
      answer = co_await Exchange(*connection_->tls, url, reusable);
    } else {
      answer = co_await Exchange(connection_->socket, url, reusable);
    }
    if (!done_) co_return Cancelled("finished");
    if (reusable) {
      client_->PutIdle(place, std::move(connection_));
    } else {
      connection_.reset();
    }
    // The server closed a kept connection just as we used it: not its last word.
    if (!answer.ok() && kept && !answer_began_) {
      kept = false;
      continue;
    }
    co_return answer;
  }
}

asio::awaitable<Status> HttpExchange::Connect(const HttpUrl& url) {
  connection_ = std::make_unique<ClientConnection>(client_->io);
  std::vector<tcp::endpoint> endpoints;
  error_code error;
  const auto literal = asio::ip::make_address(url.host, error);
  if (!error) {
    endpoints.emplace_back(literal, url.port);
  } else {
    phase_ = "looking up the host";
    tcp::resolver resolver(client_->io);
    auto [resolve_error, found] =
        co_await resolver.async_resolve(url.host, std::to_string(url.port), kAwait);
    if (resolve_error) {
      co_return Failed(fmt::format("lookup of host {}", url.host), resolve_error);
    }
    for (const auto& entry : found) endpoints.push_back(entry.endpoint());
  }
  if (!done_) co_return Cancelled("finished");
  phase_ = "connecting";
  auto [connect_error, endpoint] =
      co_await asio::async_connect(connection_->socket, endpoints, kAwait);
  (void)endpoint;
  if (connect_error) co_return Failed(fmt::format("connect to {}", url.Authority()), connect_error);
  if (!done_) co_return Cancelled("finished");
  connection_->socket.set_option(tcp::no_delay(true), error);
  connection_->socket.non_blocking(true, error);
  if (!url.https) co_return OkStatus();

  phase_ = "greeting by TLS";
  auto& tls = connection_->tls.emplace(connection_->socket, client_->tls);
  const std::string& name =
      client_->options.server_name.empty() ? url.host : client_->options.server_name;
  SSL_set_tlsext_host_name(tls.native_handle(), name.c_str());
  if (!client_->options.insecure_skip_verify) {
    tls.set_verify_mode(asio::ssl::verify_peer, error);
    tls.set_verify_callback(asio::ssl::host_name_verification(name), error);
  }
  auto [tls_error] = co_await tls.async_handshake(asio::ssl::stream_base::client, kAwait);
  if (tls_error) {
    const long verified = SSL_get_verify_result(tls.native_handle());
    if (verified != X509_V_OK) {
      co_return Unavailable("{} \"{}\": TLS: certificate of {}: {}", fetch_.method, fetch_.url,
                            url.Authority(), X509_verify_cert_error_string(verified));
    }
    co_return Failed(fmt::format("TLS with {}", url.Authority()), tls_error);
  }
  co_return OkStatus();
}

std::string HttpExchange::RequestText(const HttpUrl& url) const {
  std::string text =
      fmt::format("{} {} HTTP/1.1\r\nHost: {}\r\n", fetch_.method, url.target, url.Authority());
  for (const NameValue& header : fetch_.headers) {
    text.append(HeaderValue(header.first)).append(": ");
    text.append(HeaderValue(header.second)).append("\r\n");
  }
  if (!fetch_.body.empty() || fetch_.method == "POST" || fetch_.method == "PUT") {
    text += fmt::format("Content-Length: {}\r\n", fetch_.body.size());
  }
  return text + "\r\n" + fetch_.body;
}

// Takes what there is; waits, without a block, if there is nothing. An answer is never there yet.
asio::awaitable<ReadResult> HttpExchange::ReadBlock(tcp::socket& socket, size_t offset) {
  while (true) {
    if (!std::exchange(may_have_bytes_, true)) {
      const auto [wait_error] = co_await socket.async_wait(tcp::socket::wait_read, kAwait);
      if (wait_error) co_return ReadResult{nullptr, 0, wait_error};
    }
    ReadResult result{client_->blocks.Take()};
    result.bytes = socket.read_some(RoomIn(result.block, offset), result.error);
    if (result.error != asio::error::would_block) co_return result;
    client_->blocks.Return(std::move(result.block));
    may_have_bytes_ = false;
  }
}

// Of TLS only the library knows whether there is something.
asio::awaitable<ReadResult> HttpExchange::ReadBlock(asio::ssl::stream<tcp::socket&>& stream,
                                                    size_t offset) {
  ReadResult result{client_->blocks.Take()};
  std::tie(result.error, result.bytes) =
      co_await stream.async_read_some(RoomIn(result.block, offset), kAwait);
  co_return result;
}

template <typename Stream>
asio::awaitable<error_code> HttpExchange::ReadSome(Stream& stream,
                                                   http::response_parser<AppendedBody>& parser,
                                                   std::string& rest) {
  ReadResult read = co_await ReadBlock(stream, rest.size());
  error_code error = read.error;
  if (error == asio::error::eof) {
    error = {};
    if (!parser.got_some()) {
      error = http::error::end_of_stream;
    } else {
      parser.put_eof(error);
    }
  } else if (!error) {
    answer_began_ = true;
    std::copy(rest.begin(), rest.end(), read.block.get());
    const size_t bytes = rest.size() + read.bytes;
    const size_t used = parser.put(asio::buffer(read.block.get(), bytes), error);
    if (error == http::error::need_more) error = {};
    rest.assign(read.block.get() + used, bytes - used);
    if (!error && rest.size() > kMaxHeaderBytes) error = http::error::header_limit;
  }
  if (read.block != nullptr) client_->blocks.Return(std::move(read.block));
  co_return error;
}

template <typename Stream>
asio::awaitable<StatusOr<HttpFetched>> HttpExchange::Exchange(Stream& stream, const HttpUrl& url,
                                                              bool& reusable) {
  phase_ = "sending the request";
  const std::string text = RequestText(url);
  const size_t sent = SendAtOnce(stream, text);
  if (sent < text.size()) {
    const auto [write_error, written] =
        co_await asio::async_write(stream, asio::buffer(text) + sent, kAwait);
    (void)written;
    if (write_error) co_return Failed("sending the request", write_error);
  }

  phase_ = "waiting for the answer";
  may_have_bytes_ = false;
  http::response_parser<AppendedBody> parser;
  parser.header_limit(kMaxHeaderBytes);
  parser.body_limit(fetch_.max_body_bytes);
  parser.eager(true);
  parser.get().body().reserve(
      static_cast<size_t>(std::min(fetch_.expected_body_bytes, fetch_.max_body_bytes)));
  if (fetch_.method == "HEAD") parser.skip(true);
  std::string rest;  // Read, but of use only together with what follows.
  error_code error;
  while (!error && !parser.is_done()) {
    if (parser.is_header_done()) phase_ = "reading the body";
    error = co_await ReadSome(stream, parser, rest);
  }
  if (error == http::error::body_limit) {
    co_return ResourceExhausted("{} \"{}\": body size limit exceeded: more than {} bytes",
                                fetch_.method, fetch_.url, fetch_.max_body_bytes);
  }
  if (error && !parser.is_done()) {
    co_return Failed(parser.is_header_done() ? "reading the body" : "reading the answer", error);
  }
  HttpFetched fetched;
  auto& message = parser.get();
  reusable = message.keep_alive() && !message.need_eof() && rest.empty();
  fetched.status = static_cast<int>(message.result_int());
  for (const auto& field : message) {
    fetched.headers.emplace_back(std::string(field.name_string()), std::string(field.value()));
  }
  fetched.body = std::move(message.body());
  fetched.url = url.ToString();
  co_return fetched;
}

Status HttpExchange::Failed(std::string_view what, const error_code& error) const {
  if (error.category() == make_error_code(http::error::bad_method).category() &&
      error != http::error::end_of_stream && error != http::error::partial_message) {
    return DataLoss("{} \"{}\": malformed answer: {}", fetch_.method, fetch_.url, error.message());
  }
  const std::string why = error == http::error::end_of_stream || error == asio::error::eof ||
                                  error == http::error::partial_message
                              ? "the other side closed the connection"
                              : error.message();
  return Unavailable("{} \"{}\": {}: {}", fetch_.method, fetch_.url, what, why);
}

}  // namespace glint::net
