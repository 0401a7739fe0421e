// Serves the web UI: its files by their path, and its page for every other path that is not an
// API, since the UI has addresses of its own.
#pragma once

#include <vector>

#include "net/http.h"
#include "server/embedded_files.h"

namespace glint::server {

// `files` outlives the router. Call after all other routes are set up.
void RouteWebUi(const std::vector<EmbeddedFile>& files, net::HttpRouter& router);

}  // namespace glint::server
