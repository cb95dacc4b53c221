// A generated film: its bytes cost the servers less than those of a file would.
#include "served_film.hpp"

namespace mtproto::bench {

served_film::served_film(std::int64_t size, duration rtt, std::int64_t rate) {
    local_dc_options options;
    options.generated_files.emplace_back("film.bin", size, 0);
    options.rtt = rtt;
    options.rate = rate;
    servers_ = std::make_unique<local_dc>(context_.get_executor(), std::move(options));
    servers_->start();
    thread_ = std::thread([this] { context_.run(); });
}

served_film::~served_film() {
    context_.stop();
    thread_.join();
    servers_.reset();
}

}  // namespace mtproto::bench
