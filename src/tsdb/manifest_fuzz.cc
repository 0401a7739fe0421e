// A whole MANIFEST that is the input; and the same bytes as one record and as a tombstone, behind
// checksums that fit.
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "base/check.h"
#include "base/file_in_memory.h"
#include "base/log.h"
#include "tsdb/manifest.h"
#include "tsdb/manifest_record.h"

namespace {

using glint::tsdb::Manifest;

// What opens is written anew, or not, and opens again as the same.
void OpenTwice(std::string bytes) {
  glint::InMemoryFileSystem files;
  files.SetContent("/m/MANIFEST", std::move(bytes));
  auto first = Manifest::Open(files, "/m");
  if (!first.ok()) return;
  const auto all = [](const Manifest& manifest) {
    std::vector<glint::tsdb::Tombstone> tombstones;
    for (const auto& [id, tombstone] : manifest.state().tombstones) tombstones.push_back(tombstone);
    return glint::tsdb::EncodeManifestRecord(0, manifest.state(), tombstones);
  };
  // The last id is none.
  if ((*first)->state().next_part_id < UINT64_MAX) {
    CHECK((*first)->Apply({.added_parts = {(*first)->state().next_part_id}}).ok());
  }
  auto second = Manifest::Open(files, "/m");
  CHECK(second.ok());
  CHECK((*second)->damage().empty());
  CHECK(all(**first) == all(**second));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  glint::SetUpLog(glint::LogLevel::kOff, glint::LogFormat::kText);
  const std::string input(reinterpret_cast<const char*>(data), size);
  OpenTwice(input);
  std::string framed = glint::tsdb::ManifestHeader();
  glint::tsdb::FrameManifestRecord(framed.size(), input, framed);
  OpenTwice(std::move(framed));
  if (auto tombstone = glint::tsdb::DecodeTombstone(1, input); tombstone.ok()) {
    const std::string again = glint::tsdb::EncodeTombstone(*tombstone);
    auto decoded = glint::tsdb::DecodeTombstone(1, again);
    CHECK(decoded.ok());
    CHECK(glint::tsdb::EncodeTombstone(*decoded) == again);
  }
  return 0;
}
