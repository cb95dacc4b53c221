// Takes, renews and gives back a row's lease, each in one transaction.
#include "store_sqlite/lease_row.hpp"

#include "lease/boot_clock.hpp"

#include <algorithm>
#include <optional>

namespace mtproto::store_sqlite {
namespace {

using std::chrono::milliseconds;

std::int64_t in_milliseconds(duration of) {
    return std::chrono::duration_cast<milliseconds>(of).count();
}
std::int64_t boot_milliseconds() {
    return in_milliseconds(lease::boot_now().time_since_epoch());
}
std::int64_t wall_milliseconds() {
    return in_milliseconds(system_clock().unix_now());
}

/// How long a row's lease still lasts; nothing when it is over. The clock of this start of the machine counts
/// where the row is of this start, as nobody sets it. Else the calendar does, if it gives a time that such a
/// lease can last.
std::optional<milliseconds> time_left(const statement& row) {
    if (row.is_null(0)) return std::nullopt;
    const std::string clock = lease::boot_clock_name();
    const bool of_this_start = !clock.empty() && row.text(2) == clock;
    const std::int64_t until = row.number(of_this_start ? 3 : 4);
    const std::int64_t now = of_this_start ? boot_milliseconds() : wall_milliseconds();
    if (until <= now || until - now > row.number(5)) return std::nullopt;
    return milliseconds(until - now);
}

}  // namespace

/// Binds clock, both ends and the time from 2 on.
outcome<void> lease_row::write(statement& into) {
    const std::int64_t ttl = in_milliseconds(times_.ttl);
    into.bind(1, name_).bind(2, token_).bind(3, lease::boot_clock_name());
    into.bind(4, boot_milliseconds() + ttl).bind(5, wall_milliseconds() + ttl).bind(6, ttl);
    return into.run();
}

outcome<std::int64_t> lease_row::take() {
    outcome<transaction> held = transaction::begin(*database_);
    if (!held) return held.error();
    outcome<statement> asked =
        database_->prepare("SELECT token, fence, clock, until, wall_until, ttl FROM lease WHERE name = ?1");
    if (!asked) return asked.error();
    const outcome<bool> found = asked->bind(1, name_).step();
    if (!found) return found.error();
    std::int64_t fence = 1;
    if (*found) {
        if (const std::optional<milliseconds> left = time_left(*asked)) {
            failure taken = database_->failed(
                "has this account in use by another process; two users of one key end the login");
            taken.detail += "; if that process was killed, its lease ends in " +
                            std::to_string(std::chrono::ceil<std::chrono::seconds>(*left).count()) + " s";
            taken.code = make_error_code(errc::account_in_use);
            return taken;
        }
        fence = asked->number(1) + 1;
    }
    outcome<statement> put = database_->prepare(
        "INSERT INTO lease(name, token, clock, until, wall_until, ttl, fence)"
        " VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7)"
        " ON CONFLICT(name) DO UPDATE SET token = ?2, clock = ?3, until = ?4, wall_until = ?5, ttl = ?6,"
        " fence = ?7");
    if (!put) return put.error();
    put->bind(7, fence);
    if (const outcome<void> written = write(*put); !written) return written.error();
    if (const outcome<void> done = held->commit(); !done) return done.error();
    return fence;
}

outcome<void> lease_row::renew(time_point deadline) {
    database_->wait_at_most(deadline - lease::boot_now());
    outcome<statement> put = database_->prepare(
        "UPDATE lease SET clock = ?3, until = ?4, wall_until = ?5, ttl = ?6 WHERE name = ?1 AND token = ?2");
    if (!put) return put.error();
    if (outcome<void> written = write(*put); !written) return written;
    if (database_->changed() == 1) return {};
    return failure(errc::account_in_use, "the lease on the account ran out, and another process took it");
}

void lease_row::release() noexcept {
    database_->wait_at_most(std::chrono::seconds(1));
    outcome<statement> put =
        database_->prepare("UPDATE lease SET token = NULL WHERE name = ?1 AND token = ?2");
    if (put) static_cast<void>(put->bind(1, name_).bind(2, token_).run());
}

outcome<bool> holds_token(database& in, const std::string& name, const std::string& token) {
    outcome<statement> asked = in.prepare("SELECT 1 FROM lease WHERE name = ?1 AND token = ?2");
    if (!asked) return asked.error();
    return asked->bind(1, name).bind(2, token).step();
}

}  // namespace mtproto::store_sqlite
