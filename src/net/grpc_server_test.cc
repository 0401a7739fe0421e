#include "net/grpc_server.h"

#include <gmock/gmock.h>
#include <grpcpp/grpcpp.h>
#include <grpcpp/impl/codegen/client_unary_call.h>
#include <gtest/gtest.h>

#include <latch>
#include <thread>

namespace glint::net {
namespace {

using std::chrono::milliseconds;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;

std::string Bytes(const grpc::ByteBuffer& buffer) {
  std::vector<grpc::Slice> slices;
  std::string bytes;
  if (!buffer.Dump(&slices).ok()) return bytes;
  for (const grpc::Slice& slice : slices) {
    bytes.append(reinterpret_cast<const char*>(slice.begin()), slice.size());
  }
  return bytes;
}

struct Answer {
  grpc::Status status;
  std::string bytes;
};

class GrpcServerTest : public testing::Test {
 protected:
  GrpcServerTest() {
    options_.address = "127.0.0.1:0";
    options_.address_flag = "--otlp-grpc";
    handlers_["/test.Test/Echo"] = [](std::string_view method, std::string bytes,
                                      const GrpcContext& context) {
      GrpcReply reply;
      for (const auto& entry : context.metadata) {
        if (entry.first == "x-test") bytes += "|" + entry.second;
      }
      reply.bytes = std::string(method) + "|" + bytes;
      return reply;
    };
    handlers_["/test.Test/Size"] = [](std::string_view, std::string bytes, const GrpcContext&) {
      GrpcReply reply;
      reply.bytes = std::to_string(bytes.size());
      return reply;
    };
    handlers_["/test.Test/Fail"] = [](std::string_view, std::string, const GrpcContext&) {
      GrpcReply reply;
      reply.status = InvalidArgument("span 3: no trace id");
      reply.details = "details";
      return reply;
    };
    handlers_["/test.Test/Throw"] = [](std::string_view, std::string,
                                       const GrpcContext&) -> GrpcReply {
      throw std::runtime_error("a library threw");
    };
    handlers_["/test.Test/Wait"] = [this](std::string_view, std::string,
                                          const GrpcContext& context) {
      started_.count_down();
      std::latch stopped(1);
      const std::stop_callback callback(context.stop, [&] { stopped.count_down(); });
      stopped.wait();
      GrpcReply reply;
      reply.status = Cancelled("stopped");
      return reply;
    };
  }
  void SetUp() override {
    StatusOr<std::unique_ptr<GrpcServer>> started = GrpcServer::Start(options_, handlers_);
    ASSERT_TRUE(started.ok()) << started.status().ToString();
    server_ = *std::move(started);
    grpc::ChannelArguments arguments;
    arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
    channel_ = grpc::CreateCustomChannel(server_->address(), grpc::InsecureChannelCredentials(),
                                         arguments);
  }

  Answer Call(const char* method, const std::string& bytes, bool gzip = false) {
    grpc::ClientContext context;
    return Call(context, method, bytes, gzip);
  }
  Answer Call(grpc::ClientContext& context, const char* method, const std::string& bytes,
              bool gzip) {
    context.AddMetadata("x-test", "metadata");
    if (gzip) context.set_compression_algorithm(GRPC_COMPRESS_GZIP);
    const grpc::Slice slice(bytes);
    const grpc::ByteBuffer request(&slice, 1);
    grpc::ByteBuffer reply;
    Answer answer;
    answer.status = grpc::internal::BlockingUnaryCall<grpc::ByteBuffer, grpc::ByteBuffer>(
        channel_.get(),
        grpc::internal::RpcMethod(method, grpc::internal::RpcMethod::NORMAL_RPC, channel_),
        &context, request, &reply);
    if (answer.status.ok()) answer.bytes = Bytes(reply);
    return answer;
  }

  std::latch started_{1};
  GrpcServerOptions options_;
  std::map<std::string, UnaryHandler> handlers_;
  std::unique_ptr<GrpcServer> server_;
  std::shared_ptr<grpc::Channel> channel_;
};

TEST_F(GrpcServerTest, HandsOverBytesAndMetadata) {
  const Answer answer = Call("/test.Test/Echo", "message");
  EXPECT_TRUE(answer.status.ok()) << answer.status.error_message();
  EXPECT_EQ(answer.bytes, "/test.Test/Echo|message|metadata");
}

// The Collector's and the SDKs' exporters compress by default or by one setting.
TEST_F(GrpcServerTest, TakesGzipAndEmptyMessages) {
  EXPECT_EQ(Call("/test.Test/Size", std::string(1 << 20, 'x'), /*gzip=*/true).bytes, "1048576");
  EXPECT_EQ(Call("/test.Test/Size", "").bytes, "0");
}

TEST_F(GrpcServerTest, ErrorsKeepCodeTextAndDetails) {
  const Answer answer = Call("/test.Test/Fail", "");
  EXPECT_EQ(answer.status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(answer.status.error_message(), "span 3: no trace id");
  EXPECT_EQ(answer.status.error_details(), "details");
  EXPECT_EQ(Call("/test.Test/Throw", "").status.error_code(), grpc::StatusCode::INTERNAL);
}

TEST_F(GrpcServerTest, AnUnknownMethodIsUnimplementedAndNamed) {
  const Answer answer = Call("/test.Test/Other", "");
  EXPECT_EQ(answer.status.error_code(), grpc::StatusCode::UNIMPLEMENTED);
  EXPECT_THAT(answer.status.error_message(), HasSubstr("/test.Test/Other"));
}

TEST_F(GrpcServerTest, AMessageOverTheLimitIsRefused) {
  const Answer answer = Call("/test.Test/Size", std::string((4 << 20) + 1, 'x'));
  EXPECT_EQ(answer.status.error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED);
  // Nor as a small message that inflates to one.
  const Answer bomb = Call("/test.Test/Size", std::string((4 << 20) + 1, 'x'), /*gzip=*/true);
  EXPECT_EQ(bomb.status.error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED);
  EXPECT_TRUE(Call("/test.Test/Echo", "still here").status.ok());
}

TEST_F(GrpcServerTest, AClientThatGivesUpStopsItsCall) {
  grpc::ClientContext context;
  std::jthread cancel([&] {
    started_.wait();
    context.TryCancel();
  });
  const Answer answer = Call(context, "/test.Test/Wait", "", /*gzip=*/false);
  EXPECT_EQ(answer.status.error_code(), grpc::StatusCode::CANCELLED);
}

TEST_F(GrpcServerTest, DrainCancelsWhatOutlivesItsPatience) {
  Answer answer;
  std::jthread caller([&] { answer = Call("/test.Test/Wait", ""); });
  started_.wait();
  server_->Drain(milliseconds(1));
  caller.join();
  EXPECT_FALSE(answer.status.ok());
}

// gRPC's default would let two processes share the port, each getting half of the spans.
TEST_F(GrpcServerTest, ATakenAddressSaysWhatToDo) {
  EXPECT_THAT(server_->address(), Not(EndsWith(":0")));
  options_.address = server_->address();
  const Status error = GrpcServer::Start(options_, handlers_).status();
  EXPECT_EQ(error.code(), StatusCode::kUnavailable);
  EXPECT_THAT(std::string(error.message()), HasSubstr(server_->address()));
  EXPECT_THAT(std::string(error.message()), HasSubstr("--otlp-grpc"));
}

}  // namespace
}  // namespace glint::net
