// Parts that are proved by the server's hashes before anybody sees them (protocol 8.4).
#pragma once

#include "download/hash_windows.hpp"
#include "download/hashed_source.hpp"
#include "io/event.hpp"
#include "io/workers.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <vector>

namespace mtproto::download {

/// A part is fetched beside the hashes of the windows that it touches, which all parts of a block share.
/// Windows that reach beyond the part are fetched whole: those bytes are held beside the byte budget until
/// the part is proved, two windows a part at most. Forwards all else.
class verified_source final : public part_source {
  public:
    /// `size`: of the file. `all`: also what need not be proved. `where`: hashes there; null: right here.
    verified_source(std::shared_ptr<hashed_source> from, std::int64_t size, bool all,
                    io::asio::any_io_executor executor, std::shared_ptr<io::workers> where);

    int lines() const override { return from_->lines(); }
    io::awaitable<outcome<void>> open(int line) override { return from_->open(line); }
    io::awaitable<outcome<bytes>> fetch(int line, std::int64_t offset, std::int32_t limit) override;
    io::awaitable<outcome<void>> check(int line) override { return from_->check(line); }
    io::awaitable<outcome<bool>> look_elsewhere() override { return from_->look_elsewhere(); }
    std::optional<time_point> announced_wait() override { return from_->announced_wait(); }
    io::awaitable<outcome<void>> repair(failure why, int version) override {
        return from_->repair(std::move(why), version);
    }
    int version() const override { return from_->version(); }
    schedule::flood_gate& gate() override { return from_->gate(); }
    std::optional<wait_info> wait(time_point now) override { return from_->wait(now); }

  private:
    struct range {
        std::int64_t begin = 0;
        std::int64_t end = 0;
    };

    /// A call for hashes that several parts wait for.
    struct call {
        bool over = false;
        std::optional<failure> flood;  ///< that it met with
    };
    class calling;

    io::awaitable<outcome<bytes>> fetch_proved(int line, std::int64_t offset, std::int32_t limit);
    io::awaitable<outcome<void>> know_hashes(int line, range of);
    io::awaitable<outcome<void>> ask_hashes(int line, std::int64_t gap);
    io::awaitable<outcome<bytes>> fetch_range(int line, range wanted);
    io::awaitable<outcome<bytes>> widen(int line, range part, bytes data, range cover);
    io::awaitable<outcome<std::vector<file_hash>>> wrong_ones(bytes data, std::int64_t offset,
                                                              std::vector<file_hash> windows);
    io::awaitable<outcome<bytes>> mend(int line, file_hash window, bool must_be_proved);

    std::shared_ptr<hashed_source> from_;
    std::int64_t size_;
    bool all_;
    io::asio::any_io_executor executor_;
    std::shared_ptr<io::workers> workers_;
    hash_windows known_;
    std::map<std::int64_t, std::shared_ptr<call>> calls_;  ///< under way, by block
    io::event asked_;
};

}  // namespace mtproto::download
