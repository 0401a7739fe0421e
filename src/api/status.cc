#include "api/status.h"

#include "api/reply.h"
#include "base/json_writer.h"
#include "base/version.h"

namespace glint::api {
namespace {

net::HttpResponse Text(int status, std::string text) {
  net::HttpResponse response;
  response.status = status;
  response.body = std::move(text);
  return response;
}

net::HttpResponse BuildInfo() {
  JsonWriter json;
  json.BeginObject().Key("application").String("glint").Key("version").String(Version());
  // Clients switch features by the version they think is Prometheus'; ours speaks of itself.
  json.Key("revision").String("").Key("branch").String("").Key("buildUser").String("");
  json.Key("buildDate").String("").Key("goVersion").String(Compiler()).EndObject();
  return Success(json.text());
}

}  // namespace

void RouteStatus(std::function<bool()> ready, net::HttpRouter& router) {
  router.Handle("GET", "/-/healthy",
                [](const net::HttpRequest&) { return Text(200, "glint is healthy.\n"); });
  router.Handle("GET", "/-/ready", [ready = std::move(ready)](const net::HttpRequest&) {
    return ready() ? Text(200, "glint is ready.\n") : Text(503, "glint is not ready.\n");
  });
  router.Handle("GET", "/api/v1/status/buildinfo",
                [](const net::HttpRequest&) { return BuildInfo(); });
  router.Handle("GET", "/api/v1/rules",
                [](const net::HttpRequest&) { return Success(R"({"groups":[]})"); });
  router.Handle("GET", "/api/v1/alerts",
                [](const net::HttpRequest&) { return Success(R"({"alerts":[]})"); });
}

}  // namespace glint::api
