// A session as bytes: the frame of a session file, and what stands in it without a passphrase.
#pragma once

#include "crypto/secret.hpp"

#include <mtproto/error.hpp>
#include <mtproto/session_store.hpp>

#include <optional>
#include <utility>
#include <vector>

namespace mtproto::core {

/// Wipes what it held. Session files are full of secrets.
class secret_buffer {
  public:
    secret_buffer() = default;
    explicit secret_buffer(std::size_t size) : data_(size) {}
    explicit secret_buffer(byte_view copied) : data_(copied.begin(), copied.end()) {}
    explicit secret_buffer(std::vector<std::byte>&& taken) noexcept : data_(std::move(taken)) {}
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

/// The versions of session files: one that whoever can read it understands, and one that wants a passphrase.
enum class session_version : std::uint32_t { open = 1, sealed = 2 };

/// "MTPS", version, length of the payload.
inline constexpr std::size_t session_head_size = 12;

/// What a file holds before its payload. The payload has `payload` bytes.
secret_buffer session_head(session_version version, std::size_t payload);
/// The whole file: head, payload, and the SHA-256 of both; integers little endian.
secret_buffer frame_session(session_version version, byte_view payload);

struct framed_session {
    session_version version;
    byte_view payload;  ///< a part of the file
};
/// Error: errc::session_file, with what is wrong with the data.
outcome<framed_session> unframe_session(byte_view file);

/// The payload of an open file: the keys, and the parts that are no secrets, as far as they fit.
secret_buffer session_payload(const stored_session& session);
/// The same with all parts, to be encrypted.
secret_buffer secret_session_payload(const stored_session& session);
/// Error: errc::session_file, with what is wrong with the data.
outcome<stored_session> session_of_payload(byte_view payload);

/// A whole open file.
secret_buffer encode_session(const stored_session& session);
/// Error: errc::session_file, with what is wrong with the data; a sealed file is an error, too.
outcome<stored_session> decode_session(byte_view file);

/// Overwrites the keys and the parts in it.
void wipe_keys(stored_session& session) noexcept;

/// Does so at the end of a scope.
class keys_wiped {
  public:
    explicit keys_wiped(std::optional<stored_session>& of) noexcept : of_(of) {}
    keys_wiped(const keys_wiped&) = delete;
    keys_wiped& operator=(const keys_wiped&) = delete;
    ~keys_wiped() {
        if (of_) wipe_keys(*of_);
    }

  private:
    std::optional<stored_session>& of_;
};

}  // namespace mtproto::core
