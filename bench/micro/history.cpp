// How fast a page of a channel's history is decoded, and given back.
#include "history.hpp"

#include <mtproto/tl/codec.hpp>
#include <mtproto/tl_api.hpp>

#include <benchmark/benchmark.h>

#include <cstdlib>
#include <fstream>

namespace {

using namespace mtproto;

// MTPROTO_BENCH_HISTORY names a file that the page goes to, for readers that are not written in C++.
void share(const bytes& page) {
    const char* const path = std::getenv("MTPROTO_BENCH_HISTORY");
    if (path) std::ofstream(path, std::ios::binary) << page.text();
}

void decode_history(benchmark::State& state) {
    const bytes page = bench::history_page();
    share(page);
    for (auto _ : state) {
        auto read = tl::decode<tl::messages::Messages>(page);
        if (!read) state.SkipWithError("the page was not understood");
        benchmark::DoNotOptimize(read);
    }
    state.SetItemsProcessed(state.iterations() * bench::history_page_messages);
    state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations() * page.size()));
}
BENCHMARK(decode_history);

}  // namespace
