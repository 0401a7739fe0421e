// Errors as values: what went wrong, where, and both values; or the thing that was asked for.
//
// Codes are gRPC's, so that one goes over the wire unchanged. Why not absl::Status: its header
// costs a second of compiling in each file here, and its string_view is not std's in Debian
// (docs/design/001-own-status.md).
//
// Thread-compatible.
#pragma once

#include <fmt/core.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/check.h"

namespace glint {

enum class StatusCode : uint8_t {
  kOk = 0,
  kCancelled = 1,
  kUnknown = 2,
  kInvalidArgument = 3,
  kDeadlineExceeded = 4,
  kNotFound = 5,
  kAlreadyExists = 6,
  kPermissionDenied = 7,
  kResourceExhausted = 8,
  kFailedPrecondition = 9,
  kAborted = 10,
  kOutOfRange = 11,
  kUnimplemented = 12,
  kInternal = 13,
  kUnavailable = 14,
  kDataLoss = 15,
  kUnauthenticated = 16,
};

// "INVALID_ARGUMENT" and so on, as in the gRPC documentation.
std::string_view CodeName(StatusCode code);

class [[nodiscard]] Status {
 public:
  Status() = default;  // OK.
  Status(StatusCode code, std::string message);

  bool ok() const { return error_ == nullptr; }
  StatusCode code() const { return error_ == nullptr ? StatusCode::kOk : error_->code; }
  // Empty when OK. Lives as long as this Status and its copies.
  std::string_view message() const {
    return error_ == nullptr ? std::string_view() : std::string_view(error_->message);
  }
  // "OK", or "DATA_LOSS: segment 7: crc ...".
  std::string ToString() const;

  // The same code with "where: " before the message; OK stays OK.
  Status At(std::string_view where) const;

 private:
  struct Error {
    StatusCode code;
    std::string message;
  };
  std::shared_ptr<const Error> error_;
};

inline Status OkStatus() { return Status(); }

#define GLINT_STATUS_MAKER(Name)                                                          \
  template <typename... Args>                                                             \
  Status Name(fmt::format_string<Args...> format, Args&&... args) {                       \
    return Status(StatusCode::k##Name, fmt::format(format, std::forward<Args>(args)...)); \
  }
GLINT_STATUS_MAKER(Cancelled)
GLINT_STATUS_MAKER(InvalidArgument)
GLINT_STATUS_MAKER(DeadlineExceeded)
GLINT_STATUS_MAKER(NotFound)
GLINT_STATUS_MAKER(AlreadyExists)
GLINT_STATUS_MAKER(PermissionDenied)
GLINT_STATUS_MAKER(ResourceExhausted)
GLINT_STATUS_MAKER(FailedPrecondition)
GLINT_STATUS_MAKER(OutOfRange)
GLINT_STATUS_MAKER(Unimplemented)
GLINT_STATUS_MAKER(Internal)
GLINT_STATUS_MAKER(Unavailable)
GLINT_STATUS_MAKER(DataLoss)
GLINT_STATUS_MAKER(Unauthenticated)
#undef GLINT_STATUS_MAKER

// A T, or why there is none. Reading the value of an error is our own fault: CHECK.
template <typename T>
class [[nodiscard]] StatusOr {
 public:
  StatusOr(Status status) : status_(std::move(status)) {  // NOLINT: implicit by design
    CHECK(!status_.ok());
  }
  template <typename U = T>
  requires(std::is_convertible_v<U&&, T> && !std::is_same_v<std::decay_t<U>, StatusOr> &&
           !std::is_same_v<std::decay_t<U>, Status>) StatusOr(U&& value)
      : value_(std::forward<U>(value)) {}  // NOLINT: implicit by design

  bool ok() const { return value_.has_value(); }
  const Status& status() const { return status_; }

  T& value() & {
    CheckHasValue();
    return *value_;
  }
  const T& value() const& {
    CheckHasValue();
    return *value_;
  }
  T&& value() && {
    CheckHasValue();
    return *std::move(value_);
  }
  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }
  T&& operator*() && { return std::move(*this).value(); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }

 private:
  void CheckHasValue() const {
    if (!value_.has_value()) CheckFailed("StatusOr has no value", status_.ToString().c_str());
  }
  Status status_;
  std::optional<T> value_;
};

#define GLINT_CONCAT_INNER(a, b) a##b
#define GLINT_CONCAT(a, b) GLINT_CONCAT_INNER(a, b)

#define RETURN_IF_ERROR(expression)                                                           \
  do {                                                                                        \
    if (::glint::Status glint_status = (expression); !glint_status.ok()) return glint_status; \
  } while (false)

// ASSIGN_OR_RETURN(const int n, ParseInt(text));
#define ASSIGN_OR_RETURN(declaration, expression) \
  ASSIGN_OR_RETURN_INNER(GLINT_CONCAT(glint_result_, __LINE__), declaration, expression)
#define ASSIGN_OR_RETURN_INNER(result, declaration, expression) \
  auto result = (expression);                                   \
  if (!result.ok()) return result.status();                     \
  declaration = *std::move(result)

}  // namespace glint
