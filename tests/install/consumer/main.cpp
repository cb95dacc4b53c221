// A program outside the project: parses a link, calls a method, and signs in to a cluster of its own.
#include <mtproto/api.hpp>
#include <mtproto/local_dc.hpp>
#include <mtproto/mtproto.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <exception>
#include <iostream>
#include <string_view>

namespace asio = boost::asio;

asio::awaitable<void> sign_in(const mtproto::local_dc_info& cluster) {
    mtproto::config settings;
    settings.api = {1, "any"};
    settings.servers = mtproto::servers_of(cluster);

    mtproto::client tg(co_await asio::this_coro::executor, std::move(settings));
    co_await tg.connect();
    const mtproto::account who = co_await tg.login_bot("1:any");
    const mtproto::tl::help::getNearestDc request;
    const mtproto::tl::nearestDc nearest = co_await tg.call(request);
    std::cout << "signed in as " << who.user_id << " at DC " << nearest.this_dc << "\n";
}

int main(int argc, char** argv) try {
    if (std::string_view(mtproto::version()) != MTPROTO_VERSION_STRING) return 3;
    if (argc != 2 || mtproto::parse_link("https://t.me/demo/2").value().message_id != 2) return 2;
    asio::io_context context(1);
    mtproto::local_dc_options options;
    options.folder = argv[1];
    options.dcs = 1;
    mtproto::local_dc cluster(context.get_executor(), options);
    cluster.start();
    asio::co_spawn(context, sign_in(cluster.info()), [&](std::exception_ptr failed) {
        context.stop();
        if (failed) std::rethrow_exception(failed);
    });
    context.run();
} catch (const std::exception& failed) {
    std::cerr << failed.what() << "\n";
    return 1;
}
