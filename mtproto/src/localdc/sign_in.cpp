// Codes in all their ways, and what comes after them.
#include "localdc/sign_in.hpp"

#include "localdc/objects.hpp"

#include <mtproto/tl/codec.hpp>
#include <mtproto/tl_api.hpp>

namespace mtproto::localdc {
namespace {

// What is kept from the wire is bounded: international numbers have 15 digits.
constexpr std::size_t most_digits = 20;

struct described {
    tl::auth::SentCodeType type;
    tl::auth::CodeType as_next{};  ///< empty: it is never the next
};

template <class T>
tl::auth::SentCodeType of_length(std::size_t length) {
    T made;
    made.length = static_cast<std::int32_t>(length);
    return made;
}

std::string pattern_of(const std::string& email) {
    const std::size_t at = email.find('@');
    return email.empty() || at == email.npos ? "a***@example.org"
                                             : email.substr(0, 1) + "***" + email.substr(at);
}

described describe(local_code way, const std::string& code, const std::string& email) {
    const std::size_t length = code.size();
    switch (way) {
        case local_code::sms:
            return {of_length<tl::auth::sentCodeTypeSms>(length), tl::auth::codeTypeSms{}};
        case local_code::call:
            return {of_length<tl::auth::sentCodeTypeCall>(length), tl::auth::codeTypeCall{}};
        case local_code::flash_call: {
            tl::auth::sentCodeTypeFlashCall made;
            made.pattern = "15550*";
            return {std::move(made), tl::auth::codeTypeFlashCall{}};
        }
        case local_code::missed_call: {
            tl::auth::sentCodeTypeMissedCall made;
            made.prefix = "+1555";
            made.length = static_cast<std::int32_t>(length);
            return {std::move(made), tl::auth::codeTypeMissedCall{}};
        }
        case local_code::email: {
            tl::auth::sentCodeTypeEmailCode made;
            made.email_pattern = pattern_of(email);
            made.length = static_cast<std::int32_t>(length);
            made.reset_available_period = 0;
            return {std::move(made)};
        }
        case local_code::fragment: {
            tl::auth::sentCodeTypeFragmentSms made;
            made.url = "https://fragment.com/login";
            made.length = static_cast<std::int32_t>(length);
            return {std::move(made), tl::auth::codeTypeFragmentSms{}};
        }
        case local_code::firebase:
            return {of_length<tl::auth::sentCodeTypeFirebaseSms>(length), tl::auth::codeTypeSms{}};
        case local_code::word: {
            tl::auth::sentCodeTypeSmsWord made;
            made.beginning = code.substr(0, 1);
            return {std::move(made), tl::auth::codeTypeSms{}};
        }
        case local_code::phrase: {
            tl::auth::sentCodeTypeSmsPhrase made;
            made.beginning = code.substr(0, code.find(' '));
            return {std::move(made), tl::auth::codeTypeSms{}};
        }
        case local_code::set_up_email:
            return {tl::auth::sentCodeTypeSetUpEmailRequired{}};
        case local_code::app:
        case local_code::payment:
            break;
    }
    return {of_length<tl::auth::sentCodeTypeApp>(length)};
}

}  // namespace

const key_state& permanent_key(const call& now) {
    return now.key.bound_to ? *now.key.bound_to : now.key;
}

std::string checked_phone(const call& now, const std::string& written) {
    std::string phone = phone_digits(written);
    if (phone.empty() || phone.size() > most_digits) throw refusal{400, "PHONE_NUMBER_INVALID"};
    if (now.dc.id != now.cluster.dcs.home)
        throw refusal{303, "PHONE_MIGRATE_" + std::to_string(now.cluster.dcs.home)};
    return phone;
}

bytes admit(call& now, const account& who) {
    if (!now.cluster.accounts.password_of(who)) return sign_in(now, who);
    now.login = {};
    now.login.awaits_password = who.id;
    throw refusal{401, "SESSION_PASSWORD_NEEDED"};
}

bytes encode_sent_code(call& now, const sent_code& sent, const std::string& hash) {
    const local_dc_options& options = now.cluster.options;
    const std::vector<local_code>& ways = options.sign_in.codes;
    const auto way_at = [&](std::size_t place) {
        return describe(place < ways.size() ? ways[place] : local_code::app, options.login_code, sent.email);
    };
    tl::auth::sentCode answer;
    answer.type = way_at(sent.place).type;
    answer.phone_code_hash = hash;
    if (sent.place + 1 < ways.size()) answer.next_type = way_at(sent.place + 1).as_next;
    if (options.sign_in.code_timeout.count() > 0)
        answer.timeout = static_cast<std::int32_t>(options.sign_in.code_timeout.count());
    return tl::encode(answer);
}

bytes send_code_by(call& now, const std::string& phone, std::size_t place, const std::string& email) {
    const std::vector<local_code>& ways = now.cluster.options.sign_in.codes;
    if (place < ways.size() && ways[place] == local_code::payment)
        return tl::encode(tl::auth::sentCodePaymentRequired{});
    sent_code made;
    made.phone = phone;
    made.place = place;
    made.sent_at = now.cluster.env.time->now();
    made.email = email;
    const std::string hash = now.cluster.accounts.desk.codes.add(made, *now.cluster.env.random);
    return encode_sent_code(now, made, hash);
}

}  // namespace mtproto::localdc
