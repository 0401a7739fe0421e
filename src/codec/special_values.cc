#include "codec/special_values.h"

#include <algorithm>
#include <array>

#include "codec/byte_writer.h"
#include "model/sample.h"

namespace glint::codec {
namespace {

// The usual ones take a byte: their index. kOther is followed by the bits.
constexpr std::array<uint64_t, 5> kUsual = {
    model::kStaleNanBits, model::kNormalNanBits,
    0x7ff0000000000000u,  // +Inf.
    0xfff0000000000000u,  // -Inf.
    0x8000000000000000u,  // -0.
};
constexpr uint8_t kOther = kUsual.size();

}  // namespace

void EncodeSpecials(std::span<const SpecialRun> runs, std::string& out) {
  ByteWriter bytes;
  bytes.Varint(runs.size());
  size_t end = 0;
  for (const SpecialRun& run : runs) {
    const bool is_one = run.length == 1;
    bytes.Varint((run.begin - end) << 1 | (is_one ? 0 : 1));
    if (!is_one) bytes.Varint(run.length);
    const auto code =
        static_cast<uint8_t>(std::find(kUsual.begin(), kUsual.end(), run.bits) - kUsual.begin());
    bytes.U8(code);
    if (code == kOther) bytes.U64(run.bits);
    end = run.begin + run.length;
  }
  out += bytes.bytes();
}

std::vector<SpecialRun> DecodeSpecials(ByteReader& in, size_t rows) {
  std::vector<SpecialRun> runs(in.Count(2));
  size_t end = 0;
  for (SpecialRun& run : runs) {
    const uint64_t gap = in.Varint();
    const uint64_t length = (gap & 1) != 0 ? in.Varint() : 1;
    const uint8_t code = in.U8();
    if (gap >> 1 > rows - end || length == 0 || length > rows - end - (gap >> 1) || code > kOther) {
      in.Fail();
      return {};
    }
    run.begin = end + static_cast<size_t>(gap >> 1);
    run.length = static_cast<size_t>(length);
    run.bits = code == kOther ? in.U64() : kUsual[code];
    end = run.begin + run.length;
  }
  return runs;
}

size_t OrdinaryCount(std::span<const SpecialRun> runs, size_t rows) {
  for (const SpecialRun& run : runs) rows -= run.length;
  return rows;
}

void InsertSpecials(std::span<const SpecialRun> runs, std::span<double> values) {
  // From the end, so that nothing is overwritten before it was moved.
  size_t from = OrdinaryCount(runs, values.size());
  size_t to = values.size();
  for (size_t i = runs.size(); i-- > 0;) {
    const size_t end = runs[i].begin + runs[i].length;
    const size_t between = to - end;
    std::copy_backward(values.begin() + static_cast<ptrdiff_t>(from - between),
                       values.begin() + static_cast<ptrdiff_t>(from),
                       values.begin() + static_cast<ptrdiff_t>(to));
    from -= between;
    to = runs[i].begin;
    std::fill_n(values.begin() + static_cast<ptrdiff_t>(runs[i].begin), runs[i].length,
                std::bit_cast<double>(runs[i].bits));
  }
}

}  // namespace glint::codec
