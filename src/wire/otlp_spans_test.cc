// Spans through OTLP's two encodings: what one side writes the other reads, and what breaks.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <protozero/pbf_writer.hpp>

#include "wire/otlp_decode.h"
#include "wire/otlp_encode.h"
#include "wire/tempo_json.h"

namespace glint::wire {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

model::AttributeValue Value(auto value) { return {.kind = std::move(value)}; }

model::Span FullSpan() {
  model::Span span;
  span.trace_id = *model::TraceId::FromHex("5b8efff798038103d269b633813fc60c");
  span.span_id = *model::SpanId::FromHex("eee19b7ec3c1b174");
  span.parent_span_id = *model::SpanId::FromHex("eee19b7ec3c1b173");
  span.trace_state = "a=b";
  span.flags = 0x101;
  span.name = "GET \"/\"";
  span.kind = model::SpanKind::kServer;
  span.start_ns = 1'544'712'660'000'000'001;
  span.end_ns = 1'544'712'661'000'000'002;
  span.attributes = {
      {"text", Value(std::string("wörld"))},
      {"empty text", Value(std::string())},
      {"flag", Value(false)},
      {"count", Value(std::numeric_limits<int64_t>::min())},
      {"ratio", Value(0.1)},
      {"infinite", Value(-std::numeric_limits<double>::infinity())},
      {"raw", Value(model::Bytes{std::string("\0\xff", 2)})},
      {"nothing", {}},
      {"list", Value(model::AttributeValue::List{Value(int64_t{1}), {}, Value(std::string("x"))})},
      {"no list", Value(model::AttributeValue::List{})},
      {"map", Value(model::AttributeValue::Map{{"k", Value(true)}, {"", {}}})},
      {"no map", Value(model::AttributeValue::Map{})},
      {"text", Value(std::string("keys may repeat"))},
  };
  span.dropped_attributes_count = 1;
  span.events = {{5, "e", {{"a", Value(1.5)}}, 2}, {}};
  span.dropped_events_count = 3;
  span.links = {{*model::TraceId::FromHex("1"),
                 *model::SpanId::FromHex("2"),
                 "c=d",
                 {{"l", Value(std::string("v"))}},
                 4,
                 1}};
  span.dropped_links_count = 5;
  span.status_code = model::SpanStatusCode::kError;
  span.status_message = "late";
  return span;
}

std::vector<model::ScopeSpans> TwoGroups() {
  model::Resource resource{{{"service.name", Value(std::string("cart"))}}, 7, "https://schema/1"};
  model::Scope scope{"lib", "1.2", {{"s", Value(int64_t{1})}}, 8, "https://schema/2"};
  model::Span child = FullSpan();
  child.span_id = *model::SpanId::FromHex("3");
  child.kind = static_cast<model::SpanKind>(77);
  const auto shared = std::make_shared<const model::Resource>(resource);
  return {{shared, std::make_shared<const model::Scope>(scope), {FullSpan(), child}},
          {shared, std::make_shared<const model::Scope>(), {FullSpan()}}};
}

void ExpectSameGroups(const std::vector<model::ScopeSpans>& got,
                      const std::vector<model::ScopeSpans>& wanted) {
  ASSERT_EQ(got.size(), wanted.size());
  for (size_t i = 0; i < got.size(); ++i) {
    EXPECT_EQ(*got[i].resource, *wanted[i].resource);
    EXPECT_EQ(*got[i].scope, *wanted[i].scope);
    EXPECT_EQ(got[i].spans, wanted[i].spans);
  }
}

// Whatever an SDK says has to come out of /api/traces again, to the last dropped count.
TEST(OtlpSpansTest, EverythingSurvivesBothEncodings) {
  const std::vector<model::ScopeSpans> groups = TwoGroups();
  for (const OtlpEncoding encoding : {OtlpEncoding::kProtobuf, OtlpEncoding::kJson}) {
    const auto decoded = DecodeOtlpSpans(EncodeOtlpSpans(groups, encoding), encoding);
    ASSERT_TRUE(decoded.ok()) << decoded.status().ToString();
    EXPECT_EQ(decoded->refused.count, 0u);
    ExpectSameGroups(decoded->batch.groups, groups);
    EXPECT_EQ(decoded->batch.groups[0].resource, decoded->batch.groups[1].resource);
  }
}

// The bytes of one small span, put together by hand from trace.proto.
TEST(OtlpSpansTest, ProtobufIsByteForByteAsTheSpecificationHasIt) {
  model::Span span;
  span.trace_id = *model::TraceId::FromHex("0102030405060708090a0b0c0d0e0f10");
  span.span_id = *model::SpanId::FromHex("1112131415161718");
  span.name = "op";
  span.kind = model::SpanKind::kClient;
  span.start_ns = 1;
  span.end_ns = 2;
  span.status_code = model::SpanStatusCode::kError;
  const std::vector<model::ScopeSpans> groups = {
      {std::make_shared<model::Resource>(), std::make_shared<model::Scope>(), {span}}};
  const std::string wanted(
      "\x0a\x3c\x12\x3a\x12\x38"
      "\x0a\x10\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0a\x0b\x0c\x0d\x0e\x0f\x10"
      "\x12\x08\x11\x12\x13\x14\x15\x16\x17\x18"
      "\x2a\x02op"
      "\x30\x03"
      "\x39\x01\x00\x00\x00\x00\x00\x00\x00"
      "\x41\x02\x00\x00\x00\x00\x00\x00\x00"
      "\x7a\x02\x18\x02",
      62);
  const auto decoded = DecodeOtlpSpans(wanted, OtlpEncoding::kProtobuf);
  ASSERT_TRUE(decoded.ok()) << decoded.status().ToString();
  ExpectSameGroups(decoded->batch.groups, groups);
  EXPECT_EQ(EncodeOtlpSpans(groups, OtlpEncoding::kProtobuf), wanted);
}

std::string JsonRequest(std::string_view spans) {
  return "{\"resourceSpans\":[{\"scopeSpans\":[{\"spans\":[" + std::string(spans) + "]}]}]}";
}

constexpr std::string_view kGoodSpan =
    "{\"traceId\":\"5B8EFFF798038103D269B633813FC60C\",\"spanId\":\"eee19b7ec3c1b174\"}";

// SDKs in a dozen languages write JSON in as many ways.
TEST(OtlpSpansTest, JsonIsReadTolerantly) {
  const auto decoded = DecodeOtlpSpans(
      "{\"resource_spans\":[{\"resource\":null,\"unknown\":{\"deep\":[1]},\"scope_spans\":"
      "[{\"spans\":[{\"trace_id\":\"5B8EFFF798038103D269B633813FC60C\","
      "\"spanId\":\"EEE19B7EC3C1B174\",\"parent_span_id\":\"\",\"kind\":\"SPAN_KIND_CLIENT\","
      "\"start_time_unix_nano\":12,\"endTimeUnixNano\":\"13\",\"name\":null,"
      "\"status\":{\"code\":\"STATUS_CODE_ERROR\"},\"attributes\":[{\"key\":\"i\",\"value\":"
      "{\"int_value\":7}},{\"key\":\"d\",\"value\":{\"doubleValue\":\"NaN\"}},"
      "{\"key\":\"b\",\"value\":{\"bytesValue\":\"AAAwOQ==\"}}]}]}]}]}",
      OtlpEncoding::kJson);
  ASSERT_TRUE(decoded.ok()) << decoded.status().ToString();
  ASSERT_THAT(decoded->batch.groups, SizeIs(1));
  const model::Span& span = decoded->batch.groups[0].spans[0];
  EXPECT_EQ(span.trace_id.ToHex(), "5b8efff798038103d269b633813fc60c");
  EXPECT_TRUE(span.parent_span_id.IsZero());
  EXPECT_EQ(span.kind, model::SpanKind::kClient);
  EXPECT_EQ(span.start_ns, 12);
  EXPECT_EQ(span.end_ns, 13);
  EXPECT_EQ(span.status_code, model::SpanStatusCode::kError);
  EXPECT_EQ(span.attributes[0].value, Value(int64_t{7}));
  EXPECT_EQ(span.attributes[2].value, Value(model::Bytes{std::string("\0\0\x30\x39", 4)}));
}

// One broken span must not cost the hundred good ones beside it.
TEST(OtlpSpansTest, SpanWithBadIdsIsRefusedAlone) {
  for (const char* bad :
       {"{\"traceId\":\"5b8e\",\"spanId\":\"eee19b7ec3c1b174\",\"name\":\"x\"}",
        "{\"traceId\":\"00000000000000000000000000000000\",\"spanId\":\"eee19b7ec3c1b174\"}",
        "{\"traceId\":\"5b8efff798038103d269b633813fc60c\"}",
        "{\"traceId\":\"5b8efff798038103d269b633813fc60z\",\"spanId\":\"eee19b7ec3c1b174\"}",
        "{\"traceId\":\"5b8efff798038103d269b633813fc60c\",\"spanId\":\"eee19b7ec3c1b174\","
        "\"parentSpanId\":\"1\"}"}) {
    const auto decoded = DecodeOtlpSpans(
        JsonRequest(fmt::format("{},{},{}", kGoodSpan, bad, kGoodSpan)), OtlpEncoding::kJson);
    ASSERT_TRUE(decoded.ok()) << bad << decoded.status().ToString();
    EXPECT_EQ(decoded->batch.span_count(), 2u) << bad;
    EXPECT_EQ(decoded->refused.count, 1u) << bad;
    EXPECT_THAT(decoded->refused.first_reason, HasSubstr("span `")) << bad;
  }
  std::vector<model::ScopeSpans> groups = TwoGroups();
  groups[0].spans[1].trace_id = {};
  groups[1].spans[0].span_id = {};
  const auto decoded =
      DecodeOtlpSpans(EncodeOtlpSpans(groups, OtlpEncoding::kProtobuf), OtlpEncoding::kProtobuf);
  ASSERT_TRUE(decoded.ok());
  EXPECT_EQ(decoded->batch.span_count(), 1u);
  EXPECT_EQ(decoded->refused.count, 2u);
  EXPECT_THAT(decoded->refused.first_reason, HasSubstr("trace id has 0 bytes, expected 16"));
}

// Some SDKs send the invalid span's ids in full length.
TEST(OtlpSpansTest, IdsOfZerosAreNoIds) {
  for (const bool zero_trace : {false, true}) {
    std::string request;
    {
      protozero::pbf_writer out(request);
      protozero::pbf_writer resource(out, 1);
      protozero::pbf_writer scope(resource, 2);
      protozero::pbf_writer span(scope, 2);
      span.add_bytes(1, std::string(16, zero_trace ? '\0' : '\1'));
      span.add_bytes(2, std::string(8, zero_trace ? '\1' : '\0'));
    }
    const auto decoded = DecodeOtlpSpans(request, OtlpEncoding::kProtobuf);
    ASSERT_TRUE(decoded.ok());
    EXPECT_EQ(decoded->refused.count, 1u);
    EXPECT_THAT(decoded->refused.first_reason, HasSubstr("is all zero"));
    EXPECT_THAT(decoded->batch.groups, IsEmpty());
  }
}

TEST(OtlpSpansTest, LinkToNowhereIsDroppedAndCounted) {
  std::vector<model::ScopeSpans> groups = TwoGroups();
  groups[0].spans[0].links.push_back({});
  groups[0].spans[0].links[1].trace_state = "x";
  for (const OtlpEncoding encoding : {OtlpEncoding::kProtobuf, OtlpEncoding::kJson}) {
    const auto decoded = DecodeOtlpSpans(EncodeOtlpSpans(groups, encoding), encoding);
    ASSERT_TRUE(decoded.ok());
    EXPECT_THAT(decoded->batch.groups[0].spans[0].links, SizeIs(1));
    EXPECT_EQ(decoded->batch.groups[0].spans[0].dropped_links_count, 6u);
  }
}

TEST(OtlpSpansTest, BrokenRequestsAreRefusedWhole) {
  const std::string bytes = EncodeOtlpSpans(TwoGroups(), OtlpEncoding::kProtobuf);
  size_t refused = 0;
  for (size_t cut = 1; cut < bytes.size(); ++cut) {
    const auto decoded =
        DecodeOtlpSpans(std::string_view(bytes).substr(0, cut), OtlpEncoding::kProtobuf);
    refused += decoded.ok() ? 0 : 1;
  }
  EXPECT_EQ(refused, bytes.size() - 1);
  for (const char* bad :
       {"", "{", "[]", "{\"resourceSpans\":{}}", "{\"resourceSpans\":[1]}",
        "{\"resourceSpans\":[]} x", "\xff", "{\"a\":\"\xc3", "{\"a\":\"\xf0\x9f"}) {
    EXPECT_FALSE(DecodeOtlpSpans(bad, OtlpEncoding::kJson).ok()) << bad;
  }
  EXPECT_FALSE(DecodeOtlpSpans(JsonRequest("{\"name\":5}"), OtlpEncoding::kJson).ok());
  EXPECT_FALSE(
      DecodeOtlpSpans(JsonRequest("{\"kind\":\"SPAN_KIND_X\"}"), OtlpEncoding::kJson).ok());
  EXPECT_TRUE(DecodeOtlpSpans("", OtlpEncoding::kProtobuf).ok());
  EXPECT_TRUE(DecodeOtlpSpans("{}", OtlpEncoding::kJson).ok());
}

model::AttributeValue Nested(int depth) {
  model::AttributeValue value = Value(int64_t{1});
  for (int i = 1; i < depth; ++i) value = Value(model::AttributeValue::List{std::move(value)});
  return value;
}

// A value nested a thousand deep would take the stack with it.
TEST(OtlpSpansTest, DepthIsLimited) {
  std::vector<model::ScopeSpans> groups = TwoGroups();
  for (const OtlpEncoding encoding : {OtlpEncoding::kProtobuf, OtlpEncoding::kJson}) {
    groups[0].spans[0].attributes = {{"deep", Nested(kMaxValueDepth)}};
    EXPECT_EQ(DecodeOtlpSpans(EncodeOtlpSpans(groups, encoding), encoding)->refused.count, 0u);
    groups[0].spans[0].attributes = {{"deep", Nested(kMaxValueDepth + 1)}};
    const auto decoded = DecodeOtlpSpans(EncodeOtlpSpans(groups, encoding), encoding);
    ASSERT_TRUE(decoded.ok());
    EXPECT_EQ(decoded->refused.count, 1u);
    EXPECT_THAT(decoded->refused.first_reason, HasSubstr("nested deeper than 32"));
  }
  const std::string brackets(1'000'000, '[');
  EXPECT_FALSE(DecodeOtlpSpans(brackets, OtlpEncoding::kJson).ok());
}

// Two bytes an empty event: a body of 20 MiB would become a gigabyte.
TEST(OtlpSpansTest, ExpansionIsLimited) {
  std::string events;
  for (int i = 0; i < 100'000; ++i) events += std::string("\x5a\x00", 2);
  std::string request;
  {
    protozero::pbf_writer out(request);
    protozero::pbf_writer resource(out, 1);
    protozero::pbf_writer scope(resource, 2);
    scope.add_message(2, events);
  }
  const auto decoded = DecodeOtlpSpans(request, OtlpEncoding::kProtobuf);
  ASSERT_FALSE(decoded.ok());
  EXPECT_EQ(decoded.status().code(), StatusCode::kResourceExhausted);
}

// Grafana's Tempo data source reads exactly this shape.
TEST(TempoJsonTest, IsProtobufsOwnJson) {
  model::Span span;
  span.trace_id = *model::TraceId::FromHex("0102030405060708090a0b0c0d0e0f10");
  span.span_id = *model::SpanId::FromHex("1112131415161718");
  span.name = "op";
  span.kind = model::SpanKind::kServer;
  span.start_ns = 1;
  span.end_ns = 2;
  span.attributes = {{"n", Value(int64_t{3})},
                     {"d", Value(std::numeric_limits<double>::infinity())}};
  span.status_code = model::SpanStatusCode::kError;
  const model::Trace trace{span.trace_id,
                           {{std::make_shared<model::Resource>(model::Resource{
                                 {{"service.name", Value(std::string("s"))}}, 0, ""}),
                             std::make_shared<model::Scope>(model::Scope{"lib", "", {}, 0, ""}),
                             {span}}}};
  EXPECT_EQ(TempoTraceJson(trace),
            "{\"batches\":[{\"resource\":{\"attributes\":[{\"key\":\"service.name\",\"value\":"
            "{\"stringValue\":\"s\"}}]},\"scopeSpans\":[{\"scope\":{\"name\":\"lib\"},\"spans\":["
            "{\"traceId\":\"AQIDBAUGBwgJCgsMDQ4PEA==\",\"spanId\":\"ERITFBUWFxg=\",\"name\":\"op\","
            "\"kind\":\"SPAN_KIND_SERVER\",\"startTimeUnixNano\":\"1\",\"endTimeUnixNano\":\"2\","
            "\"attributes\":[{\"key\":\"n\",\"value\":{\"intValue\":\"3\"}},{\"key\":\"d\","
            "\"value\":{\"doubleValue\":\"Infinity\"}}],\"status\":{\"code\":"
            "\"STATUS_CODE_ERROR\"}}]}]}]}");
}

}  // namespace
}  // namespace glint::wire
