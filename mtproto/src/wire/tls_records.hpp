// The records that data of fake TLS travels in (protocol 1.11).
#pragma once

#include "wire/role.hpp"

#include <mtproto/bytes.hpp>
#include <mtproto/error.hpp>

#include <array>
#include <deque>
#include <span>
#include <vector>

namespace mtproto::wire {

/// Puts data into records, without copying it.
class tls_record_writer {
  public:
    static constexpr std::size_t most_in_record = 2878;

    /// A client changes the cipher in front of its first record.
    explicit tls_record_writer(role self) : change_due_(self == role::client) {}

    /// What to send for `parts`: heads, which live here until the next call, and slices of the parts.
    std::span<const byte_view> wrap(std::span<const byte_view> parts);

  private:
    bool change_due_;
    std::deque<std::array<std::byte, 5>> heads_;
    std::vector<byte_view> out_;
};

/// Takes data out of records, in place. A reader asks how much may be read into its room, reads at most that
/// much to the room's beginning, and is told how much of it, from the beginning, is data:
///
///     std::size_t n = co_await socket.read_some(room.first(records.wants(room.size())));
///     result<std::size_t> data = records.take(room.first(n));
///
/// A record's end is read together with the next record's head where there is room, so that a record costs
/// one read; that head stands behind the data and means nothing to the caller.
class tls_record_reader {
  public:
    /// A server expects a change of the cipher in front of the first record.
    explicit tls_record_reader(role self) : change_due_(self == role::server) {}

    /// 1 to `room`, which is not 0.
    std::size_t wants(std::size_t room) const noexcept;
    /// May be 0: read again. errc::bad_frame when a head is none; nothing may be read after that.
    result<std::size_t> take(byte_view got) noexcept;

  private:
    bool change_due_;
    bool changing_ = false;  // left_ is that of the change of the cipher
    std::size_t left_ = 0;   // of the record
    std::size_t head_size_ = 0;
    std::array<std::byte, 5> head_{};
};

}  // namespace mtproto::wire
