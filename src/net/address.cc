#include "net/address.h"

#include <cerrno>
#include <charconv>
#include <cstring>

#include "base/escape.h"

namespace glint::net {

std::string HostPort::ToString() const {
  if (host.find(':') != std::string::npos) return fmt::format("[{}]:{}", host, port);
  return fmt::format("{}:{}", host, port);
}

StatusOr<HostPort> ParseHostPort(std::string_view text) {
  const size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) {
    return InvalidArgument("address \"{}\": missing port, expected host:port", Excerpt(text));
  }
  HostPort result;
  std::string_view host = text.substr(0, colon);
  const std::string_view port = text.substr(colon + 1);
  if (!host.empty() && host.front() == '[') {
    if (host.back() != ']') {
      return InvalidArgument("address \"{}\": missing port after ']'", Excerpt(text));
    }
    host = host.substr(1, host.size() - 2);
  } else if (host.find(':') != std::string_view::npos) {
    return InvalidArgument("address \"{}\": too many colons; an IPv6 address goes in brackets",
                           Excerpt(text));
  }
  const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), result.port);
  if (port.empty() || error != std::errc() || end != port.data() + port.size()) {
    return InvalidArgument("address \"{}\": port \"{}\" is not a number from 0 to 65535",
                           Excerpt(text), Excerpt(port));
  }
  result.host = host;
  return result;
}

Status ListenError(std::string_view what, const HostPort& address, int error,
                   std::string_view flag) {
  const std::string advice =
      flag.empty() ? std::string() : fmt::format(", or choose another address with {}", flag);
  if (error == EADDRINUSE) {
    return Unavailable("{}: cannot listen on {}: another program listens there; end it{}", what,
                       address.ToString(), advice);
  }
  if (error == EACCES) {
    return PermissionDenied(
        "{}: cannot listen on {}: permission denied (ports below 1024 are "
        "root's){}",
        what, address.ToString(), advice);
  }
  if (error == EADDRNOTAVAIL) {
    return InvalidArgument(
        "{}: cannot listen on {}: no interface of this machine has that "
        "address{}",
        what, address.ToString(), advice);
  }
  return Unavailable("{}: cannot listen on {}: {}{}", what, address.ToString(),
                     std::strerror(error), advice);
}

}  // namespace glint::net
