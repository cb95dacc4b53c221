// Hosts as certificates know them: by an address or by a name.
#pragma once

#include <boost/asio/ip/address.hpp>

#include <string>

namespace mtproto::tls {

inline bool is_address(const std::string& host) {
    boost::system::error_code is_name;
    boost::asio::ip::make_address(host, is_name);
    return !is_name;
}

}  // namespace mtproto::tls
