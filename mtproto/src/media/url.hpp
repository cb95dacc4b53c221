// Takes a web or tg: address apart, as far as links to messages need it.
#pragma once

#include <mtproto/error.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mtproto::core {

/// Parts with their percent escapes decoded. `tg:resolve?...` has the host "resolve".
struct url {
    std::string scheme;  ///< "http", "https", "tg", or empty when none was written
    std::string host;    ///< lower case
    std::optional<int> port;
    bool user = false;              ///< a user name or password stands before the host
    std::vector<std::string> path;  ///< segments; empty ones at the end are dropped
    std::vector<std::pair<std::string, std::string>> query;

    bool has(std::string_view key) const noexcept;
    /// The value of the first argument named `key`; empty when there is none.
    std::string_view argument(std::string_view key) const noexcept;
};

/// Escapes that are none stay as they are; one pass only, so %252e gives %2e.
std::string decode_percent(std::string_view text);

/// The fragment is dropped. No part holds a control character. Error: errc::bad_link; its detail says why,
/// without the address.
outcome<url> split_url(std::string_view text);

}  // namespace mtproto::core
