#include "api/prometheus_admin.h"

#include <gmock/gmock.h>

#include "api/api_test_server.h"
#include "base/query_budget.h"

namespace glint::api {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

// Prometheus' own answer, which scripts look for.
constexpr char kDisabled[] =
    R"({"status":"error","errorType":"unavailable","error":"admin APIs disabled"})";

class SnapshotOnly final : public storage::MetricAdmin {
 public:
  Status Delete(const std::vector<std::vector<model::Matcher>>&, model::TimeRange) override {
    return Unavailable("the disk is full");
  }
  Status CleanTombstones() override {
    ++cleaned;
    return OkStatus();
  }
  StatusOr<std::string> Snapshot() override { return std::string("data/snapshots/2026-b6d019"); }

  int cleaned = 0;
};

class AdminApiTest : public ApiTest {
 protected:
  AdminApiTest() {
    Load({{"__name__", "up"}, {"job", "a"}}, {1, 2, 3});  // At 0, 15 and 30 s.
    Load({{"__name__", "up"}, {"job", "b"}}, {1, 2, 3});
    Load({{"__name__", "load"}}, {1, 2, 3});
  }
  net::HttpResponse Send(std::string what, std::vector<net::NameValue> query = {},
                         std::string method = "POST") {
    net::HttpRequest request;
    request.method = std::move(method);
    request.path = "/api/v1/admin/tsdb/" + what;
    request.query = std::move(query);
    return router_.Route(request);
  }
  // "labels: values" of all that is stored.
  std::string Stored() {
    QueryBudget budget;
    auto cursor = metrics_.Select({}, budget);
    auto block = (*cursor)->Next();
    std::string out;
    for (const auto& series : block->series) {
      out += series.labels->ToString() + ":";
      for (const double value : series.values) out += fmt::format(" {}", value);
      out += "\n";
    }
    return out;
  }
};

TEST_F(AdminApiTest, DeletesWhatOneOfTheSelectorsMatchesInTheTimeRange) {
  RouteAdmin(AdminApi::kEnabled, &metrics_, router_);
  const auto response =
      Send("delete_series",
           {{"match[]", "up{job=\"a\"}"}, {"match[]", "load"}, {"start", "10"}, {"end", "15"}});
  EXPECT_EQ(response.status, 204) << response.body;
  EXPECT_THAT(response.body, IsEmpty());
  EXPECT_EQ(Stored(), "load: 1 3\nup{job=\"a\"}: 1 3\nup{job=\"b\"}: 1 2 3\n");
}

TEST_F(AdminApiTest, WithoutTimesAllOfASeriesGoesAndMayComeAgain) {
  RouteAdmin(AdminApi::kEnabled, &metrics_, router_);
  EXPECT_EQ(Send("delete_series", {{"match[]", "up"}}, "PUT").status, 204);
  EXPECT_EQ(Stored(), "load: 1 2 3\n");
  Load({{"__name__", "up"}, {"job", "a"}}, {9});
  EXPECT_EQ(Stored(), "load: 1 2 3\nup{job=\"a\"}: 9\n");
  EXPECT_EQ(Send("clean_tombstones").status, 204);
  EXPECT_EQ(Stored(), "load: 1 2 3\nup{job=\"a\"}: 9\n");
}

// A script with an empty variable in its selector must not delete everything.
TEST_F(AdminApiTest, RefusesToDeleteWithoutASelector) {
  RouteAdmin(AdminApi::kEnabled, &metrics_, router_);
  EXPECT_THAT(Send("delete_series").body, HasSubstr("no match[] parameter provided"));
  EXPECT_EQ(Send("delete_series").status, 400);
  EXPECT_EQ(Send("delete_series", {{"match[]", "{job=~\".*\"}"}}).status, 400);
  EXPECT_EQ(Send("delete_series", {{"match[]", "up"}, {"start", "soon"}}).status, 400);
  EXPECT_EQ(Send("delete_series", {{"match[]", "up"}}, "GET").status, 405);
  EXPECT_THAT(Stored(), HasSubstr("up{job=\"a\"}: 1 2 3"));
}

TEST_F(AdminApiTest, SnapshotIsNamedAndOtherErrorsPassThrough) {
  SnapshotOnly admin;
  RouteAdmin(AdminApi::kEnabled, &admin, router_);
  EXPECT_EQ(Send("snapshot").body, R"({"status":"success","data":{"name":"2026-b6d019"}})");
  EXPECT_EQ(Send("snapshot", {{"skip_head", "false"}}).status, 200);
  EXPECT_EQ(Send("snapshot", {{"skip_head", "true"}}).status, 400);
  EXPECT_EQ(Send("clean_tombstones").status, 204);
  EXPECT_EQ(admin.cleaned, 1);
  const auto response = Send("delete_series", {{"match[]", "up"}});
  EXPECT_EQ(response.status, 503);
  EXPECT_THAT(response.body, HasSubstr("the disk is full"));
}

TEST_F(AdminApiTest, OffUnlessAskedFor) {
  RouteAdmin(AdminApi::kDisabled, &metrics_, router_);
  for (const char* what : {"delete_series", "clean_tombstones", "snapshot"}) {
    const auto response = Send(what, {{"match[]", "up"}});
    EXPECT_EQ(response.status, 503);
    EXPECT_EQ(response.body, kDisabled);
  }
  EXPECT_THAT(Stored(), HasSubstr("up{job=\"a\"}: 1 2 3"));
}

TEST_F(AdminApiTest, AStoreThatCannotSaysSo) {
  RouteAdmin(AdminApi::kEnabled, nullptr, router_);
  const auto response = Send("delete_series", {{"match[]", "up"}});
  EXPECT_EQ(response.status, 501);
  EXPECT_THAT(response.body, HasSubstr("neither deletes nor takes snapshots"));
}

}  // namespace
}  // namespace glint::api
