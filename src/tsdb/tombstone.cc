#include "tsdb/tombstone.h"

#include <fmt/format.h>

#include "codec/byte_reader.h"
#include "codec/byte_writer.h"

namespace glint::tsdb {
namespace {

// Bytes on disk are not the numbers of an enum that somebody may reorder.
static_assert(static_cast<int>(model::MatchOp::kEqual) == 0);
static_assert(static_cast<int>(model::MatchOp::kNotEqual) == 1);
static_assert(static_cast<int>(model::MatchOp::kRegex) == 2);
static_assert(static_cast<int>(model::MatchOp::kNotRegex) == 3);

StatusOr<model::Matcher> DecodeMatcher(codec::ByteReader& in) {
  const uint8_t op = in.U8();
  const std::string_view name = in.Text();
  const std::string_view value = in.Text();
  if (op > static_cast<uint8_t>(model::MatchOp::kNotRegex)) {
    return InvalidArgument("the operator of a matcher is {}, at most 3 is known", op);
  }
  return model::Matcher::Make(static_cast<model::MatchOp>(op), std::string(name),
                              std::string(value));
}

}  // namespace

std::string EncodeTombstone(const Tombstone& tombstone) {
  codec::ByteWriter out;
  out.Varint(tombstone.last_part);
  out.SignedVarint(tombstone.created);
  out.SignedVarint(tombstone.time.start);
  out.SignedVarint(tombstone.time.end);
  out.Varint(tombstone.any_of.size());
  for (const std::vector<model::Matcher>& set : tombstone.any_of) {
    out.Varint(set.size());
    for (const model::Matcher& matcher : set) {
      out.U8(static_cast<uint8_t>(matcher.op()));
      out.Text(matcher.name());
      out.Text(matcher.value());
    }
  }
  return out.Take();
}

StatusOr<Tombstone> DecodeTombstone(uint64_t id, std::string_view bytes) {
  codec::ByteReader in(bytes);
  Tombstone tombstone;
  tombstone.id = id;
  tombstone.last_part = in.Varint();
  tombstone.created = in.SignedVarint();
  tombstone.time.start = in.SignedVarint();
  tombstone.time.end = in.SignedVarint();
  tombstone.any_of.resize(in.Count(1));
  for (std::vector<model::Matcher>& set : tombstone.any_of) {
    const size_t matchers = in.Count(3);
    for (size_t i = 0; i < matchers && in.ok(); ++i) {
      ASSIGN_OR_RETURN(model::Matcher matcher, DecodeMatcher(in));
      set.push_back(std::move(matcher));
    }
    // An empty set would match, and delete, everything.
    if (set.empty()) return InvalidArgument("tombstone {}: a set without matchers", id);
  }
  if (!in.ok()) return InvalidArgument("tombstone {} is cut off after {} bytes", id, bytes.size());
  if (in.left() != 0) {
    return InvalidArgument("tombstone {}: {} of {} bytes follow it", id, in.left(), bytes.size());
  }
  return tombstone;
}

std::string ToString(const Tombstone& tombstone) {
  std::string out;
  for (const std::vector<model::Matcher>& set : tombstone.any_of) {
    if (!out.empty()) out += " or ";
    out += '{';
    for (size_t i = 0; i < set.size(); ++i) {
      if (i > 0) out += ", ";
      out += set[i].ToString();
    }
    out += '}';
  }
  return fmt::format("{} from {} to {} in parts up to {}", out, tombstone.time.start,
                     tombstone.time.end, tombstone.last_part);
}

}  // namespace glint::tsdb
