// Field numbers of remote write's messages, a struct for each. Where a struct is for both versions
// of the protocol, they number alike.
// Source: Remote-Write 1.0 (prometheus.WriteRequest) and 2.0 (io.prometheus.write.v2.Request, up to
// rc.4: start times were the series' until rc.3 and are the sample's since).
#pragma once

#include <cstdint>

namespace glint::wire::remote_write {

struct RequestField {  // 1.0.
  static constexpr uint32_t kSeries = 1, kMetadata = 3;
};
struct RequestV2Field {
  static constexpr uint32_t kSymbols = 4, kSeries = 5;
};
struct SeriesField {  // 1.0.
  static constexpr uint32_t kLabels = 1, kSamples = 2, kExemplars = 3, kHistograms = 4;
};
struct SeriesV2Field {
  static constexpr uint32_t kLabelRefs = 1, kSamples = 2, kHistograms = 3, kExemplars = 4,
                            kMetadata = 5, kCreated = 6;
};
struct LabelField {  // 1.0.
  static constexpr uint32_t kName = 1, kValue = 2;
};
struct SampleField {
  static constexpr uint32_t kValue = 1, kTime = 2, kStart = 3;
};
struct ExemplarField {  // kLabels: messages in 1.0, references in 2.0.
  static constexpr uint32_t kLabels = 1, kValue = 2, kTime = 3;
};
struct MetadataField {  // 1.0.
  static constexpr uint32_t kType = 1, kFamily = 2, kHelp = 4, kUnit = 5;
};
struct MetadataV2Field {
  static constexpr uint32_t kType = 1, kHelpRef = 3, kUnitRef = 4;
};
struct HistogramField {
  static constexpr uint32_t kCountInt = 1, kCountFloat = 2, kSum = 3, kSchema = 4,
                            kZeroThreshold = 5, kZeroCountInt = 6, kZeroCountFloat = 7,
                            kNegativeSpans = 8, kNegativeDeltas = 9, kNegativeCounts = 10,
                            kPositiveSpans = 11, kPositiveDeltas = 12, kPositiveCounts = 13,
                            kResetHint = 14, kTime = 15, kCustomValues = 16, kStart = 17;
};
struct SpanField {
  static constexpr uint32_t kOffset = 1, kLength = 2;
};

}  // namespace glint::wire::remote_write
