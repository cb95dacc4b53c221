// A request that a connection has taken and not answered.
#pragma once

#include "io/event.hpp"
#include "net/connection.hpp"

namespace mtproto::net {

struct connection::pending {
    pending(const io::asio::any_io_executor& executor, bytes what, std::string name, bool again)
        : request(std::move(what)), method(std::move(name)), idempotent(again), ready(executor) {}

    bytes request;  ///< as the caller gave it
    std::string method;
    bool idempotent;
    session::request_id id;           ///< when the session has it
    std::optional<time_point> asked;  ///< when it was handed to a session with a line
    bool wrapped = false;             ///< sent inside initConnection
    int introductions = 0;            ///< how often the server asked for it
    int bindings = 0;                 ///< how often its temporary key was found unbound
    int setbacks = 0;                 ///< attempts and lines that failed under it, others answered or not
    bool done = false;
    outcome<bytes> answer;
    io::event ready;
};

}  // namespace mtproto::net
