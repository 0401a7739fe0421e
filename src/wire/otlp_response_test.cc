#include "wire/otlp_response.h"

#include <gtest/gtest.h>

namespace glint::wire {
namespace {

TEST(OtlpResponseTest, SuccessIsAsTheCollectorAnswers) {
  EXPECT_EQ(OtlpExportResponse(OtlpSignal::kTraces, OtlpEncoding::kJson, 0, ""),
            "{\"partialSuccess\":{}}");
  EXPECT_EQ(OtlpExportResponse(OtlpSignal::kMetrics, OtlpEncoding::kProtobuf, 0, ""),
            std::string("\x0a\x00", 2));
}

TEST(OtlpResponseTest, PartialSuccessNamesWhatWasRejected) {
  EXPECT_EQ(OtlpExportResponse(OtlpSignal::kTraces, OtlpEncoding::kJson, 2, "why"),
            "{\"partialSuccess\":{\"rejectedSpans\":\"2\",\"errorMessage\":\"why\"}}");
  EXPECT_EQ(OtlpExportResponse(OtlpSignal::kMetrics, OtlpEncoding::kJson, 2, "why"),
            "{\"partialSuccess\":{\"rejectedDataPoints\":\"2\",\"errorMessage\":\"why\"}}");
  EXPECT_EQ(OtlpExportResponse(OtlpSignal::kTraces, OtlpEncoding::kProtobuf, 2, "why"),
            std::string("\x0a\x07\x08\x02\x12\x03why", 9));
}

TEST(OtlpResponseTest, ErrorIsGoogleRpcStatus) {
  EXPECT_EQ(RpcStatusBody(OtlpEncoding::kJson, InvalidArgument("bad"), std::nullopt),
            "{\"code\":3,\"message\":\"bad\"}");
  EXPECT_EQ(RpcStatusBody(OtlpEncoding::kProtobuf, InvalidArgument("bad"), std::nullopt),
            std::string("\x08\x03\x12\x03\x62\x61\x64", 7));
  EXPECT_EQ(RpcStatusBody(OtlpEncoding::kJson, Unavailable("full"), 5),
            "{\"code\":14,\"message\":\"full\",\"details\":[{\"@type\":"
            "\"type.googleapis.com/google.rpc.RetryInfo\",\"retryDelay\":\"5s\"}]}");
  EXPECT_EQ(RpcStatusBody(OtlpEncoding::kProtobuf, Unavailable("full"), 5),
            "\x08\x0e\x12\x04\x66ull\x1a\x30\x0a\x28type.googleapis.com/google.rpc.RetryInfo"
            "\x12\x04\x0a\x02\x08\x05");
}

}  // namespace
}  // namespace glint::wire
