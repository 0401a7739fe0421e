// label_replace, label_join, sort, sort_desc, sort_by_label, sort_by_label_desc.
#include <re2/re2.h>

#include <algorithm>
#include <cmath>

#include "base/utf8.h"
#include "promql/call.h"
#include "promql/natural_order.h"
#include "promql/quoting.h"

namespace glint::promql {
namespace {

bool IsWordPart(char c) {
  return c == '_' || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

// A replacement such as "$1-${name}", taken apart once.
class Template {
 public:
  Template(std::string_view text, const re2::RE2& regex) {
    const auto& names = regex.NamedCapturingGroups();
    for (size_t i = 0; i < text.size();) {
      if (text[i] != '$' || i + 1 >= text.size()) {
        Literal(text[i++]);
        continue;
      }
      if (text[i + 1] == '$') {
        Literal('$');
        i += 2;
        continue;
      }
      const bool braces = text[i + 1] == '{';
      const size_t start = i + (braces ? 2 : 1);
      size_t end = start;
      while (end < text.size() && IsWordPart(text[end])) ++end;
      if (end == start || (braces && (end >= text.size() || text[end] != '}'))) {
        Literal('$');  // Not a reference after all.
        ++i;
        continue;
      }
      const std::string name(text.substr(start, end - start));
      i = end + (braces ? 1 : 0);
      const bool number =
          std::all_of(name.begin(), name.end(), [](char c) { return c >= '0' && c <= '9'; });
      int group = -1;
      if (number && name.size() < 5) {
        group = std::atoi(name.c_str());
      } else if (const auto found = names.find(name); found != names.end()) {
        group = found->second;
      }
      pieces_.push_back({"", group});
    }
  }

  std::string Expand(const std::vector<re2::StringPiece>& groups) const {
    std::string out;
    for (const Piece& piece : pieces_) {
      out += piece.text;
      if (piece.group >= 0 && static_cast<size_t>(piece.group) < groups.size()) {
        const re2::StringPiece& group = groups[static_cast<size_t>(piece.group)];
        out.append(group.data(), group.size());
      }
    }
    return out;
  }

 private:
  struct Piece {
    std::string text;
    int group = -1;  // Negative: none, `text` is all.
  };
  void Literal(char c) {
    if (pieces_.empty() || pieces_.back().group >= 0 || pieces_.back().text.empty()) {
      pieces_.push_back({"", -1});
    }
    pieces_.back().text += c;
  }
  std::vector<Piece> pieces_;
};

void SetLabel(Column& column, const std::string& name, const std::string& value) {
  column.labels = std::make_shared<const model::Labels>(column.labels->With(name, value));
  // A name that is set on purpose stays.
  if (name == model::kMetricName) column.drop_name = false;
}

bool IsLabelName(const std::string& name) { return !name.empty() && IsValidUtf8(name); }

Status Replace(Columns& columns, const std::vector<std::string>& strings) {
  const auto& [destination, replacement, source, pattern] =
      std::tie(strings[0], strings[1], strings[2], strings[3]);
  re2::RE2::Options options;
  options.set_log_errors(false);
  options.set_dot_nl(true);
  options.set_max_mem(8 << 20);
  const re2::RE2 regex(pattern, options);
  if (!regex.ok()) {
    return InvalidArgument("invalid regular expression in label_replace(): {}", pattern);
  }
  if (!IsLabelName(destination)) {
    return InvalidArgument("invalid destination label name in label_replace(): {}", destination);
  }
  const Template result(replacement, regex);
  std::vector<re2::StringPiece> groups(static_cast<size_t>(regex.NumberOfCapturingGroups()) + 1);
  for (Column& column : columns) {
    const std::string value(column.labels->Get(source));
    if (!regex.Match(value, 0, value.size(), re2::RE2::ANCHOR_BOTH, groups.data(),
                     static_cast<int>(groups.size()))) {
      continue;
    }
    SetLabel(column, destination, result.Expand(groups));
  }
  return MergeEqualLabels(columns);
}

Status Join(Columns& columns, const std::vector<std::string>& strings) {
  const std::string& destination = strings[0];
  if (!IsLabelName(destination)) {
    return InvalidArgument("invalid destination label name in label_join(): {}", destination);
  }
  for (size_t i = 2; i < strings.size(); ++i) {
    if (!IsLabelName(strings[i])) {
      return InvalidArgument("invalid source label name in label_join(): {}", strings[i]);
    }
  }
  for (Column& column : columns) {
    std::string value;
    for (size_t i = 2; i < strings.size(); ++i) {
      if (i > 2) value += strings[1];
      value += column.labels->Get(strings[i]);
    }
    SetLabel(column, destination, value);
  }
  return MergeEqualLabels(columns);
}

// By value; of meaning at one step only, since a range result is ordered by labels.
void SortByValue(Columns& columns, bool descending) {
  for (Column& column : columns) {
    for (size_t step = 0; step < column.presence.size(); ++step) {
      if (column.presence[step] == Presence::kHistogram) column.Clear(step);
    }
  }
  std::erase_if(columns, [](const Column& column) { return column.IsEmpty(); });
  if (columns.empty() || columns[0].presence.size() != 1) return;
  std::stable_sort(columns.begin(), columns.end(), [&](const Column& a, const Column& b) {
    const double x = a.values[0];
    const double y = b.values[0];
    if (std::isnan(x)) return false;
    return std::isnan(y) || (descending ? x > y : x < y);
  });
}

void SortByLabels(Columns& columns, const std::vector<std::string>& names, bool descending) {
  std::stable_sort(columns.begin(), columns.end(), [&](const Column& a, const Column& b) {
    const Column& x = descending ? b : a;
    const Column& y = descending ? a : b;
    for (const std::string& name : names) {
      const std::string_view left = x.labels->Get(name);
      const std::string_view right = y.labels->Get(name);
      if (left != right) return NaturallyBefore(left, right);
    }
    return *x.labels < *y.labels;
  });
}

}  // namespace

StatusOr<Value> CallLabelFunction(Evaluation& evaluation, const CallExpr& call, const Grid& grid) {
  std::vector<std::string> strings;
  for (size_t i = 1; i < call.arguments.size(); ++i) {
    ASSIGN_OR_RETURN(std::string text, evaluation.EvalString(*call.arguments[i]));
    strings.push_back(std::move(text));
  }
  ASSIGN_OR_RETURN(Value value, evaluation.Eval(*call.arguments[0], grid));
  switch (call.function->id) {
    case FunctionId::kLabelReplace:
      RETURN_IF_ERROR(Replace(value.vector, strings));
      break;
    case FunctionId::kLabelJoin:
      RETURN_IF_ERROR(Join(value.vector, strings));
      break;
    case FunctionId::kSort:
    case FunctionId::kSortDesc:
      SortByValue(value.vector, call.function->id == FunctionId::kSortDesc);
      break;
    default:
      SortByLabels(value.vector, strings, call.function->id == FunctionId::kSortByLabelDesc);
  }
  return value;
}

}  // namespace glint::promql
