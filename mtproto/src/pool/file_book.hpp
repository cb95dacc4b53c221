// The files that a pool has seen: the link of each, and its location for each account.
#pragma once

#include <mtproto/media.hpp>

#include <cstdint>
#include <list>
#include <map>
#include <string>

namespace mtproto::pooling {

/// One file, whichever account looks at it: the same for all that are told the same numbers.
struct file_key {
    int dc = 0;
    bool photo = false;
    std::int64_t id = 0;
    std::string thumb_size;

    friend auto operator<=>(const file_key&, const file_key&) = default;
};
file_key key_of(const media& file);

/// An account's hash and reference open the file for that account alone. Pure.
class file_book {
  public:
    static constexpr std::size_t most_files = 4'096;

    struct entry {
        std::string link;  ///< of its message, for an account that has no location yet
        std::string chat;  ///< that the link names
        std::map<int, file_location> locations;
    };

    /// `account` was told of the file, and of its qualities, under `link`.
    void note(int account, const media& file, const std::string& link);
    /// The file's entry; made from what the media says of its message when it was not seen before.
    const entry& of(const media& file);
    /// `file` as `account` opens it, which must have a location.
    media for_account(int account, const media& file);
    void forget_account(int account);

  private:
    entry& at(const file_key& key);

    std::map<file_key, std::list<std::pair<file_key, entry>>::iterator> places_;
    std::list<std::pair<file_key, entry>> entries_;  ///< the oldest first
};

/// The chat that a link names: "durov", or "c/1234"; empty for a link that cannot be read.
std::string chat_of(const std::string& link);

}  // namespace mtproto::pooling
