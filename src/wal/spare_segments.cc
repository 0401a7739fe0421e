#include "wal/spare_segments.h"

#include <fmt/format.h>

#include <atomic>
#include <cstddef>
#include <utility>

#include "base/log.h"
#include "wal/segment.h"

namespace glint::wal {
namespace {

constexpr std::string_view kSuffix = ".spare";

}  // namespace

Status SpareSegments::Keep(uint64_t id, uint64_t bytes, std::shared_ptr<const File> reader) {
  const std::string path = folder_ + "/" + SegmentName(id);
  if (spares_.size() >= most_) return files_.Remove(path);
  const std::string spare = fmt::format("{}/{:016}{}", folder_, id, kSuffix);
  RETURN_IF_ERROR(files_.Rename(path, spare));
  spares_.push_back({spare, bytes, std::move(reader)});
  bytes_.fetch_add(bytes, std::memory_order_relaxed);
  count_.fetch_add(1, std::memory_order_relaxed);
  return OkStatus();
}

void SpareSegments::Forget(size_t index) {
  bytes_.fetch_sub(spares_[index].bytes, std::memory_order_relaxed);
  count_.fetch_sub(1, std::memory_order_relaxed);
  spares_.erase(spares_.begin() + static_cast<std::ptrdiff_t>(index));
}

std::optional<uint64_t> SpareSegments::Take(const std::string& path) {
  for (size_t i = 0; i < spares_.size(); ++i) {
    // Out of the log, it gets no new readers: who has it here has it alone, for good.
    if (spares_[i].reader.use_count() > 1) continue;
    std::atomic_thread_fence(std::memory_order_acquire);
    const Spare spare = spares_[i];
    Forget(i);
    const Status renamed = files_.Rename(spare.path, path);
    if (renamed.ok()) return spare.bytes;
    LogWarn("wal", "{}", renamed.ToString());
    (void)files_.Remove(spare.path);
    return std::nullopt;
  }
  return std::nullopt;
}

void SpareSegments::RemoveAll() {
  while (!spares_.empty()) Forget(0);
  const auto names = files_.List(folder_);
  if (!names.ok()) return;
  for (const std::string& name : *names) {
    if (!name.ends_with(kSuffix)) continue;
    const std::string segment = name.substr(0, name.size() - kSuffix.size()) + ".wal";
    if (!SegmentIdOf(segment)) continue;
    if (const Status removed = files_.Remove(folder_ + "/" + name); !removed.ok()) {
      LogWarn("wal", "{}", removed.ToString());
    }
  }
}

}  // namespace glint::wal
