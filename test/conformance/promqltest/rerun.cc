#include "rerun.h"

#include <algorithm>
#include <vector>

#include "compare.h"

namespace glint::promqltest {
namespace {

// Whether any call in the tree satisfies `wanted`.
template <typename Wanted>
bool AnyCall(const promql::Expr& expr, Wanted wanted) {
  if (expr.kind == promql::ExprKind::kCall &&
      wanted(*promql::As<promql::CallExpr>(expr).function)) {
    return true;
  }
  const auto children = promql::ChildrenOf(expr);
  return std::any_of(children.begin(), children.end(),
                     [&](const promql::Expr* child) { return AnyCall(*child, wanted); });
}

bool IsOfQuery(const promql::FunctionSignature& function) {
  return function.name == "start" || function.name == "end" || function.name == "step" ||
         function.name == "range";
}

Status AsRange(const Command& command, const promql::Expr& expr, const promql::Engine& engine) {
  const bool of_query = AnyCall(expr, IsOfQuery) ||
                        command.query.find("start()") != std::string::npos ||
                        command.query.find("end()") != std::string::npos ||
                        command.query.find("step()") != std::string::npos ||
                        command.query.find("range()") != std::string::npos;
  if (command.string || command.range_vector || of_query ||
      (expr.type != promql::ValueType::kVector && expr.type != promql::ValueType::kScalar)) {
    return OkStatus();
  }
  constexpr int64_t kMinute = 60'000;
  QueryBudget budget;
  ASSIGN_OR_RETURN(const promql::QueryResult result,
                   engine.Range(expr, command.query, command.start_ms - kMinute,
                                command.start_ms + kMinute, kMinute, budget));
  return CompareRangeAt(command, std::get<promql::Matrix>(result.value), command.start_ms);
}

// A selector takes @ unless it, or a subquery round it, has one.
void Pin(promql::Expr& expr, int64_t time_ms) {
  using promql::ExprKind;
  const auto set = [&](promql::TimeModifiers& time) {
    if (time.at != promql::TimeModifiers::At::kNone) return;
    time.at = promql::TimeModifiers::At::kTime;
    time.at_time = time_ms;
  };
  if (expr.kind == ExprKind::kVectorSelector) set(promql::As<promql::VectorSelector>(expr).time);
  if (expr.kind == ExprKind::kSubquery) {
    // What is inside is evaluated at the times that the subquery gives it.
    set(promql::As<promql::Subquery>(expr).time);
    return;
  }
  for (const promql::Expr* child : promql::ChildrenOf(expr)) {
    Pin(const_cast<promql::Expr&>(*child), time_ms);
  }
}

Status Pinned(const Command& command, const promql::Engine& engine) {
  ASSIGN_OR_RETURN(const promql::ExprPtr original, promql::Parse(command.query));
  const bool depends = AnyCall(*original, [](const promql::FunctionSignature& function) {
    return function.depends_on_time || IsOfQuery(function);
  });
  if (depends) return OkStatus();
  const int64_t t = command.start_ms;
  const std::vector<int64_t> times = t == 0 ? std::vector<int64_t>{-1000, 0, 1000}
                                            : std::vector<int64_t>{-10 * t, 0, t / 5, t, 10 * t};
  ASSIGN_OR_RETURN(const promql::ExprPtr pinned, promql::Parse(command.query));
  Pin(*pinned, t);
  for (const int64_t time : times) {
    QueryBudget budget;
    ASSIGN_OR_RETURN(const promql::QueryResult result,
                     engine.Instant(*pinned, command.query, time, budget));
    const Status status = CompareInstant(command, result);
    if (!status.ok()) {
      return status.At(fmt::format("pinned to @ {} ms, evaluated at {} ms", t, time));
    }
  }
  return OkStatus();
}

}  // namespace

Status Rerun(const Command& command, const promql::Engine& engine) {
  ASSIGN_OR_RETURN(const promql::ExprPtr expr, promql::Parse(command.query));
  const Status status = AsRange(command, *expr, engine);
  if (!status.ok()) return status.At("as a range query");
  return Pinned(command, engine);
}

}  // namespace glint::promqltest
