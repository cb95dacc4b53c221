// Links to messages, public and tg ones, from arbitrary text.
#include "fuzz.hpp"
#include "media/username.hpp"

#include <mtproto/link.hpp>

#include <string>

using namespace mtproto;

namespace {

// As a tg link, which has no words that mean something else in place of a name.
std::string spell(const message_link& link) {
    std::string text = link.username.empty() ? "tg://privatepost?channel=" + std::to_string(link.channel_id)
                                             : "tg://resolve?domain=" + link.username;
    text += "&post=" + std::to_string(link.message_id);
    if (link.topic_id != 0) text += "&thread=" + std::to_string(link.topic_id);
    if (link.comment_id != 0) text += "&comment=" + std::to_string(link.comment_id);
    if (link.single) text += "&single";
    if (link.timestamp) text += "&t=" + std::to_string(link.timestamp->count());
    return text;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string text(as_text(std::as_bytes(std::span(data, size))));
    const auto link = parse_link(text);
    if (!link) {
        fuzz::require(link.error().code == errc::bad_link, "a wrong link is called one");
        fuzz::require(!link.error().detail.empty(), "and it is said what is wrong with it");
        return 0;
    }
    fuzz::require(link->username.empty() != (link->channel_id == 0), "a link names one place");
    fuzz::require(link->username.empty() || !core::username_fault(link->username), "usernames are valid");
    fuzz::require(link->channel_id >= 0 && link->message_id > 0, "ids are positive");
    fuzz::require(link->topic_id >= 0 && link->comment_id >= 0, "ids are positive");
    fuzz::require(!link->timestamp || link->timestamp->count() >= 0, "a video does not start before it does");

    const auto again = parse_link(spell(*link));
    fuzz::require(again.has_value(), "a link can be spelled another way");
    fuzz::require(again->username == link->username && again->channel_id == link->channel_id &&
                      again->message_id == link->message_id && again->topic_id == link->topic_id &&
                      again->comment_id == link->comment_id && again->single == link->single &&
                      again->timestamp == link->timestamp,
                  "and means the same");
    return 0;
}
