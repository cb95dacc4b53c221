// Bodies, containers and drafts.
#include "localdc/packing.hpp"

#include "localdc/call.hpp"

#include <array>
#include <utility>

namespace mtproto::localdc {
namespace {

// The answer with a part of a file that changed between the query and now: an error takes its place.
void give_up(outgoing& unreadable) {
    message& lost = unreadable.content;
    const message error = answer_for(lost.req_msg_id, encode_refusal({500, "INTERNAL"}));
    lost.part.reset();
    lost.body = error.body;
    unreadable.context.session->amend(lost);
}

}  // namespace

packing::packing(std::vector<outgoing>& batch, const tools& with) : batch_(batch), tools_(with) {
    for (std::size_t i = 0; i < batch_.size();) {
        const std::size_t end = run_of_small(i);
        if (batch_[i].type != outgoing::kind::sealed) {
            add(batch_[i], no_job);
            ++i;
        } else if (end - i > 1) {
            add_container(batch_.subspan(i, end - i));
            i = end;
        } else {
            add_single(batch_[i]);
            ++i;
        }
    }
    wire::seal_batch(jobs_);
    for (std::size_t i = 0; i < items_.size(); ++i)
        if (job_of_item_[i] != no_job) items_[i].packet = jobs_[job_of_item_[i]].outcome.data;
}

// The end of the small messages of one session from `begin` on.
std::size_t packing::run_of_small(std::size_t begin) const {
    const session_context& first = batch_[begin].context;
    std::size_t end = begin;
    while (end < batch_.size() && batch_[end].type == outgoing::kind::sealed &&
           batch_[end].context.session == first.session && batch_[end].context.key == first.key &&
           !batch_[end].content.fault && batch_[end].content.size() <= small_message)
        ++end;
    return end;
}

void packing::add(const outgoing& source, std::size_t job) {
    const bool sealed = job != no_job;
    items_.push_back({&source, source.payload, sealed ? source.content.fault : source.fault});
    job_of_item_.push_back(job);
}

void packing::add_job(const outgoing& source, wire::draft text, std::int64_t msg_id, std::int32_t seqno) {
    wire::message_header header;
    header.salt = source.context.key->salts.current(tools_.now);
    header.session_id = source.context.session->id();
    header.msg_id = msg_id;
    header.seqno = seqno;
    add(source, jobs_.size());
    jobs_.push_back({std::move(text), source.context.key->key, wire::role::server, header, {}});
}

void packing::add_single(outgoing& one) {
    const bool sent_before = one.content.msg_id != 0;
    one.context.session->number(one.content, tools_.now);
    if (!sent_before) return add_job(one, text_of(one), one.content.msg_id, one.content.seqno);
    // A msg_id that was sent already never goes out alone with other padding (protocol 4.8).
    bytes body = body_of(one);
    const std::array inside{wire::contained{one.content.msg_id, one.content.seqno, std::move(body)}};
    add_container(one, inside);
}

void packing::add_container(std::span<outgoing> together) {
    std::vector<wire::contained> inside;
    for (outgoing& each : together) {
        each.context.session->number(each.content, tools_.now);
        bytes body = body_of(each);
        inside.push_back({each.content.msg_id, each.content.seqno, std::move(body)});
    }
    add_container(together.front(), inside);
}

void packing::add_container(const outgoing& first, std::span<const wire::contained> inside) {
    wire::draft text(wire::container_size(inside), tools_.random, &tools_.buffers);
    wire::write_container(inside, text.body());
    server_session& session = *first.context.session;
    const std::int64_t msg_id = session.container_msg_id(tools_.now);
    add_job(first, std::move(text), msg_id, session.container_seqno());
}

wire::draft packing::text_of(outgoing& one) const {
    wire::draft text(one.content.size(), tools_.random, &tools_.buffers);
    if (write_body(one.content, text.body(), tools_.files)) return text;
    give_up(one);
    return text_of(one);
}

bytes packing::body_of(outgoing& one) const {
    if (!one.content.part) return one.content.body;
    std::vector<std::byte> written(one.content.size());
    if (write_body(one.content, written, tools_.files)) return bytes::copy(written);
    give_up(one);
    return one.content.body;
}

}  // namespace mtproto::localdc
