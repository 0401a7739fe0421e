// Spans by OTLP over HTTP/1.1 with protobuf, over a socket of our own: no dependency.
//
// Plain http:// only. One connection, kept open between batches.
#pragma once

#include <memory>
#include <string>

#include "glint/otlp.h"
#include "glint/span_exporter.h"

namespace glint {

class OtlpHttpExporter : public SpanExporter {
 public:
  // An endpoint that can't be used (https://, no host) fails each export with a sentence.
  explicit OtlpHttpExporter(OtlpOptions options);
  ~OtlpHttpExporter() override;

  ExportResult Export(const std::vector<SpanData>& spans) override;
  std::string Destination() const override { return options_.endpoint; }

 private:
  class Connection;

  const OtlpOptions options_;
  std::string host_, port_, path_, fault_;
  std::unique_ptr<Connection> connection_;
};

}  // namespace glint
