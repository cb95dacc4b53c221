// Carries the steps' requests and answers in plain envelopes.
#include "handshake/client.hpp"

#include "wire/envelope.hpp"

#include <utility>

namespace mtproto::handshake {

client::client(options settings, random_source& random) : settings_(std::move(settings)), random_(&random) {}

wire::packet client::envelope(const bytes& body, unix_time unix_now) {
    return wire::write_plain(ids_.next(unix_now), body);
}

wire::packet client::start(unix_time unix_now) {
    next<ask_pq> first = handshake::start(std::move(settings_), *random_);
    step_ = std::move(first.step);
    return envelope(first.request, unix_now);
}

result<std::optional<wire::packet>> client::receive(const wire::packet& from, unix_time unix_now) {
    // Whatever fails below leaves the exchange ended.
    auto step = std::exchange(step_, ended{});
    const result<wire::plain_message> message = wire::read_plain(from);
    if (!message) return message.error();

    if (auto* asked = std::get_if<ask_pq>(&step)) {
        auto next = std::move(*asked).on_answer(message->body);
        if (!next) return next.error();
        step_ = std::move(next->step);
        return envelope(next->request, unix_now);
    }
    if (auto* requested = std::get_if<request_dh>(&step)) {
        auto next = std::move(*requested).on_answer(message->body, unix_now);
        if (!next) return next.error();
        ids_.set_offset(next->step.time_offset());
        step_ = std::move(next->step);
        return envelope(next->request, unix_now);
    }
    if (auto* agreeing = std::get_if<agree_dh>(&step)) {
        auto verdict = std::move(*agreeing).on_answer(message->body);
        if (!verdict) return verdict.error();
        if (auto* again = std::get_if<handshake::next<agree_dh>>(&*verdict)) {
            step_ = std::move(again->step);
            return envelope(again->request, unix_now);
        }
        made_ = std::move(std::get<established>(*verdict));
        return std::optional<wire::packet>();
    }
    return errc::handshake_failed;
}

established client::take() {
    return std::move(*made_);
}

}  // namespace mtproto::handshake
