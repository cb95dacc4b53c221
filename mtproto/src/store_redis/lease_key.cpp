// The scripts of a lease. Each may be done twice, by whoever has the token.
#include "store_redis/lease_key.hpp"

#include "lease/boot_clock.hpp"

namespace mtproto::store_redis {
namespace {

/// KEYS: lease, fence. ARGV: token, time in ms. {1, fence}; {0, ms} another's; {-1, ms} too soon after a
/// start of the server, which may have forgotten leases. The fence is the server's time where that is larger:
/// it grows over a loss of all data, too.
constexpr const char* take_script = R"(
local held = redis.call('GET', KEYS[1])
if held and held ~= ARGV[1] then return {0, redis.call('PTTL', KEYS[1])} end
local ttl = tonumber(ARGV[2])
if not held then
  local up = string.match(redis.call('INFO', 'server'), 'uptime_in_seconds:(%d+)')
  local surely = (tonumber(up) - 1) * 1000
  if surely < ttl then return {-1, ttl - surely} end
end
local time = redis.call('TIME')
local fence = math.max(time[1] * 1000 + math.floor(time[2] / 1000), (redis.call('GET', KEYS[2]) or 0) + 1)
redis.call('SET', KEYS[2], string.format('%.0f', fence))
redis.call('SET', KEYS[1], ARGV[1], 'PX', ttl)
return {1, fence})";

/// KEYS: lease. ARGV: token, time in ms. A server that forgot it is given it again: it grants nobody else one
/// so soon after its start.
constexpr const char* renew_script = R"(
local held = redis.call('GET', KEYS[1])
if held and held ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[1], 'PX', tonumber(ARGV[2]))
return 1)";

constexpr const char* release_script = R"(
if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end
return 0)";

std::string in_milliseconds(duration of) {
    return std::to_string(std::chrono::duration_cast<std::chrono::milliseconds>(of).count());
}

std::string in_seconds(long long milliseconds) {
    return std::to_string((milliseconds + 999) / 1000) + " s";
}

}  // namespace

std::string key_of(const std::string& name, const char* kind) {
    return "mtproto:{" + name + "}:" + kind;
}

outcome<std::int64_t> lease_key::take() {
    const outcome<reply> answer =
        connection_->ask(script(take_script, {key_of(name_, "lease"), key_of(name_, "fence")},
                                {token_, in_milliseconds(times_.ttl)}));
    if (!answer) return answer.error();
    const auto& list = answer->elements;
    const bool whole =
        list.size() == 2 && list[0].kind == reply::kind::number && list[1].kind == reply::kind::number;
    if (whole && list[0].number == 1 && list[1].number > 0) return list[1].number;
    if (whole && list[0].number == 0)
        return failure(errc::account_in_use,
                       connection_->name() +
                           " has this account in use by another process; two users of "
                           "one key end the login; if that process was killed, its lease "
                           "ends in " +
                           in_seconds(list[1].number));
    if (whole && list[0].number == -1)
        return failure(errc::session_file,
                       connection_->name() +
                           " began anew, and may have forgotten who uses this account; it "
                           "is given out again in " +
                           in_seconds(list[1].number));
    return failure(errc::session_file, connection_->name() + " answers a lease with nonsense");
}

outcome<void> lease_key::renew(time_point deadline) {
    const outcome<reply> answer = connection_->ask(
        script(renew_script, {key_of(name_, "lease")}, {token_, in_milliseconds(times_.ttl)}),
        lease::as_system_time(deadline));
    if (!answer) return answer.error();
    if (answer->is_number(1)) return {};
    if (answer->is_number(0))
        return failure(errc::account_in_use, "the lease on the account ran out, and another process took it");
    return failure(errc::session_file, connection_->name() + " answers a lease with nonsense");
}

void lease_key::release() noexcept {
    const auto asked = script(release_script, {key_of(name_, "lease")}, {token_});
    static_cast<void>(connection_->ask(asked, system_clock().now() + std::chrono::seconds(1)));
}

}  // namespace mtproto::store_redis
