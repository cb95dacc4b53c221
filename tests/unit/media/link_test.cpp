// Links to messages, in all the forms that people paste. Many cases restate facts of tdlib's test/link.cpp.
#include <mtproto/link.hpp>

#include <doctest/doctest.h>

#include <string>

using namespace mtproto;
using namespace std::chrono_literals;

namespace {

/// One line for a link, so that a case is one comparison: "name#5", "c/77#5 topic=3 single t=90".
std::string describe(std::string_view text) {
    const auto link = parse_link(text);
    if (!link) {
        CHECK(link.error().code == errc::bad_link);
        CHECK_FALSE(link.error().detail.empty());
        return "refused";
    }
    std::string line = link->username.empty() ? "c/" + std::to_string(link->channel_id) : link->username;
    CHECK((link->username.empty() || link->channel_id == 0));
    line += "#" + std::to_string(link->message_id);
    if (link->topic_id) line += " topic=" + std::to_string(link->topic_id);
    if (link->comment_id) line += " comment=" + std::to_string(link->comment_id);
    if (link->single) line += " single";
    if (link->timestamp) line += " t=" + std::to_string(link->timestamp->count());
    return line;
}

std::string why(std::string_view text) {
    const auto link = parse_link(text);
    return link ? "accepted" : link.error().message();
}

bool says(std::string_view text, std::string_view part) {
    const std::string reason = why(text);
    INFO(text << " -> " << reason);
    return reason.find(part) != reason.npos;
}

}  // namespace

TEST_CASE("links 10.1 every host, scheme and port of Telegram names the same message") {
    for (const char* text : {"t.me/levlam/1",
                             "telegram.me/levlam/1",
                             "telegram.dog/levlam/1",
                             "www.t.me/levlam/1",
                             "www%2etelegram.me/levlam/1",
                             "www%2Etelegram.dog/levlam/1",
                             "http://t.me/levlam/1",
                             "https://t.me/levlam/1",
                             "hTtp://www.t.me:443/levlam/1",
                             "httPs://t.me:80/levlam/1",
                             "https://T.ME/levlam/1",
                             "%54.me/levlam/1",
                             "levlam.t.me/1",
                             "https://levlam.t.me/1",
                             "https://levlam.t.me/1/",
                             "https://www.levlam.t.me/1",
                             "t.me/s/levlam/1",
                             "https://t.me/s/levlam/1",
                             "t.me/s/%73/s/levlam/1",
                             "t.me/levlam/1#comments",
                             "t.me/levlam/1/",
                             "t.me/levlam/1//",
                             "  https://t.me/levlam/1 \n",
                             "tg:resolve?domain=levlam&post=1",
                             "tg://resolve?domain=levlam&post=1",
                             "TG://resolve/?domain=levlam&post=1#there"}) {
        INFO(text);
        CHECK(describe(text) == "levlam#1");
    }
}

TEST_CASE("links 10.1 other hosts, ports and schemes are refused") {
    for (const char* text : {"www%252Etelegram.dog/levlam/1",
                             "https://t.me:200/levlam/1",
                             "http:t.me/levlam/1",
                             "t.dog/levlam/1",
                             "t.m/levlam/1",
                             "t.men/levlam/1",
                             "sftp://t.me/levlam/1",
                             "https://someone@t.me/levlam/1",
                             "https://t.me:x/levlam/1",
                             "https://t.me:/levlam/1",
                             "https://t.me:99999999999/levlam/1",
                             "https://example.com/t.me/levlam/1",
                             "https://t.me.example.com/levlam/1",
                             "https://notat.me/levlam/1",
                             "https://a.b.t.me/1",
                             "https://levlam.telegram.me/1",
                             "https://_x.t.me/1",
                             "levlam",
                             "12345",
                             "",
                             " ",
                             "https://",
                             "/",
                             "https://t.me",
                             "https://t.me/",
                             "t.me//12345?single"}) {
        INFO(text);
        CHECK(describe(text) == "refused");
    }
}

TEST_CASE("links 10.1 reserved names before .t.me and after the host are no usernames") {
    for (const char* text :
         {"https://web.t.me/1", "https://a.t.me/1", "https://k.t.me/1", "https://z.t.me/1",
          "https://joinchat.t.me/1", "https://addstickers.t.me/1", "https://share.t.me/1",
          "https://c.t.me/1/2", "https://s.t.me/1", "t.me/addstickers/animals", "t.me/share/1",
          "t.me/proxy/1", "t.me/bg/1", "t.me/iv/1", "t.me/invoice/1", "t.me/login/12345", "t.me/nft/1"}) {
        INFO(text);
        CHECK(describe(text) == "refused");
    }
    CHECK(describe("t.me/Bg/5") == "Bg#5");
}

TEST_CASE("links 10.2 public messages, topics and arguments") {
    CHECK(describe("t.me/username/12345?single") == "username#12345 single");
    CHECK(describe("t.me/username/12345?asdasd") == "username#12345");
    CHECK(describe("t.me/username/12345//?voicechat=&single") == "username#12345 single");
    CHECK(describe("t.me/username/12345/asdasd//asd/?single") == "username#12345 single");
    CHECK(describe("t.me/username/7/12345") == "username#12345 topic=7");
    CHECK(describe("t.me/username/7/12345/9?single") == "username#12345 topic=7 single");
    CHECK(describe("username.t.me/7/12345") == "username#12345 topic=7");
    CHECK(describe("t.me/username/12345?thread=7") == "username#12345 topic=7");
    CHECK(describe("t.me/username/12345?comment=99&t=61") == "username#12345 comment=99 t=61");
    CHECK(describe("t.me/username/12345?comment=-1&thread=x") == "username#12345");
    CHECK(describe("t.me/user%31name/%312345") == "user1name#12345");
    CHECK(describe("t.me/username/2147483647") == "username#2147483647");
    CHECK(describe("tg:resolve?domain=username&post=12345&single&startattach=1&attach=test") ==
          "username#12345 single");
    CHECK(describe("tg:resolve?domain=user%31name&post=%312345&single&comment=456&t=789&thread=12") ==
          "user1name#12345 topic=12 comment=456 single t=789");
}

TEST_CASE("links 10.2 private messages") {
    CHECK(describe("t.me/c/12345/123") == "c/12345#123");
    CHECK(describe("https://t.me/c/1006503122/123?single") == "c/1006503122#123 single");
    CHECK(describe("t.me/c/12345/123/asd/asd////?single") == "c/12345#123 single");
    CHECK(describe("t.me/c/%312345/%3123?comment=456&t=789&single") ==
          "c/12345#123 comment=456 single t=789");
    CHECK(describe("t.me/c/12345/4/123") == "c/12345#123 topic=4");
    CHECK(describe("tg:privatepost?channel=12345&post=123") == "c/12345#123");
    CHECK(describe("tg://privatepost?channel=12345&post=123&thread=4&t=1m") == "c/12345#123 topic=4 t=60");
    for (const char* text :
         {"t.me/c/12345?single", "t.me/c/1/c?single", "t.me/c/c/1?single", "t.me/c//1?single", "t.me/c",
          "t.me/c/-5/1", "t.me/c/1000000000000/1", "t.me/c/99999999999999999999/1", "t.me/c/12345/0",
          "tg:privatepost?domain=username/12345&single", "tg:privatepost?channel=username&post=12345",
          "tg:privatepost?channel=12345", "tg:privatepost"}) {
        INFO(text);
        CHECK(describe(text) == "refused");
    }
    CHECK(says("t.me/c/-1001234567890/5", "without its -100: /c/1234567890"));
    CHECK(says("t.me/c/12345", "add the message's number"));
}

TEST_CASE("links 10.2 a start time is seconds or hours, minutes and seconds; nonsense is ignored") {
    const auto at = [](const std::string& t) {
        const auto link = parse_link("https://t.me/name/5?t=" + t);
        REQUIRE(link.has_value());
        return link->timestamp;
    };
    CHECK(at("123") == 123s);
    CHECK(at("0") == 0s);
    CHECK(at("1h2m3s") == 3723s);
    CHECK(at("1H2M3") == 3723s);
    CHECK(at("90m") == 5400s);
    CHECK(at("10s") == 10s);
    CHECK(at("10000000") == 10000000s);
    for (const char* nonsense :
         {"", "x", "-5", "1d", "10000001", "99999999999999999999999", "2778h", "1:30", "1.5"}) {
        INFO(nonsense);
        CHECK_FALSE(at(nonsense));
    }
}

TEST_CASE("links 10.3 what cannot be a username is refused") {
    for (const char* name : {"1name", "_name", "name_", "na__me", "na-me", "na.me", "n%20ame", "%FFname",
                             "a23456789012345678901234567890123"}) {
        INFO(name);
        CHECK(describe("https://t.me/" + std::string(name) + "/1") == "refused");
    }
    CHECK(describe("https://t.me/a2345678901234567890123456789012/1") ==
          "a2345678901234567890123456789012#1");
    CHECK(describe("t.me/a/1") == "refused");
    CHECK(describe("t.me/b/1") == "b#1");
    CHECK(describe("tg:resolve?domain=&post=12345&single") == "refused");
    CHECK(describe("tg:resolve?domain=123456&post=1") == "refused");
}

TEST_CASE("what is no message's number is refused and not cut short") {
    for (const char* text :
         {"t.me/username/asd", "t.me/username/0", "t.me/username/-12345", "t.me/username/1asd",
          "t.me/username/2147483648", "t.me/username/+5", "t.me/username/0x10",
          "tg:resolve?domain=telegram&post=&single", "TG://test@resolve?domain=username&post=12345&single",
          "tg:resolve:80?domain=username&post=12345&single", "tg:http://resolve?domain=username&post=12345",
          "tg:https://resolve?domain=username&post=12345"}) {
        INFO(text);
        CHECK(describe(text) == "refused");
    }
}

TEST_CASE("errors say what a link is instead, and what to do") {
    CHECK(says("https://t.me/demo", "it names a channel or user"));
    CHECK(says("https://t.me/demo", "https://t.me/demo/123"));
    CHECK(says("demo.t.me", "https://t.me/demo/123"));
    CHECK(says("tg://resolve?domain=demo", "add &post=123"));
    CHECK(says("@demo", "https://t.me/name/123"));
    CHECK(says("https://t.me/demo/s/5", "story"));
    CHECK(says("https://demo.t.me/s/5", "story"));
    CHECK(says("tg:resolve?domain=demo&story=5", "story"));
    CHECK(says("https://t.me/joinchat/abcdef", "invitation"));
    CHECK(says("https://t.me/+abcdef", "invitation"));
    CHECK(says("https://t.me/%20abcdef", "invitation"));
    CHECK(says("tg:join?invite=abcdef", "invitation"));
    CHECK(says("https://t.me/addstickers/x", "sticker set"));
    CHECK(says("https://t.me/$abc", "invoice"));
    CHECK(says("tg:resolve?phone=123", "phone number"));
    CHECK(says("ftp://t.me/a/1", "only http, https and tg"));
    CHECK(says("https://example.com/a/1", "'example.com' is not one of t.me"));
    for (const char* text : {"https://t.me/de\x01mo/1", "https://t.me/demo/1%1b[2J", "https://t.me/%1b[2J/1",
                             "https://%07.t.me/1", "https://t.me/c/1%0a/1",
                             "tg:resolve?domain=a%1b[2J&post=1", "tg:resolve?domain=a&post=1%C2%9b2J"})
        CHECK(says(text, "control character"));
    CHECK(says(std::string(5000, 'a'), "too long"));
    CHECK(says("https://t.me/9x/1", "does not begin with a letter"));
    CHECK(says("https://t.me/demo/1x", "'1x' is not a message's number"));
    CHECK(why("https://t.me/demo/1") == "accepted");
}
