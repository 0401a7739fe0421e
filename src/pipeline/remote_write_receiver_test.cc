#include "pipeline/remote_write_receiver.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "net/encoding.h"
#include "storage/memory_metrics.h"
#include "wire/remote_write_request_for_test.h"

namespace glint::pipeline {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using wire::RequestV1;
using wire::RequestV2;
using wire::SentSeriesForTest;

constexpr int64_t kNowMs = 1'700'000'000'000;
constexpr char kV2[] = "application/x-protobuf;proto=io.prometheus.write.v2.Request";

class SettableClock final : public Clock {
 public:
  int64_t NowNs() const override { return now_ms * 1'000'000; }
  int64_t now_ms = kNowMs;
};

// The plain store, watched, and failing as it is told to.
class WatchedMetrics final : public storage::MetricWriter {
 public:
  explicit WatchedMetrics(const Clock& clock, uint64_t max_series)
      : store({.clock = &clock, .max_series = max_series}) {}

  StatusOr<std::vector<model::SeriesRef>> Resolve(std::span<const model::Labels> series) override {
    resolved += series.size();
    return store.Resolve(series);
  }
  StatusOr<storage::AppendCounts> Append(storage::MetricBatch batch) override {
    if (!failure.ok()) return failure;
    senders.push_back(batch.sender);
    row_time = batch.times.empty() ? batch.time : 0;
    metadata += batch.metadata.size();
    return store.Append(std::move(batch));
  }

  storage::MemoryMetrics store;
  Status failure;
  uint64_t resolved = 0;
  uint64_t metadata = 0;
  model::TimeMs row_time = 0;
  std::vector<storage::SenderId> senders;
};

SentSeriesForTest Series(std::string name, std::vector<model::Sample> samples) {
  SentSeriesForTest out;
  out.labels = {{"__name__", std::move(name)}, {"job", "node"}};
  out.samples = std::move(samples);
  return out;
}

class RemoteWriteReceiverTest : public ::testing::Test {
 protected:
  net::HttpResponse PostRaw(std::string body, std::string content_type = "application/x-protobuf",
                            std::string encoding = "snappy") {
    net::HttpRequest request;
    request.method = "POST";
    request.path = "/api/v1/write";
    request.remote = "10.1.2.3:4000";
    request.body = std::move(body);
    if (!content_type.empty()) request.headers.emplace_back("Content-Type", content_type);
    if (!encoding.empty()) request.headers.emplace_back("Content-Encoding", encoding);
    net::HttpRouter router;
    receiver_.AddRoutes(router);
    return router.Route(request);
  }
  net::HttpResponse Post(const std::vector<SentSeriesForTest>& series) {
    return PostRaw(net::SnappyCompress(RequestV1(series)));
  }
  net::HttpResponse PostV2(const std::vector<SentSeriesForTest>& series) {
    return PostRaw(net::SnappyCompress(RequestV2(series)), kV2);
  }
  static std::string Written(const net::HttpResponse& response) {
    std::string out;
    for (const auto& [name, value] : response.headers) {
      if (name.ends_with("-Written")) out += name.substr(26) + "=" + value + " ";
    }
    return out;
  }
  // All that is stored of one metric.
  std::vector<storage::SeriesData> Stored(const std::string& name) {
    QueryBudget budget;
    storage::SeriesQuery query;
    query.series = {model::Matcher::Equal("__name__", name)};
    auto cursor = metrics_.store.Select(query, budget);
    EXPECT_TRUE(cursor.ok()) << cursor.status().ToString();
    std::vector<storage::SeriesData> out;
    while (true) {
      auto block = (*cursor)->Next();
      EXPECT_TRUE(block.ok());
      if (block->series.empty()) return out;
      for (auto& one : block->series) out.push_back(std::move(one));
    }
  }
  uint64_t Refused(RemoteWriteRefusal why) const {
    return receiver_.Counts().refused[static_cast<size_t>(why)];
  }

  SettableClock clock_;
  SettableClock store_clock_;
  WatchedMetrics metrics_{store_clock_, 5};
  RemoteWriteReceiver receiver_{metrics_, clock_};
};

TEST_F(RemoteWriteReceiverTest, WhatIsSentIsStored) {
  const net::HttpResponse response =
      Post({Series("up", {{kNowMs - 1000, 1}, {kNowMs, 0}}), Series("load", {{kNowMs, 2.5}})});
  EXPECT_EQ(response.status, 204) << response.body;
  EXPECT_THAT(response.body, IsEmpty());
  const auto up = Stored("up");
  ASSERT_THAT(up, SizeIs(1));
  EXPECT_THAT(up[0].times, ElementsAre(kNowMs - 1000, kNowMs));
  EXPECT_THAT(up[0].values, ElementsAre(1, 0));
  EXPECT_EQ(receiver_.Counts().samples, 3u);
}

TEST_F(RemoteWriteReceiverTest, KnownSeriesAreNotResolvedAgain) {
  Post({Series("up", {{kNowMs, 1}}), Series("load", {{kNowMs, 1}})});
  EXPECT_EQ(metrics_.resolved, 2u);
  Post({Series("load", {{kNowMs + 1000, 3}}), Series("up", {{kNowMs + 1000, 2}})});
  EXPECT_EQ(metrics_.resolved, 2u);
  EXPECT_THAT(Stored("up")[0].values, ElementsAre(1, 2));
  EXPECT_THAT(Stored("load")[0].values, ElementsAre(1, 3));
  EXPECT_EQ(receiver_.Counts().known_series, 2u);
  EXPECT_EQ(receiver_.Counts().new_series, 2u);
}

// A scrape passed on is a row, and the store keeps rows small.
TEST_F(RemoteWriteReceiverTest, SamplesOfOneTimeGoAsARow) {
  Post({Series("up", {{kNowMs, 1}}), Series("load", {{kNowMs, 1}})});
  EXPECT_EQ(metrics_.row_time, kNowMs);
  Post({Series("up", {{kNowMs + 1, 1}}), Series("load", {{kNowMs + 2, 1}})});
  EXPECT_EQ(metrics_.row_time, 0);
}

TEST_F(RemoteWriteReceiverTest, OneSenderOverManyConnections) {
  net::HttpRequest request;
  request.remote = "10.1.2.3:4000";
  request.headers = {{"User-Agent", "Prometheus/2.42.0"}};
  const storage::SenderId first = RemoteWriteSender(request);
  request.remote = "10.1.2.3:4001";
  EXPECT_EQ(RemoteWriteSender(request), first);
  request.remote = "10.1.2.4:4000";
  EXPECT_NE(RemoteWriteSender(request), first);
  request.remote = "10.1.2.3:4000";
  request.headers[0].second = "vmagent";
  EXPECT_NE(RemoteWriteSender(request), first);
}

// One bad series in a request of Prometheus must not cost the other 499.
TEST_F(RemoteWriteReceiverTest, GoodItemsAreStoredBesideBadOnes) {
  metrics_.store.DropBefore(kNowMs - 10'000);
  Post({Series("load", {{kNowMs, 7}})});
  SentSeriesForTest nameless;
  nameless.labels = {{"job", "node"}};
  nameless.samples = {{kNowMs, 1}, {kNowMs + 1, 2}};
  const net::HttpResponse response =
      Post({Series("up", {{kNowMs - 20'000, 1}, {kNowMs, 2}}), nameless,
            Series("load", {{kNowMs, 8}, {kNowMs + 1, 9}, {kNowMs + 3'600'000, 1}})});
  EXPECT_EQ(response.status, 400);
  EXPECT_THAT(response.body, HasSubstr("5 of 7 samples refused: 2 of series or histograms"));
  EXPECT_THAT(response.body, HasSubstr("1 older than the store takes in"));
  EXPECT_THAT(response.body, HasSubstr("1 too far in the future"));
  EXPECT_THAT(response.body, HasSubstr("1 other than what is stored for their time"));
  EXPECT_THAT(response.body, HasSubstr("{job=\"node\"} has no __name__"));
  EXPECT_THAT(Stored("up")[0].values, ElementsAre(2));
  EXPECT_THAT(Stored("load")[0].values, ElementsAre(7, 9));
  EXPECT_EQ(Refused(RemoteWriteRefusal::kInvalid), 2u);
  EXPECT_EQ(Refused(RemoteWriteRefusal::kTooOld), 1u);
  EXPECT_EQ(Refused(RemoteWriteRefusal::kTooNew), 1u);
  EXPECT_EQ(Refused(RemoteWriteRefusal::kConflict), 1u);
}

// Senders retry what they had no answer for.
TEST_F(RemoteWriteReceiverTest, TheSameAgainIsNoFault) {
  const std::vector<SentSeriesForTest> series = {Series("up", {{kNowMs, 1}})};
  EXPECT_EQ(PostV2(series).status, 204);
  const net::HttpResponse again = PostV2(series);
  EXPECT_EQ(again.status, 204) << again.body;
  EXPECT_EQ(Written(again), "Samples-Written=1 Histograms-Written=0 Exemplars-Written=0 ");
}

TEST_F(RemoteWriteReceiverTest, AStoreThatCannotTakeItIsARetry) {
  metrics_.failure = Unavailable("the disk is full");
  const net::HttpResponse response = PostV2({Series("up", {{kNowMs, 1}})});
  EXPECT_EQ(response.status, 503);
  EXPECT_THAT(response.body, HasSubstr("the disk is full"));
  EXPECT_THAT(response.headers, ::testing::Contains(::testing::Pair("Retry-After", "5")));
  EXPECT_EQ(Written(response), "Samples-Written=0 Histograms-Written=0 Exemplars-Written=0 ");
  EXPECT_EQ(Refused(RemoteWriteRefusal::kStore), 1u);
  metrics_.failure = OkStatus();
  EXPECT_EQ(PostV2({Series("up", {{kNowMs, 1}})}).status, 204);
}

// The store may forget a series that nobody wrote to, and the next request must not fail for it.
TEST_F(RemoteWriteReceiverTest, ARefThatTheStoreForgotIsResolvedAgain) {
  Post({Series("up", {{kNowMs, 1}}), Series("load", {{kNowMs, 1}})});
  // The receiver's clock stands still, so that it forgets nothing by itself.
  store_clock_.now_ms += storage::kRefLifetimeMs + 1;
  metrics_.store.DropBefore(store_clock_.now_ms - 1000);
  const int64_t now = store_clock_.now_ms;
  EXPECT_EQ(Post({Series("load", {{now, 5}}), Series("up", {{now, 6}})}).status, 204);
  EXPECT_EQ(metrics_.resolved, 4u);
  EXPECT_THAT(Stored("load")[0].values, ElementsAre(5));
  EXPECT_THAT(Stored("up")[0].values, ElementsAre(6));
}

TEST_F(RemoteWriteReceiverTest, SeriesBeyondTheStoresLimitAreRefusedAlone) {
  std::vector<SentSeriesForTest> series;
  for (const char* name : {"a", "b", "c", "d"}) series.push_back(Series(name, {{kNowMs, 1}}));
  Post(series);
  series = {Series("e", {{kNowMs, 2}}), Series("f", {{kNowMs, 3}}), Series("a", {{kNowMs + 1, 4}})};
  const net::HttpResponse response = Post(series);  // The store takes five.
  EXPECT_EQ(response.status, 400);
  EXPECT_THAT(response.body, HasSubstr("1 of 3 samples refused: 1 of new series"));
  EXPECT_THAT(Stored("a")[0].values, ElementsAre(1, 4));
  EXPECT_THAT(Stored("e")[0].values, ElementsAre(2));
  EXPECT_EQ(Refused(RemoteWriteRefusal::kLimit), 1u);
}

TEST_F(RemoteWriteReceiverTest, EachKindIsCountedForASenderOf2) {
  SentSeriesForTest mixed = Series("latency", {{kNowMs, 1}, {kNowMs + 3'600'000, 1}});
  mixed.exemplars = {{kNowMs, 0.5, {{"trace_id", "0af7651916cd43dd8448eb211c80319c"}}}};
  SentSeriesForTest native = Series("native", {});
  native.histograms = {wire::HistogramMessage(kNowMs, 3), wire::HistogramMessage(kNowMs + 1, 3)};
  std::string broken = wire::HistogramMessage(kNowMs + 2, 3);
  protozero::pbf_writer(broken).add_uint64(wire::remote_write::HistogramField::kCountInt, 1);
  native.histograms.push_back(broken);
  const net::HttpResponse response = PostV2({mixed, native});
  EXPECT_EQ(response.status, 400);
  EXPECT_EQ(Written(response), "Samples-Written=1 Histograms-Written=2 Exemplars-Written=1 ");
  EXPECT_THAT(response.body, HasSubstr("2 of 5 samples refused"));
  EXPECT_THAT(response.body, HasSubstr("buckets hold 8 observations, the count is 1"));
  ASSERT_THAT(Stored("native"), SizeIs(1));
  EXPECT_THAT(Stored("native")[0].histograms, SizeIs(2));
}

TEST_F(RemoteWriteReceiverTest, ExemplarsAloneAreNoFaultIn1AndOneIn2) {
  SentSeriesForTest up = Series("up", {{kNowMs, 1}});
  up.exemplars = {{kNowMs, 0.5, {{"", "x"}}}};
  EXPECT_EQ(Post({up}).status, 204);
  EXPECT_EQ(receiver_.Counts().refused_exemplars, 1u);
  const net::HttpResponse response = PostV2({up});
  EXPECT_EQ(response.status, 400);
  EXPECT_THAT(response.body, HasSubstr("1 of 1 exemplars refused"));
}

TEST_F(RemoteWriteReceiverTest, MetadataOf2IsPassedOnWhenItIsNew) {
  SentSeriesForTest up = Series("up", {{kNowMs, 1}});
  up.type = model::MetricType::kGauge;
  up.help = "Is it there.";
  PostV2({up});
  PostV2({up});
  EXPECT_EQ(metrics_.metadata, 1u);
  up.help = "Is it still there.";
  PostV2({up});
  EXPECT_EQ(metrics_.metadata, 2u);
  EXPECT_THAT(metrics_.store.Metadata("up"), SizeIs(2));
}

TEST_F(RemoteWriteReceiverTest, TypesAndEncodingsThatAreNotKnown) {
  const std::string body = net::SnappyCompress(RequestV1({Series("up", {{kNowMs, 1}})}));
  EXPECT_EQ(PostRaw(body, "").status, 204);
  EXPECT_EQ(PostRaw(body, "application/x-protobuf", "").status, 204);
  EXPECT_EQ(PostRaw(body, "application/x-protobuf; proto=prometheus.WriteRequest").status, 204);
  EXPECT_EQ(PostRaw(body, "Application/X-Protobuf ;charset=x", "Snappy").status, 204);
  EXPECT_EQ(PostRaw(body, "application/json").status, 415);
  EXPECT_EQ(PostRaw(body, "application/x-protobuf;proto=prometheus.Other").status, 415);
  const net::HttpResponse zstd = PostRaw(body, "application/x-protobuf", "zstd");
  EXPECT_EQ(zstd.status, 415);
  EXPECT_THAT(zstd.body, HasSubstr("zstd, supported: snappy"));
  EXPECT_EQ(receiver_.Counts().refused_requests, 3u);
}

TEST_F(RemoteWriteReceiverTest, BodiesThatCannotBeReadAreNotRetried) {
  EXPECT_EQ(PostRaw("not snappy at all").status, 400);
  EXPECT_EQ(PostRaw("").status, 400);
  EXPECT_EQ(PostRaw(net::SnappyCompress("not protobuf")).status, 400);
  EXPECT_EQ(PostRaw(net::SnappyCompress(RequestV1({Series("up", {{kNowMs, 1}})})), kV2).status,
            400);
  EXPECT_EQ(PostRaw(net::SnappyCompress(std::string(kRemoteWriteMaxBytes + 1, 'x'))).status, 413);
  EXPECT_EQ(receiver_.Counts().refused_requests, 5u);
  EXPECT_EQ(receiver_.Counts().requests, 5u);
}

TEST_F(RemoteWriteReceiverTest, OnlyPostIsRouted) {
  net::HttpRequest request;
  request.method = "GET";
  request.path = "/api/v1/write";
  net::HttpRouter router;
  receiver_.AddRoutes(router);
  EXPECT_EQ(router.Route(request).status, 405);
}

// Prometheus sends in shards, over many connections at once.
TEST(RemoteWriteShardsTest, SendersAtOnceLoseNothing) {
  constexpr int kShards = 4;
  constexpr int kRequests = 20;
  const SettableClock clock;
  storage::MemoryMetrics store({.clock = &clock});
  RemoteWriteReceiver receiver(store, clock);
  std::vector<std::jthread> shards;
  for (int shard = 0; shard < kShards; ++shard) {
    shards.emplace_back([&receiver, shard] {
      for (int64_t i = 0; i < kRequests; ++i) {
        // One series is everybody's, at times of their own.
        const std::string body =
            RequestV1({Series("of_all", {{kNowMs + i * kShards + shard, 1}}),
                       Series("of_" + std::to_string(shard), {{kNowMs + i, 1}})});
        EXPECT_TRUE(receiver.Receive(body, wire::RemoteWriteVersion::k1, 1).ok());
      }
    });
  }
  shards.clear();  // Joins them.
  EXPECT_EQ(receiver.Counts().samples, 2u * kShards * kRequests);
  EXPECT_EQ(receiver.Counts().cached_series, kShards + 1u);
  EXPECT_EQ(store.series_count(), kShards + 1u);
}

TEST(RemoteWriteCacheTest, IsBoundedAndForgetsWhatIsNotUsed) {
  RemoteWriteCache cache(2);
  std::vector<wire::RemoteWriteSeries> series(3);
  for (uint64_t i = 0; i < 3; ++i) series[i].key = {i, i};
  const auto put = [&](uint64_t i, int64_t now) {
    const RemoteWriteCache::Addition one{series[i].key, {model::SeriesRef{i + 10}, 0}};
    cache.Put(std::span(&one, 1), now);
  };
  for (uint64_t i = 0; i < 3; ++i) put(i, kNowMs);
  EXPECT_EQ(cache.size(), 2u);
  EXPECT_THAT(cache.Find(series, kNowMs).missing, ElementsAre(2));
  EXPECT_EQ(cache.Find(series, kNowMs).entries[1].ref, model::SeriesRef{11});
  // One of them is in use; the other makes room in time.
  int64_t now = kNowMs;
  for (; now <= kNowMs + RemoteWriteCache::kUnusedMs + 120'000; now += 60'000) {
    cache.Find(std::span(series.data(), 1), now);
  }
  EXPECT_EQ(cache.size(), 1u);
  put(2, now);
  EXPECT_THAT(cache.Find(series, now).missing, ElementsAre(1));
  cache.Forget(series);
  EXPECT_EQ(cache.size(), 0u);
}

}  // namespace
}  // namespace glint::pipeline
