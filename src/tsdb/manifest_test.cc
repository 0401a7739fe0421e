#include "tsdb/manifest.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <random>
#include <sstream>

#include "base/file_in_memory.h"
#include "tsdb/manifest_record.h"

namespace glint::tsdb {
namespace {

using model::Matcher;
using model::MatchOp;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

constexpr char kPath[] = "/m/MANIFEST";

Tombstone Deleting(uint64_t id, std::vector<std::vector<Matcher>> any_of) {
  Tombstone tombstone;
  tombstone.id = id;
  tombstone.last_part = 7;
  tombstone.created = 1700000000000;
  tombstone.time = {-5, model::kMaxTimeMs};
  tombstone.any_of = std::move(any_of);
  return tombstone;
}

// Everything, as text: equal text is equal state.
std::string Print(const ManifestState& state) {
  std::ostringstream out;
  out << "next part " << state.next_part_id << ", tombstone " << state.next_tombstone_id << ", log "
      << state.first_log_segment << "\nparts";
  for (const uint64_t id : state.parts) out << ' ' << id;
  for (const auto& [id, tombstone] : state.tombstones) {
    out << "\n" << id << ' ' << tombstone.created << ' ' << ToString(tombstone);
  }
  return out.str();
}

// A disk that stops answering at its `operations`-th change: the machine lost its power there.
class DyingFileSystem final : public FileSystem {
 public:
  explicit DyingFileSystem(InMemoryFileSystem& disk) : disk_(disk) {}

  int operations = INT_MAX;

  StatusOr<std::unique_ptr<File>> Open(const std::string& path, OpenMode mode) override {
    if (mode == OpenMode::kCreate) RETURN_IF_ERROR(Step());
    ASSIGN_OR_RETURN(std::unique_ptr<File> file, disk_.Open(path, mode));
    return std::unique_ptr<File>(std::make_unique<DyingFile>(*this, std::move(file)));
  }
  StatusOr<std::shared_ptr<const FileView>> Map(const std::string& path) override {
    return disk_.Map(path);
  }
  Status Link(const std::string& from, const std::string& to) override {
    RETURN_IF_ERROR(Step());
    return disk_.Link(from, to);
  }
  Status Rename(const std::string& from, const std::string& to) override {
    RETURN_IF_ERROR(Step());
    return disk_.Rename(from, to);
  }
  Status Remove(const std::string& path) override {
    RETURN_IF_ERROR(Step());
    return disk_.Remove(path);
  }
  StatusOr<std::vector<std::string>> List(const std::string& folder) override {
    return disk_.List(folder);
  }
  Status MakeFolder(const std::string& folder) override { return disk_.MakeFolder(folder); }
  Status SyncFolder(const std::string& folder) override {
    RETURN_IF_ERROR(Step());
    return disk_.SyncFolder(folder);
  }

 private:
  class DyingFile final : public File {
   public:
    DyingFile(DyingFileSystem& files, std::unique_ptr<File> file)
        : files_(files), file_(std::move(file)) {}
    StatusOr<std::string> Read(uint64_t offset, size_t length) const override {
      return file_->Read(offset, length);
    }
    // The last write reaches the disk's cache: what is left of it is the disk's choice.
    Status Write(uint64_t offset, std::string_view data) override {
      RETURN_IF_ERROR(files_.Step());
      return file_->Write(offset, data);
    }
    Status Sync() override {
      RETURN_IF_ERROR(files_.Step());
      return file_->Sync();
    }
    Status Truncate(uint64_t size) override {
      RETURN_IF_ERROR(files_.Step());
      return file_->Truncate(size);
    }
    Status Preallocate(uint64_t size) override { return file_->Preallocate(size); }
    StatusOr<uint64_t> Size() const override { return file_->Size(); }
    const std::string& path() const override { return file_->path(); }

   private:
    DyingFileSystem& files_;
    const std::unique_ptr<File> file_;
  };

  Status Step() {
    if (--operations >= 0) return OkStatus();
    return Unavailable("the power is gone");
  }

  InMemoryFileSystem& disk_;
};

class ManifestTest : public testing::Test {
 protected:
  std::unique_ptr<Manifest> Open() {
    auto opened = Manifest::Open(disk_, "/m");
    EXPECT_TRUE(opened.ok()) << opened.status().ToString();
    return opened.ok() ? *std::move(opened) : nullptr;
  }
  std::string Reopened() { return Print(Open()->state()); }

  InMemoryFileSystem disk_;
};

// Random changes, all of them legal.
class Changes {
 public:
  explicit Changes(uint64_t seed) : random_(seed) {}

  ManifestChange Next(const ManifestState& state) {
    ManifestChange change;
    uint64_t part = state.next_part_id;
    for (uint64_t i = random_() % 4; i > 0; --i)
      change.added_parts.push_back(part += random_() % 3);
    if (!change.added_parts.empty()) Unique(change.added_parts);
    for (const uint64_t id : state.parts) {
      if (random_() % 8 < (state.parts.size() > 20 ? 3u : 1u)) change.removed_parts.push_back(id);
    }
    if (random_() % 4 == 0) {
      const MatchOp op = static_cast<MatchOp>(random_() % 4);
      std::string value = "value." + std::to_string(random_() % 100);
      if (random_() % 16 == 0) value.assign(4000, 'x');  // More than a sector of a disk.
      change.added_tombstones.push_back(
          Deleting(state.next_tombstone_id + random_() % 2, {{*Matcher::Make(op, "job", value)}}));
    }
    for (const auto& [id, tombstone] : state.tombstones) {
      if (random_() % 8 == 0) change.removed_tombstones.push_back(id);
    }
    if (random_() % 3 == 0) change.first_log_segment = state.first_log_segment + random_() % 3;
    if (random_() % 16 == 0) change.next_part_id = part + random_() % 100;
    return change;
  }

 private:
  static void Unique(std::vector<uint64_t>& ids) {
    ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
  }
  std::mt19937_64 random_;
};

// The plain twin: what a change means, by the book.
void ApplyPlainly(const ManifestChange& change, ManifestState& state) {
  for (const uint64_t id : change.added_parts) {
    state.parts.insert(id);
    if (id >= state.next_part_id) state.next_part_id = id + 1;
  }
  for (const uint64_t id : change.removed_parts) state.parts.erase(id);
  for (const Tombstone& tombstone : change.added_tombstones) {
    state.tombstones[tombstone.id] = tombstone;
    if (tombstone.id >= state.next_tombstone_id) state.next_tombstone_id = tombstone.id + 1;
  }
  for (const uint64_t id : change.removed_tombstones) state.tombstones.erase(id);
  if (change.first_log_segment != 0) state.first_log_segment = change.first_log_segment;
  if (change.next_part_id > state.next_part_id) state.next_part_id = change.next_part_id;
}

TEST_F(ManifestTest, BeginsEmptyAndRemembersAChange) {
  auto manifest = Open();
  EXPECT_EQ(manifest->state().next_part_id, 1u);
  ManifestChange change;
  change.added_parts = {1, 2};
  change.first_log_segment = 9;
  change.added_tombstones = {Deleting(1, {{Matcher::Equal("job", "x")}})};
  ASSERT_TRUE(manifest->Apply(change).ok());
  const std::string before = Print(manifest->state());
  EXPECT_THAT(before, HasSubstr("next part 3, tombstone 2, log 9\nparts 1 2\n1 1700000000000 "
                                "{job=\"x\"} from -5"));
  EXPECT_EQ(Reopened(), before);
}

// A deletion that means something else after a restart deletes what nobody asked for.
TEST_F(ManifestTest, EveryKindOfMatcherComesBackAsItWas) {
  const std::string odd("a\"b\\c\n\xff\0d|e", 13);
  auto manifest = Open();
  ManifestChange change;
  change.added_tombstones = {Deleting(
      1, {{Matcher::Equal("quoted name", odd), *Matcher::Make(MatchOp::kNotEqual, "a", "")},
          {*Matcher::Make(MatchOp::kRegex, "job", "a|b.*(c)?"),
           *Matcher::Make(MatchOp::kNotRegex, "job", "x+")}})};
  ASSERT_TRUE(manifest->Apply(change).ok());
  manifest = Open();
  const Tombstone& read = manifest->state().tombstones.at(1);
  ASSERT_THAT(read.any_of, SizeIs(2));
  EXPECT_EQ(EncodeTombstone(read), EncodeTombstone(change.added_tombstones[0]));
  EXPECT_EQ(read.any_of[0][0].value(), odd);
  EXPECT_TRUE(read.any_of[1][0].Matches("bxxc"));
  EXPECT_FALSE(read.any_of[1][1].Matches("xx"));
}

// A part file of an old id may lie in the folder; a tombstone reaches up to an id.
TEST_F(ManifestTest, NoIdIsUsedTwice) {
  auto manifest = Open();
  const uint64_t slow = manifest->TakePartId();
  const uint64_t quick = manifest->TakePartId();
  EXPECT_LT(slow, quick);
  ASSERT_TRUE(manifest->Apply({.added_parts = {quick}}).ok());
  ASSERT_TRUE(manifest->Apply({.added_parts = {slow}, .removed_parts = {quick}}).ok());
  for (const uint64_t id : {quick, slow, uint64_t{0}}) {
    EXPECT_EQ(manifest->Apply({.added_parts = {id}}).code(), StatusCode::kInvalidArgument) << id;
  }
  EXPECT_EQ(manifest->Apply({.added_parts = {9, 9}}).code(), StatusCode::kInvalidArgument);
  EXPECT_EQ(manifest->Apply({.removed_parts = {quick}}).code(), StatusCode::kInvalidArgument);
  EXPECT_EQ(manifest->Apply({.removed_tombstones = {1}}).code(), StatusCode::kInvalidArgument);

  const auto set = std::vector<std::vector<Matcher>>{{Matcher::Equal("a", "b")}};
  ASSERT_TRUE(manifest->Apply({.added_tombstones = {Deleting(1, set)}}).ok());
  ASSERT_TRUE(manifest->Apply({.removed_tombstones = {1}}).ok());
  manifest = Open();
  EXPECT_EQ(manifest->Apply({.added_tombstones = {Deleting(1, set)}}).code(),
            StatusCode::kInvalidArgument);
  EXPECT_EQ(manifest->Apply({.added_tombstones = {Deleting(2, {{}})}}).code(),
            StatusCode::kInvalidArgument);
  EXPECT_EQ(manifest->Apply({.added_parts = {quick}}).code(), StatusCode::kInvalidArgument);
  EXPECT_GT(manifest->TakePartId(), quick);
}

TEST_F(ManifestTest, LogSegmentsDoNotComeBack) {
  auto manifest = Open();
  ASSERT_TRUE(manifest->Apply({.first_log_segment = 5}).ok());
  ASSERT_TRUE(manifest->Apply({.first_log_segment = 3}).ok());
  EXPECT_EQ(manifest->state().first_log_segment, 5u);
}

TEST_F(ManifestTest, ThousandsOfChangesAreAPlainModelsAfterAnyRestart) {
  const uint64_t seed = std::random_device()();
  SCOPED_TRACE(testing::Message() << "seed " << seed);
  Changes changes(seed);
  std::mt19937_64 random(seed);
  auto manifest = Open();
  ManifestState model;
  uint64_t largest = 0;
  for (int i = 0; i < 4000; ++i) {
    const ManifestChange change = changes.Next(model);
    ASSERT_TRUE(manifest->Apply(change).ok());
    ApplyPlainly(change, model);
    largest = std::max(largest, manifest->bytes());
    if (random() % 100 == 0) {
      manifest = Open();
      ASSERT_THAT(manifest->damage(), IsEmpty());
    }
    ASSERT_EQ(Print(manifest->state()), Print(model)) << "change " << i;
  }
  EXPECT_EQ(Reopened(), Print(model));
  EXPECT_GT(largest, 60u << 10);
  EXPECT_LT(largest, 1u << 20) << "history was not let go";
}

// Power goes at each operation of each change: what was answered is there, what was not is there
// whole or not at all, and it all goes on.
TEST_F(ManifestTest, PowerLossAtEveryStep) {
  const uint64_t seed = std::random_device()();
  SCOPED_TRACE(testing::Message() << "seed " << seed);
  for (int step = 0; step < 60; ++step) {
    for (uint64_t round = 0; round < 12; ++round) {
      InMemoryFileSystem disk(seed + round);
      DyingFileSystem dying(disk);
      dying.operations = step;
      Changes changes(seed + round);
      ManifestState acknowledged;
      ManifestState asked;
      if (auto manifest = Manifest::Open(dying, "/m"); manifest.ok()) {
        for (;;) {
          const ManifestChange change = changes.Next(acknowledged);
          asked = acknowledged;
          ApplyPlainly(change, asked);
          if (!(*manifest)->Apply(change).ok()) break;
          acknowledged = asked;
        }
        ASSERT_EQ(Print((*manifest)->state()), Print(acknowledged));
      }
      disk.LosePower();
      auto manifest = Manifest::Open(disk, "/m");
      ASSERT_TRUE(manifest.ok()) << manifest.status().ToString();
      ASSERT_THAT((*manifest)->damage(), IsEmpty()) << "step " << step << " round " << round;
      const std::string found = Print((*manifest)->state());
      ASSERT_TRUE(found == Print(acknowledged) || found == Print(asked))
          << "step " << step << " round " << round << "\n"
          << found << "\nis neither\n"
          << Print(acknowledged) << "\nnor\n"
          << Print(asked);
      const uint64_t id = (*manifest)->TakePartId();
      ASSERT_TRUE((*manifest)->Apply({.added_parts = {id}}).ok());
      disk.LosePower();
      auto again = Manifest::Open(disk, "/m");
      ASSERT_TRUE(again.ok());
      ASSERT_THAT((*again)->damage(), IsEmpty());
      ASSERT_EQ(Print((*again)->state()), Print((*manifest)->state()));
    }
  }
}

Status ReplacePart(Manifest& manifest) {
  const std::set<uint64_t>& parts = manifest.state().parts;
  return manifest.Apply({.added_parts = {manifest.state().next_part_id},
                         .removed_parts = std::vector<uint64_t>(parts.begin(), parts.end())});
}

// So that the next change makes it be rewritten; how long that one will be.
uint64_t FillUpToRewriting(Manifest& manifest) {
  for (uint64_t last = 0; manifest.bytes() + last < 64 << 10;) {
    const uint64_t before = manifest.bytes();
    EXPECT_TRUE(ReplacePart(manifest).ok());
    last = manifest.bytes() - before;
    if (manifest.bytes() + last >= 64 << 10) return last;
  }
  return 0;
}

// Rewriting replaces the only file that says what is live.
TEST_F(ManifestTest, PowerLossWhileItIsRewritten) {
  const uint64_t seed = std::random_device()();
  SCOPED_TRACE(testing::Message() << "seed " << seed);
  for (uint64_t round = 0; round < 60; ++round) {
    InMemoryFileSystem disk(seed + round);
    DyingFileSystem dying(disk);
    auto manifest = *Manifest::Open(dying, "/m");
    FillUpToRewriting(*manifest);
    const uint64_t full = manifest->bytes();
    dying.operations = static_cast<int>(round % 12);
    while (ReplacePart(*manifest).ok()) continue;
    EXPECT_EQ(manifest->bytes() < full, round % 12 > 5) << "the steps are not those of rewriting";
    const std::set<uint64_t> acknowledged = manifest->state().parts;
    disk.LosePower();
    auto found = Manifest::Open(disk, "/m");
    ASSERT_TRUE(found.ok()) << found.status().ToString();
    EXPECT_THAT((*found)->damage(), IsEmpty());
    EXPECT_TRUE((*found)->state().parts == acknowledged ||
                (*found)->state().parts == std::set<uint64_t>{*acknowledged.begin() + 1})
        << round;
  }
}

// What is there is as good as what would be written.
TEST_F(ManifestTest, AChangeIsAnsweredThoughThereIsNoRoomToRewrite) {
  auto manifest = Open();
  const uint64_t length = FillUpToRewriting(*manifest);
  disk_.SetCapacity(disk_.used_bytes() + length + 1);
  ASSERT_TRUE(ReplacePart(*manifest).ok());
  EXPECT_GT(manifest->bytes(), 60u << 10);
  EXPECT_EQ(Reopened(), Print(manifest->state()));
  disk_.SetCapacity(UINT64_MAX);
  ASSERT_TRUE(ReplacePart(*manifest).ok());
  EXPECT_LT(manifest->bytes(), 1000u);
  EXPECT_EQ(Reopened(), Print(manifest->state()));
}

TEST_F(ManifestTest, AFullDiskRefusesAndGoesOnWhenThereIsRoom) {
  auto manifest = Open();
  ASSERT_TRUE(manifest->Apply({.added_parts = {1}}).ok());
  const std::string before = Print(manifest->state());
  for (uint64_t room = 0; room < 60; ++room) {
    disk_.SetCapacity(disk_.used_bytes() + room);
    const Status refused = manifest->Apply({.added_parts = {2, 3, 4}, .removed_parts = {1}});
    if (refused.ok()) break;
    EXPECT_EQ(refused.code(), StatusCode::kUnavailable);
    EXPECT_EQ(Print(manifest->state()), before);
    EXPECT_EQ(Reopened(), before);
  }
  disk_.SetCapacity(UINT64_MAX);
  EXPECT_EQ(Print(manifest->state()).substr(0, 11), "next part 5");
  ASSERT_TRUE(manifest->Apply({.added_parts = {5}}).ok());
  EXPECT_EQ(Reopened(), Print(manifest->state()));
}

TEST_F(ManifestTest, AFailedSyncChangesNothing) {
  for (int syncs = 1; syncs <= 4; ++syncs) {
    disk_.FailSyncs(0);
    auto manifest = Open();
    const std::string before = Print(manifest->state());
    disk_.FailSyncs(syncs);
    EXPECT_FALSE(manifest->Apply({.added_parts = {manifest->TakePartId()}}).ok());
    EXPECT_EQ(manifest->state().parts.size(), static_cast<size_t>(syncs) - 1);
    disk_.FailSyncs(0);
    const auto reread = Open();
    EXPECT_EQ(Print(reread->state()), before) << syncs;
    ASSERT_TRUE(manifest->Apply({.added_parts = {manifest->TakePartId()}}).ok());
    EXPECT_EQ(Reopened(), Print(manifest->state()));
  }
}

// One bit anywhere costs nothing: what is live, what is deleted, what may be written on top.
TEST_F(ManifestTest, OneFlippedBitLosesNothing) {
  auto manifest = Open();
  Changes changes(3);
  while (manifest->bytes() < 1500)
    ASSERT_TRUE(manifest->Apply(changes.Next(manifest->state())).ok());
  const std::string before = Print(manifest->state());
  const std::string bytes = disk_.Content(kPath);
  size_t named = 0;
  for (uint64_t bit = 0; bit < bytes.size() * 8; ++bit) {
    disk_.SetContent(kPath, bytes);
    disk_.FlipBit(kPath, bit);
    const auto opened = Open();
    ASSERT_NE(opened, nullptr) << bit;
    ASSERT_EQ(Print(opened->state()), before) << bit;
    if (!opened->damage().empty()) ++named;
    ASSERT_TRUE(opened->Apply({.first_log_segment = 1u << 20}).ok());
    const auto again = Open();
    ASSERT_THAT(again->damage(), IsEmpty()) << bit;  // It was rewritten.
    ASSERT_EQ(again->state().first_log_segment, 1u << 20);
  }
  // The rest is in the last change, where damage and a torn write look the same.
  EXPECT_GT(named, bytes.size() * 8 * 3 / 4);
}

TEST_F(ManifestTest, DamageInTheMiddleIsNamedAndTheRestCounts) {
  auto manifest = Open();
  ASSERT_TRUE(manifest->Apply({.added_parts = {1}}).ok());
  const uint64_t start = manifest->bytes();
  ASSERT_TRUE(
      manifest->Apply({.added_tombstones = {Deleting(1, {{Matcher::Equal("a", "b")}})}}).ok());
  const uint64_t end = manifest->bytes();
  ASSERT_TRUE(manifest->Apply({.added_parts = {2}}).ok());
  std::string bytes = disk_.Content(kPath);
  for (uint64_t at = start; at < end; ++at) bytes[at] = '?';
  disk_.SetContent(kPath, bytes);

  manifest = Open();
  EXPECT_THAT(manifest->state().parts, ElementsAre(1, 2));
  EXPECT_THAT(manifest->state().tombstones, IsEmpty());
  EXPECT_THAT(manifest->damage(),
              ElementsAre(HasSubstr("/m/MANIFEST: damaged at 94: the record header's crc is "),
                          HasSubstr("tombstone 1 is in no whole record")));
  // For a person; nothing here reads it again.
  EXPECT_EQ(disk_.Content("/m/MANIFEST.at-94.corrupt"), bytes);
  EXPECT_EQ(manifest->state().next_tombstone_id, 2u);
  EXPECT_THAT(Open()->damage(), IsEmpty());
}

// Opening it as empty would let go of all data.
TEST_F(ManifestTest, WhatIsNoManifestIsRefused) {
  for (const std::string& bytes : {std::string(), std::string("GLINTMAN"), std::string(500, '\0'),
                                   std::string(500, 'x'), ManifestHeader()}) {
    disk_.SetContent(kPath, bytes);
    const auto opened = Manifest::Open(disk_, "/m");
    ASSERT_FALSE(opened.ok());
    EXPECT_EQ(opened.status().code(), StatusCode::kDataLoss);
    EXPECT_THAT(std::string(opened.status().message()), HasSubstr(kPath));
    EXPECT_EQ(disk_.Content(kPath), bytes);
  }
}

TEST_F(ManifestTest, ANewerVersionIsNotDamage) {
  Open();
  std::string bytes = disk_.Content(kPath);
  bytes.replace(0, 16, std::string("GLINTMAN\x02\0\0\0\xf0\x9b\x61\xc0", 16));
  disk_.SetContent(kPath, bytes);
  const auto opened = Manifest::Open(disk_, "/m");
  ASSERT_FALSE(opened.ok());
  EXPECT_EQ(opened.status().ToString(), "FAILED_PRECONDITION: /m/MANIFEST: version 2, known is 1");
}

// Who sends deletions without end gets an answer, not a store that no longer opens.
TEST_F(ManifestTest, DeletionsHaveABound) {
  auto manifest = Open();
  const std::string large(kMaxManifestRecordBytes / 2, 'x');
  const auto deleting = [&](uint64_t id) {
    return ManifestChange{.added_tombstones = {Deleting(id, {{Matcher::Equal("a", large)}})}};
  };
  ASSERT_TRUE(manifest->Apply(deleting(1)).ok());
  EXPECT_EQ(manifest->Apply(deleting(2)).code(), StatusCode::kResourceExhausted);
  ASSERT_TRUE(manifest->Apply({.added_parts = {1}, .removed_tombstones = {1}}).ok());
  EXPECT_TRUE(manifest->Apply(deleting(2)).ok());
}

TEST_F(ManifestTest, GoldenFileOfVersion1) {
  std::ifstream file(GLINT_TESTDATA "/manifest.v1", std::ios::binary);
  const std::string bytes((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  ASSERT_FALSE(bytes.empty());
  disk_.SetContent(kPath, bytes);
  const auto golden = Open();
  EXPECT_EQ(Print(golden->state()),
            "next part 12, tombstone 3, log 40\n"
            "parts 3 9 10\n"
            "2 1700000000000 {job=~\"a|b.*\", env!=\"\"} or {__name__=\"up\"} from -5 to "
            "9223372036854775807 in parts up to 7");
  // And it is written as it was then.
  disk_.SetContent(kPath, "");
  ASSERT_TRUE(disk_.Remove(kPath).ok());
  auto manifest = Open();
  ASSERT_TRUE(manifest->Apply({.added_parts = {1, 2, 3}, .first_log_segment = 12}).ok());
  ASSERT_TRUE(
      manifest->Apply({.added_tombstones = {Deleting(1, {{Matcher::Equal("a", "b")}})}}).ok());
  ASSERT_TRUE(manifest
                  ->Apply({.added_parts = {9, 10},
                           .removed_parts = {1, 2},
                           .added_tombstones = {Deleting(
                               2, {{*Matcher::Make(MatchOp::kRegex, "job", "a|b.*"),
                                    *Matcher::Make(MatchOp::kNotEqual, "env", "")},
                                   {Matcher::Equal("__name__", "up")}})},
                           .removed_tombstones = {1},
                           .first_log_segment = 40,
                           .next_part_id = 12})
                  .ok());
  EXPECT_EQ(disk_.Content(kPath), bytes);
}

}  // namespace
}  // namespace glint::tsdb
