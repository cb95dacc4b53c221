// One query of a client: who asks what, where, and how a method answers or refuses.
#pragma once

#include "localdc/answer.hpp"
#include "localdc/cluster.hpp"
#include "localdc/wrappers.hpp"

#include <mtproto/bytes.hpp>

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace mtproto::localdc {

/// Thrown by a method: becomes rpc_error.
struct refusal {
    int code = 400;
    std::string name;
};

struct call {
    localdc::cluster& cluster;
    data_centre& dc;
    key_state& key;      ///< the key that encrypts
    login_state& login;  ///< of the permanent key behind it
    server_session& session;
    std::int64_t msg_id = 0;
    const traffic::connection_facts& connection;
    std::string_view method{};                         ///< its full name, once it is found
    bytes query{};                                     ///< its query without wrappers
    int layer = 0;                                     ///< what the client understands
    bool without_updates = false;                      ///< the client wants none for this query
    const traffic::fault* fault = nullptr;             ///< what is to go wrong with the answer
    std::optional<std::chrono::seconds> flood_wait{};  ///< by the limits of the account
    std::optional<std::int64_t> takeout{};             ///< the session that it is part of

    /// The signed-in account.
    const account& user() const;
};

/// The state of a login that a method needs.
enum class needs {
    nothing,     ///< not even initConnection
    connection,  ///< initConnection
    login,
    user,  ///< a login, and no bot's
};

/// Where a method may be called.
enum class side { cloud, cdn, both };

struct method {
    std::uint32_t id = 0;
    std::string_view name;  ///< "upload.getFile"
    needs before = needs::login;
    /// Keys that are temporary and not bound may call it too (protocol 3.1).
    bool unbound = false;
    reply (*run)(call& now, const bytes& boxed) = nullptr;
    side at = side::cloud;
};

std::span<const method> help_methods();
std::span<const method> auth_methods();
std::span<const method> account_methods();
std::span<const method> message_methods();
std::span<const method> upload_methods();
std::span<const method> cdn_methods();
std::span<const method> takeout_methods();

/// "getFile" of "upload.getFile".
constexpr std::string_view short_name(std::string_view name) {
    return name.substr(name.find('.') + 1);
}
/// Whether there is a method of this short name.
bool is_method(std::string_view name);
/// The method of this id, or null.
const method* find_method(std::uint32_t id);

/// A query's answer, and what is to go wrong with it on its way, or null.
struct query_result {
    reply answer;  ///< the body is boxed: a result, or an rpc_error
    const traffic::fault* fault = nullptr;
};
/// Runs a query. `now.layer` and `now.fault` are found on the way.
query_result run_query(call& now, const unwrapped& asked);

/// The short name of the method that a query asks for; empty for none.
std::string_view asked_method(const unwrapped& asked);

/// Notes a wait that begins now for the account of a call.
void count_flood(call& now);

/// rpc_error.
bytes encode_refusal(const refusal& why);

}  // namespace mtproto::localdc
