#include "api/search_tags.h"

#include "base/escape.h"

namespace glint::api {
namespace {

storage::SpanPredicate MakePredicate(std::string key, std::string value) {
  using storage::SpanField;
  storage::SpanPredicate predicate{SpanField::kAnyAttribute, key, std::move(value)};
  if (key == "name") {
    predicate.field = SpanField::kName;
  } else if (key == "service.name" || key == "resource.service.name") {
    predicate.field = SpanField::kServiceName;
  } else if (key == "status") {
    predicate.field = SpanField::kStatus;
  } else if (key == "kind") {
    predicate.field = SpanField::kKind;
  } else if (key.rfind("resource.", 0) == 0) {
    predicate.field = SpanField::kResourceAttribute;
    predicate.key = key.substr(9);
  } else if (key.rfind("span.", 0) == 0) {
    predicate.field = SpanField::kSpanAttribute;
    predicate.key = key.substr(5);
  }
  return predicate;
}

}  // namespace

StatusOr<std::vector<storage::SpanPredicate>> ParseSearchTags(std::string_view text) {
  std::vector<storage::SpanPredicate> predicates;
  size_t i = 0;
  while (true) {
    while (i < text.size() && text[i] == ' ') ++i;
    if (i >= text.size()) return predicates;
    const size_t start = i;
    while (i < text.size() && text[i] != '=' && text[i] != ' ') ++i;
    if (i == start || i >= text.size() || text[i] != '=') {
      return InvalidArgument("tags: expected key=value at position {}: \"{}\"", start,
                             Excerpt(text.substr(start)));
    }
    std::string key(text.substr(start, i - start));
    std::string value;
    ++i;
    if (i < text.size() && text[i] == '"') {
      const size_t quote = i++;
      while (i < text.size() && text[i] != '"') {
        if (text[i] == '\\' && i + 1 < text.size()) ++i;
        value += text[i++];
      }
      if (i >= text.size()) {
        return InvalidArgument("tags: the quote at position {} is not closed", quote);
      }
      ++i;
    } else {
      while (i < text.size() && text[i] != ' ') value += text[i++];
    }
    predicates.push_back(MakePredicate(std::move(key), std::move(value)));
  }
}

}  // namespace glint::api
