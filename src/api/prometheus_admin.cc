#include "api/prometheus_admin.h"

#include <filesystem>

#include "api/params.h"
#include "api/reply.h"
#include "api/selectors.h"
#include "base/escape.h"
#include "base/json_writer.h"
#include "base/log.h"

namespace glint::api {
namespace {

using storage::MetricAdmin;

net::HttpResponse Done(const Status& status) {
  if (!status.ok()) return Failure(status);
  net::HttpResponse response;
  response.status = 204;
  return response;
}

Status DeleteSeries(MetricAdmin& admin, const Params& params) {
  if (!params.Has("match[]")) return InvalidArgument("no match[] parameter provided");
  ASSIGN_OR_RETURN(const auto any_of, ParseMatchParams(params));
  model::TimeRange time;
  ASSIGN_OR_RETURN(time.start, params.Time("start", model::kMinTimeMs));
  ASSIGN_OR_RETURN(time.end, params.Time("end", model::kMaxTimeMs));
  RETURN_IF_ERROR(admin.Delete(any_of, time));
  for (const std::string& selector : params.All("match[]")) {
    LogInfo("admin", "deleted: {} from {} to {}", Excerpt(selector, 200), time.start, time.end);
  }
  return OkStatus();
}

net::HttpResponse Snapshot(MetricAdmin& admin, const Params& params) {
  const std::string_view skip_head = params.Get("skip_head");
  if (!skip_head.empty() && skip_head != "false" && skip_head != "0") {
    return Failure(InvalidArgument(
        "invalid parameter \"skip_head\": \"{}\": a snapshot here has all that is stored",
        Excerpt(skip_head)));
  }
  const StatusOr<std::string> folder = admin.Snapshot();
  if (!folder.ok()) return Failure(folder.status());
  LogInfo("admin", "snapshot in {}", *folder);
  JsonWriter json;
  json.BeginObject().Key("name").String(std::filesystem::path(*folder).filename().string());
  json.EndObject();
  return Success(json.text());
}

}  // namespace

void RouteAdmin(AdminApi mode, MetricAdmin* admin, net::HttpRouter& router) {
  const auto route = [&](std::string_view path, auto act) {
    for (const char* method : {"POST", "PUT"}) {
      router.Handle(method, path, [mode, admin, act](const net::HttpRequest& request) {
        if (mode == AdminApi::kDisabled) return Failure(Unavailable("admin APIs disabled"));
        if (admin == nullptr) {
          return Failure(Unimplemented("this metric store neither deletes nor takes snapshots"));
        }
        return act(*admin, Params(request));
      });
    }
  };
  route("/api/v1/admin/tsdb/delete_series",
        [](MetricAdmin& to, const Params& params) { return Done(DeleteSeries(to, params)); });
  route("/api/v1/admin/tsdb/clean_tombstones",
        [](MetricAdmin& to, const Params&) { return Done(to.CleanTombstones()); });
  route("/api/v1/admin/tsdb/snapshot", Snapshot);
}

}  // namespace glint::api
