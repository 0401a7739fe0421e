#include "promql/printer.h"

#include <cmath>

#include "base/duration.h"
#include "promql/quoting.h"

namespace glint::promql {
namespace {

std::string PrintNumber(double seconds, bool as_duration) {
  if (as_duration) return FormatDurationMs(std::llround(seconds * 1000));
  return FormatF(seconds);
}

std::string_view SignOf(DurationExpr::Op op) {
  switch (op) {
    case DurationExpr::Op::kAdd:
      return " + ";
    case DurationExpr::Op::kSub:
      return " - ";
    case DurationExpr::Op::kMul:
      return " * ";
    case DurationExpr::Op::kDiv:
      return " / ";
    case DurationExpr::Op::kMod:
      return " % ";
    default:
      return " ^ ";
  }
}

std::string PrintDuration(const DurationExpr& duration) {
  std::string out;
  switch (duration.op) {
    case DurationExpr::Op::kLiteral:
      out = PrintNumber(duration.seconds, duration.written_as_duration);
      break;
    case DurationExpr::Op::kStep:
      out = "step()";
      break;
    case DurationExpr::Op::kRange:
      out = "range()";
      break;
    case DurationExpr::Op::kNegate:
      out = "-" + PrintDuration(*duration.left);
      break;
    case DurationExpr::Op::kMinOf:
    case DurationExpr::Op::kMaxOf:
      out = fmt::format("{}({}, {})", duration.op == DurationExpr::Op::kMinOf ? "min_of" : "max_of",
                        PrintDuration(*duration.left), PrintDuration(*duration.right));
      break;
    default:
      out = fmt::format("{}{}{}", PrintDuration(*duration.left), SignOf(duration.op),
                        PrintDuration(*duration.right));
  }
  return duration.in_parens ? "(" + out + ")" : out;
}

std::string PrintLabel(const std::string& label) {
  return model::IsLegacyLabelName(label) ? label : Quote(label);
}

std::string PrintLabels(const std::vector<std::string>& labels) {
  std::string out = "(";
  for (size_t i = 0; i < labels.size(); ++i) {
    if (i > 0) out += ", ";
    out += PrintLabel(labels[i]);
  }
  return out + ")";
}

std::string PrintModifiers(const TimeModifiers& time) {
  std::string out;
  if (time.at == TimeModifiers::At::kStart) out += " @ start()";
  if (time.at == TimeModifiers::At::kEnd) out += " @ end()";
  if (time.at == TimeModifiers::At::kTime) {
    out += fmt::format(" @ {:.3f}", static_cast<double>(time.at_time) / 1000);
  }
  if (time.offset != nullptr) out += " offset " + PrintDuration(*time.offset);
  return out;
}

// `range` stands between the matchers and the modifiers.
std::string PrintSelector(const VectorSelector& selector, const std::string& range) {
  const bool bare = model::IsLegacyMetricName(selector.name);
  std::string inside;
  if (!bare && !selector.name.empty()) inside = Quote(selector.name);
  bool name_skipped = selector.name.empty();
  for (const model::Matcher& matcher : selector.matchers) {
    if (!name_skipped && matcher.name() == model::kMetricName &&
        matcher.op() == model::MatchOp::kEqual) {
      name_skipped = true;
      continue;
    }
    if (!inside.empty()) inside += ",";
    inside += PrintLabel(matcher.name());
    inside += model::MatchOpText(matcher.op());
    inside += Quote(matcher.value());
  }
  std::string out = bare ? selector.name : "";
  if (!inside.empty() || !bare) out += "{" + inside + "}";
  out += range + PrintModifiers(selector.time);
  if (selector.anchored) out += " anchored";
  if (selector.smoothed) out += " smoothed";
  return out;
}

std::string PrintBinary(const BinaryExpr& binary) {
  std::string op(TextOf(binary.op));
  if (binary.return_bool) op += " bool";
  const VectorMatching& matching = binary.matching;
  const bool grouped = matching.cardinality == Cardinality::kManyToOne ||
                       matching.cardinality == Cardinality::kOneToMany;
  if (matching.on || !matching.labels.empty() || grouped) {
    op += (matching.on ? " on " : " ignoring ") + PrintLabels(matching.labels);
  }
  if (grouped) {
    op += matching.cardinality == Cardinality::kManyToOne ? " group_left " : " group_right ";
    op += PrintLabels(matching.include);
  }
  const auto& left = matching.fill_left;
  const auto& right = matching.fill_right;
  const bool same = left && right && (*left == *right || (*left != *left && *right != *right));
  if (same) {
    op += fmt::format(" fill ({})", FormatF(*left));
  } else {
    if (left) op += fmt::format(" fill_left ({})", FormatF(*left));
    if (right) op += fmt::format(" fill_right ({})", FormatF(*right));
  }
  return fmt::format("{} {} {}", Print(*binary.left), op, Print(*binary.right));
}

std::string PrintAggregate(const AggregateExpr& aggregate) {
  std::string out(TextOf(aggregate.op));
  if (aggregate.without) {
    out += " without " + PrintLabels(aggregate.grouping) + " ";
  } else if (!aggregate.grouping.empty()) {
    out += " by " + PrintLabels(aggregate.grouping) + " ";
  }
  out += "(";
  if (aggregate.parameter != nullptr) out += Print(*aggregate.parameter) + ", ";
  return out + Print(*aggregate.body) + ")";
}

}  // namespace

std::string Print(const Expr& expr) {
  switch (expr.kind) {
    case ExprKind::kNumber:
      return PrintNumber(As<NumberLiteral>(expr).value,
                         As<NumberLiteral>(expr).written_as_duration);
    case ExprKind::kString:
      return Quote(As<StringLiteral>(expr).value);
    case ExprKind::kVectorSelector:
      return PrintSelector(As<VectorSelector>(expr), "");
    case ExprKind::kMatrixSelector: {
      const auto& matrix = As<MatrixSelector>(expr);
      return PrintSelector(*matrix.vector, "[" + PrintDuration(*matrix.range) + "]");
    }
    case ExprKind::kSubquery: {
      const auto& subquery = As<Subquery>(expr);
      return fmt::format("{}[{}:{}]{}", Print(*subquery.body), PrintDuration(*subquery.range),
                         subquery.step == nullptr ? "" : PrintDuration(*subquery.step),
                         PrintModifiers(subquery.time));
    }
    case ExprKind::kUnary:
      return std::string(TextOf(As<UnaryExpr>(expr).op)) + Print(*As<UnaryExpr>(expr).body);
    case ExprKind::kBinary:
      return PrintBinary(As<BinaryExpr>(expr));
    case ExprKind::kCall: {
      const auto& call = As<CallExpr>(expr);
      std::string out = std::string(call.function->name) + "(";
      for (size_t i = 0; i < call.arguments.size(); ++i) {
        if (i > 0) out += ", ";
        out += Print(*call.arguments[i]);
      }
      return out + ")";
    }
    case ExprKind::kAggregate:
      return PrintAggregate(As<AggregateExpr>(expr));
    case ExprKind::kParen:
      return "(" + Print(*As<ParenExpr>(expr).body) + ")";
  }
  return "";
}

}  // namespace glint::promql
