#include "server/web_ui.h"

#include <gtest/gtest.h>

#include <string>

namespace glint::server {
namespace {

EmbeddedFile File(std::string_view path, std::string_view text) {
  return {path, {text.data(), text.data() + text.size()}};
}

class WebUiTest : public testing::Test {
 protected:
  WebUiTest() { RouteWebUi(files_, router_); }

  net::HttpResponse Get(std::string path, std::string accept_encoding = "") {
    net::HttpRequest request;
    request.method = "GET";
    request.path = std::move(path);
    if (!accept_encoding.empty()) request.headers = {{"Accept-Encoding", accept_encoding}};
    return router_.Route(request);
  }

  const std::vector<EmbeddedFile> files_ = {File("/assets/a-1f.js", "let a = 1;"),
                                            File("/index.html", "<html>")};
  net::HttpRouter router_;
};

TEST_F(WebUiTest, FilesComeWithTheirType) {
  EXPECT_EQ(Get("/assets/a-1f.js").body, "let a = 1;");
  EXPECT_EQ(Get("/assets/a-1f.js").content_type, "text/javascript; charset=utf-8");
}

// A link to a trace must open in a new tab: its path is the page's own.
TEST_F(WebUiTest, ThePageAnswersItsOwnAddresses) {
  EXPECT_EQ(Get("/").body, "<html>");
  EXPECT_EQ(Get("/trace/0af7651916cd43dd8448eb211c80319c").body, "<html>");
}

// A script that calls an API which is not there must not get a page and status 200.
TEST_F(WebUiTest, UnknownApiPathsAreNotFound) {
  EXPECT_EQ(Get("/api/v1/nothing").status, 404);
  EXPECT_EQ(Get("/assets/gone.js").status, 404);
}

}  // namespace
}  // namespace glint::server
