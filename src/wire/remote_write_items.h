// What a series of remote write holds, item by item, and metadata: the messages that both versions
// of the protocol write alike, or nearly.
//
// Inside, protozero throws on broken wire data: DecodeRemoteWrite() catches it. Single-threaded.
#pragma once

#include <cstring>
#include <deque>
#include <optional>
#include <protozero/buffer_string.hpp>
#include <protozero/pbf_reader.hpp>
#include <protozero/varint.hpp>
#include <string>
#include <string_view>

#include "model/metadata.h"
#include "model/time.h"
#include "wire/otlp_proto_reader.h"
#include "wire/remote_write.h"
#include "wire/remote_write_fields.h"

namespace glint::wire::remote_write {

struct SentSample {
  double value = 0;
  model::TimeMs time = 0;
  model::TimeMs start_time = 0;
};

SentSample ReadSampleFields(std::string_view bytes);

// Nearly all samples are a value, a time and no more, in that order: 3 ns instead of 12.
inline SentSample ReadSample(std::string_view bytes) {
  constexpr size_t kValueEnd = 1 + sizeof(double);
  if (bytes.size() > kValueEnd + 1 &&
      static_cast<uint8_t>(bytes[0]) == otlp::Fixed64(SampleField::kValue) &&
      static_cast<uint8_t>(bytes[kValueEnd]) == otlp::Varint(SampleField::kTime)) {
    SentSample sample;
    std::memcpy(&sample.value, bytes.data() + 1, sizeof(double));
    const char* at = bytes.data() + kValueEnd + 1;
    const char* const end = bytes.data() + bytes.size();
    sample.time = static_cast<model::TimeMs>(protozero::decode_varint(&at, end));
    if (at == end) return sample;
  }
  return ReadSampleFields(bytes);
}

// A repeated field of a message, as the bytes that say it: mostly one run, else put together.
class FieldRun {
 public:
  explicit FieldRun(std::deque<std::string>& gathered) : gathered_(gathered) {}

  void Add(const char* begin, const char* end) {
    if (begin == end) return;
    const auto size = static_cast<size_t>(end - begin);
    if (bytes_.empty()) {
      bytes_ = {begin, size};
    } else if (own_ == nullptr && bytes_.data() + bytes_.size() == begin) {
      bytes_ = {bytes_.data(), bytes_.size() + size};
    } else {
      if (own_ == nullptr) own_ = &gathered_.emplace_back(bytes_);
      own_->append(begin, size);
      bytes_ = *own_;
    }
  }
  // Packed numbers, which come as one field nearly always.
  void AddPacked(std::string_view payload) { Add(payload.data(), payload.data() + payload.size()); }
  void AddNumber(uint64_t number) {
    if (own_ == nullptr) own_ = &gathered_.emplace_back(bytes_);
    protozero::add_varint_to_buffer(own_, number);
    bytes_ = *own_;
  }

  std::string_view bytes() const { return bytes_; }

 private:
  std::deque<std::string>& gathered_;
  std::string* own_ = nullptr;
  std::string_view bytes_;
};

// What both versions know of an exemplar; its labels are still as sent.
struct SentExemplar {
  std::string_view labels;
  double value = 0;
  model::TimeMs time = 0;
};

SentExemplar ReadExemplar(protozero::pbf_reader message, DecodedRemoteWrite& request);

// Metadata of 1.0; none when it names no family or is not UTF-8.
std::optional<model::MetricMetadata> ReadMetadata(protozero::pbf_reader message);
// Metadata of 2.0.
void ReadSeriesMetadata(protozero::pbf_reader message, RemoteWriteSeries& series);

}  // namespace glint::wire::remote_write
