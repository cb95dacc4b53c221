// Catches the exceptions of a strategy.
#include "download/guarded_strategy.hpp"

#include <exception>

namespace mtproto::download {

template <class Question, class Answer>
Answer guarded_strategy::ask(Question question, Answer otherwise) const {
    if (exceptions_->held()) return otherwise;
    try {
        return question(*strategy_);
    } catch (...) {
        exceptions_->hold(std::current_exception());
        return otherwise;
    }
}

template <class Event>
void guarded_strategy::tell(Event event) {
    if (exceptions_->held()) return;
    try {
        event(*strategy_);
    } catch (...) {
        exceptions_->hold(std::current_exception());
    }
}

int guarded_strategy::connections() const {
    return ask([](const auto& of) { return of.connections(); }, 1);
}

int guarded_strategy::in_flight(int connection) const {
    return ask([&](const auto& of) { return of.in_flight(connection); }, 1);
}

std::int32_t guarded_strategy::part_size() const {
    constexpr std::int32_t usual = 512 * 1024;
    return ask([](const auto& of) { return of.part_size(); }, usual);
}

bool guarded_strategy::may_ask(const window::outlook& now) const {
    return ask([&](const auto& of) { return of.may_ask(now); }, false);
}

int guarded_strategy::connection_for(std::int64_t offset) const {
    return ask([&](const auto& of) { return of.connection_for(offset); }, -1);
}

std::optional<duration> guarded_strategy::late_after(const window::pending_part& part) const {
    return ask([&](const auto& of) { return of.late_after(part); }, std::optional<duration>());
}

int guarded_strategy::watched() const {
    return ask([](const auto& of) { return of.watched(); }, 1);
}

bool guarded_strategy::keeps_pace() const {
    return ask([](const auto& of) { return of.keeps_pace(); }, true);
}

void guarded_strategy::on_asked(const window::pending_part& part, time_point now) {
    tell([&](auto& of) { of.on_asked(part, now); });
}

void guarded_strategy::on_part(const window::part_report& part, time_point now) {
    tell([&](auto& of) { of.on_part(part, now); });
}

void guarded_strategy::on_flood(duration wait, time_point now) {
    tell([&](auto& of) { of.on_flood(wait, now); });
}

void guarded_strategy::on_connection_up(int connection, time_point now) {
    tell([&](auto& of) { of.on_connection_up(connection, now); });
}

void guarded_strategy::on_connection_lost(int connection, time_point now) {
    tell([&](auto& of) { of.on_connection_lost(connection, now); });
}

}  // namespace mtproto::download
