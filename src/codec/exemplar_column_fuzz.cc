#include <cstddef>
#include <cstdint>

#include "base/check.h"
#include "codec/exemplar_column.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const auto exemplars = glint::codec::DecodeExemplars(input, 1 << 16);
  if (!exemplars.ok()) return 0;
  std::string bytes;
  glint::codec::EncodeExemplars(*exemplars, bytes);
  const auto again = glint::codec::DecodeExemplars(bytes, exemplars->size());
  CHECK(again.ok());
  std::string bytes_again;
  glint::codec::EncodeExemplars(*again, bytes_again);
  CHECK(bytes_again == bytes);
  return 0;
}
