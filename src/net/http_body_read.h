// How the bytes of an answer come in: the blocks they are read through, and the string they end in.
// Only sources of net/ include this.
#pragma once

#include <algorithm>
#include <boost/asio/buffer.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/optional.hpp>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace glint::net {

// What is read from sockets passes through a few large blocks that all fetches share: one system
// call takes much, and a connection that waits holds none. Thread-safe.
class ReadBlocks {
 public:
  static constexpr size_t kBlockBytes = 256 << 10;
  using Block = std::unique_ptr<char[]>;

  Block Take();
  void Return(Block block);

 private:
  static constexpr size_t kMaxKept = 4;

  std::mutex mutex_;
  std::vector<Block> kept_;  // Guarded by mutex_.
};

// A body as Beast's parser fills it: bytes are added to the string as they come.
struct AppendedBody {
  using value_type = std::string;

  class reader {
   public:
    template <bool kIsRequest, class Fields>
    reader(boost::beast::http::header<kIsRequest, Fields>&, value_type& body) : body_(body) {}

    // What a server says of the length is only a claim.
    void init(const boost::optional<uint64_t>& length, boost::system::error_code& error) {
      error = {};
      if (length) body_.reserve(static_cast<size_t>(std::min<uint64_t>(*length, kMaxReserved)));
    }
    template <class Buffers>
    size_t put(const Buffers& buffers, boost::system::error_code& error) {
      error = {};
      size_t bytes = 0;
      for (auto at = boost::asio::buffer_sequence_begin(buffers);
           at != boost::asio::buffer_sequence_end(buffers); ++at) {
        const boost::asio::const_buffer buffer = *at;
        body_.append(static_cast<const char*>(buffer.data()), buffer.size());
        bytes += buffer.size();
      }
      return bytes;
    }
    void finish(boost::system::error_code& error) { error = {}; }

   private:
    static constexpr uint64_t kMaxReserved = 16 << 20;
    value_type& body_;
  };
};

}  // namespace glint::net
