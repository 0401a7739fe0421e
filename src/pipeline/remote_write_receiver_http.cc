// The receiver's face: POST /api/v1/write as both versions of the specification have it, and as
// Prometheus answers where they leave it open.
#include <xxhash.h>

#include <optional>

#include "base/escape.h"
#include "net/encoding.h"
#include "pipeline/remote_write_receiver.h"

namespace glint::pipeline {
namespace {

using wire::RemoteWriteVersion;

constexpr std::string_view kMediaType = "application/x-protobuf";
constexpr std::string_view kMessage1 = "prometheus.WriteRequest";
constexpr std::string_view kMessage2 = "io.prometheus.write.v2.Request";
constexpr std::string_view kRetryAfterSeconds = "5";

std::string Lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + ('a' - 'A'));
  }
  return out;
}

std::string_view Trimmed(std::string_view text, std::string_view what = " \t") {
  const size_t begin = text.find_first_not_of(what);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(what) + 1 - begin);
}

// A Content-Type that says nothing of the message, or nothing at all, is one of 1.0.
// INVALID_ARGUMENT: another type or message; says which are known.
StatusOr<RemoteWriteVersion> VersionOf(std::string_view content_type) {
  std::string_view rest = content_type;
  const auto next = [&rest] {
    const size_t end = std::min(rest.find(';'), rest.size());
    const std::string_view part = Trimmed(rest.substr(0, end));
    rest.remove_prefix(std::min(end + 1, rest.size()));
    return part;
  };
  const std::string_view media = next();
  if (!media.empty() && Lower(media) != kMediaType) {
    return InvalidArgument("Content-Type is {}, supported: {}", Excerpt(media), kMediaType);
  }
  while (!rest.empty()) {
    const std::string_view parameter = next();
    const size_t equals = std::min(parameter.find('='), parameter.size());
    if (Lower(Trimmed(parameter.substr(0, equals))) != "proto") continue;
    const std::string_view message =
        Trimmed(parameter.substr(std::min(equals + 1, parameter.size())), " \t\"");
    if (message == kMessage1) return RemoteWriteVersion::k1;
    if (message == kMessage2) return RemoteWriteVersion::k2;
    return InvalidArgument("protobuf message is {}, supported: {}, {}", Excerpt(message), kMessage1,
                           kMessage2);
  }
  return RemoteWriteVersion::k1;
}

net::HttpResponse TextResponse(int status, std::string_view text) {
  net::HttpResponse response;
  response.status = status;
  response.body = text;
  response.body += '\n';
  return response;
}

net::HttpResponse ErrorResponse(const Status& status) {
  switch (status.code()) {
    case StatusCode::kInvalidArgument:
      return TextResponse(400, status.message());
    case StatusCode::kResourceExhausted:
      return TextResponse(413, status.message());
    case StatusCode::kUnavailable: {
      net::HttpResponse response = TextResponse(503, status.message());
      response.headers.emplace_back("Retry-After", kRetryAfterSeconds);
      return response;
    }
    default:
      return TextResponse(500, status.message());
  }
}

}  // namespace

storage::SenderId RemoteWriteSender(const net::HttpRequest& request) {
  std::string who = request.remote.substr(0, request.remote.rfind(':'));
  who += '\n';
  who += request.Header("User-Agent");
  return XXH3_64bits(who.data(), who.size());
}

void RemoteWriteReceiver::AddRoutes(net::HttpRouter& router) {
  router.Handle("POST", "/api/v1/write",
                [this](const net::HttpRequest& request) { return HandleHttp(request); });
}

net::HttpResponse RemoteWriteReceiver::HandleHttp(const net::HttpRequest& request) {
  const auto refuse = [&](net::HttpResponse response) {
    requests_.fetch_add(1, std::memory_order_relaxed);
    refused_requests_.fetch_add(1, std::memory_order_relaxed);
    return response;
  };
  const StatusOr<RemoteWriteVersion> version = VersionOf(request.Header("Content-Type"));
  if (!version.ok()) return refuse(TextResponse(415, version.status().message()));
  // Early senders say nothing of it and send snappy all the same.
  const std::string_view encoding = request.Header("Content-Encoding");
  if (!encoding.empty() && Lower(encoding) != "snappy") {
    return refuse(TextResponse(
        415, fmt::format("Content-Encoding is {}, supported: snappy", Excerpt(encoding))));
  }
  RemoteWritten written;
  net::HttpResponse response;
  response.status = 204;
  const StatusOr<std::string> body = net::Decompress(request.body, "snappy", kRemoteWriteMaxBytes);
  if (!body.ok()) {
    response = refuse(ErrorResponse(body.status()));
  } else if (auto done = Receive(*body, *version, RemoteWriteSender(request)); !done.ok()) {
    response = ErrorResponse(done.status());
  } else {
    written = *std::move(done);
    // Exemplars were never a reason for 1.0 to complain.
    const bool complain = *version == RemoteWriteVersion::k2 || written.refused_samples != 0;
    if (complain && !written.refused.empty()) response = TextResponse(400, written.refused);
  }
  if (*version == RemoteWriteVersion::k2) {
    constexpr std::string_view kPrefix = "X-Prometheus-Remote-Write-";
    const auto tell = [&](std::string_view what, uint64_t count) {
      response.headers.emplace_back(fmt::format("{}{}-Written", kPrefix, what),
                                    std::to_string(count));
    };
    tell("Samples", written.samples);
    tell("Histograms", written.histograms);
    tell("Exemplars", written.exemplars);
  }
  return response;
}

}  // namespace glint::pipeline
