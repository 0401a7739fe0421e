// Spans by OTLP over gRPC. In the target glint_client_otlp, which brings grpc++.
#pragma once

#include <memory>
#include <string>

#include "glint/otlp.h"
#include "glint/span_exporter.h"

namespace glint {

class OtlpGrpcExporter : public SpanExporter {
 public:
  // https:// uses the system's certificates, http:// or no scheme none.
  explicit OtlpGrpcExporter(OtlpOptions options);
  ~OtlpGrpcExporter() override;

  ExportResult Export(const std::vector<SpanData>& spans) override;
  std::string Destination() const override { return options_.endpoint; }

 private:
  struct Channel;

  const OtlpOptions options_;
  const std::unique_ptr<Channel> channel_;
};

// The exporter of options.protocol.
std::unique_ptr<SpanExporter> MakeOtlpExporter(OtlpOptions options);

}  // namespace glint
