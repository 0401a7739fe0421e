#include "api/reply.h"

#include "base/json_writer.h"

namespace glint::api {
namespace {

struct ErrorKind {
  int http_status;
  std::string_view type;
};

ErrorKind KindOf(StatusCode code) {
  switch (code) {
    case StatusCode::kInvalidArgument:
    case StatusCode::kOutOfRange:
      return {400, "bad_data"};
    case StatusCode::kNotFound:
      return {404, "not_found"};
    case StatusCode::kCancelled:
      return {499, "canceled"};
    case StatusCode::kDeadlineExceeded:
      return {503, "timeout"};
    case StatusCode::kUnavailable:
      return {503, "unavailable"};
    case StatusCode::kResourceExhausted:
      return {422, "execution"};
    case StatusCode::kUnimplemented:
      return {501, "unimplemented"};
    default:
      return {500, "internal"};
  }
}

net::HttpResponse ErrorReply(ErrorKind kind, std::string_view message) {
  JsonWriter json;
  json.BeginObject().Key("status").String("error").Key("errorType").String(kind.type);
  json.Key("error").String(message).EndObject();
  net::HttpResponse response;
  response.status = kind.http_status;
  response.content_type = "application/json";
  response.body = json.Take();
  return response;
}

void WriteNotes(std::string_view key, const std::vector<std::string>& notes, JsonWriter& json) {
  if (notes.empty()) return;
  json.Key(key).BeginArray();
  for (const std::string& note : notes) json.String(note);
  json.EndArray();
}

}  // namespace

net::HttpResponse Success(std::string_view data, const Notes& notes) {
  JsonWriter json;
  json.BeginObject().Key("status").String("success").Key("data").Raw(data);
  WriteNotes("warnings", notes.warnings, json);
  WriteNotes("infos", notes.infos, json);
  json.EndObject();
  net::HttpResponse response;
  response.content_type = "application/json";
  response.body = json.Take();
  return response;
}

net::HttpResponse Failure(const Status& status) {
  return ErrorReply(KindOf(status.code()), status.message());
}

net::HttpResponse ExecutionFailure(const Status& status) {
  const ErrorKind kind = KindOf(status.code());
  const bool of_evaluation = kind.http_status < 499 || kind.http_status == 500;
  return ErrorReply(of_evaluation ? ErrorKind{422, "execution"} : kind, status.message());
}

}  // namespace glint::api
