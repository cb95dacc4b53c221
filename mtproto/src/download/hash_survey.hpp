// The hashes of a range of a file, asked for over all lines at once.
#pragma once

#include "download/runtime_source.hpp"

#include <mtproto/byte_stream.hpp>

#include <map>
#include <memory>
#include <optional>
#include <vector>

namespace mtproto::download {

class hash_survey {
  public:
    /// Of `[begin, end)`; `where` outlives the survey's coroutines.
    hash_survey(core::account_connections& where, std::shared_ptr<runtime_source> source, std::int64_t begin,
                std::int64_t end);

    /// Once.
    io::awaitable<outcome<std::vector<file_hash>>> run();

  private:
    io::awaitable<outcome<void>> work(int line);
    io::awaitable<outcome<void>> survey_block(int line, std::int64_t begin, std::int64_t end);
    io::awaitable<outcome<std::vector<file_hash>>> ask(int line, std::int64_t offset);
    io::awaitable<outcome<std::vector<file_hash>>> ask_once(int line, std::int64_t offset);
    std::optional<failure> held_too_long() const;
    bool stands_still(time_point now) const;
    std::vector<file_hash> found() const;

    core::account_connections& where_;
    std::shared_ptr<runtime_source> source_;
    std::int64_t begin_;
    std::int64_t end_;
    std::int64_t next_;  ///< the block that nobody asks for yet
    std::map<std::int64_t, file_hash> windows_;
    std::optional<failure> failure_;
    time_point told_{};  ///< when hashes came last
};

}  // namespace mtproto::download
