// Failures of a connection's link, which another link may not meet with.
#pragma once

#include <mtproto/error.hpp>

#include <algorithm>
#include <initializer_list>

namespace mtproto::net {

inline bool is_one_of(const failure& what, std::initializer_list<errc> codes) {
    return std::any_of(codes.begin(), codes.end(),
                       [&](errc each) { return what.code == make_error_code(each); });
}

/// What came was not what the server sent, or no server of Telegram sent it.
inline bool is_corrupt(const failure& what) {
    return is_one_of(what, {errc::bad_frame, errc::bad_message_key, errc::bad_message, errc::replayed,
                            errc::handshake_failed, errc::unknown_rsa_key});
}

/// A packet without an end is no packet: of what a link's read says.
inline boost::system::error_code of_framing(boost::system::error_code why) {
    return why == make_error_code(errc::too_large) ? make_error_code(errc::bad_frame) : why;
}

/// Whichever of several was the last says nothing: a link that is broken ends in one of these.
inline bool is_of_link(const failure& what) {
    return is_corrupt(what) || is_one_of(what, {errc::connection_closed, errc::connection_failed,
                                                errc::transport_error, errc::timed_out, errc::not_connected});
}

}  // namespace mtproto::net
