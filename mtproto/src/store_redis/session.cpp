// One account's session as an encrypted value, changed under its lease.
#include "client/lease_token.hpp"
#include "client/session_values.hpp"
#include "store_redis/connection.hpp"
#include "store_redis/lease_key.hpp"

#include <mtproto/random.hpp>
#include <mtproto/store_redis.hpp>

#include <algorithm>
#include <optional>
#include <utility>

namespace mtproto {
namespace {

using namespace store_redis;

/// KEYS: lease, session. ARGV: token, time in ms, the value that was read, the new one; an empty one is none.
/// 1: done. 0: the lease is another's. -1: the value is another one by now.
constexpr const char* write_script = R"(
local held = redis.call('GET', KEYS[1])
if held and held ~= ARGV[1] then return 0 end
local now = redis.call('GET', KEYS[2]) or ''
if now ~= ARGV[3] and now ~= ARGV[4] then return -1 end
if not held then redis.call('SET', KEYS[1], ARGV[1], 'PX', tonumber(ARGV[2])) end
if ARGV[4] == '' then redis.call('DEL', KEYS[2]) else redis.call('SET', KEYS[2], ARGV[4]) end
return 1)";

class redis_store final : public session_store {
  public:
    redis_store(redis_options options, std::unique_ptr<connection> over, std::string account)
        : options_(std::move(options)), connection_(std::move(over)), account_(std::move(account)) {}

    void select(std::string_view cluster) override {
        lease_.reset();
        cluster_ = cluster;
    }

    /// A lease that was lost is taken anew: for another client.
    outcome<std::optional<stored_session>> load() override {
        if (lease_ && lease_->state() == lease_state::lost) lease_.reset();
        if (const outcome<void> held = hold(); !held) return held.error();
        const outcome<std::string> value = read();
        if (!value) return value.error();
        return decoded(*value);
    }

    outcome<void> update(const session_edit& edit) override {
        if (const outcome<void> held = hold(); !held) return held.error();
        if (lease_->state() == lease_state::lost) return lost();
        // Somebody who has no lease may have changed it: then once more, with what is there by now.
        for (int tries = 0; tries < 3; ++tries) {
            const outcome<std::string> before = read();
            if (!before) return before.error();
            outcome<std::optional<stored_session>> now = decoded(*before);
            if (!now) return now.error();
            const core::keys_wiped guard(*now);
            if (!edit(*now)) return {};
            std::string after;
            if (*now) after = as_text(values_.encode(**now, place(), system_random()).view());
            const outcome<bool> written = write(*before, after);
            if (!written) return written.error();
            if (*written) return {};
        }
        return failed("has a login that others change without a lease");
    }

    std::shared_ptr<account_lease> lease() override { return lease_; }

  private:
    static std::string as_text(byte_view data) {
        return {reinterpret_cast<const char*>(data.data()), data.size()};
    }
    std::string place() const { return cluster_ + "/" + account_; }
    failure failed(const std::string& why) const {
        return {errc::session_file, connection_->name() + " " + why};
    }

    outcome<void> hold() {
        if (lease_) return {};
        if (!values_.encrypted()) {
            outcome<core::session_values> keyed = core::session_values::with_key_of(options_.key_file);
            if (!keyed) return keyed.error();
            values_ = std::move(*keyed);
        }
        outcome<std::unique_ptr<connection>> other = connection::make(options_);
        if (!other) return other.error();
        token_ = core::new_lease_token();
        auto key = std::make_unique<lease_key>(std::move(*other), place(), token_, options_.lease);
        outcome<std::unique_ptr<account_lease>> taken =
            lease::kept_lease::take(std::move(key), options_.lease);
        if (!taken) return taken.error();
        lease_ = std::move(*taken);
        return {};
    }

    /// The value; empty when there is none.
    outcome<std::string> read() {
        outcome<reply> answer = connection_->ask({"GET", key_of(place(), "session")});
        if (!answer) return answer.error();
        if (answer->kind == reply::kind::nothing) return std::string();
        if (answer->kind != reply::kind::text || answer->text.size() > core::max_session_size)
            return failed("has no login where that of " + account_ + " should be");
        return std::move(answer->text);
    }

    outcome<std::optional<stored_session>> decoded(const std::string& value) const {
        if (value.empty()) return std::optional<stored_session>();
        outcome<stored_session> found = values_.decode(as_bytes(value), place());
        if (!found) return failed("has a login of " + account_ + " that " + found.error().detail);
        return std::optional<stored_session>(std::move(*found));
    }

    /// False when `before` is there no more.
    outcome<bool> write(const std::string& before, const std::string& after) {
        const auto ttl = std::chrono::duration_cast<std::chrono::milliseconds>(options_.lease.ttl).count();
        const auto asked = script(write_script, {key_of(place(), "lease"), key_of(place(), "session")},
                                  {token_, std::to_string(ttl), before, after});
        const outcome<reply> answer = connection_->ask(
            asked, std::min(lease_->held_until(), system_clock().now() + 2 * options_.timeout));
        if (!answer) return answer.error();
        if (answer->is_number(0)) return lost();
        if (answer->is_number(1)) return true;
        if (answer->is_number(-1)) return false;
        return failed("answers a change with nonsense");
    }

    static failure lost() {
        return {errc::account_in_use, "the lease on the account is lost: another process may use it by now"};
    }

    redis_options options_;
    std::unique_ptr<connection> connection_;
    std::string account_;
    std::string cluster_;
    std::string token_;
    core::session_values values_;
    std::shared_ptr<account_lease> lease_;
};

class leases_of_redis final : public account_leases {
  public:
    explicit leases_of_redis(redis_options options) : options_(std::move(options)) {}

    outcome<std::unique_ptr<account_lease>> take(std::string_view account) override {
        outcome<std::unique_ptr<connection>> over = connection::make(options_);
        if (!over) return over.error();
        return lease::kept_lease::take(std::make_unique<lease_key>(std::move(*over), std::string(account),
                                                                   core::new_lease_token(), options_.lease),
                                       options_.lease);
    }

  private:
    redis_options options_;
};

std::unique_ptr<connection> connection_to(const redis_options& options) {
    outcome<std::unique_ptr<connection>> made = connection::make(options);
    if (!made) throw error(made.error());
    return std::move(*made);
}

}  // namespace

std::shared_ptr<session_store> redis_session(redis_options options, std::string account) {
    constexpr std::size_t longest_name = 64;
    const bool plain = std::none_of(account.begin(), account.end(), [](char c) {
        return static_cast<unsigned char>(c) < ' ' || c == '\x7f' || c == '{' || c == '}';
    });
    if (account.empty() || account.size() > longest_name || !plain)
        throw error(
            failure(errc::bad_argument, "an account's name in Redis has 1 to 64 letters, without braces"));
    if (options.key_file.empty())
        throw error(failure(errc::bad_argument,
                            "a session in Redis needs a file with a key: it is never kept in clear"));
    std::unique_ptr<connection> over = connection_to(options);
    return std::make_shared<redis_store>(std::move(options), std::move(over), std::move(account));
}

std::shared_ptr<account_leases> redis_leases(redis_options options) {
    static_cast<void>(connection_to(options));
    return std::make_shared<leases_of_redis>(std::move(options));
}

}  // namespace mtproto
