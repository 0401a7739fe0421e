#include "net/http_url.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <vector>

#include "base/escape.h"
#include "net/http_text.h"

namespace glint::net {
namespace {

// What an address in brackets may be: hex groups and an IPv4 tail, then perhaps a zone.
bool IsBracketedAddress(std::string_view host) {
  const std::string_view address = host.substr(0, host.find('%'));
  return address.find(':') != std::string_view::npos &&
         address.find_first_not_of("0123456789abcdefABCDEF:.") == std::string_view::npos &&
         host.find_first_of("[]") == std::string_view::npos;
}

// "/a/../b/./c" is "/b/c". Source: RFC 3986 section 5.2.4.
std::string WithoutDotSegments(std::string_view path) {
  std::vector<std::string_view> kept;
  bool directory = false;  // Whether the last segment was a dot one, which leaves a '/'.
  while (!path.empty()) {
    path.remove_prefix(1);
    const size_t slash = std::min(path.find('/'), path.size());
    const std::string_view segment = path.substr(0, slash);
    path.remove_prefix(slash);
    directory = segment == "." || segment == "..";
    if (segment == ".." && !kept.empty()) kept.pop_back();
    if (!directory) kept.push_back(segment);
  }
  if (directory) kept.emplace_back();
  return fmt::format("/{}", fmt::join(kept, "/"));
}

}  // namespace

std::string HttpUrl::Authority() const {
  const std::string name = host.find(':') == std::string::npos ? host : "[" + host + "]";
  return port == (https ? 443 : 80) ? name : fmt::format("{}:{}", name, port);
}

std::string HttpUrl::ToString() const {
  return fmt::format("{}://{}{}", https ? "https" : "http", Authority(), target);
}

StatusOr<HttpUrl> ParseHttpUrl(std::string_view text) {
  const auto error = [text](std::string_view why) {
    return InvalidArgument("URL \"{}\": {}", Excerpt(text, 200), why);
  };
  for (const char c : text) {
    if (static_cast<unsigned char>(c) <= ' ' || c == 0x7f) {
      return error("holds a blank or a control character");
    }
  }
  HttpUrl url;
  const size_t scheme_end = text.find("://");
  if (scheme_end == std::string_view::npos) return error("no scheme, expected http:// or https://");
  const std::string_view scheme = text.substr(0, scheme_end);
  if (EqualIgnoringCase(scheme, "https")) {
    url.https = true;
    url.port = 443;
  } else if (!EqualIgnoringCase(scheme, "http")) {
    return error("the scheme is neither http nor https");
  }
  std::string_view rest = text.substr(scheme_end + 3);
  const size_t end = rest.find_first_of("/?#");
  std::string_view authority = rest.substr(0, end);
  rest.remove_prefix(end == std::string_view::npos ? rest.size() : end);
  rest = rest.substr(0, rest.find('#'));
  if (!rest.empty()) url.target = rest.front() == '/' ? std::string(rest) : "/" + std::string(rest);
  if (authority.find('@') != std::string_view::npos) {
    return error("holds user info, which goes into basic_auth");
  }
  std::string_view port;
  if (!authority.empty() && authority.front() == '[') {
    const size_t bracket = authority.find(']');
    if (bracket == std::string_view::npos) return error("'[' is not closed");
    url.host = authority.substr(1, bracket - 1);
    if (!IsBracketedAddress(url.host)) return error("what is in brackets is no IPv6 address");
    authority.remove_prefix(bracket + 1);
    if (!authority.empty() && authority.front() != ':') return error("expected ':' after ']'");
    if (!authority.empty()) port = authority.substr(1);
  } else {
    const size_t colon = authority.find(':');
    url.host = authority.substr(0, colon);
    if (colon != std::string_view::npos) port = authority.substr(colon + 1);
  }
  if (url.host.empty()) return error("no host");
  if (url.host.find_first_of("[]\"<>\\^`{|}") != std::string::npos) {
    return error("the host holds a character that no host has");
  }
  if (!port.empty()) {
    const auto [stop, wrong] = std::from_chars(port.data(), port.data() + port.size(), url.port);
    if (wrong != std::errc() || stop != port.data() + port.size()) {
      return error("the port is not a number from 0 to 65535");
    }
  }
  return url;
}

StatusOr<HttpUrl> ResolveLocation(const HttpUrl& base, std::string_view location) {
  if (location.empty()) return InvalidArgument("redirect without a Location");
  if (location.starts_with("//")) {
    return ParseHttpUrl(fmt::format("{}:{}", base.https ? "https" : "http", location));
  }
  if (location.find("://") < location.find_first_of("/?#")) return ParseHttpUrl(location);
  HttpUrl place = base;
  const std::string path = base.target.substr(0, base.target.find('?'));
  if (location.front() == '/') {
    place.target = location;
  } else if (location.front() == '?') {
    place.target = fmt::format("{}{}", path, location);
  } else {
    const size_t mark = std::min(location.find('?'), location.size());
    const std::string joined =
        fmt::format("{}{}", path.substr(0, path.rfind('/') + 1), location.substr(0, mark));
    place.target = WithoutDotSegments(joined) + std::string(location.substr(mark));
  }
  return ParseHttpUrl(place.ToString());
}

}  // namespace glint::net
