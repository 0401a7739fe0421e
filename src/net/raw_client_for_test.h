// A client that sends exactly the bytes that a test says, whole, in drips or not at all.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <charconv>
#include <string>
#include <string_view>

#include "base/check.h"

namespace glint::net {

class RawClient {
 public:
  explicit RawClient(std::string_view address) : fd_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const std::string_view port = address.substr(address.rfind(':') + 1);
    uint16_t number = 0;
    std::from_chars(port.data(), port.data() + port.size(), number);
    to.sin_port = htons(number);
    CHECK(::connect(fd_, reinterpret_cast<sockaddr*>(&to), sizeof(to)) == 0);
  }
  ~RawClient() { Close(); }
  RawClient(const RawClient&) = delete;
  RawClient& operator=(const RawClient&) = delete;

  // False when the server closed.
  bool Send(std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t sent = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) return false;
      bytes.remove_prefix(static_cast<size_t>(sent));
    }
    return true;
  }

  // All until the server closes.
  std::string ReadToEnd() {
    std::string all;
    while (ReadSome(all)) {
    }
    return all;
  }

  // Until `mark` was received `times` times, or the server closes.
  std::string ReadUntil(std::string_view mark, int times = 1) {
    std::string all;
    const auto count = [&] {
      int found = 0;
      for (size_t at = all.find(mark); at != std::string::npos; at = all.find(mark, at + 1)) {
        ++found;
      }
      return found;
    };
    while (count() < times && ReadSome(all)) {
    }
    return all;
  }

  void Close() {
    if (fd_ >= 0) ::close(fd_);
    fd_ = -1;
  }

 private:
  bool ReadSome(std::string& all) {
    char bytes[4096];
    const ssize_t got = ::recv(fd_, bytes, sizeof(bytes), 0);
    if (got <= 0) return false;
    all.append(bytes, static_cast<size_t>(got));
    return true;
  }
  int fd_;
};

}  // namespace glint::net
