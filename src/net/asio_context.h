// What is behind EventLoop. Only sources of net/ include this: Asio's headers take seconds.
#pragma once

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <thread>
#include <vector>

namespace glint::net {

struct AsioContext {
  explicit AsioContext(int thread_count)
      : io(thread_count), work(boost::asio::make_work_guard(io)) {}

  boost::asio::io_context io;
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work;
  std::vector<std::thread> threads;
};

}  // namespace glint::net
