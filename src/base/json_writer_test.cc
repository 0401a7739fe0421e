#include "base/json_writer.h"

#include <gtest/gtest.h>

#include <cmath>

namespace glint {
namespace {

TEST(JsonWriterTest, CommasStandBetweenAndNowhereElse) {
  JsonWriter json;
  json.BeginObject().Key("a").BeginArray().Int(-1).Uint(2).BeginArray().EndArray().EndArray();
  json.Key("b").BeginObject().EndObject().Key("c").Bool(true).Key("d").Null().EndObject();
  EXPECT_EQ(json.text(), R"({"a":[-1,2,[]],"b":{},"c":true,"d":null})");
}

// A value from outside must not break the document, and NaN is no JSON.
TEST(JsonWriterTest, WhatJsonHasNotIsWrittenAsWhatItHas) {
  JsonWriter json;
  json.BeginArray().String("\"\xff\n").Double(std::nan("")).Double(0.1).EndArray();
  EXPECT_EQ(json.text(), "[\"\\\"\xef\xbf\xbd\\n\",null,0.1]");
}

}  // namespace
}  // namespace glint
