// The receiver's two faces: HTTP as the Collector answers it, and gRPC.
#include "net/encoding.h"
#include "pipeline/otlp_receiver.h"

namespace glint::pipeline {
namespace {

constexpr std::string_view kProtobufType = "application/x-protobuf";
constexpr std::string_view kJsonType = "application/json";

std::optional<wire::OtlpEncoding> EncodingOf(std::string_view content_type) {
  std::string media(content_type.substr(0, content_type.find(';')));
  std::erase_if(media, [](char c) { return c == ' ' || c == '\t'; });
  for (char& c : media) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + ('a' - 'A'));
  }
  if (media == kProtobufType) return wire::OtlpEncoding::kProtobuf;
  if (media == kJsonType) return wire::OtlpEncoding::kJson;
  return std::nullopt;
}

net::HttpResponse TextResponse(int status, std::string text) {
  net::HttpResponse response;
  response.status = status;
  response.content_type = "text/plain";
  response.body = std::move(text);
  return response;
}

bool MaySucceedLater(StatusCode code) { return code == StatusCode::kUnavailable; }

net::HttpResponse ErrorResponse(int http_status, const Status& status,
                                wire::OtlpEncoding encoding) {
  net::HttpResponse response;
  response.status = http_status;
  response.content_type = encoding == wire::OtlpEncoding::kJson ? kJsonType : kProtobufType;
  std::optional<int> retry_after;
  if (MaySucceedLater(status.code())) {
    retry_after = kOtlpRetryAfterSeconds;
    response.headers.emplace_back("Retry-After", std::to_string(kOtlpRetryAfterSeconds));
  }
  response.body = wire::RpcStatusBody(encoding, status, retry_after);
  return response;
}

// The store's failures go out with their own code; a fault of ours is none of the client's.
Status ForClient(const Status& status) {
  if (status.code() == StatusCode::kNotFound || status.code() == StatusCode::kUnknown) {
    return Internal("{}", status.message());
  }
  return status;
}

}  // namespace

int OtlpHttpStatus(StatusCode code) {
  switch (code) {
    case StatusCode::kOk:
      return 200;
    case StatusCode::kInvalidArgument:
      return 400;
    case StatusCode::kUnauthenticated:
      return 401;
    case StatusCode::kPermissionDenied:
      return 403;
    case StatusCode::kUnimplemented:
      return 404;
    case StatusCode::kResourceExhausted:
      return 429;
    case StatusCode::kCancelled:
    case StatusCode::kDeadlineExceeded:
    case StatusCode::kAborted:
    case StatusCode::kOutOfRange:
    case StatusCode::kUnavailable:
    case StatusCode::kDataLoss:
      return 503;
    default:
      return 500;
  }
}

void OtlpReceiver::AddRoutes(net::HttpRouter& router) {
  for (const char* method : {"POST", "GET", "PUT", "DELETE", "PATCH", "OPTIONS"}) {
    router.Handle(method, "/v1/traces", [this](const net::HttpRequest& request) {
      return HandleHttp(wire::OtlpSignal::kTraces, request);
    });
    router.Handle(method, "/v1/metrics", [this](const net::HttpRequest& request) {
      return HandleHttp(wire::OtlpSignal::kMetrics, request);
    });
  }
}

net::HttpResponse OtlpReceiver::HandleHttp(wire::OtlpSignal signal,
                                           const net::HttpRequest& request) {
  if (request.method != "POST") {
    net::HttpResponse response = TextResponse(405, "405 method not allowed, supported: [POST]");
    response.headers.emplace_back("Allow", "POST");
    return response;
  }
  Counters& counters = CountersOf(signal, OtlpTransport::kHttp);
  const auto refuse_request = [&] {
    counters.requests.fetch_add(1, std::memory_order_relaxed);
    counters.refused_requests.fetch_add(1, std::memory_order_relaxed);
  };
  const auto encoding = EncodingOf(request.Header("Content-Type"));
  if (!encoding) {
    refuse_request();
    return TextResponse(415,
                        "415 unsupported media type, supported: [application/json, "
                        "application/x-protobuf]");
  }
  const StatusOr<std::string> body =
      net::Decompress(request.body, request.Header("Content-Encoding"), kOtlpMaxBodyBytes);
  if (!body.ok()) {
    refuse_request();
    // The Collector's answer, status and text; OTLP's specification would have 413 for a large one.
    const bool too_large = body.status().code() == StatusCode::kResourceExhausted;
    const Status status =
        too_large ? InvalidArgument("http: request body too large: {}", body.status().message())
                  : body.status();
    return ErrorResponse(400, status, *encoding);
  }
  const StatusOr<OtlpExport> done = Export(signal, *body, *encoding, OtlpTransport::kHttp);
  if (!done.ok()) {
    const Status status = ForClient(done.status());
    return ErrorResponse(OtlpHttpStatus(status.code()), status, *encoding);
  }
  net::HttpResponse response;
  response.content_type = *encoding == wire::OtlpEncoding::kJson ? kJsonType : kProtobufType;
  response.body = wire::OtlpExportResponse(signal, *encoding, done->rejected, done->message);
  return response;
}

net::GrpcReply OtlpReceiver::HandleGrpc(wire::OtlpSignal signal, std::string_view bytes) {
  const auto encoding = wire::OtlpEncoding::kProtobuf;
  const StatusOr<OtlpExport> done = Export(signal, bytes, encoding, OtlpTransport::kGrpc);
  net::GrpcReply reply;
  if (done.ok()) {
    reply.bytes = wire::OtlpExportResponse(signal, encoding, done->rejected, done->message);
    return reply;
  }
  reply.status = ForClient(done.status());
  if (MaySucceedLater(reply.status.code())) {
    reply.details = wire::RpcStatusBody(encoding, reply.status, kOtlpRetryAfterSeconds);
  }
  return reply;
}

std::map<std::string, net::UnaryHandler> OtlpReceiver::GrpcHandlers() {
  const auto handler = [this](wire::OtlpSignal signal) -> net::UnaryHandler {
    return [this, signal](std::string_view, std::string bytes, const net::GrpcContext&) {
      return HandleGrpc(signal, bytes);
    };
  };
  return {{"/opentelemetry.proto.collector.trace.v1.TraceService/Export",
           handler(wire::OtlpSignal::kTraces)},
          {"/opentelemetry.proto.collector.metrics.v1.MetricsService/Export",
           handler(wire::OtlpSignal::kMetrics)}};
}

}  // namespace glint::pipeline
