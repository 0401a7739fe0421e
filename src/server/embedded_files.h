// The files of the web UI, which the build puts into the program (cmake/GlintEmbed.cmake).
#pragma once

#include <string_view>
#include <vector>

namespace glint::server {

struct EmbeddedFile {
  // "/assets/index-1a2b.js", as in the URL.
  std::string_view path;
  struct Bytes {
    const char* begin;
    const char* end;
    std::string_view text() const { return {begin, static_cast<size_t>(end - begin)}; }
  } bytes;
};

// Ascending in path; empty when the UI was not built. Lives for ever.
const std::vector<EmbeddedFile>& EmbeddedFiles();

}  // namespace glint::server
