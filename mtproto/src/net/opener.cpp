// A posted handler runs after the reads that are ready now: if there were any, more packets may be about to
// come.
#include "net/opener.hpp"

#include <boost/asio/post.hpp>

namespace mtproto::net {

struct opener::state {
    explicit state(io::asio::any_io_executor on) : executor(std::move(on)) {}

    struct destination {
        std::weak_ptr<packet_receiver> to;
        std::uint64_t line = 0;
    };

    io::asio::any_io_executor executor;
    std::vector<wire::open_job> jobs;
    std::vector<destination> destinations;  // of the jobs, one each
    std::size_t bytes = 0;
    std::uint64_t reads = 0;
    std::uint64_t reads_at_last_turn = 0;
    int turns = 0;
    bool scheduled = false;
    bool ended = false;

    bool full() const noexcept { return jobs.size() >= full_batch || bytes >= full_bytes; }

    void flush() {
        // The receivers may submit again: they must find empty lists.
        std::vector<wire::open_job> batch = std::exchange(jobs, {});
        const std::vector<destination> receivers = std::exchange(destinations, {});
        bytes = 0;
        wire::open_batch(batch);
        for (std::size_t i = 0; i < batch.size() && !ended; ++i)
            if (const auto to = receivers[i].to.lock())
                to->opened(receivers[i].line, std::move(batch[i].outcome));
    }
};

namespace {

template <class State>
void schedule(const std::shared_ptr<State>& state) {
    state->scheduled = true;
    state->reads_at_last_turn = state->reads;
    io::asio::post(state->executor, [state] {
        state->scheduled = false;
        if (state->ended || state->jobs.empty()) return;
        // The connection that brought the last packet reads again only after the first turn.
        const bool more_comes = state->turns == 0 || state->reads != state->reads_at_last_turn;
        if (more_comes && !state->full() && ++state->turns < opener::patience)
            schedule(state);
        else
            state->flush();
    });
}

}  // namespace

opener::opener(io::asio::any_io_executor executor) : state_(std::make_shared<state>(std::move(executor))) {}

opener::~opener() {
    state_->ended = true;
}

void opener::flush() {
    // The receivers may let go of the opener.
    const std::shared_ptr<state> here = state_;
    if (!here->jobs.empty()) here->flush();
}

std::uint64_t& opener::reads() noexcept {
    return state_->reads;
}

void opener::submit(wire::open_job job, std::weak_ptr<packet_receiver> to, std::uint64_t line) {
    state& here = *state_;
    here.bytes += job.data.size;
    here.jobs.push_back(std::move(job));
    here.destinations.push_back({std::move(to), line});
    if (!here.scheduled) {
        here.turns = 0;
        schedule(state_);
    }
}

}  // namespace mtproto::net
