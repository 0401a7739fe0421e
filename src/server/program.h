// Everything that serves, put together: stores, engines, receivers, scrapes, endpoints; and the
// order in which they start and end.
//
// Start and Drain from one thread.
#pragma once

#include <memory>

#include "base/status.h"
#include "server/serve_options.h"

namespace glint::server {

class Program {
 public:
  // Serves when it returns.
  // INVALID_ARGUMENT: a flag or the configuration is wrong; says which and where.
  // UNAVAILABLE, FAILED_PRECONDITION, PERMISSION_DENIED, DATA_LOSS: an address or the data
  // directory is taken or cannot be used; says by whom where that is known.
  static StatusOr<std::unique_ptr<Program>> Start(const ServeOptions& options);
  ~Program();

  // Reads the configuration again. A mistake in it is logged, and the old one goes on.
  void Reload();

  // Takes no more in, finishes what was taken in, syncs, closes. Afterwards nothing serves.
  void Drain();

 private:
  struct Parts;
  explicit Program(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

}  // namespace glint::server
