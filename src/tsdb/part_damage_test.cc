// Damaged parts: named, never believed, never a crash.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

#include "base/file_in_memory.h"
#include "codec/crc32c.h"
#include "storage/same_bits.h"
#include "tsdb/part.h"
#include "tsdb/part_checksums_for_test.h"
#include "tsdb/part_layout.h"
#include "tsdb/part_source_for_test.h"

namespace glint::tsdb {
namespace {

using testing::HasSubstr;

constexpr model::TimeRange kAll;

class PartDamageTest : public testing::Test {
 protected:
  void Write(uint64_t seed) {
    SourceForTest source(RandomSeries(seed).Make());
    const auto info = WritePart("parts", source, {.files = &files_, .max_chunk_samples = 100});
    ASSERT_TRUE(info.ok()) << info.status().ToString();
    kept_ = source.Kept();
    whole_ = files_.Content(path_);
  }

  // What can be read is right. Whether everything was.
  bool ReadsAll(const Part& part) {
    bool is_all = true;
    for (PartSeries i = 0; i < kept_.size(); ++i) {
      storage::SeriesData data;
      if (const Status status = part.ReadSamples(i, kAll, data); status.ok()) {
        EXPECT_EQ(TextOf(data), TextOf(kept_[i].data));
      } else {
        is_all = false;
        EXPECT_EQ(status.code(), StatusCode::kDataLoss);
        EXPECT_TRUE(data.times.empty() && data.values.empty() && data.histograms.empty());
      }
      if (const auto labels = part.LabelsOf(i); labels.ok()) {
        EXPECT_EQ(*labels, kept_[i].labels);
      } else {
        is_all = false;
      }
      std::vector<model::Exemplar> exemplars;
      if (part.ReadExemplars(i, kAll, exemplars).ok()) {
        EXPECT_EQ(exemplars.size(), kept_[i].exemplars.size());
      } else {
        is_all = false;
        EXPECT_TRUE(exemplars.empty());
      }
    }
    return is_all;
  }

  const std::string path_ = "parts/0000000000000000.part";
  InMemoryFileSystem files_;
  std::vector<SeriesForTest> kept_;
  std::string whole_;
};

// A disk that lies must not make wrong dashboards: every bit is covered by some checksum.
TEST_F(PartDamageTest, EveryFlippedBitIsFound) {
  Write(11);
  std::mt19937_64 random(11);
  for (int turn = 0; turn < 150; ++turn) {
    files_.SetContent(path_, whole_);
    const uint64_t bit = random() % (whole_.size() * 8);
    SCOPED_TRACE(bit);
    files_.FlipBit(path_, bit);
    const auto part = Part::Open(files_, path_);
    if (!part.ok()) {
      EXPECT_EQ(part.status().code(), StatusCode::kDataLoss) << part.status().ToString();
      EXPECT_THAT(std::string(part.status().message()), HasSubstr(path_));
      continue;
    }
    if (turn < 20) ReadsAll(**part);
    const Status verified = (*part)->Verify();
    EXPECT_EQ(verified.code(), StatusCode::kDataLoss) << verified.ToString();
    EXPECT_THAT(std::string(verified.message()), HasSubstr(path_));
    EXPECT_THAT(std::string(verified.message()), HasSubstr("stored"));
  }
}

// One bad page costs what lies on it; the rest is answered.
TEST_F(PartDamageTest, ABadPageCostsOnlyItsOwn) {
  std::vector<SeriesForTest> many;
  std::mt19937_64 random(3);
  for (int i = 0; i < 300; ++i) {
    SeriesForTest series;
    series.labels = model::Labels{{"__name__", fmt::format("m{:03}", i)}};
    for (int j = 0; j < 100; ++j) {
      series.data.times.push_back(j);
      series.data.values.push_back(std::bit_cast<double>(random() >> 2));
    }
    many.push_back(std::move(series));
  }
  SourceForTest source(many);
  ASSERT_TRUE(WritePart("parts", source, {.files = &files_}).ok());
  kept_ = source.Kept();
  files_.FlipBit(path_, 8 * (kPartPageBytes + 77));
  const auto part = Part::Open(files_, path_);
  ASSERT_TRUE(part.ok()) << part.status().ToString();
  EXPECT_FALSE(ReadsAll(**part));
  storage::SeriesData data;
  EXPECT_TRUE((*part)->ReadSamples(0, kAll, data).ok());
  const Status verified = (*part)->Verify();
  EXPECT_THAT(std::string(verified.message()),
              HasSubstr("page 1, bytes 65536-131071 (chunks): crc is "));
}

TEST_F(PartDamageTest, EveryPrefixIsRefused) {
  Write(12);
  std::mt19937_64 random(12);
  for (size_t length = 0; length < whole_.size(); length += 1 + random() % 200) {
    files_.SetContent(path_, whole_.substr(0, length));
    EXPECT_EQ(Part::Open(files_, path_).status().code(), StatusCode::kDataLoss) << length;
  }
}

// Data of a newer glint is not damage.
TEST_F(PartDamageTest, AnotherVersionIsRefusedAsSuch) {
  Write(13);
  whole_[kPartMagic.size()] = 2;
  RepairChecksums(whole_);
  files_.SetContent(path_, whole_);
  const Status status = Part::Open(files_, path_).status();
  EXPECT_EQ(status.code(), StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(status.message()), HasSubstr("version 2"));
}

// Right checksums prove nothing about who wrote them: whatever the numbers say, no read leaves the
// file, loops for ever or takes memory without bound.
TEST_F(PartDamageTest, WrongBytesWithRightChecksumsDoNotCrash) {
  Write(14);
  std::mt19937_64 random(14);
  int opened = 0;
  for (int turn = 0; turn < 300; ++turn) {
    std::string bytes = whole_;
    const uint64_t changes = 1 + random() % 3;
    for (uint64_t i = 0; i < changes; ++i) {
      // The end of the file has the index, which is small beside the chunks.
      const size_t reach = random() % 2 == 0 ? bytes.size() : bytes.size() / 8;
      bytes[bytes.size() - 1 - random() % reach] = static_cast<char>(random());
    }
    RepairChecksums(bytes);
    files_.SetContent(path_, bytes);
    const auto part = Part::Open(files_, path_);
    if (!part.ok()) continue;
    ++opened;
    static_cast<void>((*part)->Verify());
    static_cast<void>((*part)->Select({}));
    for (const char* name : {"__name__", "le", "path"}) {
      const auto matcher = model::Matcher::Make(model::MatchOp::kRegex, name, ".*1.*|.*b.*");
      const auto selected = (*part)->Select({&*matcher, 1});
      if (!selected.ok()) continue;
      for (size_t i = 0; i < selected->size(); i += 7) {
        storage::SeriesData data;
        std::vector<model::Exemplar> exemplars;
        static_cast<void>((*part)->LabelsOf((*selected)[i]));
        static_cast<void>((*part)->RangeOf((*selected)[i]));
        static_cast<void>((*part)->ReadSamples((*selected)[i], kAll, data));
        static_cast<void>((*part)->ReadExemplars((*selected)[i], kAll, exemplars));
      }
    }
  }
  EXPECT_GT(opened, 100);
}

}  // namespace
}  // namespace glint::tsdb
