// The hashes of a range of a file, asked for over all connections at once.
#pragma once

#include "download/file_source.hpp"

#include <mtproto/byte_stream.hpp>

#include <map>
#include <memory>
#include <optional>
#include <vector>

namespace mtproto::download {

class hash_survey {
  public:
    /// Of `[begin, end)`; `account` outlives the survey's coroutines.
    hash_survey(core::account_connections& account, std::shared_ptr<file_source> source, std::int64_t begin,
                std::int64_t end);

    /// Once.
    io::awaitable<outcome<std::vector<file_hash>>> run();

  private:
    io::awaitable<outcome<void>> work(int connection);
    io::awaitable<outcome<void>> survey_block(int connection, std::int64_t begin, std::int64_t end);
    io::awaitable<outcome<std::vector<file_hash>>> ask(int connection, std::int64_t offset);
    io::awaitable<reply<std::vector<file_hash>>> ask_once(int connection, std::int64_t offset);
    std::optional<failure> held_too_long() const;
    bool stands_still(time_point now) const;
    std::vector<file_hash> found() const;

    int dc() const { return source_->datacentre()->here().dc; }

    core::account_connections& account_;
    std::shared_ptr<file_source> source_;
    std::int64_t begin_;
    std::int64_t end_;
    std::int64_t next_;  ///< the block that nobody asks for yet
    std::map<std::int64_t, file_hash> windows_;
    std::optional<failure> failure_;
    time_point last_answer_{};
};

}  // namespace mtproto::download
