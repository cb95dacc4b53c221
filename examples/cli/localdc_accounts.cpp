// Accounts of a local cluster as JSON.
#include "localdc_accounts.hpp"

#include "exit_code.hpp"
#include "read_file.hpp"

#include <mtproto/private_file.hpp>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value_to.hpp>
#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <functional>
#include <map>
#include <set>
#include <stdexcept>
#include <string_view>
#include <utility>

namespace mtpipe {
namespace {

namespace json = boost::json;
using mtproto::local_account_state;

constexpr std::size_t largest = 1 << 20;  // bytes

constexpr std::array states{
    std::pair{"active", local_account_state::active},
    std::pair{"signed-out", local_account_state::signed_out},
    std::pair{"revoked", local_account_state::revoked},
    std::pair{"banned", local_account_state::banned},
    std::pair{"deactivated", local_account_state::deactivated},
    std::pair{"frozen", local_account_state::frozen},
};

constexpr std::array rules{
    std::pair{"any-place", mtproto::local_key_rule::any_place},
    std::pair{"one-address", mtproto::local_key_rule::one_address},
    std::pair{"one-device", mtproto::local_key_rule::one_device},
};

template <class Table>
auto named(const Table& table, const json::value& given) {
    const std::string name = json::value_to<std::string>(given);
    const auto found =
        std::find_if(table.begin(), table.end(), [&](const auto& each) { return each.first == name; });
    if (found == table.end()) throw std::runtime_error("\"" + name + "\" is none of the words for it");
    return found->second;
}

template <class T>
void read(const json::value& given, T& to) {
    if constexpr (std::is_same_v<T, bool>)
        to = given.as_bool();
    else if constexpr (std::is_same_v<T, std::string>)
        to = json::value_to<std::string>(given);
    else if constexpr (std::is_same_v<T, std::chrono::seconds>)
        to = std::chrono::seconds(given.to_number<std::int64_t>());
    else
        to = given.to_number<T>();
}

template <class T>
void read(const json::value& given, std::set<T>& to) {
    to.clear();
    for (const json::value& each : given.as_array()) {
        T one{};
        read(each, one);
        to.insert(std::move(one));
    }
}

using field = std::function<void(const json::value&)>;
using fields = std::map<std::string_view, field>;

template <class T>
field into(T& to) {
    return [&to](const json::value& given) { read(given, to); };
}

/// Each member of an object by its name; one that nobody knows is an error.
void read_object(const json::value& given, const fields& known) {
    for (const auto& [key, value] : given.as_object()) {
        const auto found = known.find(std::string_view(key.data(), key.size()));
        if (found == known.end())
            throw std::runtime_error("nothing is called \"" + std::string(key) + "\" there");
        found->second(value);
    }
}

field limit(mtproto::local_account& of, std::int64_t mtproto::local_dc_limits::*which) {
    return [&of, which](const json::value& given) {
        if (!of.limits) of.limits.emplace();
        read(given, (*of.limits).*which);
    };
}

mtproto::local_account account_of(const json::value& given) {
    using limits = mtproto::local_dc_limits;
    mtproto::local_account made;
    read_object(given, {{"id", into(made.id)},
                        {"first_name", into(made.first_name)},
                        {"last_name", into(made.last_name)},
                        {"phone", into(made.phone)},
                        {"bot_token", into(made.bot_token)},
                        {"password", into(made.password)},
                        {"premium", into(made.premium)},
                        {"state", [&](const json::value& name) { made.state = named(states, name); }},
                        {"freeze_lasts", into(made.freeze_lasts)},
                        {"freeze_appeal_url", into(made.freeze_appeal_url)},
                        {"rate", limit(made, &limits::account_rate)},
                        {"flood_rate", limit(made, &limits::flood_rate)},
                        {"flood_burst", limit(made, &limits::flood_burst)},
                        {"flood_requests", limit(made, &limits::flood_requests)}});
    return made;
}

mtproto::local_channel channel_of(const json::value& given) {
    mtproto::local_channel made;
    read_object(given, {{"id", into(made.id)},
                        {"title", into(made.title)},
                        {"members", into(made.members)},
                        {"messages", into(made.messages)}});
    return made;
}

mtproto::local_flood flood_of(const json::value& given) {
    mtproto::local_flood made;
    read_object(given, {{"method", into(made.method)},
                        {"user", into(made.user)},
                        {"dc", into(made.dc)},
                        {"requests", into(made.requests)},
                        {"window", into(made.window)},
                        {"wait", into(made.wait)}});
    return made;
}

template <class T>
field list_of(std::vector<T>& to, T (*one)(const json::value&)) {
    return [&to, one](const json::value& given) {
        for (const json::value& each : given.as_array())
            to.push_back(one(each));
    };
}

json::object counts_of(const mtproto::local_dc_counts& of) {
    return {{"parts", of.parts},
            {"part_bytes", of.part_bytes},
            {"flood_waits", of.flood_waits},
            {"early_requests", of.early_requests}};
}

}  // namespace

void read_accounts(const std::string& path, mtproto::local_dc_options& to) {
    const std::string text = read_file(path, largest);
    try {
        read_object(json::parse(text),
                    {{"accounts", list_of(to.accounts, account_of)},
                     {"private_channels", list_of(to.private_channels, channel_of)},
                     {"floods", list_of(to.floods, flood_of)},
                     {"frozen_methods", into(to.frozen_methods)},
                     {"takeout_delay", into(to.takeout_delay)},
                     {"key_rule", [&](const json::value& name) { to.key_rule = named(rules, name); }}});
    } catch (const std::exception& wrong) {
        throw command_error{exit_code::usage,
                            fmt::format("{} does not describe accounts: {}", path, wrong.what())};
    }
}

void follow_accounts(const std::string& path, mtproto::local_dc& cluster, mtproto::local_dc_options& known) {
    mtproto::local_dc_options now;
    read_accounts(path, now);
    if (now.accounts.size() != known.accounts.size() ||
        now.private_channels.size() != known.private_channels.size())
        throw command_error{
            exit_code::usage,
            path + " has other accounts or channels than at the start: start again for those"};
    for (std::size_t i = 0; i < now.accounts.size(); ++i)
        if (now.accounts[i].state != known.accounts[i].state)
            cluster.set_state(cluster.info().accounts[i].id, now.accounts[i].state);
    for (std::size_t i = 0; i < now.private_channels.size(); ++i) {
        const std::int64_t channel = cluster.info().private_channels[i].id;
        const auto &before = known.private_channels[i].members, &after = now.private_channels[i].members;
        for (const std::int64_t each : before)
            if (!after.contains(each)) cluster.set_member(channel, each, false);
        for (const std::int64_t each : after)
            cluster.set_member(channel, each, true);
    }
    known.accounts = std::move(now.accounts);
    known.private_channels = std::move(now.private_channels);
}

void write_counts(const std::string& path, const mtproto::local_dc& cluster) {
    const mtproto::local_dc_counts all = cluster.counts();
    json::object told = counts_of(all);
    told["connections"] = all.connections;
    told["duplicated_keys"] = all.duplicated_keys;
    json::array accounts;
    for (const auto& each : cluster.info().accounts) {
        json::object one = counts_of(cluster.counts(each.id));
        one["id"] = each.id;
        accounts.push_back(std::move(one));
    }
    told["accounts"] = std::move(accounts);
    const std::string text = json::serialize(told) + "\n";
    const auto written =
        mtproto::replace_file(path, mtproto::as_bytes(text), mtproto::file_readers::everybody);
    if (!written) throw command_error{exit_code::failed, written.error().detail};
}

}  // namespace mtpipe
