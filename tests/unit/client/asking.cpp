// Requests in virtual time.
#include "unit/client/asking.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include <utility>

namespace mtproto::test {

scripted_cluster::handler failing(int dc, int times, int code, std::string text) {
    return [=, left = times](const seen_request& what) mutable -> std::optional<scripted_answer> {
        if (what.method != nearest_id || what.dc != dc || left <= 0) return std::nullopt;
        --left;
        return reply_error(code, text);
    };
}

outcome<bytes> ask(scripted_cluster& at, int dc) {
    return at.call(nearest_request(), "help.getNearestDc", core::call_options(dc));
}

answer_slot ask_in_background(scripted_cluster& at, int dc, std::function<void()> then) {
    auto into = std::make_shared<std::optional<outcome<bytes>>>();
    io::asio::co_spawn(
        at.world().executor(),
        [](core::account_connections& client, int where, answer_slot slot,
           std::function<void()> after) -> io::awaitable<void> {
            const core::call_options how(where);
            *slot = co_await client.call(nearest_request(), "help.getNearestDc", how);
            if (after) after();
        }(at.client(), dc, into, std::move(then)),
        io::asio::detached);
    return into;
}

answer_slot ask_over(scripted_cluster& at, std::shared_ptr<core::file_connection> connection) {
    auto into = std::make_shared<std::optional<outcome<bytes>>>();
    io::asio::co_spawn(
        at.world().executor(),
        [](std::shared_ptr<core::file_connection> over, answer_slot slot) -> io::awaitable<void> {
            *slot = co_await over->call(nearest_request(), "help.getNearestDc");
        }(std::move(connection), into),
        io::asio::detached);
    return into;
}

void pass(scripted_cluster& at, duration time) {
    at.run([](io::timers& clock, duration much) -> io::awaitable<void> { co_await clock.sleep_for(much); }(
                                                    at.world().time(), time));
}

}  // namespace mtproto::test
