// Messages of the server: an object, or a part of a file that is read when its turn comes.
#pragma once

#include "traffic/fault.hpp"

#include <mtproto/bytes.hpp>
#include <mtproto/clock.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

namespace mtproto::localdc {

struct served_file;

/// AES-256-CTR, as a CDN's files are encrypted.
struct cipher_of_part {
    std::array<std::byte, 32> key{};
    /// The first counter block of the file. The last four bytes hold the offset / 16 (protocol 8.3).
    std::array<std::byte, 16> iv{};
};

/// A part of a file, to be sent as upload.file, or encrypted as upload.cdnFile.
struct file_part {
    const served_file* file = nullptr;
    std::int64_t offset = 0;
    std::int32_t size = 0;       ///< bytes to send
    std::int64_t available = 0;  ///< bytes that the file has there; fewer than `size` only for a fault
    std::int32_t mtime = 0;
    std::optional<cipher_of_part> cipher{};  ///< of upload.cdnFile
};

/// The answer of a method.
struct reply {
    bytes body{};                     ///< boxed: the result or an rpc_error; empty with `part`
    std::optional<file_part> part{};  ///< in place of a body
    duration slow{0};                 ///< how much longer than usual it takes
};

/// A message of the server's, numbered when it is sent.
struct message {
    bytes body{};  ///< boxed
    /// rpc_result around upload.file or upload.cdnFile around this part, in place of a body.
    std::optional<file_part> part{};
    std::int64_t req_msg_id = 0;            ///< the query that it answers, 0 for none
    bool response = false;                  ///< msg_id % 4 == 1 (protocol 4.6)
    bool content = false;                   ///< odd seqno: the client acknowledges it (protocol 4.7)
    const traffic::fault* fault = nullptr;  ///< what is to be wrong with it; of the cluster's plan
    std::int64_t msg_id = 0;                ///< 0 until it was sent once
    std::int32_t seqno = 0;

    /// Bytes that the body takes.
    std::size_t size() const;
};

/// The answer to the query `req_msg_id`, still without a body.
message answer_for(std::int64_t req_msg_id);
/// rpc_result around `result`, which is boxed.
message answer_for(std::int64_t req_msg_id, byte_view result);

/// Where the contents of files come from.
class content_reader {
  public:
    virtual ~content_reader() = default;
    /// Fills `into`; false when the file has become unreadable.
    virtual bool read(const served_file& file, std::int64_t offset, byte_span into) = 0;
};

/// Writes a message's body for the wire; `out` has size() bytes. False when its part of a file cannot be
/// read.
bool write_body(const message& what, byte_span out, content_reader& files);

}  // namespace mtproto::localdc
