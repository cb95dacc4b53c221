// A request to a CDN, which may outlive its object.
#include "client/cdn_connection.hpp"

namespace mtproto::core {

io::awaitable<outcome<bytes>> cdn_connection::call(bytes request, std::string_view method) {
    const std::shared_ptr<net::connection> over = connection_;
    std::string name(method);
    outcome<bytes> answer = co_await over->call(std::move(request), std::move(name), true);
    co_return answer;
}

}  // namespace mtproto::core
