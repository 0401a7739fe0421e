#include "net/http.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/check.h"
#include "base/escape.h"
#include "net/http_text.h"

namespace glint::net {
namespace {

int HexValue(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// "/a/b" as "a", "b"; "/" as one empty segment.
std::vector<std::string> Segments(std::string_view path) {
  if (!path.empty() && path.front() == '/') path.remove_prefix(1);
  std::vector<std::string> segments;
  while (true) {
    const size_t slash = path.find('/');
    segments.emplace_back(path.substr(0, slash));
    if (slash == std::string_view::npos) return segments;
    path.remove_prefix(slash + 1);
  }
}

// What each wildcard took, or none when the pattern does not match.
std::optional<std::vector<std::string>> MatchGroups(const std::vector<std::string>& pattern,
                                                    const std::vector<std::string>& path) {
  std::vector<std::string> groups;
  for (size_t i = 0; i < pattern.size(); ++i) {
    if (i >= path.size()) return std::nullopt;
    if (pattern[i] == "**") {
      groups.push_back(fmt::format("{}", fmt::join(path.begin() + i, path.end(), "/")));
      return groups;
    }
    if (pattern[i] == "*") {
      groups.push_back(path[i]);
    } else if (pattern[i] != path[i]) {
      return std::nullopt;
    }
  }
  if (pattern.size() != path.size()) return std::nullopt;
  return groups;
}

int Rank(const std::string& segment) { return segment == "**" ? 2 : segment == "*" ? 1 : 0; }

// Whether pattern `a` says more about a path that both match than `b` does.
bool MoreSpecific(const std::vector<std::string>& a, const std::vector<std::string>& b) {
  const size_t common = std::min(a.size(), b.size());
  for (size_t i = 0; i < common; ++i) {
    if (Rank(a[i]) != Rank(b[i])) return Rank(a[i]) < Rank(b[i]);
  }
  return false;
}

}  // namespace

std::string_view HttpRequest::Header(std::string_view name) const {
  for (const NameValue& header : headers) {
    if (EqualIgnoringCase(header.first, name)) return header.second;
  }
  return {};
}

std::optional<std::string_view> HttpRequest::Query(std::string_view name) const {
  for (const NameValue& parameter : query) {
    if (parameter.first == name) return parameter.second;
  }
  return std::nullopt;
}

std::vector<std::string_view> HttpRequest::QueryAll(std::string_view name) const {
  std::vector<std::string_view> values;
  for (const NameValue& parameter : query) {
    if (parameter.first == name) values.push_back(parameter.second);
  }
  return values;
}

void HttpRouter::Handle(std::string method, std::string_view pattern, HttpHandler handler) {
  std::vector<std::string> segments = Segments(pattern);
  for (const Entry& entry : entries_) {
    CHECK(entry.method != method || entry.segments != segments);
  }
  entries_.push_back({std::move(method), std::move(segments), std::move(handler)});
}

HttpResponse HttpRouter::Route(HttpRequest& request) const {
  const std::vector<std::string> path = Segments(request.path);
  const Entry* best = nullptr;
  for (const Entry& entry : entries_) {
    if (best != nullptr && !MoreSpecific(entry.segments, best->segments)) continue;
    if (MatchGroups(entry.segments, path).has_value()) best = &entry;
  }
  HttpResponse response;
  if (best == nullptr) {
    response.status = 404;
    response.body = fmt::format("404: nothing is served at {}\n", Excerpt(request.path));
    return response;
  }
  const std::string method = request.method == "HEAD" ? "GET" : request.method;
  std::string allowed;
  for (const Entry& entry : entries_) {
    if (entry.segments != best->segments) continue;
    if (entry.method == method || entry.method == request.method) {
      request.groups = *MatchGroups(entry.segments, path);
      return entry.handler(request);
    }
    if (!allowed.empty()) allowed += ", ";
    allowed += entry.method == "GET" ? "GET, HEAD" : entry.method;
  }
  response.status = 405;
  response.body = fmt::format("405: {} is not for {}, only {}\n", Excerpt(request.path),
                              Excerpt(request.method), allowed);
  response.headers.emplace_back("Allow", allowed);
  return response;
}

std::string PercentDecode(std::string_view text, bool plus_is_blank) {
  std::string out;
  out.reserve(text.size());
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && i + 2 < text.size() && HexValue(text[i + 1]) >= 0 &&
        HexValue(text[i + 2]) >= 0) {
      out += static_cast<char>(HexValue(text[i + 1]) * 16 + HexValue(text[i + 2]));
      i += 2;
    } else {
      out += plus_is_blank && text[i] == '+' ? ' ' : text[i];
    }
  }
  return out;
}

std::vector<NameValue> ParseFormEncoded(std::string_view text) {
  std::vector<NameValue> pairs;
  while (!text.empty()) {
    const size_t end = text.find('&');
    const std::string_view pair = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    if (pair.empty()) continue;
    const size_t equals = pair.find('=');
    const std::string_view value =
        equals == std::string_view::npos ? std::string_view() : pair.substr(equals + 1);
    pairs.emplace_back(PercentDecode(pair.substr(0, equals), true), PercentDecode(value, true));
  }
  return pairs;
}

}  // namespace glint::net
