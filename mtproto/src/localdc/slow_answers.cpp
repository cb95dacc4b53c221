// Answers by time, and taking some back.
#include "localdc/slow_answers.hpp"

#include <algorithm>
#include <utility>

namespace mtproto::localdc {

slow_answers::~slow_answers() {
    for (auto& [due, each] : answers_)
        each.context.session->keep(std::move(each.content));
}

void slow_answers::add(slow_answer answer, time_point due) {
    answers_.emplace(due, std::move(answer));
}

std::optional<slow_answers::slow_answer> slow_answers::take_due(time_point now) {
    if (answers_.empty() || answers_.begin()->first > now) return std::nullopt;
    slow_answer due = std::move(answers_.begin()->second);
    answers_.erase(answers_.begin());
    return due;
}

std::optional<time_point> slow_answers::next() const {
    if (answers_.empty()) return std::nullopt;
    return answers_.begin()->first;
}

bool slow_answers::drop_answer(const server_session& session, std::int64_t req_msg_id) {
    const auto found = std::find_if(answers_.begin(), answers_.end(), [&](const auto& each) {
        const slow_answer& answer = each.second;
        return answer.context.session.get() == &session && answer.content.req_msg_id == req_msg_id;
    });
    if (found == answers_.end()) return false;
    answers_.erase(found);
    return true;
}

void slow_answers::drop_session(const server_session& session) {
    std::erase_if(answers_, [&](const auto& each) { return each.second.context.session.get() == &session; });
}

}  // namespace mtproto::localdc
