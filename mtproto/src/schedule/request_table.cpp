// Begins and ends requests.
#include "schedule/request_table.hpp"

namespace mtproto::schedule {

const sent_request* request_table::find(ticket id) const noexcept {
    const auto found = requests_.find(id);
    return found == requests_.end() ? nullptr : &found->second;
}

std::vector<ticket> request_table::over(int connection) const {
    std::vector<ticket> found;
    for (const auto& [id, one] : requests_)
        if (one.pending.connection == connection) found.push_back(id);
    return found;
}

ticket request_table::add(request made) {
    bytes_ += made.pending.size;
    requests_.emplace(++last_, std::move(made));
    return last_;
}

std::optional<request> request_table::take(ticket id) {
    const auto found = requests_.find(id);
    if (found == requests_.end()) return std::nullopt;
    std::optional<request> taken(std::move(found->second));
    requests_.erase(found);
    bytes_ -= taken->pending.size;
    return taken;
}

std::optional<sent_request> request_table::answered(ticket id, time_point now, bool by_connection) {
    std::optional<request> ended = take(id);
    if (!ended) return std::nullopt;
    ended->permission.answered(now, by_connection);
    return *ended;
}

std::optional<sent_request> request_table::refused(ticket id, time_point now, duration wait) {
    std::optional<request> ended = take(id);
    if (!ended) return std::nullopt;
    ended->permission.refused(now, wait);
    return *ended;
}

std::optional<sent_request> request_table::drop(ticket id) {
    std::optional<request> ended = take(id);
    if (!ended) return std::nullopt;
    return *ended;
}

byte_budget::room request_table::promote(ticket hedge) {
    request& one = requests_.at(hedge);
    one.hedge = false;
    return std::move(one.room);
}

}  // namespace mtproto::schedule
