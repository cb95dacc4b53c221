// Chunks into a file, at the place where the one before ended.
#include "sink/part_file.hpp"

#include <mtproto/sink/file.hpp>

namespace mtproto::sink {

file::file(std::filesystem::path target) : target_(std::move(target)) {}

file::~file() = default;

boost::asio::awaitable<outcome<void>> file::write(chunk part) {
    if (!out_) {
        auto made = part_file::create(target_);
        if (!made) co_return made.error();
        out_ = std::move(*made);
    }
    co_return out_->append(part.data);
}

boost::asio::awaitable<outcome<void>> file::finish() {
    if (!out_) {
        auto made = part_file::create(target_);
        if (!made) co_return made.error();
        out_ = std::move(*made);
    }
    co_return out_->finish();
}

}  // namespace mtproto::sink
