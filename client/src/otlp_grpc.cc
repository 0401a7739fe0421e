#include "glint/otlp_grpc.h"

#include <grpcpp/channel.h>
#include <grpcpp/client_context.h>
#include <grpcpp/create_channel.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/security/credentials.h>
#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/channel_arguments.h>

#include <algorithm>
#include <cctype>

#include "glint/otlp_http.h"
#include "otlp_encoding.h"

namespace glint {
namespace {

constexpr char kMethod[] = "/opentelemetry.proto.collector.trace.v1.TraceService/Export";
constexpr std::string_view kHttp = "http://", kHttps = "https://";

bool StartsWith(const std::string& text, std::string_view start) {
  return text.compare(0, start.size(), start) == 0;
}

// host:port, as gRPC names a channel's target.
std::string Target(std::string endpoint) {
  if (StartsWith(endpoint, kHttp)) endpoint.erase(0, kHttp.size());
  if (StartsWith(endpoint, kHttps)) endpoint.erase(0, kHttps.size());
  return endpoint.substr(0, endpoint.find('/'));
}

// gRPC alone would wait up to two minutes before it looks again for a collector that was away.
grpc::ChannelArguments Arguments() {
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, 500);
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, 5000);
  return arguments;
}

// Those that OTLP's specification lets a client try again.
bool MayTryAgain(grpc::StatusCode code) {
  switch (code) {
    case grpc::CANCELLED:
    case grpc::DEADLINE_EXCEEDED:
    case grpc::RESOURCE_EXHAUSTED:
    case grpc::ABORTED:
    case grpc::OUT_OF_RANGE:
    case grpc::UNAVAILABLE:
    case grpc::DATA_LOSS:
      return true;
    default:
      return false;
  }
}

}  // namespace

struct OtlpGrpcExporter::Channel {
  explicit Channel(const std::string& endpoint)
      : channel(grpc::CreateCustomChannel(Target(endpoint),
                                          StartsWith(endpoint, kHttps)
                                              ? grpc::SslCredentials(grpc::SslCredentialsOptions())
                                              : grpc::InsecureChannelCredentials(),
                                          Arguments())),
        stub(channel) {}

  const std::shared_ptr<grpc::Channel> channel;
  grpc::GenericStub stub;
};

OtlpGrpcExporter::OtlpGrpcExporter(OtlpOptions options)
    : options_(std::move(options)), channel_(std::make_unique<Channel>(options_.endpoint)) {}

OtlpGrpcExporter::~OtlpGrpcExporter() = default;

ExportResult OtlpGrpcExporter::Export(const std::vector<SpanData>& spans) {
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + options_.timeout);
  for (const auto& [name, value] : options_.headers) {
    std::string lower = name;
    std::transform(lower.begin(), lower.end(), lower.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    context.AddMetadata(lower, value);
  }
  const grpc::Slice slice(internal::EncodeTraces(spans));
  const grpc::ByteBuffer request(&slice, 1);

  grpc::CompletionQueue queue;
  grpc::ByteBuffer reply;
  grpc::Status status;
  const auto call = channel_->stub.PrepareUnaryCall(&context, kMethod, request, &queue);
  call->StartCall();
  call->Finish(&reply, &status, nullptr);
  void* tag = nullptr;
  bool ok = false;
  queue.Next(&tag, &ok);  // Bounded by the deadline.

  if (status.ok()) return {};
  return {MayTryAgain(status.error_code()) ? ExportResult::Outcome::kTryAgain
                                           : ExportResult::Outcome::kRefused,
          "gRPC status " + std::to_string(status.error_code()) + ": " + status.error_message()};
}

std::unique_ptr<SpanExporter> MakeOtlpExporter(OtlpOptions options) {
  if (options.protocol == OtlpOptions::Protocol::kHttpProtobuf) {
    return std::make_unique<OtlpHttpExporter>(std::move(options));
  }
  return std::make_unique<OtlpGrpcExporter>(std::move(options));
}

}  // namespace glint
