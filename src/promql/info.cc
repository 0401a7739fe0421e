// info(): labels of `target_info` and its like, joined to the series of the same target.
#include "promql/call.h"

namespace glint::promql {

StatusOr<Value> CallInfo(Evaluation&, const CallExpr&, const Grid&) {
  return Unimplemented("info() is not implemented");
}

}  // namespace glint::promql
