// client::resolve: a link's media.
#include "media/locate.hpp"

#include <mtproto/client.hpp>
#include <mtproto/link.hpp>

#include <utility>

namespace mtproto {

boost::asio::awaitable<media> client::resolve(std::string_view link) {
    auto parsed = parse_link(link);
    if (!parsed) throw error(parsed.error());
    auto found = co_await core::locate(*runtime_, std::move(*parsed));
    if (!found) throw error(found.error());
    co_return std::move(*found);
}

}  // namespace mtproto
