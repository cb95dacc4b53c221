// A posted handler runs after the reads that were ready before it; its own reads come before the next one.
#include "net/packet_decrypter.hpp"

#include <boost/asio/post.hpp>

namespace mtproto::net {

struct packet_decrypter::state {
    explicit state(io::asio::any_io_executor on) : executor(std::move(on)) {}

    struct job {
        std::shared_ptr<wire::decryption> packet;
        std::weak_ptr<packet_receiver> to;
        std::uint64_t epoch = 0;
    };

    struct begun {
        std::weak_ptr<wire::decryption> packet;
        std::weak_ptr<packet_receiver> to;
    };

    io::asio::any_io_executor executor;
    std::vector<job> jobs;
    std::vector<begun> partial;  // and those of the jobs
    bool ended = false;

    void flush() {
        // The receivers may submit again: they must find an empty list.
        const std::vector<job> batch = std::exchange(jobs, {});
        std::vector<std::shared_ptr<wire::decryption>> alive;
        std::vector<wire::decryption*> packets;
        std::erase_if(partial, [&](const begun& each) {
            if (auto here = each.packet.lock()) packets.push_back(alive.emplace_back(std::move(here)).get());
            return each.packet.expired();
        });
        wire::advance(packets);
        alive.clear();
        for (const job& each : batch) {
            if (ended) return;
            if (const auto to = each.to.lock()) to->decrypted(each.epoch, each.packet->finish());
        }
    }
};

packet_decrypter::packet_decrypter(io::asio::any_io_executor executor)
    : state_(std::make_shared<state>(std::move(executor))) {}

packet_decrypter::~packet_decrypter() {
    state_->ended = true;
}

void packet_decrypter::flush() {
    // The receivers may let go of the decrypter.
    const std::shared_ptr<state> here = state_;
    if (!here->jobs.empty()) here->flush();
}

std::shared_ptr<wire::decryption> packet_decrypter::begin(wire::open_job of, std::size_t received,
                                                          std::weak_ptr<packet_receiver> to) {
    auto made = std::make_shared<wire::decryption>(std::move(of), received);
    state_->partial.push_back({made, std::move(to)});
    return made;
}

void packet_decrypter::submit(std::shared_ptr<wire::decryption> whole, std::weak_ptr<packet_receiver> to,
                              std::uint64_t epoch) {
    const bool scheduled = !state_->jobs.empty();
    state_->jobs.push_back({std::move(whole), std::move(to), epoch});
    if (scheduled) return;
    for (const state::begun& each : state_->partial)
        if (const auto other = each.to.lock()) other->hurry_read();
    io::asio::post(state_->executor, [here = state_] {
        io::asio::post(here->executor, [here] {
            if (!here->ended && !here->jobs.empty()) here->flush();
        });
    });
}

}  // namespace mtproto::net
