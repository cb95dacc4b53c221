// Chunks into a file, at the place where the one before ended.
#include "sink/part_file.hpp"

#include <mtproto/sink/file.hpp>

namespace mtproto::sink {

file::file(std::filesystem::path target, existing_file there) : target_(std::move(target)), there_(there) {}

file::~file() = default;

outcome<void> file::open() {
    if (out_) return {};
    auto made = part_file::create(target_, there_);
    if (!made) return made.error();
    out_ = std::move(*made);
    return {};
}

std::filesystem::path file::name() const {
    return out_ ? out_->name() : target_;
}

boost::asio::awaitable<outcome<void>> file::write(chunk part) {
    if (const outcome<void> opened = open(); !opened) co_return opened.error();
    co_return out_->append(part.data);
}

boost::asio::awaitable<outcome<void>> file::finish() {
    if (const outcome<void> opened = open(); !opened) co_return opened.error();
    co_return out_->finish();
}

}  // namespace mtproto::sink
