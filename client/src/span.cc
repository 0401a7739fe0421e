#include "glint/span.h"

#include <algorithm>

#include "glint/tracer.h"

namespace glint {
namespace {

int64_t NowNs() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

uint32_t CutTo(size_t limit, Attributes& attributes) {
  if (attributes.size() <= limit) return 0;
  const auto dropped = static_cast<uint32_t>(attributes.size() - limit);
  attributes.erase(attributes.begin() + static_cast<ptrdiff_t>(limit), attributes.end());
  return dropped;
}

}  // namespace

Span& Span::operator=(Span&& other) noexcept {
  if (this != &other) {
    End();
    state_ = std::move(other.state_);
  }
  return *this;
}

const SpanContext& Span::context() const {
  static const SpanContext none;
  return state_ != nullptr ? state_->data.context : none;
}

bool Span::IsRecording() const { return state_ != nullptr && state_->recording; }

void Span::SetAttribute(std::string_view key, AttributeValue value) {
  if (!IsRecording()) return;
  Attributes& attributes = state_->data.attributes;
  const auto same = std::find_if(attributes.begin(), attributes.end(),
                                 [&](const Attribute& a) { return a.key == key; });
  if (same != attributes.end()) {
    same->value = std::move(value);
  } else if (attributes.size() < kMaxAttributes) {
    attributes.push_back({std::string(key), std::move(value)});
  } else {
    ++state_->data.dropped_attributes;
  }
}

void Span::AddEvent(std::string_view name, Attributes attributes) {
  if (!IsRecording()) return;
  if (state_->data.events.size() >= kMaxEvents) {
    ++state_->data.dropped_events;
    return;
  }
  state_->data.dropped_attributes += CutTo(kMaxAttributes, attributes);
  state_->data.events.push_back({std::string(name), NowNs(), std::move(attributes)});
}

void Span::AddLink(const SpanContext& context, Attributes attributes) {
  if (!IsRecording() || !context.IsValid()) return;
  if (state_->data.links.size() >= kMaxLinks) {
    ++state_->data.dropped_links;
    return;
  }
  state_->data.dropped_attributes += CutTo(kMaxAttributes, attributes);
  state_->data.links.push_back({context, std::move(attributes)});
}

void Span::SetStatus(SpanStatus code, std::string_view message) {
  if (!IsRecording() || state_->data.status == SpanStatus::kOk || code == SpanStatus::kUnset) {
    return;
  }
  state_->data.status = code;
  state_->data.status_message = code == SpanStatus::kError ? std::string(message) : "";
}

void Span::UpdateName(std::string_view name) {
  if (IsRecording()) state_->data.name = std::string(name);
}

void Span::End() {
  if (!IsRecording()) return;
  state_->recording = false;
  SpanData& data = state_->data;
  data.end_ns = data.start_ns + std::chrono::duration_cast<std::chrono::nanoseconds>(
                                    std::chrono::steady_clock::now() - state_->started)
                                    .count();
  // A scope may still refer to the context, so that is copied and the rest moved.
  SpanContext context = data.context;
  SpanData finished = std::move(data);
  data.context = std::move(context);
  state_->processor->OnEnd(std::move(finished));
}

Scope::Scope(const Span& span) : state_(span.state_), previous_(internal::current_span_context) {
  internal::current_span_context = state_ != nullptr ? &state_->data.context : previous_;
}

Tracer::Tracer(std::string scope, Resource resource, std::shared_ptr<const Sampler> sampler,
               std::shared_ptr<SpanProcessor> processor)
    : scope_(std::make_shared<const std::string>(std::move(scope))),
      resource_(std::make_shared<const Resource>(std::move(resource))),
      sampler_(std::move(sampler)),
      processor_(std::move(processor)) {}

Span Tracer::StartSpan(std::string_view name, const SpanOptions& options) const {
  const SpanContext& parent = options.parent ? *options.parent : CurrentSpanContext();
  auto state = std::make_shared<Span::State>();
  SpanContext& context = state->data.context;
  if (parent.IsValid()) {
    context.trace_id = parent.trace_id;
    context.flags = parent.flags;
    context.trace_state = parent.trace_state;
  } else {
    context.trace_id = NewTraceId();
  }
  context.span_id = NewSpanId();
  const bool sampled = sampler_->ShouldSample(parent, context.trace_id);
  context.flags = static_cast<uint8_t>((context.flags & ~SpanContext::kSampledFlag) |
                                       (sampled ? SpanContext::kSampledFlag : 0));
  if (sampled) {
    state->recording = true;
    state->processor = processor_;
    SpanData& data = state->data;
    if (parent.IsValid()) data.parent_id = parent.span_id;
    data.parent_is_remote = parent.remote;
    data.name = std::string(name);
    data.kind = options.kind;
    data.resource = resource_;
    data.scope = scope_;
    data.start_ns = NowNs();
    state->started = std::chrono::steady_clock::now();
  }
  return Span(std::move(state));
}

}  // namespace glint
