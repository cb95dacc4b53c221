// The transports' framings: how packets become a stream and come out of one again (protocol 1.1 to 1.4).
#pragma once

#include "base/buffer_pool.hpp"
#include "wire/packet.hpp"
#include "wire/role.hpp"

#include <mtproto/error.hpp>
#include <mtproto/random.hpp>

#include <array>
#include <cstdint>
#include <deque>
#include <functional>
#include <optional>

namespace mtproto::wire {

enum class framing {
    abridged,             ///< protocol 1.1
    intermediate,         ///< protocol 1.2
    padded_intermediate,  ///< protocol 1.3
    full,                 ///< protocol 1.4
};

/// Telegram's own servers send at most 1 MiB of file and some envelope; uploads and containers stay below
/// this too.
inline constexpr std::size_t default_max_packet = (16u << 20) + 4096;

/// What a server finds at the beginning of a client's stream.
struct detected_transport {
    /// Nothing when it is none of the plain framings: an obfuscated stream (protocol 1.7), or nonsense.
    std::optional<framing> kind;
    /// How many bytes name the framing and are not part of the first frame.
    std::size_t tag_size = 0;
};
/// Looks at the first bytes of a stream; nothing when more are needed (8 always do).
std::optional<detected_transport> detect_transport(byte_view first) noexcept;

/// Takes packets out of a stream. The caller reads from its socket straight to where prepare() says:
///
///     byte_span room = reader.prepare();
///     std::size_t n = co_await socket.read_some(room);
///     cipher.apply(room.first(n));                       // an obfuscated stream decrypts here
///     if (auto done = reader.commit(n); !done) close();
///     while (std::optional<packet> p = reader.next()) handle(*p);
///
/// Small packets share a block of 4 KiB; a large one is received into a block of its own, so that its data is
/// not copied again (but for the few bytes that came with its header).
class frame_reader {
  public:
    /// A server may leave out `kind`: the stream's first bytes decide it then. With `kind` given, no tag is
    /// expected.
    frame_reader(role self, std::optional<framing> kind, buffer_pool& pool,
                 std::size_t max_packet = default_max_packet);

    /// Packets beyond `bytes` are taken only under keys that `knows` (asked with their id). Others are
    /// errc::too_large before there is room for them: who has no key yet is to take no memory.
    void limit_strangers(std::size_t bytes, std::function<bool(std::int64_t)> knows);

    /// Where the next bytes of the stream go; never empty. Valid until commit.
    byte_span prepare();
    /// How many bytes it takes until the next packet is whole; 1 as long as that is unknown.
    std::size_t missing() const noexcept;
    /// The first `n` bytes of prepare()'s room were received. errc::bad_frame or errc::too_large when the
    /// stream breaks the rules: packets that came before are still delivered, and nothing after.
    result<void> commit(std::size_t n);
    /// prepare and commit for bytes that are somewhere else already.
    result<void> feed(byte_view data);

    /// The next whole packet.
    std::optional<packet> next();
    /// A large packet that still comes: where it will be, and how many bytes of it are there, which may be
    /// changed. Nothing with the full framing, whose CRC is of the bytes as they came.
    struct partial_packet {
        packet whole;
        std::size_t received = 0;
    };
    std::optional<partial_packet> partial() const;
    /// The framing, once it is known.
    std::optional<framing> kind() const noexcept { return kind_; }

  private:
    struct head;
    result<void> parse();
    result<std::optional<head>> read_head(byte_view data) const;
    result<void> deliver(const buffer& storage, std::size_t offset, const head& frame);
    packet packet_at(const buffer& storage, std::size_t offset, const head& frame) const;
    std::optional<bool> may_begin(const head& frame, byte_view payload) const;
    void begin_large(const head& frame);
    result<void> fail(errc code);

    // What the head of a frame said.
    struct head {
        std::size_t size = 0;     // of the head itself
        std::size_t payload = 0;  // bytes
        std::size_t trailer = 0;  // of the full framing: its CRC
        std::uint32_t crc = 0;    // over the head
        bool quick_ack = false;
        std::optional<std::uint32_t> token;  // the frame is nothing but a quick acknowledgement
        bool bare_error = false;             // of the full framing: without CRC
    };

    role self_;
    std::optional<framing> kind_;
    buffer_pool* pool_;
    std::size_t max_packet_;
    std::size_t most_of_strangers_ = 0;  // where knows_ is set
    std::function<bool(std::int64_t)> knows_;
    std::deque<packet> ready_;
    std::uint32_t sequence_ = 0;  // of the full framing
    std::optional<errc> failed_;

    // Small packets, and the heads of large ones.
    struct shared_block {
        buffer storage;
        bool delivered = false;  // a packet in it
        std::size_t begin = 0;   // of what is there and not parsed
        std::size_t end = 0;

        byte_view unparsed() const { return storage.span().subspan(begin, end - begin); }
        void make_room(buffer_pool& pool);
    };
    shared_block scratch_;

    // A packet that has a block of its own, if there is one.
    struct large_packet {
        buffer storage;
        head frame;
        std::size_t filled = 0;  // bytes of its payload and trailer that are there
    };
    large_packet large_;
};

/// The bytes to send before and after a payload.
class frame {
  public:
    byte_view header() const noexcept { return byte_view(header_).first(header_size_); }
    byte_view trailer() const noexcept { return byte_view(trailer_).first(trailer_size_); }
    byte_span header() noexcept { return byte_span(header_).first(header_size_); }
    byte_span trailer() noexcept { return byte_span(trailer_).first(trailer_size_); }

  private:
    friend class frame_writer;
    std::array<std::byte, 16> header_{};
    std::array<std::byte, 16> trailer_{};
    std::uint8_t header_size_ = 0;
    std::uint8_t trailer_size_ = 0;
};

/// Puts packets into a stream, in the order of the calls.
class frame_writer {
  public:
    /// `send_tag`: whether the first frame carries the bytes that name the framing. A client does so unless
    /// an obfuscated stream named it already; a server never does.
    frame_writer(role self, framing kind, random_source& random, bool send_tag = true);

    /// The frame around `payload`, whose size is a multiple of 4 and less than 2^26. `quick_ack`: a client
    /// asks for a quick acknowledgement (not possible with the full framing, which ignores it).
    frame wrap(byte_view payload, bool quick_ack = false);
    /// A server's quick acknowledgement: a whole frame without a payload; empty with the full framing.
    frame quick_ack(std::uint32_t token) const;
    framing kind() const noexcept { return kind_; }

  private:
    role self_;
    framing kind_;
    random_source* random_;
    bool tag_due_;
    std::uint32_t most_padding_;  // of padded intermediate
    std::uint32_t sequence_ = 0;
};

}  // namespace mtproto::wire
