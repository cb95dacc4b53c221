// mtpipe get: downloads what a link points to, as it is or in another container.
#include "command.hpp"
#include "output.hpp"
#include "progress_bar.hpp"
#include "standard_output.hpp"
#include "text.hpp"
#include "usage.hpp"

#include <mtproto/client.hpp>
#include <mtproto/sink/pump.hpp>
#include <mtproto/sink/resumable_file.hpp>
#ifdef MTPIPE_WITH_REMUX
#include <mtproto/sink/remux.hpp>
#endif

#include <fmt/core.h>

#include <cstdint>
#include <exception>
#include <filesystem>
#include <optional>
#include <system_error>
#include <unistd.h>

namespace mtpipe {
namespace {

namespace asio = boost::asio;
namespace fs = std::filesystem;

mtproto::verification verification_of(const std::string& name) {
    if (name == "off") return mtproto::verification::off;
    if (name == "all") return mtproto::verification::all;
    return mtproto::verification::cdn;
}

/// Of an MP4 that is to be remuxed: where its index is, when that is not in front.
constexpr std::size_t index_size = 1 << 20;

bool index_may_be_last(const mtproto::media& file) {
    return file.mime == "video/mp4" || file.mime == "video/quicktime" || file.mime == "audio/mp4";
}

/// The file from `begin` on, in the way that was asked for; its progress is that of all of the file.
mtproto::byte_stream open_at(mtproto::client& tg, const mtproto::media& file, std::int64_t begin,
                             const get_arguments& given, progress_bar& bar) {
    mtproto::stream_options options;
    options.on_progress = [&bar, begin](mtproto::progress now) {
        now.received += begin;
        if (now.total) *now.total += begin;
        bar.show(now);
    };
    if (!given.container.empty() && index_may_be_last(file)) options.tail = index_size;
    mtproto::byte_stream stream = tg.open(file, {begin}, std::move(options));
    stream.use(make_window(given.window, given.connections));
    return stream;
}

using mtproto::sink::existing_file;

/// Says what the file is called when that is not what it was to be called.
void tell_name(const fs::path& wanted, const fs::path& name, progress_bar& bar) {
    if (name.filename() == wanted.filename()) return;
    std::error_code missing;
    const bool taken = fs::exists(fs::symlink_status(wanted, missing));
    bar.print_above(printable(wanted.filename().string() +
                              (taken ? " is there already" : " is no name for a file here") +
                              ": this one is " + name.string()));
}

/// What to do with a part that stays.
std::string next_with(const fs::path& part, const std::exception_ptr& failed) {
    std::string next = part.string() + " stays, and the same command goes on with it";
    try {
        std::rethrow_exception(failed);
    } catch (const mtproto::error& why) {
        if (why.code() == mtproto::errc::bad_part) next += ", or begins anew with --fresh";
    } catch (...) {
    }
    return next;
}

/// The bytes that had to be fetched.
asio::awaitable<std::int64_t> copy_to_file(mtproto::client& tg, const mtproto::media& file, fs::path to,
                                           existing_file there, const get_arguments& given, progress_bar& bar,
                                           mtproto::log_sink log) {
    using mtproto::sink::earlier_part;
    const earlier_part earlier = given.fresh ? earlier_part::start_over : earlier_part::go_on;
    mtproto::sink::resumable_file out(to, earlier, there, std::move(log));
    std::exception_ptr failed;
    try {
        const mtproto::progress_callback show = [&bar](const mtproto::progress& now) { bar.show(now); };
        const std::int64_t begin = co_await out.resume(tg, file, show);
        if (out.was_there()) {
            bar.print_above(printable(out.name().string() + " is there already, and whole"));
            co_return 0;
        }
        mtproto::byte_stream stream = open_at(tg, file, begin, given, bar);
        const std::int64_t written = co_await mtproto::sink::pump(stream, out);
        if (there == existing_file::keep) tell_name(to, out.name(), bar);
        co_return out.repaired() + written;
    } catch (...) {
        failed = std::current_exception();
    }
    if (const auto part = out.left()) throw unfinished{failed, next_with(*part, failed)};
    std::rethrow_exception(failed);
}

#ifdef MTPIPE_WITH_REMUX
mtproto::sink::container container_of(const std::string& name, bool live) {
    using mtproto::sink::container;
    if (name == "mkv") return container::matroska;
    if (name == "webm") return container::webm;
    if (name == "mov") return live ? container::fragmented_mov : container::mov;
    return live ? container::fragmented_mp4 : container::mp4;
}

mtproto::sink::remux_options remux_of(const get_arguments& given, bool live, mtproto::log_sink log) {
    mtproto::sink::remux_options options;
    options.format = container_of(given.container, live);
    options.keep_going = given.keep_going;
    options.log = std::move(log);
    return options;
}

asio::awaitable<void> copy_live(mtproto::sink::remux& film, int to) {
    standard_output out(co_await asio::this_coro::executor, to);
    while (std::optional<mtproto::chunk> fragment = co_await film.next()) {
        const auto written = co_await out.write(std::move(*fragment));
        if (!written) throw mtproto::error(written.error());
    }
    const auto finished = co_await out.finish();
    if (!finished) throw mtproto::error(finished.error());
}
#endif

}  // namespace

asio::awaitable<void> get(asio::any_io_executor executor, arguments all) {
    const auto& given = std::get<get_arguments>(all.command);
    const stopwatch since_start;
    // Before connections take the numbers of descriptors that it may name.
    std::optional<mtproto::sink::stream_output> named;
    if (given.out == "-")
        refuse_terminal(STDOUT_FILENO, "standard output");
    else
        named = co_await open_stream(executor, given.out);
    const int stream = named ? named->descriptor() : given.out == "-" ? STDOUT_FILENO : -1;

    mtproto::config settings = co_await client_config(executor, all.connection);
    settings.file_connections = given.connections;
    settings.verification = verification_of(given.verify);
    settings.byte_budget = static_cast<std::size_t>(given.budget);
    progress_bar bar(executor, choose_display(given.quiet, given.progress));
    settings.on_wait = waits_shown_by(bar);

    mtproto::client tg(executor, std::move(settings));
    co_await tg.connect();
    const mtproto::media file = co_await tg.resolve(given.link);
    const std::string ending = given.container.empty() ? "" : "." + given.container;
    destination to = stream < 0 ? choose_destination(given.out, file.name, ending) : destination();
    const existing_file there =
        to.named_by_sender && !given.force ? existing_file::keep : existing_file::replace;

    // What is lost on the way is worth telling whoever did not ask for a log. Called from other threads, too.
    const bool verbose = all.connection.verbose;
    const mtproto::log_sink log = [&bar, verbose](mtproto::log_level level, std::string_view line) {
        if (verbose || level >= mtproto::log_level::warning) bar.print_above(log_line(level, line));
    };
    bar.begin(file.name);
    const stopwatch since_open;
    std::int64_t fetched = file.size;
    if (!given.container.empty()) {
#ifdef MTPIPE_WITH_REMUX
        mtproto::byte_stream from = open_at(tg, file, 0, given, bar);
        mtproto::sink::remux film(from, remux_of(given, stream >= 0, log));
        if (stream >= 0) {
            co_await copy_live(film, stream);
        } else {
            const fs::path name = co_await film.save(to.path, there);
            if (there == existing_file::keep) tell_name(to.path, name, bar);
        }
#else
        throw command_error{exit_code::usage, "this mtpipe was built without --container"};
#endif
    } else if (stream >= 0) {
        mtproto::byte_stream from = open_at(tg, file, 0, given, bar);
        standard_output out(executor, stream);
        co_await mtproto::sink::pump(from, out);
    } else {
        fetched = co_await copy_to_file(tg, file, to.path, there, given, bar, log);
    }
    to.folders.keep();
    bar.finish();
    if (given.stats) print_stats(fetched, since_open, since_start);
}

}  // namespace mtpipe
