// A session as bytes: the contents of a session file.
#pragma once

#include "crypto/secret.hpp"

#include <mtproto/error.hpp>
#include <mtproto/session_store.hpp>

#include <vector>

namespace mtproto::core {

/// Wipes what it held. Session files are full of secrets.
class secret_buffer {
  public:
    secret_buffer() = default;
    explicit secret_buffer(std::size_t size) : data_(size) {}
    secret_buffer(secret_buffer&&) noexcept = default;
    secret_buffer& operator=(secret_buffer&& other) noexcept {
        crypto::wipe(data_);
        data_ = std::move(other.data_);
        return *this;
    }
    ~secret_buffer() { crypto::wipe(data_); }

    byte_span span() noexcept { return data_; }
    byte_view view() const noexcept { return data_; }

  private:
    std::vector<std::byte> data_;
};

/// Larger files are no session files.
inline constexpr std::size_t max_session_size = 64u << 10;

/// The most data centres that a session holds; Telegram has five. Of more, home and those with an
/// authorization are kept first.
inline constexpr std::size_t max_session_dcs = 64;

/// "MTPS", version, length of the payload, payload, SHA-256 of all before it; integers little endian.
secret_buffer encode_session(const stored_session& session);
/// Error: errc::session_file, with what is wrong with the data.
outcome<stored_session> decode_session(byte_view data);

/// Overwrites the keys in it.
void wipe_keys(stored_session& session) noexcept;

}  // namespace mtproto::core
