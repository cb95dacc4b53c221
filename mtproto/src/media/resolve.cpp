// client::resolve: a link's media.
#include "client/client_lifetime.hpp"
#include "io/edge.hpp"
#include "media/locate.hpp"

#include <mtproto/client.hpp>
#include <mtproto/link.hpp>

#include <memory>
#include <string>
#include <utility>

namespace mtproto {
namespace {

/// The client may go while this waits: its requests fail then, and may still be looked at.
io::awaitable<outcome<media>> find(std::shared_ptr<core::account_connections> account, std::string link) {
    auto parsed = parse_link(link);
    if (!parsed) co_return parsed.error();
    if (!account) co_return failure(errc::connection_closed);
    co_return co_await core::locate(*account, std::move(*parsed));
}

}  // namespace

boost::asio::awaitable<media> client::resolve(std::string link) {
    return io::at_the_edge(core::client_lifetime::checked(lifetime_, find(account_, std::move(link))));
}

}  // namespace mtproto
