// Numbers, acknowledgements, and what is sent again.
#include "localdc/server_session.hpp"

#include <mtproto/tl/codec.hpp>
#include <mtproto/tl_mtproto.hpp>

#include <utility>

namespace mtproto::localdc {
namespace {

// Answers larger than this are not sent again unasked: the client is told of them (protocol 5.7).
constexpr std::size_t worth_telling = 4096;
constexpr std::size_t most_failures = 1000;

}  // namespace

void server_session::number(message& what, unix_time now) {
    if (what.msg_id != 0) return;
    what.msg_id = ids_.next(now, what.response);
    what.seqno = 2 * content_count_ + (what.content ? 1 : 0);
    if (!what.content) return;
    ++content_count_;
    message copy = what;
    copy.fault = nullptr;  // what is sent again is sent right
    unacknowledged_bytes_ += copy.body.size();
    unacknowledged_.emplace(copy.msg_id, std::move(copy));
    while (unacknowledged_.size() > most_unacknowledged ||
           (unacknowledged_bytes_ > most_unacknowledged_bytes && unacknowledged_.size() > 1))
        forget(unacknowledged_.begin()->first);
}

void server_session::acknowledge(const std::vector<std::int64_t>& msg_ids) {
    for (const std::int64_t id : msg_ids)
        forget(id);
}

void server_session::forget(std::int64_t msg_id) {
    const auto found = unacknowledged_.find(msg_id);
    if (found == unacknowledged_.end()) return;
    unacknowledged_bytes_ -= found->second.body.size();
    unacknowledged_.erase(found);
}

void server_session::amend(const message& changed) {
    const auto found = unacknowledged_.find(changed.msg_id);
    if (found == unacknowledged_.end()) return;
    unacknowledged_bytes_ += changed.body.size() - found->second.body.size();
    found->second = changed;
    found->second.fault = nullptr;
}

const message* server_session::sent(std::int64_t msg_id) const {
    const auto found = unacknowledged_.find(msg_id);
    return found == unacknowledged_.end() ? nullptr : &found->second;
}

const message* server_session::answer_to(std::int64_t req_msg_id) const {
    // 0 is what answers no query.
    if (req_msg_id == 0) return nullptr;
    for (const auto& [id, each] : unacknowledged_)
        if (each.req_msg_id == req_msg_id) return &each;
    return nullptr;
}

std::vector<message> server_session::take_up() {
    std::vector<message> todo;
    for (const auto& [id, each] : unacknowledged_) {
        if (each.size() <= worth_telling) {
            todo.push_back(each);
            continue;
        }
        tl::msg_detailed_info news;
        news.msg_id = each.req_msg_id;
        news.answer_msg_id = each.msg_id;
        news.bytes = static_cast<std::int32_t>(each.size());
        todo.push_back({.body = tl::encode(news)});
    }
    for (message& each : take_undelivered())
        todo.push_back(std::move(each));
    return todo;
}

void server_session::note_failure(std::int64_t msg_id) {
    failures_.insert(msg_id);
    if (failures_.size() > most_failures) failures_.erase(failures_.begin());
}

}  // namespace mtproto::localdc
