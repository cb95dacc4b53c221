// mtpipe get: downloads what a link points to, as it is or as MP4.
#include "command.hpp"
#include "output.hpp"
#include "progress_bar.hpp"
#include "usage.hpp"

#include <mtproto/client.hpp>
#include <mtproto/sink/pump.hpp>
#ifdef MTPIPE_WITH_REMUX
#include <mtproto/sink/remux.hpp>
#endif

#include <fmt/core.h>

#include <cstdio>
#include <unistd.h>

namespace mtpipe {
namespace {

namespace asio = boost::asio;

#ifdef MTPIPE_WITH_REMUX
asio::awaitable<void> copy_as_mp4(mtproto::byte_stream& from, const destination& to, mtproto::log_sink log) {
    if (!to.is_stdout) {
        mtproto::sink::remux mp4(from, mtproto::sink::container::mp4, std::move(log));
        co_await mp4.save(to.path);
        co_return;
    }
    mtproto::sink::remux mp4(from, mtproto::sink::container::fragmented_mp4, std::move(log));
    const auto out = open_sink(co_await asio::this_coro::executor, to);
    while (std::optional<mtproto::chunk> fragment = co_await mp4.next()) {
        const auto written = co_await out->write(std::move(*fragment));
        if (!written) throw mtproto::error(written.error());
    }
    const auto finished = co_await out->finish();
    if (!finished) throw mtproto::error(finished.error());
}
#endif

}  // namespace

asio::awaitable<void> get(asio::any_io_executor executor, arguments all) {
    const auto& given = std::get<get_arguments>(all.command);
    const stopwatch since_start;
    mtproto::config settings = co_await client_config(executor, all.connection);
    settings.file_connections = given.connections;
    settings.byte_budget = static_cast<std::size_t>(given.budget);

    mtproto::client tg(executor, std::move(settings));
    co_await tg.connect();
    const mtproto::media file = co_await tg.resolve(given.link);
    destination to = choose_destination(given.out, file.name, given.mp4);

    const bool shown = !given.quiet && (given.progress || ::isatty(STDERR_FILENO) == 1);
    progress_bar bar(shown, file.name);
    mtproto::stream_options options(0, [&bar](const mtproto::progress& now) { bar.show(now); });
    mtproto::byte_stream stream = tg.open(file, {}, std::move(options));
    const stopwatch since_open;
    if (given.mp4) {
#ifdef MTPIPE_WITH_REMUX
        // What is lost on the way is worth telling whoever did not ask for a log. Called from a thread of its
        // own.
        const bool verbose = all.connection.verbose;
        const mtproto::log_sink log = [&bar, verbose](mtproto::log_level level, std::string_view line) {
            if (verbose || level >= mtproto::log_level::warning) bar.print_above(log_line(level, line));
        };
        co_await copy_as_mp4(stream, to, log);
#else
        throw command_error{exit_code::usage, "this mtpipe was built without --mp4"};
#endif
    } else {
        const auto out = open_sink(executor, to);
        co_await mtproto::sink::pump(stream, *out);
    }
    to.folders.keep();
    bar.finish();
    if (given.stats) print_stats(file.size, since_open, since_start);
}

}  // namespace mtpipe
