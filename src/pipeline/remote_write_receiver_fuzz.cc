// Any bytes as the body of a push, snappy round it; the first one says which version and whether
// the rest is to be compressed first, since few bytes are snappy by chance. Sent a second time,
// when its series are known, it has to be answered alike: what is stored already is no fault.
#include <cstdint>
#include <string>

#include "base/check.h"
#include "net/encoding.h"
#include "pipeline/remote_write_receiver.h"
#include "storage/memory_metrics.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  glint::storage::MemoryMetrics store;
  glint::pipeline::RemoteWriteReceiver receiver(store);
  glint::net::HttpRequest request;
  request.method = "POST";
  request.remote = "127.0.0.1:4000";
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  request.body = (data[0] & 2) != 0 ? glint::net::SnappyCompress(bytes) : std::string(bytes);
  request.headers.emplace_back("Content-Type",
                               (data[0] & 1) != 0
                                   ? "application/x-protobuf;proto=io.prometheus.write.v2.Request"
                                   : "application/x-protobuf");
  const glint::net::HttpResponse first = receiver.HandleHttp(request);
  CHECK(first.status == 204 || first.status == 400 || first.status == 413);
  const glint::net::HttpResponse second = receiver.HandleHttp(request);
  CHECK(second.status == first.status);
  CHECK(second.headers == first.headers);
  CHECK(second.body == first.body);
  return 0;
}
