#include "load/load_run.h"

#include <algorithm>
#include <array>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/error.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http.hpp>
#include <cmath>
#include <csignal>
#include <deque>
#include <memory>
#include <optional>
#include <random>

#include "glint/propagation.h"

namespace glint::load {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using asio::awaitable;
using asio::ip::tcp;
using boost::system::error_code;
using Clock = std::chrono::steady_clock;

auto Into(error_code& error) { return asio::redirect_error(asio::use_awaitable, error); }

// One run. Everything happens on the thread that calls Run().
class Generator {
 public:
  Generator(const LoadOptions& options, const LoadHooks& hooks)
      : options_(options), hooks_(hooks), progress_(io_), signals_(io_), due_(io_), freed_(io_) {
    freed_.expires_at(Clock::time_point::max());
    for (const auto& [name, value] : options.headers) request_.set(name, value);
    request_.version(11);
    request_.method_string(options.method);
    request_.target(options.target);
    if (request_[http::field::host].empty()) {
      request_.set(http::field::host, options.host + ":" + options.port);
    }
    if (request_[http::field::user_agent].empty()) {
      request_.set(http::field::user_agent, "glint-load");
    }
    request_.keep_alive(options.keep_alive);
    request_.body() = options.body;
    request_.prepare_payload();
  }

  Status Resolve() {
    error_code error;
    tcp::resolver resolver(io_);
    addresses_ = resolver.resolve(options_.host, options_.port, error);
    if (error) return Unavailable("no address for {}: {}", options_.host, error.message());
    return OkStatus();
  }

  LoadResult Run() {
    start_ = Clock::now();
    end_ = options_.duration.count() > 0 ? start_ + options_.duration : Clock::time_point::max();
    asio::co_spawn(io_, Progress(), asio::detached);
    if (hooks_.end_on_signal) {
      signals_.add(SIGINT);
      signals_.add(SIGTERM);
      signals_.async_wait([this](error_code error, int) {
        if (!error) Cease();
      });
    }
    if (options_.rate > 0) {
      asio::co_spawn(io_, Dispatch(), asio::detached);
    } else {
      for (size_t i = 0; i < options_.connections; ++i) Spawn(std::nullopt);
    }
    io_.run();
    result_.elapsed = Clock::now() - start_;
    return std::move(result_);
  }

 private:
  using Request = http::request<http::string_body>;

  // The connection of one worker. Kept from request to request, replaced when it broke.
  struct Connection {
    explicit Connection(asio::io_context& io) : stream(io.get_executor()) {}
    beast::tcp_stream stream;
    beast::flat_buffer buffer;
  };

  Clock::time_point DueTime(uint64_t index) const {
    return start_ + std::chrono::duration_cast<Clock::duration>(
                        std::chrono::duration<double>(static_cast<double>(index) / options_.rate));
  }

  bool AllTaken() const {
    return ceased_ || (options_.requests > 0 && next_ >= options_.requests) ||
           (options_.rate > 0 ? DueTime(next_) : Clock::now()) >= end_;
  }

  // The time from which the next request's latency counts; none where no request is to be sent
  // now. In an open loop a request is taken only once it is due.
  std::optional<Clock::time_point> Take() {
    if (AllTaken()) return std::nullopt;
    const Clock::time_point now = Clock::now();
    if (options_.rate <= 0) {
      ++next_;
      return now;
    }
    const Clock::time_point due = DueTime(next_);
    if (due > now || now >= end_) return std::nullopt;
    ++next_;
    return due;
  }

  // Open loop: hands each request, when it is due, to a worker that waits or to a new one. Where
  // all are busy the workers themselves take what is due as they become free.
  awaitable<void> Dispatch() {
    while (!AllTaken() && Clock::now() < end_) {
      error_code error;
      due_.expires_at(std::max(DueTime(next_), Clock::now()));
      co_await due_.async_wait(Into(error));
      while (idle_ > 0 || workers_ < options_.connections) {
        const auto due = Take();
        if (!due) break;
        if (idle_ > 0) {
          --idle_;
          handed_.push_back(*due);
          freed_.cancel_one();
        } else {
          Spawn(due);
        }
      }
      if (idle_ > 0 || workers_ < options_.connections || AllTaken()) continue;
      // All busy: until one is free, or the end, there is nothing to hand out.
      saturated_ = true;
      due_.expires_at(end_);
      co_await due_.async_wait(Into(error));
      saturated_ = false;
    }
    CountNotSent();
    dispatched_ = true;
    freed_.cancel();
    EndIfDone();
  }

  void CountNotSent() {
    if (ceased_ || options_.duration.count() == 0) return;
    const double seconds = std::chrono::duration<double>(options_.duration).count();
    auto due = static_cast<uint64_t>(std::ceil(seconds * options_.rate));
    if (options_.requests > 0) due = std::min(due, options_.requests);
    if (due > next_) result_.not_sent = due - next_;
    next_ = std::max(next_, due);
  }

  void Spawn(std::optional<Clock::time_point> first) {
    ++workers_;
    asio::co_spawn(io_, Work(first), asio::detached);
  }

  awaitable<void> Work(std::optional<Clock::time_point> due) {
    std::unique_ptr<Connection> connection;
    Request request = request_;
    if (!due) due = Take();
    for (;;) {
      while (due) {
        co_await Measure(connection, request, *due);
        due = Take();
      }
      if (options_.rate <= 0 || dispatched_ || ceased_) break;
      due = co_await WaitForWork();
      if (!due) break;
    }
    --workers_;
    EndIfDone();
  }

  awaitable<std::optional<Clock::time_point>> WaitForWork() {
    ++idle_;
    if (saturated_) due_.cancel();  // The dispatcher has somebody to hand to again.
    error_code error;
    while (handed_.empty() && !dispatched_ && !ceased_) {
      co_await freed_.async_wait(Into(error));
    }
    if (handed_.empty()) {
      --idle_;
      co_return std::nullopt;
    }
    const Clock::time_point due = handed_.front();
    handed_.pop_front();
    co_return due;
  }

  // Sends one request and records what becomes of it. `connection` is null afterwards where it
  // can't be used again.
  awaitable<void> Measure(std::unique_ptr<Connection>& connection, Request& request,
                          Clock::time_point due) {
    if (options_.traceparent_ratio >= 0) request.set("traceparent", NewTraceParent());
    const Clock::time_point sent = Clock::now();
    Reply reply;
    // The other side may close a connection that was kept, as is its right: then once more.
    for (bool kept = connection != nullptr;; kept = false) {
      if (connection == nullptr) connection = std::make_unique<Connection>(io_);
      reply = co_await Exchange(*connection, request);
      if (!reply.error || !kept || reply.begun || reply.error == beast::error::timeout) break;
      connection.reset();
    }
    if (reply.error || !reply.keep) connection.reset();
    if (reply.error) {
      ++result_.errors[Kind(reply.error)];
      co_return;
    }
    const Clock::time_point now = Clock::now();
    result_.latency.Record((now - due).count());
    result_.service_time.Record((now - sent).count());
    ++result_.statuses[reply.status];
  }

  struct Reply {
    error_code error;
    bool begun = false;  // Some of it came.
    bool keep = false;
    int status = 0;
  };

  awaitable<Reply> Exchange(Connection& connection, const Request& request) {
    Reply reply;
    error_code& error = reply.error;
    beast::tcp_stream& stream = connection.stream;
    stream.expires_after(options_.timeout);
    if (!stream.socket().is_open()) {
      co_await stream.async_connect(addresses_, Into(error));
      if (!error) stream.socket().set_option(tcp::no_delay(true), error);
    }
    if (!error) co_await http::async_write(stream, request, Into(error));

    http::response_parser<http::buffer_body> parser;
    parser.body_limit(boost::none);
    parser.skip(request.method() == http::verb::head);
    if (!error) co_await http::async_read_header(stream, connection.buffer, parser, Into(error));
    while (!error && !parser.is_done()) {
      parser.get().body().data = scratch_.data();
      parser.get().body().size = scratch_.size();
      co_await http::async_read(stream, connection.buffer, parser, Into(error));
      result_.received_bytes += scratch_.size() - parser.get().body().size;
      if (error == http::error::need_buffer) error = {};
    }
    reply.begun = parser.got_some();
    reply.keep = parser.is_done() && parser.get().keep_alive() && options_.keep_alive;
    reply.status = static_cast<int>(parser.get().result_int());
    co_return reply;
  }

  static std::string Kind(const error_code& error) {
    if (error == beast::error::timeout) return "timeout";
    if (error == http::error::end_of_stream || error == http::error::partial_message) {
      return "closed before the end of the answer";
    }
    return error.message();
  }

  std::string NewTraceParent() {
    SpanContext context;
    context.trace_id = NewTraceId();
    context.span_id = NewSpanId();
    const bool sampled = std::uniform_real_distribution<>()(random_) < options_.traceparent_ratio;
    context.flags = sampled ? SpanContext::kSampledFlag : uint8_t{0};
    return FormatTraceParent(context);
  }

  awaitable<void> Progress() {
    while (!finished_) {
      error_code error;
      progress_.expires_after(std::chrono::seconds(1));
      co_await progress_.async_wait(Into(error));
      if (finished_) break;
      result_.elapsed = Clock::now() - start_;
      if (hooks_.on_progress) hooks_.on_progress(result_);
    }
  }

  void EndIfDone() {
    if (workers_ > 0 || (options_.rate > 0 && !dispatched_)) return;
    finished_ = true;
    progress_.cancel();
    signals_.cancel();
  }

  // Stops where it is. Answers under way are not waited for.
  void Cease() {
    ceased_ = true;
    due_.cancel();
    freed_.cancel();
    io_.stop();
  }

  const LoadOptions& options_;
  const LoadHooks& hooks_;
  asio::io_context io_{1};
  asio::steady_timer progress_;
  asio::signal_set signals_;
  asio::steady_timer due_;    // Of the dispatcher.
  asio::steady_timer freed_;  // Never expires: idle workers wait for its cancellation.
  tcp::resolver::results_type addresses_;
  Request request_;                  // Each worker has a copy.
  std::array<char, 16384> scratch_;  // Where bodies go; nobody reads them.
  std::mt19937_64 random_{std::random_device()()};

  Clock::time_point start_, end_;
  uint64_t next_ = 0;  // Index of the next request to be sent.
  size_t workers_ = 0;
  size_t idle_ = 0;                       // Workers that wait and have nothing handed to them.
  std::deque<Clock::time_point> handed_;  // For workers that were woken; at most as many.
  bool saturated_ = false;
  bool dispatched_ = false;
  bool ceased_ = false;
  bool finished_ = false;
  LoadResult result_;
};

}  // namespace

StatusOr<LoadResult> RunLoad(const LoadOptions& options, const LoadHooks& hooks) {
  Generator generator(options, hooks);
  RETURN_IF_ERROR(generator.Resolve());
  return generator.Run();
}

}  // namespace glint::load
