// Errors: the codes, the failure value that travels below the public edge, and the exception thrown at it.
#pragma once

#include <boost/system/error_code.hpp>
#include <boost/system/result.hpp>

#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>

namespace mtproto {

enum class errc {
    // Bytes from the wire
    truncated = 1,    ///< the data ends before the value does
    malformed,        ///< the data is not a value of the expected type
    too_large,        ///< a size or count exceeds its limit
    bad_frame,        ///< transport framing: sequence number, CRC or length
    bad_message_key,  ///< decryption or the msg_key check failed (covers every check before it, protocol 4.3)
    bad_message,      ///< an authenticated packet that breaks the rules (length, session id, msg_id)
    replayed,         ///< a msg_id that was already received
    // Authorization key
    handshake_failed,  ///< the server's answer in the key exchange does not verify
    unknown_rsa_key,   ///< none of the server's fingerprints is known
    // Transport
    connection_failed,  ///< no connection could be made
    connection_closed,  ///< the peer closed, or the connection was given up
    transport_error,    ///< a negative code in place of a packet; the failure's `rpc_code` holds it
    timed_out,
    proxy_failed,  ///< the proxy refused, or is none; the detail says what
    // Requests
    rpc_error,  ///< the server answered with an error; see the failure's fields
    cancelled,
    not_connected,
    not_authorized,   ///< log in first
    password_needed,  ///< the account has two-step verification and no password was given
    // Links and media
    bad_link,
    not_found,          ///< no such user, channel or message
    no_media,           ///< the message carries nothing that can be downloaded
    protected_content,  ///< the owner forbids saving it
    // Files
    short_part,    ///< a part in the middle of a file came back short, or longer than asked
    bad_part,      ///< a part does not have the hash that it should have
    file_changed,  ///< the document is another one than when the download began
    io_failed,     ///< the operating system refused; the text says what and why
    remux_failed,  ///< the container or its codecs cannot be rewritten
    session_file,  ///< the session file cannot be read, written, or is not one
    bad_argument,
    media_damaged,   ///< the film ends in the middle or has holes; what is whole of it was written
    account_in_use,  ///< another process has the account, or may have it by now
};

const boost::system::error_category& error_category() noexcept;
boost::system::error_code make_error_code(errc code) noexcept;

/// A value, or the code of what went wrong. What the rooms below `net` return.
template <class T>
using result = boost::system::result<T>;

/// What went wrong with a request, in full.
struct failure {
    boost::system::error_code code;
    int rpc_code = 0;  ///< errc::rpc_error: 303, 400, 401, 403, 406, 420, 500 ...; transport_error: -404 ...
    std::string rpc_type;  ///< the error's name without its number, e.g. "FLOOD_WAIT"
    int value = 0;         ///< the number inside the name: 42 for FLOOD_WAIT_42
    std::string method;    ///< the schema's name of the request, e.g. "upload.getFile"
    int dc = 0;
    std::string detail;  ///< more for people: a path, a host, what was expected

    failure() = default;
    failure(errc what) : code(make_error_code(what)) {}
    failure(errc what, std::string text) : code(make_error_code(what)), detail(std::move(text)) {}
    failure(boost::system::error_code what) : code(what) {}

    bool is(std::string_view type) const noexcept { return rpc_type == type; }
    /// One line for people.
    std::string message() const;
};

/// A value, or a whole failure. What the rooms from `net` up return inside.
template <class T>
using outcome = boost::system::result<T, failure>;

/// What the public API throws.
class error : public std::runtime_error {
  public:
    explicit error(failure what) : std::runtime_error(what.message()), failure_(std::move(what)) {}
    const failure& info() const noexcept { return failure_; }
    const boost::system::error_code& code() const noexcept { return failure_.code; }

  private:
    failure failure_;
};

[[noreturn]] void throw_exception_from_error(const failure& what, const boost::source_location&);

}  // namespace mtproto

template <>
struct boost::system::is_error_code_enum<mtproto::errc> : std::true_type {};
