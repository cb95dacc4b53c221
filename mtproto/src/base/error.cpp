// The texts of the library's errors.
#include <mtproto/error.hpp>

namespace mtproto {
namespace {

const char* text_of(errc code) noexcept {
    switch (code) {
        case errc::truncated:
            return "the data ends too early";
        case errc::malformed:
            return "the data is malformed";
        case errc::too_large:
            return "a size exceeds its limit";
        case errc::bad_frame:
            return "the transport's framing is broken";
        case errc::bad_message_key:
            return "a packet does not verify";
        case errc::bad_message:
            return "a packet breaks the protocol";
        case errc::replayed:
            return "a packet was replayed";
        case errc::handshake_failed:
            return "the server's answer in the key exchange does not verify";
        case errc::unknown_rsa_key:
            return "the server offers none of the known RSA keys";
        case errc::connection_failed:
            return "cannot connect";
        case errc::connection_closed:
            return "the connection was closed";
        case errc::transport_error:
            return "the server refused the connection's packets";
        case errc::timed_out:
            return "timed out";
        case errc::proxy_failed:
            return "the proxy does not let us through";
        case errc::rpc_error:
            return "the server answered with an error";
        case errc::cancelled:
            return "cancelled";
        case errc::not_connected:
            return "not connected";
        case errc::not_authorized:
            return "not logged in";
        case errc::password_needed:
            return "the account needs its two-step verification password";
        case errc::bad_link:
            return "this is not a link to a Telegram message";
        case errc::not_found:
            return "there is no such user, channel or message";
        case errc::no_media:
            return "the message carries nothing that can be downloaded";
        case errc::protected_content:
            return "the owner of this content does not allow saving it";
        case errc::short_part:
            return "a part of the file came back with the wrong length";
        case errc::bad_part:
            return "a part of the file does not have its hash";
        case errc::file_changed:
            return "the file has changed";
        case errc::io_failed:
            return "a file operation failed";
        case errc::remux_failed:
            return "the container cannot be rewritten";
        case errc::session_file:
            return "the session file cannot be used";
        case errc::bad_argument:
            return "bad argument";
        case errc::media_damaged:
            return "the film is damaged or incomplete";
        case errc::account_in_use:
            return "the account is used by another process";
    }
    return "unknown error";
}

class category final : public boost::system::error_category {
  public:
    const char* name() const noexcept override { return "mtproto"; }
    std::string message(int code) const override { return text_of(static_cast<errc>(code)); }
};

}  // namespace

const boost::system::error_category& error_category() noexcept {
    static const category instance;
    return instance;
}

boost::system::error_code make_error_code(errc code) noexcept {
    return {static_cast<int>(code), error_category()};
}

std::string failure::message() const {
    std::string text;
    if (code == make_error_code(errc::rpc_error)) {
        text = std::to_string(rpc_code) + " " + rpc_type;
        if (value != 0) text += "_" + std::to_string(value);
    } else {
        text = code.message();
        if (rpc_code != 0) text += " (" + std::to_string(rpc_code) + ")";
    }
    if (!method.empty()) text += " in " + method;
    if (dc != 0) text += " at DC " + std::to_string(dc);
    if (!detail.empty() && detail != code.message()) text += ": " + detail;
    return text;
}

void throw_exception_from_error(const failure& what, const boost::source_location&) {
    throw error(what);
}

}  // namespace mtproto
