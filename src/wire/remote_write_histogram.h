// Native histograms of remote write, which both versions of the protocol write alike.
//
// Inside, protozero throws on broken wire data: DecodeRemoteWrite() catches it. Thread-safe.
#pragma once

#include <protozero/pbf_reader.hpp>

#include "base/status.h"
#include "wire/remote_write.h"

namespace glint::wire::remote_write {

// INVALID_ARGUMENT: buckets that do not add up, a schema that is not known, spans that overlap;
// with both values.
StatusOr<RemoteWriteHistogram> ReadHistogram(protozero::pbf_reader message);

}  // namespace glint::wire::remote_write
