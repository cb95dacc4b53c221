// Answers that take the server long.
#pragma once

#include "localdc/answer.hpp"
#include "localdc/data_centre.hpp"

#include <mtproto/clock.hpp>

#include <cstdint>
#include <map>
#include <optional>

namespace mtproto::localdc {

/// Answers that are left at the end go back to their sessions, for their next connection. The caller brings
/// the time.
class slow_answers {
  public:
    struct slow_answer {
        session_context context;
        message content;
    };

    slow_answers() = default;
    ~slow_answers();
    slow_answers(const slow_answers&) = delete;
    slow_answers& operator=(const slow_answers&) = delete;

    void add(slow_answer answer, time_point due);
    /// The next that is due, or nothing.
    std::optional<slow_answer> take_due(time_point now);
    /// When the next one is due.
    std::optional<time_point> next() const;

    /// Takes the answer to a query out, if it waits here.
    bool drop_answer(const server_session& session, std::int64_t req_msg_id);
    /// Drops all answers of a session.
    void drop_session(const server_session& session);

  private:
    std::multimap<time_point, slow_answer> answers_;  // by when they are due
};

}  // namespace mtproto::localdc
