#include "inspect/inspect.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

#include "base/test_folder.h"
#include "inspect/print_report.h"
#include "tracedb/trace_record.h"
#include "tsdb/manifest.h"
#include "tsdb/metric_log.h"
#include "wal/segment.h"

namespace glint::inspect {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

std::string ReadGolden(const std::string& name) {
  // Of the folders beside this one.
  const auto src = std::filesystem::path(GLINT_TESTDATA).parent_path().parent_path();
  std::ifstream stream(src / name, std::ios::binary);
  std::string bytes((std::istreambuf_iterator<char>(stream)), std::istreambuf_iterator<char>());
  EXPECT_FALSE(bytes.empty()) << name;
  return bytes;
}

// Records with a varint of length before each, as in batch_record.v2.
std::vector<std::string> GoldenBatches() {
  const std::string bytes = ReadGolden("tsdb/testdata/batch_record.v2");
  std::vector<std::string> records;
  for (size_t at = 0; at < bytes.size();) {
    size_t length = 0;
    for (int shift = 0;; shift += 7) {
      const auto byte = static_cast<uint8_t>(bytes[at++]);
      length |= static_cast<size_t>(byte & 0x7f) << shift;
      if (byte < 0x80) break;
    }
    records.push_back(bytes.substr(at, length));
    at += length;
  }
  return records;
}

class InspectTest : public ::testing::Test {
 protected:
  std::string Path(const std::string& name) const { return folder_.path() + "/" + name; }
  void Write(const std::string& name, const std::string& bytes) const {
    std::filesystem::create_directories(std::filesystem::path(Path(name)).parent_path());
    std::ofstream(Path(name), std::ios::binary) << bytes;
  }
  FileReport InspectOne(const std::string& name) const {
    const auto reports = Inspect(Path(name), options_);
    EXPECT_TRUE(reports.ok()) << reports.status().ToString();
    return reports.ok() && reports->size() == 1 ? reports->front() : FileReport();
  }
  std::string Print(const std::string& name) const {
    return PrintText(std::vector<FileReport>{InspectOne(name)}, {});
  }
  // A segment with these records, each a write of its own.
  static std::string Segment(uint32_t kind, uint8_t type, const std::vector<std::string>& payloads,
                             bool closed, uint64_t id = 1) {
    const wal::SegmentHeader header{.kind = kind, .id = id, .created_ms = 0, .salt = 7};
    std::string bytes = wal::EncodeSegmentHeader(header);
    for (const std::string& payload : payloads) {
      wal::FrameRecord(header, bytes.size(), type, true, payload, bytes);
    }
    if (!closed) return bytes;
    const std::string mark = wal::EncodeClosingMark(header, bytes.size());
    return bytes.replace(wal::kClosingMarkOffset, mark.size(), mark);
  }

  const TestFolder folder_;
  InspectOptions options_;
};

TEST_F(InspectTest, APartSaysWhatIsInIt) {
  Write("0000000000000007.part", ReadGolden("tsdb/testdata/part.v1"));
  options_.series = std::vector<model::Matcher>();
  const std::string text = Print("0000000000000007.part");
  EXPECT_THAT(text, HasSubstr("part 7, level 2, 7 series, 24 samples, 3 exemplars"));
  EXPECT_THAT(text, HasSubstr("buckets of a classic histogram together"));
  EXPECT_THAT(text, HasSubstr("native histograms"));
  EXPECT_THAT(text, HasSubstr("value blocks"));
  EXPECT_THAT(text, HasSubstr("seconds_bucket{job=\"shop\", le=\"0.1\"}"));
  EXPECT_THAT(text, HasSubstr("whole"));
  EXPECT_THAT(InspectOne("0000000000000007.part").damage, IsEmpty());
}

// Whoever has a disk that loses bits wants to know which, not only that.
TEST_F(InspectTest, EveryDamagedByteOfAPartIsSeen) {
  const std::string golden = ReadGolden("tsdb/testdata/part.v1");
  for (size_t at = 0; at < golden.size(); at += 7) {
    std::string bytes = golden;
    bytes[at] = static_cast<char>(bytes[at] ^ 0x10);
    Write("0000000000000007.part", bytes);
    const FileReport report = InspectOne("0000000000000007.part");
    EXPECT_TRUE(report.damage_count() == 1 || !report.unreadable.empty()) << at;
  }
}

TEST_F(InspectTest, APartUnderTheNameOfAnotherIsNamed) {
  Write("0000000000000008.part", ReadGolden("tsdb/testdata/part.v1"));
  EXPECT_THAT(Print("0000000000000008.part"), HasSubstr("DAMAGED it calls itself part 7"));
}

TEST_F(InspectTest, AManifestSaysWhatIsLive) {
  Write("MANIFEST", ReadGolden("tsdb/testdata/manifest.v1"));
  options_.history = true;
  const FileReport report = InspectOne("MANIFEST");
  EXPECT_EQ(report.kind, "manifest");
  EXPECT_THAT(report.damage, IsEmpty());
  EXPECT_THAT(report.tables.back().name, "history");
  EXPECT_THAT(report.tables.back().rows, Not(IsEmpty()));
}

TEST_F(InspectTest, LogSegmentsOfOldVersionsAreRead) {
  for (const char* version : {"1", "2"}) {
    Write("0000000000000001.wal", ReadGolden(std::string("wal/testdata/segment.v") + version));
    options_.records = true;
    const FileReport report = InspectOne("0000000000000001.wal");
    EXPECT_THAT(report.damage, IsEmpty()) << version;
    EXPECT_THAT(report.tables.back().rows, SizeIs(3)) << version;
  }
}

TEST_F(InspectTest, RecordsOfMetricsAreTold) {
  Write("0000000000000001.wal",
        Segment(tsdb::kMetricLogKind, tsdb::kBatchRecord, GoldenBatches(), /*closed=*/true));
  options_.records = true;
  const std::string text = Print("0000000000000001.wal");
  EXPECT_THAT(text, HasSubstr("log segment 1 of metrics, 6 records, closed"));
  EXPECT_THAT(text, HasSubstr("sender 0000000000000007: 2 samples, 2 definitions at "
                              "2023-11-14T22:13:20.000Z"));
  EXPECT_THAT(text, HasSubstr("sender 0000000000000008: 2 samples not in a row, 1 histogram, "
                              "1 exemplar, 1 definition, metadata of 1"));
  EXPECT_THAT(text, HasSubstr("series          4"));
}

TEST_F(InspectTest, RecordsOfTracesAreTold) {
  Write("0000000000000001.wal",
        Segment(tracedb::kTraceLogKind, tracedb::kSpansRecord,
                {ReadGolden("tracedb/testdata/trace_record.v1")}, /*closed=*/true));
  options_.records = true;
  const std::string text = Print("0000000000000001.wal");
  EXPECT_THAT(text, HasSubstr("log segment 1 of traces, 1 records, closed"));
  EXPECT_THAT(text, HasSubstr("trace "));
  EXPECT_THAT(text, HasSubstr("whole"));
}

TEST_F(InspectTest, ADamagedRecordIsNamedAndThoseAfterItAreRead) {
  const std::vector<std::string> batches = GoldenBatches();
  std::string bytes = Segment(tsdb::kMetricLogKind, tsdb::kBatchRecord, batches, true);
  const size_t second = wal::kSegmentHeaderBytes + wal::kRecordHeaderBytes + batches[0].size();
  bytes[second + wal::kRecordHeaderBytes + 3] ^= 1;
  Write("0000000000000001.wal", bytes);
  const FileReport report = InspectOne("0000000000000001.wal");
  ASSERT_THAT(report.damage, SizeIs(1));
  EXPECT_EQ(report.damage[0].offset, second);
  EXPECT_THAT(report.damage[0].what, HasSubstr("crc"));
  EXPECT_THAT(report.summary, HasSubstr("5 records"));
}

// Records whose checksum is right but that cannot be what they say: a fault of ours.
TEST_F(InspectTest, ARecordThatDoesNotDecodeIsNamed) {
  const std::vector<std::string> batches = GoldenBatches();
  Write("0000000000000001.wal",
        Segment(tsdb::kMetricLogKind, tsdb::kBatchRecord, {batches[1], "x"}, /*closed=*/true));
  const FileReport report = InspectOne("0000000000000001.wal");
  ASSERT_THAT(report.damage, SizeIs(2));
  EXPECT_THAT(report.damage[0].what, HasSubstr("layout"));
  EXPECT_THAT(report.damage[1].what, HasSubstr("version"));
}

// What is being written ends anywhere; that is not damage. A later segment says that it was.
TEST_F(InspectTest, ATornEndIsDamageOnlyWhenALaterSegmentIsThere) {
  std::string bytes =
      Segment(tsdb::kMetricLogKind, tsdb::kBatchRecord, GoldenBatches(), /*closed=*/false);
  bytes.resize(bytes.size() - 5);
  Write("0000000000000001.wal", bytes);
  EXPECT_THAT(InspectOne("0000000000000001.wal").damage, IsEmpty());
  Write("0000000000000002.wal",
        Segment(tsdb::kMetricLogKind, tsdb::kBatchRecord, {}, /*closed=*/false, /*id=*/2));
  const FileReport report = InspectOne("0000000000000001.wal");
  ASSERT_THAT(report.damage, SizeIs(1));
  EXPECT_THAT(report.damage[0].what, HasSubstr("never closed"));
  EXPECT_THAT(InspectOne("0000000000000002.wal").damage, IsEmpty());
}

TEST_F(InspectTest, AFolderIsInspectedWhole) {
  Write("metrics/0000000000000007.part", ReadGolden("tsdb/testdata/part.v1"));
  {
    auto manifest = tsdb::Manifest::Open(PosixFileSystem(), Path("metrics"));
    ASSERT_TRUE(manifest.ok());
    ASSERT_TRUE((*manifest)->Apply({.added_parts = {7, 9}}).ok());
  }
  Write("metrics/0000000000000003.wal.at-64.corrupt", "xyz");
  Write("metrics/snapshots/one/0000000000000007.part", "not looked at");
  Write("LOCK", "12");
  Write("notes.txt", "mine");
  const auto reports = Inspect(folder_.path(), options_);
  ASSERT_TRUE(reports.ok()) << reports.status().ToString();
  std::vector<std::string> damaged;
  for (const FileReport& report : *reports) {
    for (const Damage& damage : report.damage) damaged.push_back(damage.what);
  }
  EXPECT_THAT(damaged, ElementsAre("part 9 is live, but 0000000000000009.part is not there"));
  const std::string text = PrintText(*reports, {.full = false, .folder = folder_.path()});
  EXPECT_THAT(text, HasSubstr("snapshot of 1 files, not looked into"));
  EXPECT_THAT(text, HasSubstr("damaged bytes that a start found and kept"));
  EXPECT_THAT(text, HasSubstr("not a file of glint's"));
  EXPECT_THAT(text, HasSubstr("1 damaged place\n  " + Path("metrics/MANIFEST") + ": part 9"));
  const std::string json = PrintJson(*reports);
  EXPECT_THAT(json, HasSubstr("\"whole\":false,\"damage\":1"));
  EXPECT_THAT(json, HasSubstr("\"series\":7"));
}

// Without it the next start would take every part for a left-over and remove it.
TEST_F(InspectTest, PartsWithoutAManifestAreNamed) {
  Write("0000000000000007.part", ReadGolden("tsdb/testdata/part.v1"));
  const auto reports = Inspect(folder_.path(), options_);
  ASSERT_TRUE(reports.ok());
  ASSERT_THAT(*reports, SizeIs(2));
  EXPECT_THAT(reports->back().damage, SizeIs(1));
}

TEST_F(InspectTest, WhatIsNotOursIsRefused) {
  Write("notes.txt", "mine");
  EXPECT_EQ(Inspect(Path("notes.txt"), options_).status().code(), StatusCode::kInvalidArgument);
  EXPECT_EQ(Inspect(folder_.path(), options_).status().code(), StatusCode::kInvalidArgument);
  EXPECT_EQ(Inspect(Path("nowhere"), options_).status().code(), StatusCode::kNotFound);
}

}  // namespace
}  // namespace glint::inspect
