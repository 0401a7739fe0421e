// What was frozen, as the source of parts.
#include "tsdb/exemplar_thinning.h"
#include "tsdb/head.h"
#include "tsdb/sample_order.h"

namespace glint::tsdb {

class Head::Source final : public PartSource {
 public:
  explicit Source(const Head& head) : head_(head) {
    const ReaderMutexLock lock(&head.mutex_);
    generation_ = head.frozen_.get();
    floor_ = head.floor_;
    frozen_at_ = head.frozen_at_;
    slots_ = generation_->Series();
    head.table_.Sort(slots_);
    for (const HeadSlot slot : slots_) refs_.push_back(head.table_.RefOf(slot));
  }

  size_t series_count() const override { return slots_.size(); }

  model::Labels LabelsOf(size_t i) const override {
    const ReaderMutexLock lock(&head_.mutex_);
    return head_.table_.LabelsOf(slots_[i]);
  }

  Status ReadSamples(size_t i, storage::SeriesData& out) override {
    out.times.clear();
    out.values.clear();
    out.start_times.clear();
    out.histograms.clear();
    HeadView view;
    generation_->AddTo(slots_[i], refs_[i], {}, views_, view);
    view.Read({floor_, model::kMaxTimeMs}, out);
    PutInOrder(out);
    return OkStatus();
  }

  Status ReadExemplars(size_t i, std::vector<model::Exemplar>& out) override {
    out.clear();
    generation_->exemplars().Read(slots_[i], {floor_, model::kMaxTimeMs}, out);
    ThinExemplars(frozen_at_, generation_->exemplars().density(), out);
    return OkStatus();
  }

  bool MayHaveExemplars(size_t i) const override { return generation_->exemplars().Has(slots_[i]); }

  std::vector<model::MetricMetadata> Metadata() const override { return head_.Metadata(""); }

 private:
  const Head& head_;
  const HeadGeneration* generation_;
  model::TimeMs floor_;
  model::TimeMs frozen_at_;
  std::vector<HeadSlot> slots_;
  std::vector<model::SeriesRef> refs_;
  RowsViews views_;
};

std::unique_ptr<PartSource> Head::FrozenSource() const { return std::make_unique<Source>(*this); }

}  // namespace glint::tsdb
