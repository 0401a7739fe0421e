// A query as a tree, as the parser makes it and the check approves it. What depends on the time
// of a query (`@ start()`, `[step()]`) stays symbolic, so one tree serves many evaluations.
//
// Immutable once parsed; thread-compatible.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "model/matcher.h"
#include "model/time.h"
#include "promql/function_table.h"
#include "promql/position.h"
#include "promql/token.h"

namespace glint::promql {

enum class ExprKind : uint8_t {
  kNumber,
  kString,
  kVectorSelector,
  kMatrixSelector,
  kSubquery,
  kUnary,
  kBinary,
  kCall,
  kAggregate,
  kParen,
};

struct Expr {
  explicit Expr(ExprKind k) : kind(k) {}
  virtual ~Expr() = default;
  const ExprKind kind;
  PositionRange position;
  ValueType type = ValueType::kNone;
  // Levels below and with this one. Bounded by the parser, so whoever walks a tree may recurse.
  uint32_t height = 1;
  // Set by the check: the value is the same at each step of a query.
  bool step_invariant = false;
};
using ExprPtr = std::unique_ptr<Expr>;

// A duration computed from literals, step() and range(): what stands in brackets or after offset.
struct DurationExpr {
  enum class Op : uint8_t {
    kLiteral,
    kStep,
    kRange,
    kNegate,
    kAdd,
    kSub,
    kMul,
    kDiv,
    kMod,
    kPow,
    kMinOf,
    kMaxOf,
  };
  Op op = Op::kLiteral;
  double seconds = 0;                // kLiteral
  bool written_as_duration = false;  // kLiteral: "5m" rather than "300".
  bool in_parens = false;
  std::unique_ptr<DurationExpr> left;  // kNegate has only this one.
  std::unique_ptr<DurationExpr> right;
  PositionRange position;
};
using DurationPtr = std::unique_ptr<DurationExpr>;

// `@` and `offset`, in whichever order they stood.
struct TimeModifiers {
  enum class At : uint8_t { kNone, kTime, kStart, kEnd };
  At at = At::kNone;
  model::TimeMs at_time = 0;  // kTime
  DurationPtr offset;         // Null: none.
};

struct NumberLiteral : Expr {
  NumberLiteral() : Expr(ExprKind::kNumber) {}
  double value = 0;
  bool written_as_duration = false;
};

struct StringLiteral : Expr {
  StringLiteral() : Expr(ExprKind::kString) {}
  std::string value;
};

struct VectorSelector : Expr {
  VectorSelector() : Expr(ExprKind::kVectorSelector) {}
  std::string name;  // Where it stood before or bare within the braces; also among `matchers`.
  std::vector<model::Matcher> matchers;
  TimeModifiers time;
  bool anchored = false;
  bool smoothed = false;
};

struct MatrixSelector : Expr {
  MatrixSelector() : Expr(ExprKind::kMatrixSelector) {}
  std::unique_ptr<VectorSelector> vector;  // Holds the time modifiers.
  DurationPtr range;
};

struct Subquery : Expr {
  Subquery() : Expr(ExprKind::kSubquery) {}
  ExprPtr body;
  DurationPtr range;
  DurationPtr step;  // Null: the default.
  TimeModifiers time;
};

struct UnaryExpr : Expr {
  UnaryExpr() : Expr(ExprKind::kUnary) {}
  TokenKind op = TokenKind::kSub;
  ExprPtr body;
};

enum class Cardinality : uint8_t { kOneToOne, kManyToOne, kOneToMany, kManyToMany };

struct VectorMatching {
  Cardinality cardinality = Cardinality::kOneToOne;
  bool on = false;  // Else `labels` are ignored.
  std::vector<std::string> labels;
  std::vector<std::string> include;  // Of group_left and group_right.
  std::optional<double> fill_left;
  std::optional<double> fill_right;
};

struct BinaryExpr : Expr {
  BinaryExpr() : Expr(ExprKind::kBinary) {}
  TokenKind op = TokenKind::kAdd;
  ExprPtr left;
  ExprPtr right;
  bool return_bool = false;
  VectorMatching matching;  // Of meaning between two vectors only.
};

struct CallExpr : Expr {
  CallExpr() : Expr(ExprKind::kCall) {}
  const FunctionSignature* function = nullptr;  // Never null once parsed.
  std::vector<ExprPtr> arguments;
};

struct AggregateExpr : Expr {
  AggregateExpr() : Expr(ExprKind::kAggregate) {}
  TokenKind op = TokenKind::kSum;
  ExprPtr body;
  ExprPtr parameter;  // Null where the operator takes none.
  std::vector<std::string> grouping;
  bool without = false;
};

struct ParenExpr : Expr {
  ParenExpr() : Expr(ExprKind::kParen) {}
  ExprPtr body;
};

// REQUIRES: the expression is of that kind.
template <typename T>
const T& As(const Expr& expr) {
  return static_cast<const T&>(expr);
}
template <typename T>
T& As(Expr& expr) {
  return static_cast<T&>(expr);
}

// Sets type and height from those of the children.
void Complete(Expr& expr);
// Without the parentheses round it.
const Expr& Unwrap(const Expr& expr);
// In the order in which they stand in the text.
std::vector<const Expr*> ChildrenOf(const Expr& expr);

}  // namespace glint::promql
