#include "codec/span_block.h"

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

#include "codec/byte_writer.h"

namespace glint::codec {
namespace {

using model::AttributeValue;

model::Span Full() {
  model::Span span{.trace_id = {{1}}, .span_id = {{2}}, .parent_span_id = {{3}}};
  span.trace_state = "a=b";
  span.flags = 257;
  span.name = "GET /";
  span.kind = model::SpanKind::kServer;
  span.start_ns = 1'700'000'000'000'000'001;
  span.end_ns = span.start_ns - 5;  // Clocks jump.
  span.attributes = {{"none", {}},
                     {"text", {"t"}},
                     {"text", {"t"}},
                     {"yes", {true}},
                     {"integer", {int64_t{-7}}},
                     {"double", {-0.0}},
                     {"bytes", {model::Bytes{std::string("\0\xff", 2)}}},
                     {"list", {AttributeValue::List{{int64_t{1}}, {"two"}}}},
                     {"map", {AttributeValue::Map{{"k", {AttributeValue::List{}}}}}}};
  span.dropped_attributes_count = 1;
  span.events = {{span.start_ns + 3, "event", {{"k", {"v"}}}, 2}, {INT64_MIN, "", {}, 0}};
  span.dropped_events_count = 3;
  span.links = {{{{9}}, {{8}}, "c=d", {{"k", {false}}}, 4, 5}};
  span.dropped_links_count = 6;
  span.status_code = static_cast<model::SpanStatusCode>(99);
  span.status_message = "why";
  return span;
}

std::vector<model::ScopeSpans> Example() {
  auto resource = std::make_shared<model::Resource>();
  resource->attributes = {{"service.name", {"shop"}}};
  resource->dropped_attributes_count = 7;
  resource->schema_url = "https://opentelemetry.io/schemas/1.20.0";
  auto scope = std::make_shared<model::Scope>();
  scope->name = "lib";
  scope->version = "1";
  scope->attributes = {{"x", {1.5}}};
  model::Span small{.trace_id = {{5}}, .span_id = {{6}}};
  return {{resource, scope, {Full(), small}},
          {resource, std::make_shared<model::Scope>(), {small}}};
}

void ExpectSame(const std::vector<model::ScopeSpans>& a, const std::vector<model::ScopeSpans>& b) {
  ASSERT_EQ(a.size(), b.size());
  for (size_t i = 0; i < a.size(); ++i) {
    EXPECT_EQ(*a[i].resource, *b[i].resource);
    EXPECT_EQ(*a[i].scope, *b[i].scope);
    EXPECT_EQ(a[i].spans, b[i].spans);
  }
}

TEST(SpanBlockTest, EverythingComesBack) {
  const auto decoded = DecodeSpans(EncodeSpans(Example()));
  ASSERT_TRUE(decoded.ok()) << decoded.status().ToString();
  ExpectSame(*decoded, Example());
  EXPECT_EQ((*decoded)[0].resource, (*decoded)[1].resource);
}

TEST(SpanBlockTest, EveryPrefixIsRefused) {
  const std::string bytes = EncodeSpans(Example());
  for (size_t length = 0; length < bytes.size(); ++length) {
    EXPECT_FALSE(DecodeSpans(bytes.substr(0, length)).ok()) << length;
  }
  EXPECT_FALSE(DecodeSpans(bytes + "x").ok());
}

// Any byte may be any other; what is checked is that nobody is hurt (ASan, UBSan).
TEST(SpanBlockTest, DamageIsAnErrorOrOtherSpans) {
  const std::string bytes = EncodeSpans(Example());
  for (size_t at = 0; at < bytes.size(); ++at) {
    for (const int value : {0, 1, 0x7f, 0x80, 0xff}) {
      std::string damaged = bytes;
      damaged[at] = static_cast<char>(value);
      (void)DecodeSpans(damaged);
    }
  }
}

TEST(SpanBlockTest, WhatIsDeeperThanTheLimitIsWrittenEmpty) {
  AttributeValue deep{int64_t{1}};
  for (int i = 0; i < 2 * kMaxValueDepth; ++i) deep = AttributeValue{AttributeValue::List{deep}};
  std::vector<model::ScopeSpans> groups = Example();
  groups[0].spans[0].attributes = {{"deep", deep}};
  const auto decoded = DecodeSpans(EncodeSpans(groups));
  ASSERT_TRUE(decoded.ok()) << decoded.status().ToString();
  const AttributeValue* value = &(*decoded)[0].spans[0].attributes[0].value;
  int depth = 0;
  while (const auto* list = std::get_if<AttributeValue::List>(&value->kind)) {
    value = &list->at(0);
    ++depth;
  }
  EXPECT_EQ(depth, kMaxValueDepth);
}

// Few bytes that say the same long text very often.
TEST(SpanBlockTest, TextThatRepeatsWithoutEndIsRefused) {
  std::vector<model::ScopeSpans> groups = Example();
  groups[0].spans.clear();
  groups.resize(1);
  model::Span span{.trace_id = {{5}}, .span_id = {{6}}};
  span.name = std::string(1 << 20, 'x');
  span.attributes.assign(300, {std::string(1 << 20, 'x'), {}});
  groups[0].spans.push_back(span);
  const std::string bytes = EncodeSpans(groups);
  EXPECT_LT(bytes.size(), 2u << 20);
  EXPECT_EQ(DecodeSpans(bytes).status().code(), StatusCode::kInvalidArgument);
}

// A retry is recognised by it; what differs in anything at all is not one.
TEST(SpanBlockTest, ContentHashSeesEveryField) {
  const model::Span full = Full();
  EXPECT_EQ(ContentHash(full), ContentHash(Full()));
  std::vector<model::Span> others(10, full);
  others[0].name = "GET /x";
  others[1].start_ns += 1;
  others[2].end_ns += 1;
  others[3].attributes[5].value.kind = 0.0;
  others[4].events[0].dropped_attributes_count = 0;
  others[5].links[0].flags = 0;
  others[6].status_message.clear();
  others[7].parent_span_id = {};
  others[8].dropped_links_count = 0;
  others[9].trace_state.clear();
  for (size_t i = 0; i < others.size(); ++i)
    EXPECT_NE(ContentHash(others[i]), ContentHash(full)) << i;
}

// Written by version 1 of the format. If this fails, old logs are no longer read: make a version 2.
TEST(SpanBlockTest, GoldenFileOfVersion1) {
  std::ifstream file(GLINT_TESTDATA "/span_block.v1", std::ios::binary);
  const std::string bytes((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  const auto decoded = DecodeSpans(bytes);
  ASSERT_TRUE(decoded.ok()) << decoded.status().ToString();
  ExpectSame(*decoded, Example());
}

}  // namespace
}  // namespace glint::codec
