#include "net/http_client.h"

#include <fmt/format.h>

#include <future>

#include "net/asio_context.h"
#include "net/http_exchange.h"
#include "net/http_text.h"

namespace glint::net {
namespace {

using std::chrono::steady_clock;
constexpr std::chrono::seconds kSweepInterval{10};

Status UseCertificates(boost::asio::ssl::context& tls, const HttpClientOptions& options) {
  boost::system::error_code error;
  if (options.ca_file.empty()) {
    tls.set_default_verify_paths(error);
  } else {
    tls.load_verify_file(options.ca_file, error);
    if (error) return InvalidArgument("ca_file {}: {}", options.ca_file, error.message());
  }
  if (options.cert_file.empty() != options.key_file.empty()) {
    return InvalidArgument("cert_file \"{}\" and key_file \"{}\": both or none are needed",
                           options.cert_file, options.key_file);
  }
  if (options.cert_file.empty()) return OkStatus();
  tls.use_certificate_chain_file(options.cert_file, error);
  if (error) return InvalidArgument("cert_file {}: {}", options.cert_file, error.message());
  tls.use_private_key_file(options.key_file, boost::asio::ssl::context::pem, error);
  if (error) return InvalidArgument("key_file {}: {}", options.key_file, error.message());
  return OkStatus();
}

}  // namespace

HttpClient::State::State(EventLoop& loop, HttpClientOptions chosen)
    : options(std::move(chosen)),
      io(loop.context().io),
      tls(boost::asio::ssl::context::tls_client) {}

std::unique_ptr<ClientConnection> HttpClient::State::TakeIdle(const std::string& place) {
  const std::lock_guard lock(mutex);
  const auto found = idle.find(place);
  if (found == idle.end() || found->second.empty()) return nullptr;
  std::unique_ptr<ClientConnection> connection = std::move(found->second.back());
  found->second.pop_back();
  if (found->second.empty()) idle.erase(found);
  --idle_count;
  if (steady_clock::now() - connection->idle_since > options.idle_timeout) return nullptr;
  return connection;
}

void HttpClient::State::PutIdle(const std::string& place,
                                std::unique_ptr<ClientConnection> connection) {
  std::vector<std::unique_ptr<ClientConnection>> expired;  // Closed after the lock is gone.
  const std::lock_guard lock(mutex);
  const auto now = steady_clock::now();
  if (now >= next_sweep) {
    next_sweep = now + kSweepInterval;
    for (auto at = idle.begin(); at != idle.end();) {
      auto& connections = at->second;
      while (!connections.empty() && now - connections.front()->idle_since > options.idle_timeout) {
        expired.push_back(std::move(connections.front()));
        connections.erase(connections.begin());
        --idle_count;
      }
      at = connections.empty() ? idle.erase(at) : std::next(at);
    }
  }
  if (closed || idle_count >= options.max_idle_connections) {
    expired.push_back(std::move(connection));
    return;
  }
  connection->idle_since = now;
  idle[place].push_back(std::move(connection));
  ++idle_count;
}

std::string_view HttpFetched::Header(std::string_view name) const {
  for (const NameValue& header : headers) {
    if (EqualIgnoringCase(header.first, name)) return header.second;
  }
  return {};
}

StatusOr<std::unique_ptr<HttpClient>> HttpClient::Make(EventLoop& loop, HttpClientOptions options) {
  auto state = std::make_shared<State>(loop, std::move(options));
  RETURN_IF_ERROR(UseCertificates(state->tls, state->options));
  return std::unique_ptr<HttpClient>(new HttpClient(std::move(state)));
}

HttpClient::HttpClient(std::shared_ptr<State> state) : state_(std::move(state)) {}

HttpClient::~HttpClient() {
  std::vector<std::shared_ptr<HttpExchange>> running;
  std::map<std::string, std::vector<std::unique_ptr<ClientConnection>>> idle;
  {
    const std::lock_guard lock(state_->mutex);
    state_->closed = true;
    idle.swap(state_->idle);
    for (HttpExchange* exchange : state_->running) {
      if (auto held = exchange->weak_from_this().lock()) running.push_back(std::move(held));
    }
  }
  for (const auto& exchange : running) exchange->Cancel();
  std::unique_lock lock(state_->mutex);
  state_->finished.wait(lock, [this] { return state_->running.empty(); });
}

void HttpClient::Fetch(HttpFetch fetch, Done done) {
  auto exchange = std::make_shared<HttpExchange>(state_, std::move(fetch), std::move(done));
  {
    const std::lock_guard lock(state_->mutex);
    state_->running.insert(exchange.get());
  }
  exchange->Start();
}

StatusOr<HttpFetched> HttpClient::FetchAndWait(HttpFetch fetch) {
  // On the heap: the loop may still be leaving set_value when this returns.
  auto promise = std::make_shared<std::promise<StatusOr<HttpFetched>>>();
  std::future<StatusOr<HttpFetched>> future = promise->get_future();
  Fetch(std::move(fetch),
        [promise](StatusOr<HttpFetched> result) { promise->set_value(std::move(result)); });
  return future.get();
}

}  // namespace glint::net
