// Parts that are proved by the server's hashes before anybody sees them (protocol 8.4).
#pragma once

#include "download/file_hashes.hpp"
#include "download/part_source.hpp"
#include "io/workers.hpp"

#include <cstdint>
#include <memory>
#include <vector>

namespace mtproto::download {

/// A part is fetched beside the hashes of the windows that it touches, which all parts of a block share.
/// Windows that reach beyond the part are fetched whole: those bytes are held beside the byte budget until
/// the part is proved, two windows a part at most.
class verified_source final : public part_source {
  public:
    /// `size`: of the file. `workers`: hash there; null: right here.
    verified_source(std::shared_ptr<hashed_source> from, std::shared_ptr<file_hashes> hashes,
                    std::int64_t size, io::asio::any_io_executor executor,
                    std::shared_ptr<io::workers> workers);

    io::awaitable<outcome<void>> open(int connection) override { return from_->open(connection); }
    io::awaitable<outcome<void>> check(int connection) override { return from_->check(connection); }
    io::awaitable<reply<bytes>> fetch(int connection, std::int64_t offset, std::int32_t limit) override;

  private:
    struct range {
        std::int64_t begin = 0;
        std::int64_t end = 0;
    };

    io::awaitable<reply<void>> learn_hashes(int connection, range part);
    io::awaitable<reply<bytes>> fetch_range(int connection, range wanted);
    io::awaitable<reply<bytes>> widen(int connection, range part, bytes data, range cover);
    io::awaitable<outcome<std::vector<file_hash>>> wrong_ones(bytes data, std::int64_t offset,
                                                              std::vector<file_hash> windows);
    io::awaitable<reply<bytes>> mend(int connection, file_hash window);

    std::shared_ptr<hashed_source> from_;
    std::shared_ptr<file_hashes> hashes_;
    std::int64_t size_;
    io::asio::any_io_executor executor_;
    std::shared_ptr<io::workers> workers_;
};

}  // namespace mtproto::download
