#include "tsdb/part_postings.h"

#include <algorithm>

#include "codec/byte_reader.h"
#include "tsdb/part_packing.h"

namespace glint::tsdb {

void AppendSeries(uint32_t series, SeriesRuns& runs) {
  if (!runs.empty() && runs.back().end == series) {
    ++runs.back().end;
  } else {
    runs.push_back({series, series + 1});
  }
}

uint64_t CountSeries(const SeriesRuns& runs) {
  uint64_t count = 0;
  for (const SeriesRun& run : runs) count += run.end - run.begin;
  return count;
}

SeriesRuns Intersect(const SeriesRuns& a, const SeriesRuns& b) {
  SeriesRuns out;
  for (size_t i = 0, j = 0; i < a.size() && j < b.size();) {
    const uint32_t begin = std::max(a[i].begin, b[j].begin);
    const uint32_t end = std::min(a[i].end, b[j].end);
    if (begin < end) out.push_back({begin, end});
    if (a[i].end < b[j].end) {
      ++i;
    } else {
      ++j;
    }
  }
  return out;
}

SeriesRuns Subtract(const SeriesRuns& from, const SeriesRuns& what) {
  SeriesRuns out;
  size_t j = 0;
  for (SeriesRun run : from) {
    while (j < what.size() && what[j].end <= run.begin) ++j;
    for (size_t k = j; k < what.size() && what[k].begin < run.end; ++k) {
      if (run.begin < what[k].begin) out.push_back({run.begin, what[k].begin});
      run.begin = std::min(what[k].end, run.end);
    }
    if (run.begin < run.end) out.push_back(run);
  }
  return out;
}

SeriesRuns Unite(SeriesRuns runs) {
  std::sort(runs.begin(), runs.end(),
            [](const SeriesRun& a, const SeriesRun& b) { return a.begin < b.begin; });
  size_t kept = 0;
  for (const SeriesRun& run : runs) {
    if (kept > 0 && run.begin <= runs[kept - 1].end) {
      runs[kept - 1].end = std::max(runs[kept - 1].end, run.end);
    } else {
      runs[kept++] = run;
    }
  }
  runs.resize(kept);
  return runs;
}

void PostingsEncoder::Add(uint32_t series) {
  if (run_.end != series || run_.begin == run_.end) {
    PutRun();
    run_.begin = series;
  }
  run_.end = series + 1;
}

void PostingsEncoder::PutRun() {
  const uint64_t length = run_.end - run_.begin;
  if (length == 0) return;
  bytes_.Varint(uint64_t{run_.begin - last_end_} << 1 | (length > 1 ? 1 : 0));
  if (length > 1) bytes_.Varint(length - 2);
  last_end_ = run_.end;
}

std::string PostingsEncoder::Take() {
  PutRun();
  return Pack(bytes_.bytes());
}

Status DecodePostings(std::string_view bytes, uint64_t series, SeriesRuns& out) {
  std::string room;
  // A run takes no more than two varints of 5 bytes, and there is one for two series at most.
  ASSIGN_OR_RETURN(const std::string_view unpacked, Unpack(bytes, room, 10 * series + 10));
  codec::ByteReader in(unpacked);
  uint64_t last = 0;
  bool is_first = true;
  while (in.left() > 0) {
    const uint64_t head = in.Varint();
    const uint64_t more = (head & 1) != 0 ? in.Varint() + 1 : 0;
    const uint64_t begin = last + (head >> 1);
    if (!in.ok() || (head >> 1) >= series || more >= series || begin + more >= series ||
        (begin == last && !is_first)) {
      return InvalidArgument("postings: not runs of {} series", series);
    }
    last = begin + more + 1;
    is_first = false;
    out.push_back({static_cast<uint32_t>(begin), static_cast<uint32_t>(last)});
  }
  if (!in.ok()) return InvalidArgument("postings: cut off");
  return OkStatus();
}

}  // namespace glint::tsdb
