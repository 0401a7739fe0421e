// Remote write requests of both versions, as a sender would write them, for tests and benchmarks.
#pragma once

#include <map>
#include <protozero/pbf_writer.hpp>
#include <string>
#include <utility>
#include <vector>

#include "model/labels.h"
#include "model/metadata.h"
#include "model/sample.h"
#include "wire/remote_write_fields.h"

namespace glint::wire {

struct SentExemplarForTest {
  model::TimeMs time = 0;
  double value = 0;
  std::vector<model::Label> labels;
};

struct SentSeriesForTest {
  std::vector<model::Label> labels;  // Written in this order, whatever it is.
  std::vector<model::Sample> samples;
  std::vector<SentExemplarForTest> exemplars;
  std::vector<std::string> histograms;  // Messages, as HistogramMessage() makes them.
  model::MetricType type = model::MetricType::kUnknown;  // And below: 2.0 only.
  std::string help;
  model::TimeMs created = 0;
  std::vector<model::TimeMs> starts;  // One for each sample, or none.
};

inline std::string SampleMessage(const model::Sample& sample, model::TimeMs start = 0) {
  using Field = remote_write::SampleField;
  std::string out;
  protozero::pbf_writer writer(out);
  writer.add_double(Field::kValue, sample.value);
  writer.add_int64(Field::kTime, sample.time);
  if (start != 0) writer.add_int64(Field::kStart, start);
  return out;
}

inline std::string LabelMessage(const model::Label& label) {
  std::string out;
  protozero::pbf_writer writer(out);
  writer.add_string(remote_write::LabelField::kName, label.name);
  writer.add_string(remote_write::LabelField::kValue, label.value);
  return out;
}

inline std::string SeriesMessage(const SentSeriesForTest& series) {
  using Field = remote_write::SeriesField;
  std::string out;
  protozero::pbf_writer writer(out);
  for (const auto& label : series.labels) writer.add_message(Field::kLabels, LabelMessage(label));
  for (const auto& sample : series.samples) {
    writer.add_message(Field::kSamples, SampleMessage(sample));
  }
  for (const auto& exemplar : series.exemplars) {
    std::string message;
    protozero::pbf_writer inner(message);
    for (const auto& label : exemplar.labels) {
      inner.add_message(remote_write::ExemplarField::kLabels, LabelMessage(label));
    }
    inner.add_double(remote_write::ExemplarField::kValue, exemplar.value);
    inner.add_int64(remote_write::ExemplarField::kTime, exemplar.time);
    writer.add_message(Field::kExemplars, message);
  }
  for (const auto& histogram : series.histograms) {
    writer.add_message(Field::kHistograms, histogram);
  }
  return out;
}

inline std::string RequestV1(const std::vector<SentSeriesForTest>& series,
                             const std::vector<model::MetricMetadata>& metadata = {}) {
  using Field = remote_write::MetadataField;
  std::string out;
  protozero::pbf_writer writer(out);
  for (const auto& one : series) {
    writer.add_message(remote_write::RequestField::kSeries, SeriesMessage(one));
  }
  for (const auto& one : metadata) {
    std::string message;
    protozero::pbf_writer inner(message);
    inner.add_enum(Field::kType, static_cast<int32_t>(one.type));
    inner.add_string(Field::kFamily, one.family);
    inner.add_string(Field::kHelp, one.help);
    inner.add_string(Field::kUnit, one.unit);
    writer.add_message(remote_write::RequestField::kMetadata, message);
  }
  return out;
}

inline std::string RequestV2(const std::vector<SentSeriesForTest>& series) {
  using Field = remote_write::SeriesV2Field;
  std::vector<std::string> symbols = {""};
  std::map<std::string, uint32_t> known = {{"", 0}};
  const auto ref = [&](const std::string& text) {
    const auto [place, is_new] = known.try_emplace(text, static_cast<uint32_t>(symbols.size()));
    if (is_new) symbols.push_back(text);
    return place->second;
  };
  const auto refs = [&](const std::vector<model::Label>& labels) {
    std::vector<uint32_t> out;
    for (const auto& label : labels) {
      out.push_back(ref(label.name));
      out.push_back(ref(label.value));
    }
    return out;
  };
  std::vector<std::string> messages;
  for (const auto& one : series) {
    protozero::pbf_writer writer(messages.emplace_back());
    const auto labels = refs(one.labels);
    writer.add_packed_uint32(Field::kLabelRefs, labels.begin(), labels.end());
    for (size_t i = 0; i < one.samples.size(); ++i) {
      const model::TimeMs start = one.starts.empty() ? 0 : one.starts[i];
      writer.add_message(Field::kSamples, SampleMessage(one.samples[i], start));
    }
    for (const auto& histogram : one.histograms) {
      writer.add_message(Field::kHistograms, histogram);
    }
    for (const auto& exemplar : one.exemplars) {
      std::string message;
      protozero::pbf_writer inner(message);
      const auto its_labels = refs(exemplar.labels);
      inner.add_packed_uint32(remote_write::ExemplarField::kLabels, its_labels.begin(),
                              its_labels.end());
      inner.add_double(remote_write::ExemplarField::kValue, exemplar.value);
      inner.add_int64(remote_write::ExemplarField::kTime, exemplar.time);
      writer.add_message(Field::kExemplars, message);
    }
    std::string metadata;
    if (one.type != model::MetricType::kUnknown) {
      protozero::pbf_writer inner(metadata);
      inner.add_enum(remote_write::MetadataV2Field::kType, static_cast<int32_t>(one.type));
      inner.add_uint32(remote_write::MetadataV2Field::kHelpRef, ref(one.help));
    }
    writer.add_message(Field::kMetadata, metadata);
    if (one.created != 0) writer.add_int64(Field::kCreated, one.created);
  }
  std::string out;
  protozero::pbf_writer writer(out);
  for (const auto& symbol : symbols) {
    writer.add_string(remote_write::RequestV2Field::kSymbols, symbol);
  }
  for (const auto& message : messages) {
    writer.add_message(remote_write::RequestV2Field::kSeries, message);
  }
  return out;
}

// A native histogram with integer counts: 1 + 2 + ... in buckets from index 0 on.
inline std::string HistogramMessage(model::TimeMs time, uint32_t buckets, int32_t reset_hint = 0) {
  using Field = remote_write::HistogramField;
  std::string out;
  protozero::pbf_writer writer(out);
  uint64_t count = 2;  // The zero bucket's.
  for (uint32_t i = 0; i < buckets; ++i) count += i + 1;
  writer.add_uint64(Field::kCountInt, count);
  writer.add_double(Field::kSum, 12.5);
  writer.add_sint32(Field::kSchema, 3);
  writer.add_double(Field::kZeroThreshold, 1e-128);
  writer.add_uint64(Field::kZeroCountInt, 2);
  std::string span;
  protozero::pbf_writer(span).add_uint32(remote_write::SpanField::kLength, buckets);
  writer.add_message(Field::kPositiveSpans, span);
  const std::vector<int64_t> deltas(buckets, 1);
  writer.add_packed_sint64(Field::kPositiveDeltas, deltas.begin(), deltas.end());
  writer.add_enum(Field::kResetHint, reset_hint);
  writer.add_int64(Field::kTime, time);
  return out;
}

}  // namespace glint::wire
