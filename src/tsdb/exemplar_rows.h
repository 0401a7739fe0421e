// Exemplars in memory as rows of 48 bytes, found by number and by the trace that they name.
//
// Rows lie in pages, which go when all of theirs are gone. The rest of the labels is a number of
// ExemplarLabelSets.
//
// Thread-compatible.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <unordered_map>
#include <vector>

#include "model/ids.h"
#include "model/labels.h"
#include "model/time.h"

namespace glint::tsdb {

struct ExemplarRow {
  model::TimeMs time = 0;
  double value = 0;
  model::TraceId trace_id;
  model::SpanId span_id;
  uint32_t labels = 0;     // In ExemplarLabelSets; 0: none.
  uint32_t next_free = 0;  // Of a row that is not used: number + 1 of another; 0: none.
};
static_assert(sizeof(ExemplarRow) == 48);

class ExemplarRows {
 public:
  // Its number: a small one, which lives until Remove().
  uint32_t Add(const ExemplarRow& row);
  void Remove(uint32_t number);
  const ExemplarRow& At(uint32_t number) const {
    return pages_[number / kPage].rows[number % kPage];
  }

  // Whether a row names this trace, which is not zero.
  bool HasTrace(const model::TraceId& id) const;

  uint64_t size() const { return size_; }
  uint64_t bytes() const;

 private:
  static constexpr uint32_t kPage = 1024;
  struct Page {
    std::unique_ptr<ExemplarRow[]> rows;  // Null: none of it is used.
    uint32_t used = 0;
    uint32_t first_free = 0;  // Number in the page + 1; 0: full.
  };

  size_t HomeOf(const model::TraceId& id) const {
    return model::IdHash()(id) & (table_.size() - 1);
  }
  void PutInTable(uint32_t number);
  void TakeFromTable(uint32_t number);
  void Resize(size_t size);

  std::vector<Page> pages_;
  // Pages that are not full, each once; a heap with the lowest in front, which is filled first so
  // that the others empty.
  std::vector<uint32_t> with_room_;
  uint64_t size_ = 0;
  // Open addressing by trace id with linear probing: number + 1 of each row that names one, 0 for
  // none. A power of two, at most three quarters full.
  std::vector<uint32_t> table_;
  size_t in_table_ = 0;
  size_t pages_held_ = 0;
};

// Sets of labels, each once however many exemplars have it.
class ExemplarLabelSets {
 public:
  // The number of this set, which holds as many uses as it was asked for. 0: no labels.
  uint32_t Use(const model::Labels& labels);
  void Release(uint32_t set);
  const model::Labels& At(uint32_t set) const { return *sets_[set].labels; }

  uint64_t bytes() const;

 private:
  struct Set {
    std::unique_ptr<const model::Labels> labels;  // Null: the number is not used.
    uint64_t uses = 0;
  };
  struct ByContent {
    size_t operator()(const model::Labels* labels) const { return labels->Hash(); }
    bool operator()(const model::Labels* a, const model::Labels* b) const { return *a == *b; }
  };
  static uint64_t BytesOf(const model::Labels& labels);

  std::vector<Set> sets_ = NoLabels();
  std::vector<uint32_t> free_;
  std::unordered_map<const model::Labels*, uint32_t, ByContent, ByContent> numbers_;
  uint64_t bytes_ = 0;  // Of the sets.

  static std::vector<Set> NoLabels();
};

}  // namespace glint::tsdb
