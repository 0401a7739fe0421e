// What strangers send in headers: traceparent, tracestate, Accept, and heads as a whole.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "glint/exposition.h"
#include "glint/propagation.h"
#include "http_head.h"
#include "utf8.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto require = [](bool fact) {
    if (!fact) std::abort();
  };

  const glint::SpanContext context = glint::ParseTraceParent(text);
  if (context.IsValid()) {
    const glint::SpanContext again = glint::ParseTraceParent(glint::FormatTraceParent(context));
    require(again.trace_id == context.trace_id && again.span_id == context.span_id);
    require(again.IsSampled() == context.IsSampled());
  }

  const std::string state = glint::CheckedTraceState(text);
  require(state.empty() || state == text);
  require(state.find_first_of("\r\n") == std::string::npos);

  glint::NegotiateFormat(text);
  if (const auto accept = glint::internal::HeaderOf(text, "accept")) {
    require(accept->find("\r\n") == std::string_view::npos);
    glint::internal::ParseLength(*accept, 1000);
  }

  const std::string utf8 = glint::internal::ValidUtf8(text);
  require(glint::internal::ValidUtf8(utf8) == utf8);
  return 0;
}
