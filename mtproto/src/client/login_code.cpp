// From the schema's types to ours, and from what is typed to what is sent.
#include "client/login_code.hpp"

#include <algorithm>
#include <utility>

namespace mtproto::core {
namespace {

constexpr std::string_view blanks = " \t\r\n";

bool is_digit(char each) {
    return each >= '0' && each <= '9';
}

std::string_view without_blanks_around(std::string_view typed) {
    const std::size_t first = typed.find_first_not_of(blanks);
    if (first == typed.npos) return {};
    return typed.substr(first, typed.find_last_not_of(blanks) - first + 1);
}

/// The digits alone; `typed` where there is anything but them and `between`.
std::string digits_of(std::string_view typed, std::string_view between) {
    std::string digits;
    for (const char each : typed) {
        if (is_digit(each))
            digits += each;
        else if (between.find(each) == between.npos && blanks.find(each) == blanks.npos)
            return std::string(typed);
    }
    return digits;
}

code_way::email email_of(const tl::auth::sentCodeTypeEmailCode& sent) {
    code_way::email made;
    made.pattern = sent.email_pattern;
    if (sent.reset_available_period) made.reset_after = std::chrono::seconds(*sent.reset_available_period);
    if (sent.reset_pending_date) made.reset_at = std::chrono::seconds(*sent.reset_pending_date);
    return made;
}

void take_way(const tl::auth::SentCodeType& type, code_info& to) {
    if (const auto* app = type.as<tl::auth::sentCodeTypeApp>()) {
        to.way = code_way::app{};
        to.length = app->length;
    } else if (const auto* sms = type.as<tl::auth::sentCodeTypeSms>()) {
        to.way = code_way::sms{};
        to.length = sms->length;
    } else if (const auto* call = type.as<tl::auth::sentCodeTypeCall>()) {
        to.way = code_way::call{};
        to.length = call->length;
    } else if (const auto* flash = type.as<tl::auth::sentCodeTypeFlashCall>()) {
        to.way = code_way::flash_call{flash->pattern};
    } else if (const auto* missed = type.as<tl::auth::sentCodeTypeMissedCall>()) {
        to.way = code_way::missed_call{missed->prefix};
        to.length = missed->length;
    } else if (const auto* mail = type.as<tl::auth::sentCodeTypeEmailCode>()) {
        to.way = email_of(*mail);
        to.length = mail->length;
    } else if (const auto* fragment = type.as<tl::auth::sentCodeTypeFragmentSms>()) {
        to.way = code_way::fragment{fragment->url};
        to.length = fragment->length;
    } else if (const auto* word = type.as<tl::auth::sentCodeTypeSmsWord>()) {
        to.way = code_way::word{word->beginning.value_or("")};
    } else if (const auto* phrase = type.as<tl::auth::sentCodeTypeSmsPhrase>()) {
        to.way = code_way::phrase{phrase->beginning.value_or("")};
    } else if (const auto* firebase = type.as<tl::auth::sentCodeTypeFirebaseSms>()) {
        to.way = code_way::sms{};
        to.length = firebase->length;
    }
}

next_code next_of(const tl::auth::CodeType& type) {
    if (type.as<tl::auth::codeTypeSms>()) return next_code::sms;
    if (type.as<tl::auth::codeTypeCall>()) return next_code::call;
    if (type.as<tl::auth::codeTypeFlashCall>()) return next_code::flash_call;
    if (type.as<tl::auth::codeTypeMissedCall>()) return next_code::missed_call;
    if (type.as<tl::auth::codeTypeFragmentSms>()) return next_code::fragment;
    return next_code::none;
}

}  // namespace

code_info info_of(const tl::auth::sentCode& sent, duration waited) {
    code_info made;
    take_way(sent.type, made);
    if (sent.next_type) made.next = next_of(*sent.next_type);
    const duration asked = std::chrono::seconds(std::max(sent.timeout.value_or(0), 0));
    made.next_after = std::max(asked - waited, duration{});
    return made;
}

std::string normalized_code(std::string_view typed) {
    return digits_of(without_blanks_around(typed), "-");
}

bool has_length(const code_info& about, std::string_view normalized) {
    if (about.length <= 0 || !std::all_of(normalized.begin(), normalized.end(), is_digit)) return true;
    return normalized.size() == static_cast<std::size_t>(about.length);
}

std::string normalized_phone(std::string_view typed) {
    std::string_view number = without_blanks_around(typed);
    if (number.starts_with('+')) number.remove_prefix(1);
    return digits_of(number, "-().");
}

}  // namespace mtproto::core
