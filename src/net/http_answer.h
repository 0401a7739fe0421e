// An HttpResponse on its way to the client. Thread-safe.
#pragma once

#include <string>

#include "net/http.h"

namespace glint::net {

// Whether an answer of that status has a body: 1xx, 204 and 304 have none.
bool HasBody(int status);

// Status line and headers, up to the blank line.
std::string AnswerHead(const HttpResponse& response, bool keep_alive);

// Gzips the body where the client takes it and it is worth it. Takes its time: not on an io thread.
void CompressFor(const HttpRequest& request, HttpResponse& response);

}  // namespace glint::net
