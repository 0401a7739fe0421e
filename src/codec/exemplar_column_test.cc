#include "codec/exemplar_column.h"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <cstring>
#include <fstream>
#include <iterator>
#include <random>

namespace glint::codec {
namespace {

using model::Exemplar;

constexpr size_t kMany = 1 << 16;

std::string Encoded(const std::vector<Exemplar>& exemplars) {
  std::string out;
  EncodeExemplars(exemplars, out);
  return out;
}

void ExpectRoundTrip(const std::vector<Exemplar>& exemplars) {
  const auto decoded = DecodeExemplars(Encoded(exemplars), exemplars.size());
  ASSERT_TRUE(decoded.ok()) << decoded.status().ToString();
  ASSERT_EQ(decoded->size(), exemplars.size());
  for (size_t i = 0; i < exemplars.size(); ++i) {
    const Exemplar& got = (*decoded)[i];
    ASSERT_EQ(got.time, exemplars[i].time) << i;
    ASSERT_EQ(std::bit_cast<uint64_t>(got.value), std::bit_cast<uint64_t>(exemplars[i].value)) << i;
    ASSERT_EQ(got.trace_id, exemplars[i].trace_id) << i;
    ASSERT_EQ(got.span_id, exemplars[i].span_id) << i;
    ASSERT_EQ(got.labels, exemplars[i].labels) << i;
  }
}

template <typename IdType>
IdType RandomId(std::mt19937_64& random) {
  IdType id;
  for (uint8_t& byte : id.bytes) byte = static_cast<uint8_t>(random());
  return id;
}

// A dot that comes back at another place, or opens another trace, is a lie.
TEST(ExemplarColumnTest, EveryBitComesBack) {
  const uint64_t seed = std::random_device()();
  SCOPED_TRACE(testing::Message() << "seed " << seed);
  std::mt19937_64 random(seed);
  const double special[] = {0.0, -0.0, NAN, HUGE_VAL, -HUGE_VAL, 5e-324, 1e308, 0.1};
  for (int round = 0; round < 1000; ++round) {
    std::vector<Exemplar> exemplars(1 + random() % 100);
    const uint64_t ids = random() % 9;  // Of traces, spans: none, all, some.
    const uint64_t labels = random() % 3;
    int64_t time = round % 7 == 0 ? model::kMinTimeMs : static_cast<int64_t>(random() >> 2);
    for (Exemplar& one : exemplars) {
      if (random() % 3 != 0) time += static_cast<int64_t>(random() % 100'000);
      one.time = time;
      one.value = round % 3 == 0   ? special[random() % std::size(special)]
                  : round % 3 == 1 ? std::bit_cast<double>(random())
                                   : static_cast<double>(random() % 1000) / 1000;
      if (ids % 3 > random() % 2) one.trace_id = RandomId<model::TraceId>(random);
      if (ids / 3 > random() % 2) one.span_id = RandomId<model::SpanId>(random);
      if (labels > random() % 2) {
        one.labels = {{"user", std::to_string(random() % 5)}, {"zone", random() % 2 ? "a" : ""}};
      }
    }
    if (round % 7 == 1) exemplars.back().time = model::kMaxTimeMs;
    ASSERT_NO_FATAL_FAILURE(ExpectRoundTrip(exemplars)) << "round " << round;
  }
}

// From the beginning of time to its end is one difference.
TEST(ExemplarColumnTest, TimesAreAsFarApartAsTheyCanBe) {
  ExpectRoundTrip({{.time = model::kMinTimeMs, .value = 1}, {.time = model::kMaxTimeMs}});
}

// Dots are as durable as samples only because they are small.
TEST(ExemplarColumnTest, TakesLittleBesideTheIds) {
  std::mt19937_64 random(7);
  std::vector<Exemplar> exemplars;
  for (int i = 0; i < 100; ++i) {
    exemplars.push_back({.time = 1'700'000'000'000 + i * 60'000 + static_cast<int>(random() % 5000),
                         .value = 0.25 + static_cast<double>(random()) * 0x1p-66,
                         .trace_id = RandomId<model::TraceId>(random),
                         .span_id = RandomId<model::SpanId>(random),
                         .labels = {{"user", i % 2 ? "ann" : "bob"}}});
  }
  EXPECT_LE(Encoded(exemplars).size(), 100 * (16 + 8 + 7 + 2 + 1) + 50u);
  for (Exemplar& one : exemplars) {
    one.trace_id = {};
    one.span_id = {};
    one.labels = {};
  }
  EXPECT_LE(Encoded(exemplars).size(), 100 * (7 + 2) + 20u);
}

TEST(ExemplarColumnTest, EveryPrefixAndLengthIsRefused) {
  const std::string bytes =
      Encoded({{.time = 1, .value = 2, .trace_id = {{1}}, .labels = {{"a", "b"}}},
               {.time = 1, .value = 3, .span_id = {{2}}},
               {.time = 4, .value = 5}});
  for (size_t length = 0; length < bytes.size(); ++length) {
    EXPECT_FALSE(DecodeExemplars(bytes.substr(0, length), kMany).ok()) << length;
  }
  EXPECT_FALSE(DecodeExemplars(bytes + "x", kMany).ok());
  EXPECT_FALSE(DecodeExemplars(bytes, 2).ok());
  EXPECT_FALSE(DecodeExemplars("\xff\xff\xff\xff\x0f", SIZE_MAX).ok());
  EXPECT_FALSE(DecodeExemplars(std::string(20, '\0'), kMany).ok());
}

// One byte an exemplar can name a set of a megabyte: memory has to have an end.
TEST(ExemplarColumnTest, LabelsThatMultiplyAreRefused) {
  std::vector<Exemplar> exemplars(2);
  exemplars[0].labels = {{"a", std::string(1 << 20, 'x')}};
  exemplars[1].labels = exemplars[0].labels;
  std::string bytes = Encoded(exemplars);
  ASSERT_TRUE(DecodeExemplars(bytes, kMany).ok());
  exemplars.resize(300, exemplars[1]);
  EXPECT_FALSE(DecodeExemplars(Encoded(exemplars), kMany).ok());
}

// What an older version wrote stays readable: the file is never written anew.
TEST(ExemplarColumnTest, GoldenFile) {
  const std::vector<Exemplar> exemplars = {
      {.time = 1'700'000'000'123,
       .value = 0.25,
       .trace_id = {{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16}},
       .span_id = {{1, 2, 3, 4, 5, 6, 7, 8}},
       .labels = {{"user", "ann"}, {"zone", "eu"}}},
      {.time = 1'700'000'000'123, .value = -0.0},
      {.time = 1'700'000'060'000,
       .value = 1e-9,
       .trace_id = {{0xff}},
       .labels = {{"user", "ann"}, {"zone", "eu"}}},
      {.time = 1'700'000'061'000, .value = HUGE_VAL, .labels = {{"zone", "us"}}}};
  const std::string path = GLINT_TESTDATA "/exemplar_column.v1";
  std::ifstream file(path, std::ios::binary);
  const std::string golden{std::istreambuf_iterator<char>(file), {}};
  const auto decoded = DecodeExemplars(golden, kMany);
  ASSERT_TRUE(decoded.ok()) << decoded.status().ToString();
  EXPECT_EQ(*decoded, exemplars);
  EXPECT_TRUE(std::signbit((*decoded)[1].value));
}

}  // namespace
}  // namespace glint::codec
