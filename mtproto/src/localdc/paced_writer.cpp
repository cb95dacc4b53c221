// When bytes are due, and waiting for it.
#include "localdc/paced_writer.hpp"

#include "localdc/cluster.hpp"
#include "localdc/framed_batch.hpp"

#include <algorithm>
#include <limits>
#include <vector>

namespace mtproto::localdc {
namespace {

// How late a timer may wake, about.
constexpr duration latest_timer = std::chrono::milliseconds(20);

// The slower of the two rates that may hold says how often something leaves.
std::size_t slice_of(std::int64_t account_rate, const traffic::path& path) {
    std::size_t slice = path.slice().value_or(std::numeric_limits<std::size_t>::max());
    traffic::path_rules account;
    account.bytes_per_second = account_rate;
    if (const auto shared = traffic::path(account).slice()) slice = std::min(slice, *shared);
    return slice;
}

}  // namespace

paced_writer::paced_writer(const cluster& of, std::int64_t connection)
    : time_(*of.env.time),
      path_(of.path_of(connection, 1)),
      one_way_(of.transfers.rules().rtt / 2),
      instant_(of.is_instant()),
      slice_(slice_of(of.transfers.least_account_rate(), path_)) {}

time_point paced_writer::first_due(const outgoing& next) const {
    traffic::path ahead = path_;
    const std::size_t first = std::min(next.size(), slice_);
    return ahead.send(next.entered, static_cast<std::int64_t>(first));
}

paced_writer::forecast paced_writer::ahead() const {
    return {path_, instant_ ? time_point{} : time_.now(), instant_};
}

bool paced_writer::forecast::is_due(const outgoing& next) {
    return instant_ || path_.send(next.entered, static_cast<std::int64_t>(next.size())) <= now_;
}

// When a slice arrives that the account's rate counts, too. Before it left, at half a round trip before now,
// it has waited for the connection, not for the account, so only a timer's delay is made good.
time_point paced_writer::due_at(time_point entered, std::int64_t size, account_traffic* account) {
    const time_point due = path_.send(entered, size);
    if (!account) return due;
    const time_point ready = std::max(entered, time_.now() - one_way_ - latest_timer);
    return std::max(due, account->limits.send(ready, size) + one_way_);
}

io::awaitable<bool> paced_writer::write(io::stream& stream, const framed_batch& batch,
                                        std::span<account_traffic* const> accounts) {
    const std::span<const byte_view> parts = batch.parts();
    std::vector<byte_view> ready;
    std::vector<byte_view> slice;
    std::size_t size = 0;
    for (std::size_t i = 0; i < parts.size(); ++i) {
        const time_point entered = batch.source(i).entered;
        const bool ends = i + 1 == parts.size() || batch.source(i + 1).entered != entered;
        for (byte_view rest = parts[i]; !rest.empty();) {
            slice.push_back(rest.first(std::min(rest.size(), slice_ - size)));
            size += slice.back().size();
            rest = rest.subspan(slice.back().size());
            if (size < slice_ && !(rest.empty() && ends)) continue;
            const time_point due = due_at(entered, static_cast<std::int64_t>(size), accounts[i]);
            size = 0;
            if (due > time_.now()) {
                if (!ready.empty()) {
                    const auto written = co_await stream.write(ready);
                    if (!written) co_return false;
                    ready.clear();
                }
                const auto waited = co_await time_.sleep_until(due);
                if (!waited) co_return false;
            }
            ready.insert(ready.end(), slice.begin(), slice.end());
            slice.clear();
        }
    }
    const auto written = co_await stream.write(ready);
    co_return written.has_value();
}

}  // namespace mtproto::localdc
