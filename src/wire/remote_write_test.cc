#include "wire/remote_write.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <bit>
#include <cmath>

#include "model/sample.h"
#include "wire/remote_write_request_for_test.h"

namespace glint::wire {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

const std::vector<model::Label> kUp = {{"__name__", "up"}, {"job", "node"}};
const std::vector<model::Label> kLoad = {{"__name__", "load"}, {"job", "node"}};

class RemoteWriteTest : public ::testing::TestWithParam<RemoteWriteVersion> {
 protected:
  static std::string Request(const std::vector<SentSeriesForTest>& series) {
    return GetParam() == RemoteWriteVersion::k1 ? RequestV1(series) : RequestV2(series);
  }
  // The bytes stay, since what was decoded refers to them.
  DecodedRemoteWrite Decode(std::string bytes) {
    bytes_ = std::move(bytes);
    auto decoded = DecodeRemoteWrite(bytes_, GetParam());
    EXPECT_TRUE(decoded.ok()) << decoded.status().ToString();
    return decoded.ok() ? *std::move(decoded) : DecodedRemoteWrite();
  }
  DecodedRemoteWrite Decode(const std::vector<SentSeriesForTest>& series) {
    return Decode(Request(series));
  }
  std::string ReasonOf(std::vector<model::Label> labels) {
    SentSeriesForTest one;
    one.labels = std::move(labels);
    one.samples = {{1, 2}};
    const DecodedRemoteWrite decoded = Decode({one});
    if (decoded.series.size() != 1) return "not decoded";
    const auto made = decoded.LabelsOf(decoded.series[0]);
    return made.ok() ? "none" : std::string(made.status().message());
  }

  std::string bytes_;
};
INSTANTIATE_TEST_SUITE_P(Both, RemoteWriteTest,
                         ::testing::Values(RemoteWriteVersion::k1, RemoteWriteVersion::k2),
                         [](const auto& info) {
                           return info.param == RemoteWriteVersion::k1 ? "V1" : "V2";
                         });

TEST_P(RemoteWriteTest, SamplesBecomeColumnsInTheOrderOfTheirSeries) {
  SentSeriesForTest up;
  up.labels = kUp;
  up.samples = {{1000, 1}, {2000, 0}};
  SentSeriesForTest load;
  load.labels = kLoad;
  load.samples = {{1500, -0.5}};
  const DecodedRemoteWrite decoded = Decode({up, load});
  ASSERT_THAT(decoded.series, SizeIs(2));
  EXPECT_EQ(decoded.series[0].samples, 2u);
  EXPECT_EQ(decoded.series[1].samples, 1u);
  EXPECT_THAT(decoded.values, ElementsAre(1, 0, -0.5));
  EXPECT_THAT(decoded.times, ElementsAre(1000, 2000, 1500));
  EXPECT_THAT(decoded.start_times, IsEmpty());
  EXPECT_EQ(*decoded.LabelsOf(decoded.series[1]), model::Labels(kLoad));
}

// A stale series that came back as an ordinary NaN would draw a line for five more minutes.
TEST_P(RemoteWriteTest, StalenessMarkersAndZerosKeepTheirBits) {
  SentSeriesForTest up;
  up.labels = kUp;
  up.samples = {{1000, model::StaleNan()}, {2000, -0.0}, {-3000, std::nan("")}, {0, 0}};
  const DecodedRemoteWrite decoded = Decode({up});
  ASSERT_THAT(decoded.values, SizeIs(4));
  EXPECT_TRUE(model::IsStaleNan(decoded.values[0]));
  EXPECT_TRUE(std::signbit(decoded.values[1]));
  EXPECT_THAT(decoded.times, ElementsAre(1000, 2000, -3000, 0));
}

// Proto3 leaves zeros out, and nobody promises an order of fields.
TEST_P(RemoteWriteTest, SamplesWithFieldsLeftOutOrTurnedRound) {
  std::string turned;
  protozero::pbf_writer writer(turned);
  writer.add_int64(remote_write::SampleField::kTime, 7000);
  writer.add_double(remote_write::SampleField::kValue, 3);
  std::string no_value;
  protozero::pbf_writer(no_value).add_int64(remote_write::SampleField::kTime, 8000);
  std::string no_time;
  protozero::pbf_writer(no_time).add_double(remote_write::SampleField::kValue, 4);
  const bool first = GetParam() == RemoteWriteVersion::k1;
  SentSeriesForTest up;
  up.labels = kUp;
  std::string request = Request({up});
  std::string series = first ? SeriesMessage(up) : std::string("\x0a\x02\x00\x00", 4);
  for (const std::string& sample : {turned, no_value, no_time, std::string()}) {
    protozero::pbf_writer(series).add_message(remote_write::SeriesField::kSamples, sample);
  }
  protozero::pbf_writer(request).add_message(first ? 1 : 5, series);
  const DecodedRemoteWrite decoded = Decode(request);
  EXPECT_THAT(decoded.values, ElementsAre(3, 0, 4, 0));
  EXPECT_THAT(decoded.times, ElementsAre(7000, 8000, 0, 0));
}

TEST_P(RemoteWriteTest, KeysTellSeriesApartAndAreTheSameInEveryRequest) {
  SentSeriesForTest up;
  up.labels = kUp;
  up.samples = {{1000, 1}};
  SentSeriesForTest load = up;
  load.labels = kLoad;
  SentSeriesForTest moved = up;  // The same bytes, cut elsewhere.
  moved.labels = {{"__name__", "upj"}, {"ob", "node"}};
  const DecodedRemoteWrite one = Decode({up, load, moved});
  ASSERT_THAT(one.series, SizeIs(3));
  EXPECT_NE(one.series[0].key, one.series[1].key);
  EXPECT_NE(one.series[0].key, one.series[2].key);
  const SeriesKey up_key = one.series[0].key;
  // In 2.0 its symbols now have other numbers.
  const DecodedRemoteWrite other = Decode({moved, load, up});
  EXPECT_EQ(other.series[2].key, up_key);
}

// Keys of 2.0 are made of some labels at a time.
TEST_P(RemoteWriteTest, KeysOfManyLabelsTellEachApart) {
  std::vector<SentSeriesForTest> sent(3);
  for (size_t i = 0; i < 3; ++i) {
    for (int label = 0; label < 60; ++label) {
      sent[i].labels.push_back({"l" + std::to_string(100 + label), "v"});
    }
    sent[i].samples = {{1000, 1}};
  }
  sent[1].labels.front().value = "other";
  sent[2].labels.back().value = "other";
  const DecodedRemoteWrite decoded = Decode(sent);
  ASSERT_THAT(decoded.series, SizeIs(3));
  EXPECT_NE(decoded.series[0].key, decoded.series[1].key);
  EXPECT_NE(decoded.series[0].key, decoded.series[2].key);
  EXPECT_NE(decoded.series[1].key, decoded.series[2].key);
}

TEST_P(RemoteWriteTest, SeriesWithoutItemsAreNotThere) {
  SentSeriesForTest up;
  up.labels = kUp;
  EXPECT_THAT(Decode({up}).series, IsEmpty());
  EXPECT_THAT(Decode(std::string()).series, IsEmpty());
}

TEST_P(RemoteWriteTest, LabelsThatSayNothingAreRefusedWithTheirReason) {
  EXPECT_THAT(ReasonOf({{"job", "node"}}), HasSubstr("{job=\"node\"} has no __name__"));
  EXPECT_THAT(ReasonOf({{"__name__", ""}, {"job", "node"}}), HasSubstr("has no __name__"));
  EXPECT_THAT(ReasonOf({}), HasSubstr("has no __name__"));
  EXPECT_THAT(ReasonOf({{"__name__", "up"}, {"a", "1"}, {"a", "2"}}),
              HasSubstr("a comes twice, as \"1\" and \"2\""));
  EXPECT_THAT(ReasonOf({{"", "lost"}, {"__name__", "up"}}),
              HasSubstr("a label has the value \"lost\" and no name"));
  EXPECT_THAT(ReasonOf({{"__name__", "up"}, {"a", "\xff"}}), HasSubstr("not UTF-8"));
  EXPECT_THAT(ReasonOf({{"__name__", "up"}, {"\xc3", "x"}}), HasSubstr("not UTF-8"));
}

// Prometheus sorts what comes unsorted, and there are clients that rely on it.
TEST_P(RemoteWriteTest, UnsortedLabelsAndEmptyValuesAreTaken) {
  EXPECT_EQ(ReasonOf({{"job", "node"}, {"__name__", "up"}, {"gone", ""}}), "none");
}

TEST_P(RemoteWriteTest, ExemplarsKeepEveryLabelAndGiveTheirTrace) {
  SentSeriesForTest up;
  up.labels = kUp;
  up.samples = {{5000, 1}};
  up.exemplars = {{4000,
                   0.5,
                   {{"trace_id", "0af7651916cd43dd8448eb211c80319c"},
                    {"span_id", "b7ad6b7169203331"},
                    {"user", "7"}}},
                  {0, 0.25, {}}};
  const DecodedRemoteWrite decoded = Decode({up});
  ASSERT_THAT(decoded.exemplars, SizeIs(2));
  EXPECT_EQ(decoded.exemplars[0].time, 4000);
  EXPECT_EQ(decoded.exemplars[0].trace_id.ToHex(), "0af7651916cd43dd8448eb211c80319c");
  EXPECT_EQ(decoded.exemplars[0].span_id.ToHex(), "b7ad6b7169203331");
  EXPECT_EQ(decoded.exemplars[0].labels, (model::Labels{{"user", "7"}}));
  EXPECT_EQ(decoded.exemplars[1].time, 5000);  // It says none: its sample's.
}

TEST_P(RemoteWriteTest, BrokenExemplarsAreRefusedAlone) {
  SentSeriesForTest up;
  up.labels = kUp;
  up.samples = {{5000, 1}};
  up.exemplars = {{4000, 0.5, {{"", "x"}}}, {4001, 0.5, {{"a", "x"}}}};
  const DecodedRemoteWrite decoded = Decode({up});
  EXPECT_THAT(decoded.exemplars, SizeIs(1));
  EXPECT_EQ(decoded.refused_exemplars, 1u);
  EXPECT_THAT(decoded.first_reason, HasSubstr("exemplar: a label has the value \"x\""));
}

TEST_P(RemoteWriteTest, WhatIsNotProtobufIsRefusedWhole) {
  SentSeriesForTest up;
  up.labels = kUp;
  up.samples = {{5000, 1}};
  const std::string whole = Request({up});
  for (size_t size = 1; size < whole.size(); ++size) {
    // Some prefixes are a request of fewer fields.
    (void)DecodeRemoteWrite(whole.substr(0, size), GetParam());
  }
  const auto decoded = DecodeRemoteWrite(whole.substr(0, whole.size() - 1), GetParam());
  ASSERT_FALSE(decoded.ok());
  EXPECT_EQ(decoded.status().code(), StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(decoded.status().message()), HasSubstr("broken protobuf"));
}

// Else all of it would be unknown fields, and data would go with a friendly answer.
TEST_P(RemoteWriteTest, AMessageOfTheOtherVersionIsRefused) {
  SentSeriesForTest up;
  up.labels = kUp;
  up.samples = {{5000, 1}};
  const std::string other =
      GetParam() == RemoteWriteVersion::k1 ? RequestV2({up}) : RequestV1({up});
  const auto decoded = DecodeRemoteWrite(other, GetParam());
  ASSERT_FALSE(decoded.ok());
  EXPECT_THAT(std::string(decoded.status().message()), HasSubstr("Content-Type"));
}

// Two bytes on the wire must not become two hundred in memory, thirty million times.
TEST_P(RemoteWriteTest, ABombOfEmptyItemsIsRefused) {
  const bool first = GetParam() == RemoteWriteVersion::k1;
  std::string series;
  protozero::pbf_writer writer(series);
  for (int i = 0; i < 1'000'000; ++i)
    writer.add_message(first ? 3 : 4, std::string());  // Exemplars.
  std::string request;
  protozero::pbf_writer(request).add_message(first ? 1 : 5, series);
  const auto decoded = DecodeRemoteWrite(request, GetParam());
  ASSERT_FALSE(decoded.ok());
  EXPECT_EQ(decoded.status().code(), StatusCode::kResourceExhausted);
}

TEST(RemoteWriteV1Test, LabelsThatDoNotLieTogetherArePutTogether) {
  std::string series;
  protozero::pbf_writer writer(series);
  const auto put = [&](const model::Label& label) {
    writer.add_message(remote_write::SeriesField::kLabels, LabelMessage(label));
  };
  put(kUp[0]);
  writer.add_message(remote_write::SeriesField::kSamples, SampleMessage({1000, 1}));
  put(kUp[1]);
  put({"zone", std::string(300, 'z')});  // Longer than one byte says.
  std::string request;
  protozero::pbf_writer(request).add_message(remote_write::RequestField::kSeries, series);
  const auto decoded = DecodeRemoteWrite(request, RemoteWriteVersion::k1);
  ASSERT_TRUE(decoded.ok()) << decoded.status().ToString();
  SentSeriesForTest together;
  together.labels = {kUp[0], kUp[1], {"zone", std::string(300, 'z')}};
  together.samples = {{1000, 1}};
  const std::string usual = RequestV1({together});
  const auto expected = DecodeRemoteWrite(usual, RemoteWriteVersion::k1);
  EXPECT_EQ(*decoded->LabelsOf(decoded->series[0]), *expected->LabelsOf(expected->series[0]));
  EXPECT_EQ(decoded->series[0].key, expected->series[0].key);
}

TEST(RemoteWriteV1Test, MetadataComesApartFromSeries) {
  const std::vector<model::MetricMetadata> sent = {
      {"http_requests", model::MetricType::kCounter, "Requests.", "requests"},
      {"", model::MetricType::kGauge, "Of nobody.", ""},
      {"state", model::MetricType::kStateset, "", ""}};
  const auto decoded = DecodeRemoteWrite(RequestV1({}, sent), RemoteWriteVersion::k1);
  ASSERT_TRUE(decoded.ok());
  EXPECT_THAT(decoded->metadata, ElementsAre(sent[0], sent[2]));
}

TEST(RemoteWriteV2Test, MetadataIsOfTheFamilyAndItsHashSeesChanges) {
  SentSeriesForTest bucket;
  bucket.labels = {{"__name__", "latency_seconds_bucket"}, {"le", "1"}};
  bucket.samples = {{1000, 1}};
  bucket.type = model::MetricType::kHistogram;
  bucket.help = "How long.";
  SentSeriesForTest other = bucket;
  other.help = "How long it took.";
  SentSeriesForTest silent = bucket;
  silent.type = model::MetricType::kUnknown;
  const std::string bytes = RequestV2({bucket, other, silent});
  const auto decoded = DecodeRemoteWrite(bytes, RemoteWriteVersion::k2);
  ASSERT_TRUE(decoded.ok());
  const auto& series = decoded->series;
  EXPECT_EQ(
      decoded->MetadataOf(series[0], "latency_seconds_bucket"),
      (model::MetricMetadata{"latency_seconds", model::MetricType::kHistogram, "How long.", ""}));
  EXPECT_NE(decoded->MetadataHash(series[0]), decoded->MetadataHash(series[1]));
  EXPECT_FALSE(series[2].has_metadata);
}

// Start times were the series' in earlier drafts of 2.0 and are the sample's in later ones.
TEST(RemoteWriteV2Test, StartTimesOfSamplesAndOfSeries) {
  SentSeriesForTest plain;
  plain.labels = kUp;
  plain.samples = {{1000, 1}};
  SentSeriesForTest created = plain;
  created.labels = kLoad;
  created.created = 500;
  created.histograms = {HistogramMessage(3000, 2)};
  SentSeriesForTest started = plain;
  started.samples = {{1000, 1}, {2000, 2}};
  started.starts = {600, 0};
  started.created = 550;
  const std::string bytes = RequestV2({plain, created, started, plain});
  const auto decoded = DecodeRemoteWrite(bytes, RemoteWriteVersion::k2);
  ASSERT_TRUE(decoded.ok());
  EXPECT_THAT(decoded->start_times, ElementsAre(0, 500, 600, 550, 0));
  EXPECT_EQ(decoded->histograms[0].start_time, 500);
}

TEST(RemoteWriteV2Test, ReferencesBeyondTheSymbolsAreRefusedAlone) {
  std::string series;
  protozero::pbf_writer writer(series);
  const uint32_t refs[] = {1, 99};
  writer.add_packed_uint32(1, std::begin(refs), std::end(refs));
  writer.add_message(2, SampleMessage({1000, 1}));
  std::string odd;
  protozero::pbf_writer odd_writer(odd);
  odd_writer.add_packed_uint32(1, std::begin(refs), std::begin(refs) + 1);
  odd_writer.add_message(2, SampleMessage({1000, 1}));
  std::string request;
  protozero::pbf_writer out(request);
  out.add_message(5, series);  // Before the symbols, which is allowed.
  out.add_message(5, odd);
  out.add_string(4, "");
  out.add_string(4, "__name__");
  const auto decoded = DecodeRemoteWrite(request, RemoteWriteVersion::k2);
  ASSERT_TRUE(decoded.ok()) << decoded.status().ToString();
  ASSERT_THAT(decoded->series, SizeIs(2));
  EXPECT_THAT(std::string(decoded->LabelsOf(decoded->series[0]).status().message()),
              HasSubstr("label reference 99 of 2 symbols"));
  EXPECT_THAT(std::string(decoded->LabelsOf(decoded->series[1]).status().message()),
              HasSubstr("do not come in pairs"));
}

}  // namespace
}  // namespace glint::wire
