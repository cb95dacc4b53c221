// The server's word that a login token was accepted (updateLoginToken).
#pragma once

#include "io/event.hpp"

#include <mtproto/bytes.hpp>

namespace mtproto::core {

/// Whether an object of updates brings that word. Looks no further than where the only update of somebody
/// who is not logged in stands: too much costs one question to the server, too little its time to expire.
bool tells_of_token(byte_view update) noexcept;

/// Not thread safe.
class login_news {
  public:
    explicit login_news(const io::asio::any_io_executor& executor) : changed_(executor) {}

    void take(byte_view update);
    /// How often the word came.
    int count() const noexcept { return count_; }
    /// Returns once count() is another one than `seen`. Error: errc::cancelled.
    io::awaitable<result<void>> after(int seen);

  private:
    int count_ = 0;
    io::event changed_;
};

}  // namespace mtproto::core
