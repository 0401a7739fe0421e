// A load run for people (as `hey` prints it) and for machines.
#pragma once

#include <string>

#include "load/load_options.h"

namespace glint::load {

// Counts, rate, latency table, a small histogram, status codes, errors.
std::string FormatReport(const LoadOptions& options, const LoadResult& result);

// One line: seconds, requests, rate, errors, p50 and p99 so far.
std::string FormatProgress(const LoadResult& so_far);

// {"elapsed_seconds":…, "replies":…, "rate":…, "errors":{…}, "statuses":{…}, "not_sent":…,
//  "latency_seconds":{"p50":…, …, "max":…, "mean":…}, "service_time_seconds":{…}}
std::string ReportJson(const LoadOptions& options, const LoadResult& result);

}  // namespace glint::load
