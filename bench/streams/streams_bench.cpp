// Many streams at once in one client under one byte budget, each read at a player's pace: does any of them
// stand still?
//   bench_streams [--streams 100] [--rate 1000000] [--seconds 20] [--budget 64] [--rtt 20] [--line-rate 0]
// Rates in bytes a second, the budget in MiB, the round-trip time in ms; a line rate of 0 is no limit. Ends
// with 1 when a stream stood still for more than 200 ms.
#include "player.hpp"
#include "served_film.hpp"

#include <mtproto/client.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <deque>
#include <exception>
#include <string_view>

namespace {

using namespace mtproto;
using namespace mtproto::bench;
namespace asio = boost::asio;

struct wishes {
    int streams = 100;
    double rate = 1e6;
    double seconds = 20;
    double budget_mib = 64;
    double rtt_ms = 20;
    double line_rate = 0;
};

wishes read_arguments(int argc, char** argv) {
    wishes made;
    for (int i = 1; i + 1 < argc; i += 2) {
        const std::string_view name = argv[i];
        const double value = std::atof(argv[i + 1]);
        if (name == "--streams") made.streams = static_cast<int>(value);
        if (name == "--rate") made.rate = value;
        if (name == "--seconds") made.seconds = value;
        if (name == "--budget") made.budget_mib = value;
        if (name == "--rtt") made.rtt_ms = value;
        if (name == "--line-rate") made.line_rate = value;
    }
    return made;
}

config settings_for(const local_dc_info& about, double budget_mib) {
    config made;
    made.api.id = 1;
    made.api.hash = "bench";
    made.byte_budget = static_cast<std::size_t>(budget_mib * (1 << 20));
    made.servers = servers_of(about);
    return made;
}

asio::awaitable<void> find(client& tg, std::string link, media& into) {
    co_await tg.connect();
    co_await tg.login_bot("1:bench");
    into = co_await tg.resolve(link);
}

/// CPU time of this thread, on which the client alone runs.
double cpu_seconds() {
    timespec time{};
    ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) / 1e9;
}

void rethrow(const std::exception_ptr& thrown) {
    if (thrown) std::rethrow_exception(thrown);
}

int run(const wishes& how) {
    const auto each = static_cast<std::int64_t>(how.rate * how.seconds);
    const auto rtt =
        std::chrono::duration_cast<duration>(std::chrono::duration<double, std::milli>(how.rtt_ms));
    const served_film served(each * how.streams, rtt, static_cast<std::int64_t>(how.line_rate));

    asio::io_context context(1);
    client tg(context.get_executor(), settings_for(served.info(), how.budget_mib));
    media file;
    asio::co_spawn(context, find(tg, "https://t.me/demo/2", file), [&](const std::exception_ptr& thrown) {
        context.stop();
        rethrow(thrown);
    });
    context.run();
    context.restart();

    std::deque<byte_stream> streams;
    std::deque<watched> results(static_cast<std::size_t>(how.streams));
    int playing = how.streams;
    const double before = cpu_seconds();
    for (int i = 0; i < how.streams; ++i) {
        byte_stream& stream = streams.emplace_back(tg.open(file, {each * i, each}));
        asio::co_spawn(context, watch(stream, how.rate, results[static_cast<std::size_t>(i)]),
                       [&](const std::exception_ptr& thrown) {
                           rethrow(thrown);
                           if (--playing == 0) context.stop();
                       });
    }
    context.run();
    const double cpu = cpu_seconds() - before;

    watched all;
    for (const watched& one : results) {
        all.bytes += one.bytes;
        all.first_byte = std::max(all.first_byte, one.first_byte);
        all.worst_stall = std::max(all.worst_stall, one.worst_stall);
        all.all_stalls += one.all_stalls;
        all.long_stalls += one.long_stalls;
    }
    const double gib = static_cast<double>(all.bytes) / (1 << 30);
    std::printf("%d streams at %.2f MB/s for %.0f s, budget %.0f MiB, round trip %.0f ms\n", how.streams,
                how.rate / 1e6, how.seconds, how.budget_mib, how.rtt_ms);
    std::printf(
        "worst stall %.0f ms, %d beyond %.0f ms, %.1f ms a stream in all; slowest first byte %.0f ms\n",
        all.worst_stall * 1e3, all.long_stalls, long_stall * 1e3, all.all_stalls * 1e3 / how.streams,
        all.first_byte * 1e3);
    std::printf("%.2f GiB, %.2f CPU-seconds of the client, %.2f a GiB\n", gib, cpu, cpu / gib);
    return all.long_stalls == 0 ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
    try {
        return run(read_arguments(argc, argv));
    } catch (const std::exception& failed) {
        std::fprintf(stderr, "%s\n", failed.what());
        return 2;
    }
}
