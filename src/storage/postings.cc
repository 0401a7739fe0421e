#include "storage/postings.h"

#include <algorithm>
#include <iterator>
#include <set>

namespace glint::storage {
namespace {

using Refs = std::vector<model::SeriesRef>;

void Insert(model::SeriesRef ref, Refs& list) {
  if (list.empty() || list.back() < ref) {
    list.push_back(ref);
  } else {
    list.insert(std::lower_bound(list.begin(), list.end(), ref), ref);
  }
}

void Erase(const Refs& gone, Refs& list) {
  std::erase_if(list, [&](model::SeriesRef ref) {
    return std::binary_search(gone.begin(), gone.end(), ref);
  });
}

}  // namespace

void Postings::Add(model::SeriesRef ref, const model::Labels& labels) {
  Insert(ref, all_);
  for (const model::Label& label : labels) Insert(ref, names_[label.name][label.value]);
}

void Postings::Remove(std::span<const Entry> entries) {
  Refs gone;
  std::set<std::pair<std::string_view, std::string_view>> touched;
  for (const Entry& entry : entries) {
    gone.push_back(entry.ref);
    for (const model::Label& label : *entry.labels) touched.emplace(label.name, label.value);
  }
  std::sort(gone.begin(), gone.end());
  Erase(gone, all_);
  for (const auto& [name, value] : touched) {
    const auto values = names_.find(name);
    if (values == names_.end()) continue;
    const auto list = values->second.find(value);
    if (list == values->second.end()) continue;
    Erase(gone, list->second);
    if (list->second.empty()) values->second.erase(list);
    if (values->second.empty()) names_.erase(values);
  }
}

Refs Postings::WithValue(const model::Matcher& matcher, bool wanted) const {
  const auto values = names_.find(matcher.name());
  if (values == names_.end()) return {};
  const bool is_lookup =
      wanted && (matcher.op() == model::MatchOp::kEqual || !matcher.literals().empty());
  std::vector<const List*> lists;
  if (is_lookup && matcher.op() == model::MatchOp::kEqual) {
    const auto found = values->second.find(matcher.value());
    return found == values->second.end() ? List() : found->second;
  }
  if (is_lookup) {
    for (const std::string& literal : matcher.literals()) {
      const auto found = values->second.find(literal);
      if (found != values->second.end()) lists.push_back(&found->second);
    }
  } else {
    for (const auto& [value, list] : values->second) {
      if (matcher.Matches(value) == wanted) lists.push_back(&list);
    }
  }
  // A series has one value of a label, so the lists are disjoint.
  List out;
  for (const List* list : lists) out.insert(out.end(), list->begin(), list->end());
  if (lists.size() > 1) std::sort(out.begin(), out.end());
  return out;
}

Refs Postings::Select(std::span<const model::Matcher> matchers) const {
  // A matcher that takes an absent label cannot be answered by who has it, only by who has a
  // value that it refuses.
  bool narrowed = false;
  List selected;
  for (const model::Matcher& matcher : matchers) {
    if (matcher.MatchesEmpty()) continue;
    List with = WithValue(matcher, /*wanted=*/true);
    if (narrowed) {
      List both;
      std::set_intersection(selected.begin(), selected.end(), with.begin(), with.end(),
                            std::back_inserter(both));
      selected = std::move(both);
    } else {
      selected = std::move(with);
      narrowed = true;
    }
    if (selected.empty()) return selected;
  }
  if (!narrowed) selected = all_;
  for (const model::Matcher& matcher : matchers) {
    if (!matcher.MatchesEmpty()) continue;
    const List refused = WithValue(matcher, /*wanted=*/false);
    List left;
    std::set_difference(selected.begin(), selected.end(), refused.begin(), refused.end(),
                        std::back_inserter(left));
    selected = std::move(left);
  }
  return selected;
}

}  // namespace glint::storage
