#include "codec/sample_chunk.h"

#include <algorithm>
#include <bit>
#include <optional>

#include "codec/byte_reader.h"
#include "codec/byte_writer.h"

namespace glint::codec {
namespace {

using Samples = std::span<const TimedSample>;

// How a column is written: two bits each in the first byte.
enum TimeForm : uint8_t { kRegular = 0, kIrregular = 1 };
enum StartForm : uint8_t { kNoStart = 0, kOneStart = 1, kEachStart = 2 };
enum ValueForm : uint8_t { kConstant = 0, kIntegers = 1, kXor = 2 };

constexpr double kLargestInteger = 9007199254740992;  // 2^53: exact, and differences too.

// Wrapping, as any two times have a difference then.
int64_t Minus(int64_t a, int64_t b) {
  return static_cast<int64_t>(static_cast<uint64_t>(a) - static_cast<uint64_t>(b));
}
int64_t Plus(int64_t a, int64_t b) {
  return static_cast<int64_t>(static_cast<uint64_t>(a) + static_cast<uint64_t>(b));
}

uint64_t BitsOf(const TimedSample& sample) { return std::bit_cast<uint64_t>(sample.value); }

TimeForm TimeFormOf(Samples samples) {
  for (size_t i = 2; i < samples.size(); ++i) {
    if (Minus(samples[i].time, samples[i - 1].time) != Minus(samples[1].time, samples[0].time)) {
      return kIrregular;
    }
  }
  return kRegular;
}

StartForm StartFormOf(Samples samples) {
  const bool is_one = std::all_of(samples.begin(), samples.end(), [&](const TimedSample& sample) {
    return sample.start_time == samples[0].start_time;
  });
  if (!is_one) return kEachStart;
  return samples[0].start_time == 0 ? kNoStart : kOneStart;
}

// None when one is no integer.
std::optional<std::string> Integers(Samples samples) {
  ByteWriter out;
  int64_t last = 0;
  for (const TimedSample& sample : samples) {
    if (!(sample.value >= -kLargestInteger && sample.value <= kLargestInteger)) return std::nullopt;
    const auto integer = static_cast<int64_t>(sample.value);
    if (std::bit_cast<uint64_t>(static_cast<double>(integer)) != BitsOf(sample)) {
      return std::nullopt;
    }
    out.SignedVarint(integer - last);
    last = integer;
  }
  return out.Take();
}

// Of each XOR a byte with the number of its bytes and of zero bytes below them, then its bytes.
std::string Xors(Samples samples) {
  ByteWriter out;
  uint64_t last = 0;
  for (const TimedSample& sample : samples) {
    uint64_t bits = BitsOf(sample) ^ last;
    last = BitsOf(sample);
    if (bits == 0) {
      out.U8(0);
      continue;
    }
    const int below = std::countr_zero(bits) / 8;
    bits >>= 8 * below;
    const int length = 8 - std::countl_zero(bits) / 8;
    out.U8(static_cast<uint8_t>(length | below << 4));
    for (int i = 0; i < length; ++i) out.U8(static_cast<uint8_t>(bits >> (8 * i)));
  }
  return out.Take();
}

void PutTimes(Samples samples, TimeForm form, ByteWriter& out) {
  out.SignedVarint(samples[0].time);
  int64_t delta = 0;
  for (size_t i = 1; i < samples.size(); ++i) {
    if (i > 1 && form == kRegular) return;
    const int64_t next = Minus(samples[i].time, samples[i - 1].time);
    out.SignedVarint(Minus(next, delta));
    delta = next;
  }
}

void GetTimes(ByteReader& in, uint8_t form, std::vector<TimedSample>& samples) {
  samples[0].time = in.SignedVarint();
  int64_t delta = 0;
  for (size_t i = 1; i < samples.size(); ++i) {
    if (i == 1 || form == kIrregular) delta = Plus(delta, in.SignedVarint());
    samples[i].time = Plus(samples[i - 1].time, delta);
  }
}

void GetStarts(ByteReader& in, uint8_t form, std::vector<TimedSample>& samples) {
  if (form == kNoStart) return;
  int64_t last = 0;
  for (size_t i = 0; i < samples.size(); ++i) {
    if (i == 0 || form == kEachStart) last = Plus(last, in.SignedVarint());
    samples[i].start_time = last;
  }
}

void GetValues(ByteReader& in, uint8_t form, std::vector<TimedSample>& samples) {
  uint64_t bits = form == kConstant ? in.U64() : 0;
  int64_t integer = 0;
  for (TimedSample& sample : samples) {
    if (form == kIntegers) {
      integer = Plus(integer, in.SignedVarint());
      sample.value = static_cast<double>(integer);
      continue;
    }
    if (form == kXor) {
      const uint8_t shape = in.U8();
      const int length = shape & 15;
      const int below = shape >> 4;
      if (length + below > 8) in.Fail();
      uint64_t difference = 0;
      for (int i = 0; i < length && in.ok(); ++i) {
        difference |= static_cast<uint64_t>(in.U8()) << (8 * i);
      }
      if (difference != 0) bits ^= difference << (8 * below);
    }
    sample.value = std::bit_cast<double>(bits);
  }
}

}  // namespace

std::string EncodeSamples(Samples samples) {
  ByteWriter out;
  out.Varint(samples.size());
  if (samples.empty()) return out.Take();
  const TimeForm time_form = TimeFormOf(samples);
  const StartForm start_form = StartFormOf(samples);

  ValueForm value_form = kConstant;
  std::string values;
  const bool is_constant = std::all_of(samples.begin(), samples.end(), [&](const auto& sample) {
    return BitsOf(sample) == BitsOf(samples[0]);
  });
  if (is_constant) {
    ByteWriter constant;
    constant.U64(BitsOf(samples[0]));
    values = constant.Take();
  } else {
    value_form = kXor;
    values = Xors(samples);
    if (auto integers = Integers(samples); integers && integers->size() < values.size()) {
      value_form = kIntegers;
      values = *std::move(integers);
    }
  }
  out.U8(static_cast<uint8_t>(time_form | start_form << 2 | value_form << 4));
  PutTimes(samples, time_form, out);
  int64_t last_start = 0;
  for (size_t i = 0; i < samples.size() && start_form != kNoStart; ++i) {
    if (i > 0 && start_form == kOneStart) break;
    out.SignedVarint(Minus(samples[i].start_time, last_start));
    last_start = samples[i].start_time;
  }
  out.Raw(values);
  return out.Take();
}

StatusOr<std::vector<TimedSample>> DecodeSamples(std::string_view bytes, size_t max_samples) {
  ByteReader in(bytes);
  const uint64_t count = in.Varint();
  if (count > max_samples) {
    return InvalidArgument("sample chunk: {} samples, at most {} are", count, max_samples);
  }
  std::vector<TimedSample> samples(count);
  if (count > 0) {
    const uint8_t forms = in.U8();
    const auto start_form = static_cast<uint8_t>(forms >> 2 & 3);
    const auto value_form = static_cast<uint8_t>(forms >> 4);
    if ((forms & 3) > kIrregular || start_form > kEachStart || value_form > kXor) {
      return InvalidArgument("sample chunk: forms {:02x} are not known", forms);
    }
    GetTimes(in, forms & 3, samples);
    GetStarts(in, start_form, samples);
    GetValues(in, value_form, samples);
  }
  if (!in.ok() || in.left() > 0) {
    return InvalidArgument("sample chunk of {} bytes: cut off or damaged", bytes.size());
  }
  return samples;
}

}  // namespace glint::codec
