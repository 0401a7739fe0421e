#include "net/http_body_read.h"

#include <utility>

namespace glint::net {

ReadBlocks::Block ReadBlocks::Take() {
  {
    const std::lock_guard lock(mutex_);
    if (!kept_.empty()) {
      Block block = std::move(kept_.back());
      kept_.pop_back();
      return block;
    }
  }
  return Block(new char[kBlockBytes]);  // Without the zeros of make_unique.
}

void ReadBlocks::Return(Block block) {
  const std::lock_guard lock(mutex_);
  if (kept_.size() < kMaxKept) kept_.push_back(std::move(block));
}

}  // namespace glint::net
