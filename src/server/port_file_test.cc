#include "server/port_file.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>

namespace glint::server {
namespace {

TEST(PortFileTest, HoldsTheAddressesAsJson) {
  const std::string path = testing::TempDir() + "/glint_port_file_test.json";
  ASSERT_TRUE(WritePortFile(path, {"127.0.0.1:9090", "127.0.0.1:4317", ""}).ok());
  std::ifstream file(path);
  const std::string text((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  EXPECT_EQ(
      text,
      "{\"listen\":\"127.0.0.1:9090\",\"otlp_grpc\":\"127.0.0.1:4317\",\"otlp_http\":\"\"}\n");
  EXPECT_FALSE(std::filesystem::exists(path + ".partial"));
  std::filesystem::remove(path);
}

TEST(PortFileTest, SaysWhyItCannotBeWritten) {
  const Status status = WritePortFile("/no/such/folder/ports.json", {});
  EXPECT_EQ(status.code(), StatusCode::kUnavailable);
  EXPECT_NE(status.message().find("/no/such/folder/ports.json"), std::string_view::npos);
}

}  // namespace
}  // namespace glint::server
