// A local data centre on a thread of its own that serves one large film that takes no room.
#pragma once

#include <mtproto/local_dc.hpp>

#include <boost/asio/io_context.hpp>

#include <cstdint>
#include <memory>
#include <thread>

namespace mtproto::bench {

class served_film {
  public:
    /// The film has `size` bytes. `rtt`: of each connection; `rate`: bytes a second for each, 0: no limit.
    served_film(std::int64_t size, duration rtt, std::int64_t rate);
    ~served_film();
    served_film(const served_film&) = delete;
    served_film& operator=(const served_film&) = delete;

    const local_dc_info& info() const { return servers_->info(); }

  private:
    boost::asio::io_context context_{1};
    std::unique_ptr<local_dc> servers_;
    std::thread thread_;
};

}  // namespace mtproto::bench
