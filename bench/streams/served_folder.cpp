// A sparse file in a temporary folder.
#include "served_folder.hpp"

#include <cstdlib>
#include <fstream>
#include <stdexcept>

namespace mtproto::bench {

served_folder::served_folder(std::int64_t size, duration rtt, std::int64_t rate) {
    std::string name = (std::filesystem::temp_directory_path() / "mtproto-streams-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("cannot make a temporary folder");
    folder_ = name;
    std::ofstream(folder_ / "film.bin", std::ios::binary);
    std::filesystem::resize_file(folder_ / "film.bin", static_cast<std::uintmax_t>(size));
    local_dc_options options;
    options.folder = folder_.string();
    options.rtt = rtt;
    options.rate = rate;
    servers_ = std::make_unique<local_dc>(context_.get_executor(), std::move(options));
    servers_->start();
    thread_ = std::thread([this] { context_.run(); });
}

served_folder::~served_folder() {
    context_.stop();
    thread_.join();
    servers_.reset();
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
}

}  // namespace mtproto::bench
