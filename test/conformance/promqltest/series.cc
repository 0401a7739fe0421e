// A line of a script that describes a series.
#include <cmath>
#include <cstdlib>
#include <map>

#include "base/duration.h"
#include "model/sample.h"
#include "promql/native_histogram.h"
#include "promql/parse_float.h"
#include "promql/quoting.h"
#include "script.h"

namespace glint::promqltest {
namespace {

bool IsSpace(char c) { return c == ' ' || c == '\t'; }

class SeriesReader {
 public:
  SeriesReader(std::string_view line, bool offsets) : line_(line), offsets_(offsets) {}

  StatusOr<Series> Run() {
    Series series;
    ASSIGN_OR_RETURN(series.labels, ReadLabels());
    if (offsets_ && line_.substr(at_).starts_with("@st")) at_ += 3;
    SkipSpace();
    while (at_ < line_.size()) {
      RETURN_IF_ERROR(ReadItem(series.items));
      SkipSpace();
    }
    return series;
  }

 private:
  Status Error(std::string_view what) const {
    return InvalidArgument("{} at column {}: {}", what, at_ + 1, line_);
  }
  void SkipSpace() {
    while (at_ < line_.size() && IsSpace(line_[at_])) ++at_;
  }
  std::string Word() {
    const size_t start = at_;
    while (at_ < line_.size() && (std::isalnum(static_cast<unsigned char>(line_[at_])) != 0 ||
                                  line_[at_] == '_' || line_[at_] == ':')) {
      ++at_;
    }
    return std::string(line_.substr(start, at_ - start));
  }
  StatusOr<std::string> Quoted() {
    const char quote = line_[at_];
    const size_t start = at_++;
    while (at_ < line_.size() && line_[at_] != quote) at_ += line_[at_] == '\\' ? 2 : 1;
    if (at_ >= line_.size()) return Error("unterminated string");
    ++at_;
    return promql::Unquote(line_.substr(start, at_ - start));
  }
  bool AtQuote() const {
    return at_ < line_.size() && (line_[at_] == '"' || line_[at_] == '\'' || line_[at_] == '`');
  }

  StatusOr<model::Labels> ReadLabels() {
    std::vector<model::Label> labels;
    const std::string name = Word();
    if (!name.empty()) labels.push_back({std::string(model::kMetricName), name});
    if (at_ >= line_.size() || line_[at_] != '{') return model::Labels(std::move(labels));
    ++at_;
    while (true) {
      SkipSpace();
      if (at_ >= line_.size()) return Error("unterminated labels");
      if (line_[at_] == '}') break;
      if (line_[at_] == ',') {
        ++at_;
        continue;
      }
      std::string label;
      if (AtQuote()) {
        ASSIGN_OR_RETURN(label, Quoted());
      } else {
        label = Word();
      }
      SkipSpace();
      if (at_ < line_.size() && line_[at_] == '=') {
        ++at_;
        SkipSpace();
        if (!AtQuote()) return Error("expected a quoted label value");
        ASSIGN_OR_RETURN(std::string value, Quoted());
        labels.push_back({std::move(label), std::move(value)});
      } else {
        labels.push_back({std::string(model::kMetricName), std::move(label)});
      }
    }
    ++at_;
    return model::Labels(std::move(labels));
  }

  // Up to a space, except within {{ }}.
  std::string_view ItemText() {
    const size_t start = at_;
    while (at_ < line_.size() && !IsSpace(line_[at_])) {
      if (line_.substr(at_).starts_with("{{")) {
        const size_t end = line_.find("}}", at_);
        at_ = end == std::string_view::npos ? line_.size() : end + 2;
      } else {
        ++at_;
      }
    }
    return line_.substr(start, at_ - start);
  }

  Status ReadItem(std::vector<Item>& items) {
    const std::string_view text = ItemText();
    if (text[0] == '_') {
      int gaps = 1;
      if (text.size() > 2 && text[1] == 'x') gaps = std::atoi(std::string(text.substr(2)).c_str());
      items.resize(items.size() + static_cast<size_t>(gaps));
      return OkStatus();
    }
    if (text.starts_with("{{")) return ReadHistograms(text, items);
    // The count is after the last x that is not of a hexadecimal number.
    std::string_view value = text;
    int times = 0;
    const size_t x = text.rfind('x');
    if (x != std::string_view::npos && x > 0 &&
        !(text[x - 1] == '0' && (x == 1 || text[x - 2] == '+' || text[x - 2] == '-') &&
          text.find_first_of("abcdefABCDEF", x) != std::string_view::npos)) {
      times = std::atoi(std::string(text.substr(x + 1)).c_str());
      value = text.substr(0, x);
    }
    Item item;
    double delta = 0;
    // A sign that is neither the first character nor of an exponent starts the delta.
    size_t split = std::string_view::npos;
    for (size_t i = 1; i < value.size() && x != std::string_view::npos; ++i) {
      if ((value[i] == '+' || value[i] == '-') && value[i - 1] != 'e' && value[i - 1] != 'E') {
        split = i;
        break;
      }
    }
    ASSIGN_OR_RETURN(const double first, Number(value.substr(0, split)));
    if (split != std::string_view::npos) {
      ASSIGN_OR_RETURN(delta, Number(value.substr(split)));
    }
    for (int i = 0; i <= times; ++i) {
      if (offsets_) {
        item.has_start = true;
        item.start_offset = static_cast<int64_t>(first + i * delta);
      } else {
        item.kind = Item::Kind::kFloat;
        item.value = i == 0 ? first : item.value + delta;
      }
      items.push_back(item);
    }
    return OkStatus();
  }

  StatusOr<double> Number(std::string_view text) const {
    if (offsets_) {
      double sign = 1;
      if (text.starts_with("-")) sign = -1;
      if (text.starts_with("-") || text.starts_with("+")) text.remove_prefix(1);
      ASSIGN_OR_RETURN(const int64_t ms, ParseDurationMs(text));
      return sign * static_cast<double>(ms);
    }
    if (text == "stale") return model::StaleNan();
    const std::optional<double> value = promql::ParseFloat(text);
    if (!value) return InvalidArgument("not a number: {}", text);
    return *value;
  }

  // {{A}}, {{A}}xN, {{A}}+{{B}}xN
  Status ReadHistograms(std::string_view text, std::vector<Item>& items) {
    const size_t end = text.find("}}");
    if (end == std::string_view::npos) return Error("unterminated histogram");
    Item item;
    item.kind = Item::Kind::kHistogram;
    RETURN_IF_ERROR(ReadHistogram(text.substr(2, end - 2), item));
    std::string_view rest = text.substr(end + 2);
    double sign = 0;
    Item step;
    if (!rest.empty() && (rest[0] == '+' || rest[0] == '-')) {
      sign = rest[0] == '+' ? 1 : -1;
      const size_t step_end = rest.find("}}");
      if (step_end == std::string_view::npos || !rest.substr(1).starts_with("{{")) {
        return Error("expected a histogram after the sign");
      }
      RETURN_IF_ERROR(ReadHistogram(rest.substr(3, step_end - 3), step));
      rest = rest.substr(step_end + 2);
    }
    int times = 0;
    if (!rest.empty()) {
      if (rest[0] != 'x') return Error("expected xN after the histogram");
      times = std::atoi(std::string(rest.substr(1)).c_str());
    }
    for (int i = 0; i <= times; ++i) {
      if (i > 0 && sign > 0) promql::Add(item.histogram, step.histogram);
      if (i > 0 && sign < 0) {
        const model::CounterResetHint hint = item.histogram.counter_reset_hint;
        promql::Subtract(item.histogram, step.histogram);
        item.histogram.counter_reset_hint = hint;
      }
      if (i > 0) promql::Compact(item.histogram);
      items.push_back(item);
    }
    return OkStatus();
  }

  static Status ReadHistogram(std::string_view text, Item& item) {
    model::Histogram& h = item.histogram;
    std::map<std::string, std::string> fields;
    for (size_t i = 0; i < text.size();) {
      if (IsSpace(text[i])) {
        ++i;
        continue;
      }
      const size_t colon = text.find(':', i);
      if (colon == std::string_view::npos) return InvalidArgument("histogram: {}", text);
      const bool list = colon + 1 < text.size() && text[colon + 1] == '[';
      size_t end = list ? text.find(']', colon) : text.find_first_of(" \t", colon);
      if (end == std::string_view::npos) end = text.size();
      fields[std::string(text.substr(i, colon - i))] =
          std::string(text.substr(colon + (list ? 2 : 1), end - colon - (list ? 2 : 1)));
      i = end + (list ? 1 : 0);
    }
    const auto number = [&](const char* name, double fallback) {
      const auto found = fields.find(name);
      return found == fields.end() ? fallback : promql::ParseFloat(found->second).value_or(NAN);
    };
    h.schema = static_cast<int32_t>(number("schema", 0));
    h.sum = number("sum", 0);
    h.count = number("count", 0);
    h.zero_count = number("z_bucket", 0);
    h.zero_threshold = number("z_bucket_w", 0);
    const auto buckets = [&](const char* counts, const char* offset,
                             std::vector<model::BucketSpan>& spans, std::vector<double>& out) {
      out = List(fields[counts]);
      if (out.empty()) return;
      spans.push_back({static_cast<int32_t>(number(offset, 0)), static_cast<uint32_t>(out.size())});
    };
    buckets("buckets", "offset", h.positive_spans, h.positive_buckets);
    buckets("n_buckets", "n_offset", h.negative_spans, h.negative_buckets);
    h.custom_values = List(fields["custom_values"]);
    const std::string hint = fields["counter_reset_hint"];
    item.hint_given = !hint.empty();
    if (hint == "reset") h.counter_reset_hint = model::CounterResetHint::kReset;
    if (hint == "not_reset") h.counter_reset_hint = model::CounterResetHint::kNotReset;
    if (hint == "gauge") h.counter_reset_hint = model::CounterResetHint::kGauge;
    return OkStatus();
  }

  static std::vector<double> List(const std::string& text) {
    std::vector<double> out;
    for (size_t i = 0; i < text.size();) {
      if (IsSpace(text[i])) {
        ++i;
        continue;
      }
      const size_t end = std::min(text.find_first_of(" \t", i), text.size());
      out.push_back(promql::ParseFloat(text.substr(i, end - i)).value_or(NAN));
      i = end;
    }
    return out;
  }

  const std::string_view line_;
  const bool offsets_;
  size_t at_ = 0;
};

}  // namespace

StatusOr<Series> ReadSeries(std::string_view line, bool offsets) {
  return SeriesReader(line, offsets).Run();
}

}  // namespace glint::promqltest
