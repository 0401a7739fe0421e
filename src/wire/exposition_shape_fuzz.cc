// Two expositions in one input, the second remembered by the shape of the first: when it is read by
// its numbers alone, parsing gives the same.
#include <bit>
#include <cstdint>

#include "base/check.h"
#include "wire/exposition_shape.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace glint::wire;  // NOLINT: the target's subject.
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const size_t border = input.find('\0');
  const std::string_view first = input.substr(0, border);
  const std::string_view second = border == input.npos ? first : input.substr(border + 1);
  for (const auto format : {ExpositionFormat::kPrometheusText, ExpositionFormat::kOpenMetrics}) {
    const auto remembered = ParseExposition(first, format, ParseMode::kScrape);
    if (!remembered.ok()) continue;
    const ExpositionShape shape(first, *remembered);
    Readings readings;
    if (!shape.Read(second, format, readings)) continue;
    const auto parsed = ParseExposition(second, format, ParseMode::kScrape);
    CHECK(parsed.ok());
    CHECK(parsed->samples.size() == remembered->samples.size());
    size_t line = 0;
    for (size_t i = 0; i < parsed->samples.size(); ++i) {
      const SampleLine& sample = parsed->samples[i];
      CHECK(sample.series == remembered->samples[i].series);
      CHECK(sample.start_time == remembered->samples[i].start_time);
      CHECK(sample.float_label == remembered->samples[i].float_label);
      CHECK(sample.is_created == remembered->samples[i].is_created);
      if (sample.is_created) continue;
      CHECK(std::bit_cast<uint64_t>(sample.value) ==
            std::bit_cast<uint64_t>(readings.values[line]));
      CHECK(sample.has_time == shape.HasTime(line));
      if (sample.has_time) CHECK(sample.time == readings.times[line]);
      ++line;
    }
    CHECK(line == readings.values.size());
    CHECK(parsed->metadata == remembered->metadata);
  }
  return 0;
}
