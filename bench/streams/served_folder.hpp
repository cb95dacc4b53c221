// A local data centre on a thread of its own that serves one large file without disk space.
#pragma once

#include <mtproto/local_dc.hpp>

#include <boost/asio/io_context.hpp>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <thread>

namespace mtproto::bench {

class served_folder {
  public:
    /// The file has `size` bytes. `rtt`: of each connection; `rate`: bytes a second for each, 0: no limit.
    served_folder(std::int64_t size, duration rtt, std::int64_t rate);
    ~served_folder();
    served_folder(const served_folder&) = delete;
    served_folder& operator=(const served_folder&) = delete;

    const local_dc_info& info() const { return servers_->info(); }

  private:
    std::filesystem::path folder_;
    boost::asio::io_context context_{1};
    std::unique_ptr<local_dc> servers_;
    std::thread thread_;
};

}  // namespace mtproto::bench
