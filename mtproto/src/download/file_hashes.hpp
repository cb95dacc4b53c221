// The hashes of one file, asked for once for all the parts that need them (protocol 8.4).
#pragma once

#include "download/hash_windows.hpp"
#include "download/part_source.hpp"
#include "io/event.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

namespace mtproto::download {

/// The sources of all places of a file share them: they are the file's, not the place's. Not thread safe.
class file_hashes {
  public:
    explicit file_hashes(const io::asio::any_io_executor& executor) : answered_(executor) {}

    bool known(std::int64_t begin, std::int64_t end) const { return !windows_.first_gap(begin, end); }
    /// The windows that touch `[begin, end)`, in order, as far as they are known.
    std::vector<file_hash> touching(std::int64_t begin, std::int64_t end) const {
        return windows_.touching(begin, end);
    }
    void forget(std::int64_t begin, std::int64_t end) { windows_.forget(begin, end); }

    /// Returns once all windows that touch `[begin, end)` are known. Asks `from` over `connection` where
    /// nobody asks it already; `from` outlives the call. errc::bad_part where there are no hashes. Another
    /// source's call is not waited for: its account may wait, or have died.
    io::awaitable<reply<void>> learn(hashed_source& from, int connection, std::int64_t begin,
                                     std::int64_t end);

  private:
    /// A call for hashes that several parts wait for.
    struct call {
        bool over = false;
        std::optional<failure> flood;  ///< that it met with
    };
    class calling;

    io::awaitable<reply<void>> ask(hashed_source& from, int connection, std::int64_t gap);

    hash_windows windows_;
    /// Of whom, and the number of a block.
    using question = std::pair<const hashed_source*, std::int64_t>;

    std::map<question, std::shared_ptr<call>> calls_;  ///< under way
    io::event answered_;
};

}  // namespace mtproto::download
