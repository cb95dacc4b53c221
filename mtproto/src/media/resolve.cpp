// client::resolve: a link's media.
#include "media/locate.hpp"

#include <mtproto/client.hpp>
#include <mtproto/link.hpp>

#include <memory>
#include <string>
#include <utility>

namespace mtproto {

boost::asio::awaitable<media> client::resolve(std::string link) {
    // The client may go while this waits: its requests fail then, and may still be looked at.
    const std::shared_ptr<core::runtime> alive = runtime_;
    auto parsed = parse_link(link);
    if (!parsed) throw error(parsed.error());
    auto found = co_await core::locate(*alive, std::move(*parsed));
    if (!found) throw error(found.error());
    co_return std::move(*found);
}

}  // namespace mtproto
