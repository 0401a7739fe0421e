#include "exposition_writer.h"

#include <charconv>
#include <cmath>

#include "utf8.h"

namespace glint::internal {
namespace {

void AppendInteger(uint64_t value, std::string& out) {
  char digits[20];
  const auto end = std::to_chars(digits, digits + sizeof digits, value);
  out.append(digits, end.ptr);
}

void AppendEscaped(std::string_view text, bool quotes, std::string& out) {
  for (const char c : text) {
    switch (c) {
      case '\\':
        out += "\\\\";
        break;
      case '\n':
        out += "\\n";
        break;
      case '"':
        out += quotes ? "\\\"" : "\"";
        break;
      default:
        out.push_back(c);
    }
  }
}

std::string_view TypeName(FamilyInfo::Type type) {
  switch (type) {
    case FamilyInfo::Type::kCounter:
      return "counter";
    case FamilyInfo::Type::kGauge:
      return "gauge";
    case FamilyInfo::Type::kHistogram:
      return "histogram";
  }
  return "unknown";
}

}  // namespace

void AppendNumber(double value, std::string& out) {
  if (std::isnan(value)) {
    out += "NaN";
  } else if (std::isinf(value)) {
    out += value > 0 ? "+Inf" : "-Inf";
  } else {
    char digits[32];
    const auto end = std::to_chars(digits, digits + sizeof digits, value);
    out.append(digits, end.ptr);
  }
}

std::string FormatBound(double bound) {
  std::string text;
  AppendNumber(bound, text);
  if (text.find_first_of(".eIN") == std::string::npos) text += ".0";
  return text;
}

std::string FormatLabels(const Labels& const_labels, const LabelNames& names,
                         const std::vector<std::string>& values) {
  std::string out;
  const auto append = [&out](std::string_view name, std::string_view value) {
    if (!out.empty()) out.push_back(',');
    out.append(name).append("=\"");
    AppendEscaped(ValidUtf8(value), /*quotes=*/true, out);
    out.push_back('"');
  };
  for (const auto& label : const_labels) append(label.first, label.second);
  for (size_t i = 0; i < names.size() && i < values.size(); ++i) append(names[i], values[i]);
  return out;
}

void ExpositionWriter::Begin(const FamilyInfo& info) {
  name_ = info.name;
  std::string exposed = name_;
  if (info.type == FamilyInfo::Type::kCounter && !open_metrics()) exposed += "_total";
  if (!info.help.empty()) {
    out_.append("# HELP ").append(exposed).push_back(' ');
    AppendEscaped(ValidUtf8(info.help), /*quotes=*/open_metrics(), out_);
    out_.push_back('\n');
  }
  out_.append("# TYPE ").append(exposed).append(" ").append(TypeName(info.type)).push_back('\n');
  if (open_metrics() && !info.unit.empty()) {
    out_.append("# UNIT ").append(exposed).append(" ").append(info.unit).push_back('\n');
  }
}

void ExpositionWriter::NameAndLabels(std::string_view suffix, std::string_view labels) {
  out_.append(name_).append(suffix);
  if (!labels.empty()) out_.append("{").append(labels).append("}");
  out_.push_back(' ');
}

void ExpositionWriter::Sample(std::string_view suffix, std::string_view labels, double value,
                              const std::optional<Exemplar>& exemplar) {
  NameAndLabels(suffix, labels);
  AppendNumber(value, out_);
  if (exemplar && open_metrics()) AppendExemplar(*exemplar);
  out_.push_back('\n');
}

void ExpositionWriter::Sample(std::string_view suffix, std::string_view labels, uint64_t value) {
  NameAndLabels(suffix, labels);
  AppendInteger(value, out_);
  out_.push_back('\n');
}

void ExpositionWriter::BeginBuckets(std::string_view labels) {
  bucket_start_.assign(name_).append("_bucket{").append(labels);
  if (!labels.empty()) bucket_start_.push_back(',');
}

void ExpositionWriter::Bucket(std::string_view bound_label, uint64_t cumulative,
                              const std::optional<Exemplar>& exemplar) {
  out_.append(bucket_start_).append(bound_label).append("} ");
  AppendInteger(cumulative, out_);
  if (exemplar && open_metrics()) AppendExemplar(*exemplar);
  out_.push_back('\n');
}

void ExpositionWriter::AppendExemplar(const Exemplar& exemplar) {
  out_ += " # {trace_id=\"";
  AppendHex(exemplar.trace_id.high, out_);
  AppendHex(exemplar.trace_id.low, out_);
  out_ += "\",span_id=\"";
  AppendHex(exemplar.span_id.value, out_);
  out_ += "\"} ";
  AppendNumber(exemplar.value, out_);
  out_.push_back(' ');
  const int64_t ms = exemplar.time_ns / 1'000'000;
  AppendInteger(static_cast<uint64_t>(ms / 1000), out_);
  const std::string fraction = std::to_string(1000 + ms % 1000);
  out_.push_back('.');
  out_.append(fraction, 1, 3);
}

std::string ExpositionWriter::Finish() {
  if (open_metrics()) out_ += "# EOF\n";
  return std::move(out_);
}

}  // namespace glint::internal
