#include "wire/otlp_response.h"

#include <protozero/pbf_writer.hpp>

#include "base/json_writer.h"
#include "wire/otlp_fields.h"

namespace glint::wire {
namespace {

using protozero::pbf_writer;

constexpr std::string_view kRetryInfoType = "type.googleapis.com/google.rpc.RetryInfo";

void AddText(pbf_writer& out, uint32_t field, std::string_view text) {
  out.add_string(field, text.data(), text.size());
}

}  // namespace

std::string OtlpExportResponse(OtlpSignal signal, OtlpEncoding encoding, uint64_t rejected,
                               std::string_view message) {
  if (encoding == OtlpEncoding::kJson) {
    JsonWriter json;
    json.BeginObject().Key("partialSuccess").BeginObject();
    if (rejected != 0) {
      json.Key(signal == OtlpSignal::kTraces ? "rejectedSpans" : "rejectedDataPoints")
          .String(std::to_string(rejected));
    }
    if (!message.empty()) json.Key("errorMessage").String(message);
    json.EndObject().EndObject();
    return json.Take();
  }
  std::string bytes;
  {
    pbf_writer out(bytes);
    pbf_writer partial(out, otlp::ResponseField::kPartialSuccess);
    if (rejected != 0) {
      partial.add_int64(otlp::PartialSuccessField::kRejected, static_cast<int64_t>(rejected));
    }
    if (!message.empty()) AddText(partial, otlp::PartialSuccessField::kMessage, message);
  }
  // The writer takes back a submessage that stayed empty; we want it there.
  if (bytes.empty()) bytes = std::string("\x0a\x00", 2);
  return bytes;
}

std::string RpcStatusBody(OtlpEncoding encoding, const Status& status,
                          std::optional<int> retry_after_seconds) {
  if (encoding == OtlpEncoding::kJson) {
    JsonWriter json;
    json.BeginObject().Key("code").Int(static_cast<int>(status.code()));
    json.Key("message").String(status.message());
    if (retry_after_seconds) {
      json.Key("details").BeginArray().BeginObject().Key("@type").String(kRetryInfoType);
      json.Key("retryDelay").String(fmt::format("{}s", *retry_after_seconds));
      json.EndObject().EndArray();
    }
    json.EndObject();
    return json.Take();
  }
  std::string bytes;
  pbf_writer out(bytes);
  out.add_int32(otlp::RpcStatusField::kCode, static_cast<int32_t>(status.code()));
  AddText(out, otlp::RpcStatusField::kMessage, status.message());
  if (retry_after_seconds) {
    std::string info;
    pbf_writer delay_of(info);
    {
      pbf_writer delay(delay_of, otlp::RetryInfoField::kDelay);
      delay.add_int64(otlp::DurationField::kSeconds, *retry_after_seconds);
    }
    pbf_writer detail(out, otlp::RpcStatusField::kDetails);
    AddText(detail, otlp::AnyField::kTypeUrl, kRetryInfoType);
    AddText(detail, otlp::AnyField::kValue, info);
  }
  return bytes;
}

}  // namespace glint::wire
