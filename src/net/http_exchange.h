// One fetch of HttpClient on its way, and the connections that fetches share. Only sources of
// net/ include this.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>
#include <boost/beast/http/parser.hpp>
#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_set>
#include <vector>

#include "net/http_body_read.h"
#include "net/http_client.h"
#include "net/http_url.h"

namespace glint::net {

// Belongs to one fetch at a time, or to the idle ones.
struct ClientConnection {
  explicit ClientConnection(boost::asio::io_context& io) : socket(io) {}

  boost::asio::ip::tcp::socket socket;
  std::optional<boost::asio::ssl::stream<boost::asio::ip::tcp::socket&>> tls;
  std::chrono::steady_clock::time_point idle_since;
};

struct ReadResult {
  ReadBlocks::Block block;
  size_t bytes = 0;
  boost::system::error_code error;
};

class HttpExchange;

struct HttpClient::State {
  State(EventLoop& loop, HttpClientOptions options);

  // The youngest idle connection to that place, or null.
  std::unique_ptr<ClientConnection> TakeIdle(const std::string& place);
  void PutIdle(const std::string& place, std::unique_ptr<ClientConnection> connection);

  const HttpClientOptions options;
  boost::asio::io_context& io;
  boost::asio::ssl::context tls;
  ReadBlocks blocks;

  std::mutex mutex;
  std::condition_variable finished;
  // All guarded by mutex.
  std::unordered_set<HttpExchange*> running;  // Each alive while in it.
  std::map<std::string, std::vector<std::unique_ptr<ClientConnection>>> idle;  // Oldest first.
  size_t idle_count = 0;
  std::chrono::steady_clock::time_point next_sweep;
  bool closed = false;
};

// All of it runs on its own strand, but for the constructor, Start and Cancel.
class HttpExchange : public std::enable_shared_from_this<HttpExchange> {
 public:
  HttpExchange(std::shared_ptr<HttpClient::State> client, HttpFetch fetch, HttpClient::Done done);

  void Start();
  void Cancel();

 private:
  boost::asio::awaitable<void> Run();
  boost::asio::awaitable<StatusOr<HttpFetched>> FollowRedirects();
  boost::asio::awaitable<StatusOr<HttpFetched>> Ask(const HttpUrl& url);
  boost::asio::awaitable<Status> Connect(const HttpUrl& url);
  template <typename Stream>
  boost::asio::awaitable<StatusOr<HttpFetched>> Exchange(Stream& stream, const HttpUrl& url,
                                                         bool& reusable);
  // Reads into a block, from `offset` on.
  boost::asio::awaitable<ReadResult> ReadBlock(boost::asio::ip::tcp::socket& socket, size_t offset);
  boost::asio::awaitable<ReadResult> ReadBlock(
      boost::asio::ssl::stream<boost::asio::ip::tcp::socket&>& stream, size_t offset);
  // Feeds the parser with what comes next; `rest` is what it left of what came before.
  template <typename Stream>
  boost::asio::awaitable<boost::system::error_code> ReadSome(
      Stream& stream, boost::beast::http::response_parser<AppendedBody>& parser, std::string& rest);
  std::string RequestText(const HttpUrl& url) const;
  Status Failed(std::string_view what, const boost::system::error_code& error) const;
  void Finish(StatusOr<HttpFetched> result);

  const std::shared_ptr<HttpClient::State> client_;
  const boost::asio::strand<boost::asio::io_context::executor_type> strand_;
  HttpFetch fetch_;
  HttpClient::Done done_;  // Empty once called.
  boost::asio::steady_timer deadline_;
  std::unique_ptr<ClientConnection> connection_;
  std::string_view phase_ = "starting";  // What a timeout interrupted.
  bool may_have_bytes_ = false;          // The socket: reading is worth a try.
  bool answer_began_ = false;            // A kept connection that failed before may be tried anew.
  std::optional<std::stop_callback<std::function<void()>>> on_stop_;
};

}  // namespace glint::net
