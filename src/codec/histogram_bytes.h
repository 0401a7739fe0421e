// A native histogram as bytes within a record. Thread-safe.
#pragma once

#include "codec/byte_reader.h"
#include "codec/byte_writer.h"
#include "model/histogram.h"

namespace glint::codec {

// No histogram takes fewer.
inline constexpr size_t kMinHistogramBytes = 39;

void PutHistogram(const model::Histogram& histogram, ByteWriter& out);

// After damage the result is empty and in.ok() is false. Buckets are as many as the spans say.
model::Histogram GetHistogram(ByteReader& in);

}  // namespace glint::codec
