// Who takes part, and with what settings.
#include "windows/contestants.hpp"

namespace mtproto::bench {
namespace {

constexpr std::int32_t kib = 1024;

}  // namespace

const std::vector<contestant>& contestants() {
    static const std::vector<contestant> all{
        {"adaptive", [] { return window::adaptive(); }, true},
        // The pace in four constants, as usually chosen and as chosen by these scenarios.
        {"aimd_halved", [] { return window::adaptive(); }, false,
         [] {
             return aimd_pace({0.5, 0.5, 0.01});
         }},
        {"aimd_tuned", [] { return window::adaptive(); }, false,
         [] {
             return aimd_pace({0.7, 0.75, 0.001});
         }},
        {"bdp_8", [] { return window::bdp(8); }, true},
        {"sequential", [] { return window::sequential(); }, true},
        {"fixed_8", [] { return window::fixed(8); }, true},
        {"sliding_4x8", [] { return window::sliding(4, 8); }, true},
        // A simple script: GramJS, Telethon.
        {"one_by_one_1M", [] { return window::sequential(1024 * kib); }},
        // WTelegramClient.
        {"two_of_512K", [] { return window::sliding(2, 1, 512 * kib); }},
        // gotd with 4 threads.
        {"unpipelined_4x512K", [] { return window::sliding(1, 4, 512 * kib); }},
        // teldrive, stream bots.
        {"barrier_4x1M", [] { return batch_barrier(4, 1024 * kib); }},
        {"interleave_8x2", [] { return static_interleave(8, 2, 512 * kib); }},
        // mtcute with a premium account.
        {"reorder_8x3", [] { return window::sliding(3, 8, 512 * kib); }},
        {"desktop", [] { return desktop_controller(); }},
        {"deadline_8x4", [] { return deadline_picker(8, 4, 512 * kib, std::chrono::milliseconds(1500)); }},
        {"naive_8x16", [] { return window::sliding(16, 8, 512 * kib); }},
    };
    return all;
}

}  // namespace mtproto::bench
