// Sessions of other clients: whatever a string or a file holds, and what stands behind checksums and ciphers.
#include "crypto/auth_key.hpp"
#include "foreign/formats.hpp"
#include "foreign/tdata_file.hpp"
#include "fuzz.hpp"
#include "wire/crc32.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <string>
#include <vector>

using namespace mtproto;

namespace {

bool is_zero(const std::vector<std::byte>& key) {
    return std::all_of(key.begin(), key.end(), [](std::byte each) { return each == std::byte{}; });
}

void check(const foreign_account& account) {
    const auto home = account.login.dcs.find(account.login.home_dc);
    fuzz::require(home != account.login.dcs.end(), "an account has a key at home");
    for (const auto& [dc, kept] : account.login.dcs) {
        fuzz::require(dc > 0, "data centres are numbered from 1");
        fuzz::require(kept.auth_key.size() == crypto::auth_key::size, "keys are whole");
        fuzz::require(!is_zero(kept.auth_key), "no key is empty");
    }
    const auto text = session_string(account.login, account.test);
    fuzz::require(text.has_value(), "a login can be written");
    const auto again = read_foreign_session(as_bytes(*text));
    fuzz::require(again && again->accounts.size() == 1, "and read again");
    const stored_session& login = again->accounts.front().login;
    fuzz::require(login.home_dc == account.login.home_dc, "at the same home");
    fuzz::require(login.dcs.at(login.home_dc).auth_key == home->second.auth_key, "under the same key");
}

void check(const outcome<foreign_session>& found) {
    if (!found) {
        fuzz::require(found.error().code == errc::session_file || found.error().code == errc::password_needed,
                      "a wrong one is called one");
        fuzz::require(!found.error().detail.empty(), "in words");
        return;
    }
    fuzz::require(!found->accounts.empty(), "a session has an account");
    for (const foreign_account& each : found->accounts)
        check(each);
}

void append(std::vector<std::byte>& to, byte_view data) {
    to.insert(to.end(), data.begin(), data.end());
}

template <class T>
void append_number(std::vector<std::byte>& to, T value) {
    std::array<std::byte, sizeof(T)> data{};
    std::memcpy(data.data(), &value, sizeof value);
    append(to, data);
}

/// A log of TDLib's with right lengths and checksums, and whatever in its events.
std::vector<std::byte> log_of(fuzz::input from) {
    std::vector<std::byte> made;
    while (!from.empty()) {
        const auto id = from.u8() % 8u;
        const std::int32_t type = from.u8() % 4 == 0 ? -2 : 0x4327;
        byte_view data = from.piece();
        data = data.first(data.size() / 4 * 4);
        const std::size_t begin = made.size();
        append_number(made, static_cast<std::uint32_t>(32 + data.size()));
        append_number(made, std::uint64_t{id});
        append_number(made, type);
        append_number(made, std::uint32_t{0});
        append_number(made, std::uint64_t{0});
        append(made, data);
        append_number(made, wire::crc32(0, byte_view(made).subspan(begin)));
    }
    return made;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const bytes given = fuzz::own_copy(std::as_bytes(std::span(data, size)));
    check(read_foreign_session(given));
    check(read_foreign_session(log_of(fuzz::input(data, size))));
    if (const auto account = foreign::account_of_tdata(given); account && *account) check(**account);
    return 0;
}
