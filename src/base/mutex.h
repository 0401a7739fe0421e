// absl::Mutex, made visible to ThreadSanitizer. Debian's libabsl is compiled without it, so the
// sanitizer does not see its locks and calls everything that they guard a race; here it is told.
// Otherwise it is absl::Mutex and nothing more.
//
// Modules that include this link absl::synchronization. Thread-safe.
#pragma once

#include <absl/base/thread_annotations.h>
#include <absl/synchronization/mutex.h>

#ifdef __SANITIZE_THREAD__
#include <sanitizer/tsan_interface.h>
#endif

namespace glint {

class ABSL_LOCKABLE Mutex {
 public:
  void Lock() ABSL_EXCLUSIVE_LOCK_FUNCTION() {
    mutex_.Lock();
    NoteAcquired();
  }
  void Unlock() ABSL_UNLOCK_FUNCTION() {
    NoteReleased();
    mutex_.Unlock();
  }
  void ReaderLock() ABSL_SHARED_LOCK_FUNCTION() {
    mutex_.ReaderLock();
    NoteAcquired();
  }
  void ReaderUnlock() ABSL_UNLOCK_FUNCTION() {
    NoteReleased();
    mutex_.ReaderUnlock();
  }

 private:
  friend class CondVar;

#ifdef __SANITIZE_THREAD__
  void NoteAcquired() { __tsan_acquire(&mutex_); }
  void NoteReleased() { __tsan_release(&mutex_); }
#else
  void NoteAcquired() {}
  void NoteReleased() {}
#endif

  absl::Mutex mutex_;
};

class ABSL_SCOPED_LOCKABLE MutexLock {
 public:
  explicit MutexLock(Mutex* mutex) ABSL_EXCLUSIVE_LOCK_FUNCTION(mutex) : mutex_(mutex) {
    mutex_->Lock();
  }
  ~MutexLock() ABSL_UNLOCK_FUNCTION() { mutex_->Unlock(); }
  MutexLock(const MutexLock&) = delete;
  MutexLock& operator=(const MutexLock&) = delete;

 private:
  Mutex* const mutex_;
};

class ABSL_SCOPED_LOCKABLE ReaderMutexLock {
 public:
  explicit ReaderMutexLock(Mutex* mutex) ABSL_SHARED_LOCK_FUNCTION(mutex) : mutex_(mutex) {
    mutex_->ReaderLock();
  }
  ~ReaderMutexLock() ABSL_UNLOCK_FUNCTION() { mutex_->ReaderUnlock(); }
  ReaderMutexLock(const ReaderMutexLock&) = delete;
  ReaderMutexLock& operator=(const ReaderMutexLock&) = delete;

 private:
  Mutex* const mutex_;
};

class CondVar {
 public:
  // REQUIRES: the caller holds `mutex`. May return without a signal.
  void Wait(Mutex* mutex) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex) {
    mutex->NoteReleased();
    condition_.Wait(&mutex->mutex_);
    mutex->NoteAcquired();
  }
  void SignalAll() { condition_.SignalAll(); }

 private:
  absl::CondVar condition_;
};

}  // namespace glint
