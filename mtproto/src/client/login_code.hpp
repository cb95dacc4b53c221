// A login code: how it comes, as the server tells it, and how it is typed.
#pragma once

#include <mtproto/clock.hpp>
#include <mtproto/login.hpp>
#include <mtproto/tl_api.hpp>

#include <string>
#include <string_view>

namespace mtproto::core {

/// `waited`: how long ago the code was sent.
code_info info_of(const tl::auth::sentCode& sent, duration waited);

/// A code as the server wants it. One of digits goes without blanks and hyphens, which people copy or type
/// with it; words only without the blanks around them.
std::string normalized_code(std::string_view typed);
/// False for digits of another number than the code has: it would cost one of few tries.
bool has_length(const code_info& about, std::string_view normalized);

/// A phone number without what people write between its digits; as it is when there is more than that.
std::string normalized_phone(std::string_view typed);

}  // namespace mtproto::core
