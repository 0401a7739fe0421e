// Writes JSON into one string, straight through, no tree in between.
//
//   JsonWriter json;
//   json.BeginObject().Key("status").String("success").Key("data").BeginArray().EndArray();
//   json.EndObject();
//   -> {"status":"success","data":[]}
//
// Commas come by themselves. That keys stand only in objects and every Begin has its End is the
// caller's part. Single-threaded.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace glint {

class JsonWriter {
 public:
  JsonWriter& BeginObject() { return Open('{'); }
  JsonWriter& EndObject() { return Close('}'); }
  JsonWriter& BeginArray() { return Open('['); }
  JsonWriter& EndArray() { return Close(']'); }
  JsonWriter& Key(std::string_view key);
  JsonWriter& String(std::string_view text);  // Escaped; what is not UTF-8 becomes U+FFFD.
  JsonWriter& Int(int64_t number);
  JsonWriter& Uint(uint64_t number);
  // Shortest form that reads back; NaN and infinities, which JSON has not, become null.
  JsonWriter& Double(double number);
  JsonWriter& Bool(bool flag);
  JsonWriter& Null();
  // Text that is JSON already.
  JsonWriter& Raw(std::string_view json);

  const std::string& text() const { return out_; }
  std::string Take() { return std::move(out_); }

 private:
  JsonWriter& Open(char bracket);
  JsonWriter& Close(char bracket);
  void BeforeValue();

  std::string out_;
  bool needs_comma_ = false;
};

}  // namespace glint
