// The tables of accounts.
#include "localdc/accounts.hpp"

#include "crypto/random_bytes.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

namespace mtproto::localdc {
namespace {

// A demonstration's tables must not grow without end.
constexpr std::size_t most_pending = 10'000;
constexpr std::size_t ticket_size = 128;
constexpr std::size_t most_accounts = 100'000;

// "123456:secret": the number before the colon is the bot's id. 0 for none.
std::int64_t bot_number(std::string_view token) {
    std::int64_t id = 0;
    const std::string_view number = token.substr(0, token.find(':'));
    std::from_chars(number.data(), number.data() + number.size(), id);
    return std::max<std::int64_t>(id, 0);
}

}  // namespace

std::string phone_digits(std::string_view written) {
    std::string digits;
    std::copy_if(written.begin(), written.end(), std::back_inserter(digits),
                 [](char each) { return each >= '0' && each <= '9'; });
    return digits;
}

const account& accounts::add(account made) {
    make_room();
    // A bot's id is its token's number, which may be any.
    while (made.id == 0 || by_id_.contains(made.id))
        made.id = next_id_++;
    const std::int64_t id = made.id;
    return by_id_.insert_or_assign(id, std::move(made)).first->second;
}

// Whose account goes is signed out, as of an account that was deleted.
void accounts::make_room() {
    if (by_id_.size() < most_accounts) return;
    const auto oldest = by_id_.begin();
    by_phone_.erase(oldest->second.phone);
    by_id_.erase(oldest);
}

const account* accounts::by_phone(const std::string& phone) {
    if (const auto known = by_phone_.find(phone); known != by_phone_.end()) return by_id(known->second);
    if (unregistered_.contains(phone)) return nullptr;
    return &sign_up(phone, "Local", "User");
}

const account& accounts::sign_up(const std::string& phone, std::string first_name, std::string last_name) {
    const account& made =
        add({.phone = phone, .first_name = std::move(first_name), .last_name = std::move(last_name)});
    by_phone_[phone] = made.id;
    return made;
}

const account& accounts::by_bot_token(const std::string& token) {
    const std::int64_t id = bot_number(token);
    if (const account* known = by_id(id); known && known->bot) return *known;
    return add({.id = by_id(id) ? 0 : id, .first_name = "Local bot", .bot = true});
}

const account* accounts::by_id(std::int64_t id) const {
    const auto found = by_id_.find(id);
    return found == by_id_.end() ? nullptr : &found->second;
}

const account* accounts::known_phone(const std::string& phone) const {
    const auto found = by_phone_.find(phone);
    return found == by_phone_.end() ? nullptr : by_id(found->second);
}

outcome<const account*> accounts::add_known(const local_account& known, random_source& random,
                                            std::int32_t date) {
    account made{known.id, phone_digits(known.phone), known.first_name, known.last_name};
    made.bot = !known.bot_token.empty();
    if (made.bot && made.id == 0) made.id = bot_number(known.bot_token);
    made.premium = known.premium;
    made.standing = account_standing(known);
    made.standing.set(known.state, date);
    if (made.bot != made.phone.empty())
        return failure(errc::bad_argument, "an account has a phone number or a bot's token");
    if (made.id < 0 || by_id(made.id) || (!made.bot && by_phone_.contains(made.phone)))
        return failure(errc::bad_argument, "two accounts cannot have one id, number or token");
    if (!known.password.empty()) {
        outcome<password_check> check = password_check::make(known.password, random);
        if (!check) return check.error();
        made.password = std::move(*check);
    }
    const account& added = add(std::move(made));
    if (!added.bot) by_phone_[added.phone] = added.id;
    return &added;
}

bool accounts::set_state(std::int64_t id, local_account_state state, std::int32_t date) {
    const auto found = by_id_.find(id);
    if (found == by_id_.end()) return false;
    found->second.standing.set(state, date);
    std::erase_if(tickets_, [id](const auto& each) { return each.second.user == id; });
    return true;
}

const password_check* accounts::password_of(const account& who) const {
    if (desk.without_password.contains(who.id)) return nullptr;
    const std::optional<password_check>& own = who.password ? who.password : password;
    return own ? &*own : nullptr;
}

bytes accounts::export_login(std::int64_t user, int to_dc, random_source& random) {
    bytes made = crypto::random_bytes(random, ticket_size);
    if (tickets_.size() >= most_pending) tickets_.clear();
    tickets_[std::string(made.text())] = {user, to_dc};
    return made;
}

bool accounts::import_login(std::int64_t user, const bytes& given, int here) {
    const auto found = tickets_.find(std::string(given.text()));
    if (found == tickets_.end()) return false;
    const bool good = found->second.user == user && found->second.dc == here;
    tickets_.erase(found);
    return good;
}

}  // namespace mtproto::localdc
