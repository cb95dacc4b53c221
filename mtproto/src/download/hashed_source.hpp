// A source of parts that can also say what they hash to.
#pragma once

#include "download/part_source.hpp"

#include <mtproto/media.hpp>

#include <cstdint>
#include <vector>

namespace mtproto::download {

class hashed_source : public part_source {
  public:
    /// The hashes of some windows (protocol 8.4), checked: from the one that holds `offset` on, as many as
    /// the server likes, none when it has none for the place. Errors as fetch().
    virtual io::awaitable<outcome<std::vector<file_hash>>> hashes(int line, std::int64_t offset) = 0;

    /// Whether what fetch() brings next comes from where it must not be believed without proof: a CDN.
    virtual bool must_be_proved() const = 0;
    /// What to make of a window that stays wrong: errc::bad_part, or, when it had to be proved, something
    /// that repair() mends.
    virtual failure disproved(std::int64_t offset, bool must_be_proved) const = 0;
};

}  // namespace mtproto::download
