// A strategy of the embedder's, whose exceptions do not reach the scheduler.
#pragma once

#include "io/exception_holder.hpp"

#include <mtproto/window.hpp>

#include <memory>

namespace mtproto::download {

/// Passes everything on. Once the other has thrown, it answers as window::sequential does, until the stream
/// is ended: the scheduler is in the middle of a step then.
class guarded_strategy final : public window::strategy {
  public:
    guarded_strategy(std::unique_ptr<window::strategy> strategy,
                     std::shared_ptr<io::exception_holder> exceptions)
        : strategy_(std::move(strategy)), exceptions_(std::move(exceptions)) {}

    int connections() const override;
    int in_flight(int connection) const override;
    std::int32_t part_size() const override;
    bool may_ask(const window::outlook& now) const override;
    int connection_for(std::int64_t offset) const override;
    std::optional<duration> late_after(const window::pending_part& part) const override;
    int watched() const override;
    bool keeps_pace() const override;
    void on_asked(const window::pending_part& part, time_point now) override;
    void on_part(const window::part_report& part, time_point now) override;
    void on_flood(duration wait, time_point now) override;
    void on_connection_up(int connection, time_point now) override;
    void on_connection_lost(int connection, time_point now) override;

  private:
    template <class Question, class Answer>
    Answer ask(Question question, Answer otherwise) const;
    template <class Event>
    void tell(Event event);

    std::unique_ptr<window::strategy> strategy_;
    std::shared_ptr<io::exception_holder> exceptions_;
};

}  // namespace mtproto::download
