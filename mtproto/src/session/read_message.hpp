// Decodes a service message for its handler.
#pragma once

#include "session/session.hpp"

#include <mtproto/tl/codec.hpp>
#include <mtproto/tl_mtproto.hpp>

#include <optional>
#include <string>
#include <utility>

namespace mtproto::session {

/// The message as a T; nothing when it is malformed, which an authenticated server does not do by accident.
template <class T>
std::optional<T> session::read(const incoming& message) {
    result<T> decoded = tl::decode<T>(message.body);
    if (decoded) return std::move(*decoded);
    break_line(errc::bad_message, std::string("a malformed ") + std::string(T::tl_name));
    return std::nullopt;
}

}  // namespace mtproto::session
