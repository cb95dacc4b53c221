// The ways of a login code in words.
#include <mtproto/login.hpp>

#include <utility>

namespace mtproto {
namespace {

std::string beginning_with(const std::string& beginning) {
    return beginning.empty() ? "" : ", which begins with \"" + beginning + "\"";
}

struct in_words {
    int length;

    std::string operator()(const code_way::app&) const {
        return "sent to Telegram on the account's other devices, in the chat Telegram, and not by SMS";
    }
    std::string operator()(const code_way::sms&) const { return "sent by SMS"; }
    std::string operator()(const code_way::call&) const { return "told by a voice that calls"; }
    std::string operator()(const code_way::flash_call& call) const {
        return "the number that calls, which looks like " + call.pattern;
    }
    std::string operator()(const code_way::missed_call& call) const {
        const std::string digits = length > 0 ? "last " + std::to_string(length) + " digits" : "last digits";
        return "the " + digits + " of the number that calls, which begins with " + call.prefix;
    }
    std::string operator()(const code_way::email& mail) const {
        return (mail.is_new ? "sent to the new address " : "sent by e-mail to ") + mail.pattern;
    }
    std::string operator()(const code_way::fragment& message) const {
        return "sent to fragment.com: open " + message.url;
    }
    std::string operator()(const code_way::word& message) const {
        return "a word sent by SMS" + beginning_with(message.beginning);
    }
    std::string operator()(const code_way::phrase& message) const {
        return "a few words sent by SMS" + beginning_with(message.beginning);
    }
};

}  // namespace

std::string describe(const code_info& about) {
    return std::visit(in_words{about.length}, about.way);
}

std::string describe(next_code way) {
    switch (way) {
        case next_code::sms:
            return "by SMS";
        case next_code::call:
            return "by a voice that calls";
        case next_code::flash_call:
        case next_code::missed_call:
            return "by a call from a number that tells it";
        case next_code::fragment:
            return "by fragment.com";
        case next_code::none:
            break;
    }
    return "";
}

boost::asio::awaitable<code_answer> login_ui::answer_code(const code_info& about) {
    std::optional<std::string> typed = co_await code(about);
    co_return typed ? code_answer(std::move(*typed)) : code_answer();
}

boost::asio::awaitable<password_answer> login_ui::answer_password(const password_info& about) {
    std::optional<std::string> typed = co_await password(about.hint);
    co_return typed ? password_answer(std::move(*typed)) : password_answer();
}

boost::asio::awaitable<std::optional<std::string>> login_ui::recovery_code(const std::string&) {
    co_return std::nullopt;
}

boost::asio::awaitable<std::optional<std::string>> login_ui::email() {
    co_return std::nullopt;
}

boost::asio::awaitable<token_answer> login_ui::show(const login_token&) {
    co_return token_answer::declined;
}

}  // namespace mtproto
