// The server's pure rules: salts, received messages, sessions, the proof of work, the catalogue.
#include "localdc/accounts.hpp"
#include "localdc/catalogue.hpp"
#include "localdc/generated.hpp"
#include "localdc/inbox.hpp"
#include "localdc/names.hpp"
#include "localdc/pq_challenge.hpp"
#include "localdc/salts.hpp"
#include "localdc/server_session.hpp"
#include "raw_client.hpp"

#include <mtproto/tl_mtproto.hpp>

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <set>

using namespace mtproto;
using namespace mtproto::localdc;
using namespace std::chrono_literals;

namespace {

constexpr unix_time born = std::chrono::seconds(1'750'000'000);

message content(std::string_view body) {
    return {.body = bytes::copy(body), .req_msg_id = 4, .response = true, .content = true};
}

}  // namespace

TEST_CASE("salts 5.9 a new one every 30 minutes, and the one before lives 1800 s more") {
    const salt_schedule salts(1234, 99, born);
    CHECK(salts.current(born) == 1234);
    CHECK(salts.current(born + 29min) == 1234);
    const std::int64_t second = salts.current(born + 30min);
    CHECK(second != 1234);
    CHECK(salts.accepts(1234, born + 59min));
    CHECK(salts.accepts(second, born + 59min));
    CHECK_FALSE(salts.accepts(1234, born + 60min));
    CHECK_FALSE(salts.accepts(second, born));
    CHECK_FALSE(salts.accepts(0, born));
}

TEST_CASE("salts 5.9 the ones to come are those that will be taken then") {
    const salt_schedule salts(1234, 99, born);
    const auto next = salts.upcoming(born + 45min, 64);
    REQUIRE(next.size() == 64);
    std::set<std::int64_t> different;
    for (const timed_salt& each : next) {
        different.insert(each.salt);
        CHECK(salts.accepts(each.salt, std::chrono::seconds(each.valid_since)));
        CHECK(each.valid_until - each.valid_since == 3600);
    }
    CHECK(different.size() == 64);
    CHECK(next.front().salt == salts.current(born + 45min));
}

TEST_CASE("messages 5.4 a query's seqno is odd and grows with the msg_ids") {
    inbox seen;
    CHECK(seen.take(400, 1, numbering::content).problem == bad_msg::none);
    CHECK(seen.take(404, 2, numbering::content).problem == bad_msg::seqno_not_odd);
    CHECK(seen.take(408, 1, numbering::content).problem == bad_msg::seqno_too_low);
    CHECK(seen.take(396, 3, numbering::content).problem == bad_msg::seqno_too_high);
    CHECK(seen.take(412, 5, numbering::content).problem == bad_msg::none);
    CHECK(seen.take(410, 3, numbering::content).problem == bad_msg::none);
}

TEST_CASE("messages 5.4 service messages may have any seqno: a lone ack with an odd one is taken") {
    inbox seen;
    CHECK(seen.take(400, 1, numbering::content).problem == bad_msg::none);
    CHECK(seen.take(404, 1, numbering::free).problem == bad_msg::none);
    CHECK(seen.take(408, 0, numbering::free).problem == bad_msg::none);
    CHECK(seen.take(412, 3, numbering::content).problem == bad_msg::none);
}

TEST_CASE("messages 4.4 a msg_id is taken once, and one below the window never") {
    inbox seen;
    CHECK_FALSE(seen.take(4, 1, numbering::content).duplicate);
    CHECK(seen.take(4, 1, numbering::content).duplicate);
    for (std::size_t i = 1; i <= inbox::window; ++i)
        REQUIRE(seen.take(static_cast<std::int64_t>(4 + 4 * i), static_cast<std::int32_t>(1 + 2 * i),
                          numbering::content)
                    .problem == bad_msg::none);
    CHECK((seen.state(4) == std::byte{1}));
    CHECK(seen.take(4, 1, numbering::content).problem == bad_msg::msg_too_old);
}

TEST_CASE("messages 5.6 states tell what was received, what not, and what is newer") {
    inbox seen;
    seen.take(400, 1, numbering::content);
    seen.take(408, 3, numbering::content);
    CHECK((seen.state(400) == std::byte{4}));
    CHECK((seen.state(404) == std::byte{2}));
    CHECK((seen.state(412) == std::byte{3}));
    CHECK((seen.state(12) == std::byte{1}));
}

TEST_CASE("session 4.6 4.7 answers are 1 modulo 4, all else 3, and only content counts") {
    server_session here(1, 2);
    message answer = content("answer");
    here.number(answer, born);
    CHECK(answer.msg_id % 4 == 1);
    CHECK(answer.seqno == 1);
    message ack{.body = bytes::copy("ack.")};
    here.number(ack, born);
    CHECK(ack.msg_id % 4 == 3);
    CHECK(ack.msg_id > answer.msg_id);
    CHECK(ack.seqno == 2);
    message second = content("answer");
    here.number(second, born);
    CHECK(second.seqno == 3);
    const std::int64_t id = second.msg_id;
    here.number(second, born);
    CHECK(second.msg_id == id);
}

TEST_CASE("session 5.3 what was acknowledged is not sent again; large answers are only told of (5.7)") {
    server_session here(1, 2);
    message known = content("known...");
    message unknown = content("unknown.");
    message large = content(std::string(100'000, 'x'));
    here.number(known, born);
    here.number(unknown, born);
    here.number(large, born);
    here.acknowledge({known.msg_id});
    const std::vector<message> again = here.take_up();
    REQUIRE(again.size() == 2);
    CHECK(again[0].msg_id == unknown.msg_id);
    const auto news = tl::decode<tl::msg_detailed_info>(again[1].body).value();
    CHECK(news.answer_msg_id == large.msg_id);
    CHECK(news.bytes == 100'000);
    CHECK(here.sent(known.msg_id) == nullptr);
    CHECK(here.answer_to(4) != nullptr);
}

TEST_CASE("session what nobody acknowledges is forgotten from the oldest on") {
    server_session here(1, 2);
    message first = content("first...");
    here.number(first, born);
    for (std::size_t i = 0; i < server_session::most_unacknowledged; ++i) {
        message next = content("next....");
        here.number(next, born);
    }
    CHECK(here.sent(first.msg_id) == nullptr);
    CHECK(here.take_up().size() == server_session::most_unacknowledged);
}

TEST_CASE("auth_key 2.2 the proof of work is a product of two primes that fits 63 bits") {
    crypto::seeded_random random(3);
    for (int i = 0; i < 20; ++i) {
        const pq_challenge made = make_pq(random);
        CHECK(made.p < made.q);
        CHECK(made.product() < 1ull << 63);
        for (std::uint64_t divisor = 2; divisor < 2000; ++divisor) {
            REQUIRE(made.p % divisor != 0);
            REQUIRE(made.q % divisor != 0);
        }
    }
}

TEST_CASE("a file that cannot be read is left out and named; the others are served") {
    const testing::temporary_folder folder;
    folder.add("a.bin", testing::pattern(10));
    folder.add("c.bin", testing::pattern(20));
    // Root may read every file, but nobody reads a link that leads to itself.
    std::filesystem::create_symlink("b.bin", std::filesystem::path(folder.path()) / "b.bin");
    local_dc_options options;
    options.folder = folder.path();
    const catalogue made = catalogue::read(options, 2).value();
    REQUIRE(made.messages().size() == 2);
    CHECK(made.message(2)->file->name == "a.bin");
    CHECK(made.message(3)->file->name == "c.bin");
    CHECK(made.message(3)->file->dc == 3);
    REQUIRE(made.unreadable().size() == 1);
    CHECK(made.unreadable()[0].find("b.bin: ") != std::string::npos);
}

TEST_CASE("a message that is protected is one") {
    local_dc_options options;
    options.text_messages = {"hello", "again"};
    for (const int id : {2, 3}) {
        options.protected_messages = {id};
        CHECK(catalogue::read(options, 2).has_value());
    }
    for (const int id : {-1, 0, 1, 4, 999}) {
        options.protected_messages = {2, id};
        const auto refused = catalogue::read(options, 2);
        REQUIRE_FALSE(refused.has_value());
        CHECK(refused.error().code == errc::bad_argument);
        CHECK(refused.error().detail.find("from 2 to 3") != std::string::npos);
    }
}

TEST_CASE("a folder becomes messages in the order of names, the first on a foreign data centre") {
    const testing::temporary_folder folder;
    folder.add("b.bin", testing::pattern(10));
    folder.add("a.mkv", testing::pattern(5000));
    folder.add("c.webm", {});
    local_dc_options options;
    options.folder = folder.path();
    options.protected_messages = {3};
    options.text_messages = {"hello"};
    options.describe_video = [](const std::string& path) -> std::optional<media_facts> {
        if (!path.ends_with("/a.mkv")) return std::nullopt;
        return media_facts{640, 360, std::chrono::milliseconds(2500)};
    };
    const catalogue made = catalogue::read(options, 2).value();
    REQUIRE(made.messages().size() == 4);
    CHECK(made.last_id() == 5);
    const served_message* first = made.message(2);
    REQUIRE(first);
    CHECK(first->file->name == "a.mkv");
    REQUIRE(first->file->video);
    CHECK(first->file->video->width == 640);
    CHECK(first->file->video->duration == std::chrono::milliseconds(2500));
    CHECK(first->file->mime_type == "video/x-matroska");
    CHECK(first->file->size == 5000);
    CHECK(first->file->dc == 1);
    CHECK((bytes::copy(first->file->sha256) == bytes::copy(crypto::sha256(testing::pattern(5000)))));
    CHECK_FALSE(first->protected_content);
    CHECK(made.message(3)->file->dc == 3);
    CHECK(made.message(3)->protected_content);
    CHECK_FALSE(made.message(3)->file->video);
    REQUIRE(made.message(4)->file->video);
    CHECK(made.message(4)->file->video->width == 0);
    CHECK(made.message(4)->file->dc == 2);
    CHECK(made.message(5)->text == "hello");
    CHECK(made.message(5)->file == nullptr);
    CHECK(made.message(1) == nullptr);
    CHECK(made.message(6) == nullptr);
    CHECK(made.document(first->file->document_id) == first->file);
}

TEST_CASE("a folder that is not there is an error that names it") {
    local_dc_options options;
    options.folder = "/nonexistent/folder";
    const auto made = catalogue::read(options, 1);
    REQUIRE(made.has_error());
    CHECK(made.error().message().find("/nonexistent/folder") != std::string::npos);
}

TEST_CASE("a key folder keeps the key, the private part for its owner alone") {
    const testing::temporary_folder folder;
    const server_key made = load_server_key(folder.path()).value();
    const server_key again = load_server_key(folder.path()).value();
    CHECK(made.key.public_key().fingerprint() == again.key.public_key().fingerprint());
    CHECK(usable_fingerprint(made.key.public_key().fingerprint()));
    CHECK_FALSE(usable_fingerprint(0x0fffffffffffffff));
    const auto mode = std::filesystem::status(folder.path() + "/server-key.pem").permissions();
    CHECK((mode & std::filesystem::perms::all) == std::filesystem::perms(0600));
    CHECK(made.public_path == folder.path() + "/server-key.pub.pem");
}

TEST_CASE("accounts: a bot whose token has the number of a person to come takes no one's place") {
    accounts people({});
    const std::int64_t bot = people.by_bot_token("777100000:token").id;
    CHECK(bot == 777'100'000);
    const std::int64_t person = people.by_phone("15550100")->id;
    CHECK(person != bot);
    CHECK(people.by_id(bot)->bot);
    CHECK(people.by_phone("15550100")->id == person);
}

TEST_CASE("accounts are bounded: whoever comes last takes the place of another") {
    accounts people({});
    for (int i = 1; i <= 100'001; ++i)
        people.by_bot_token(std::to_string(i) + ":token");
    CHECK_FALSE(people.by_id(1));
    CHECK(people.by_id(2));
    CHECK(people.by_id(100'001));
}

TEST_CASE(
    "session parts of files that nobody acknowledged cost nothing: 17 of 1 MiB are all still answered") {
    server_session here(1, 2);
    for (std::int64_t query = 1; query <= 17; ++query) {
        message part = content("");
        part.req_msg_id = query;
        part.part = file_part{nullptr, 0, 1 << 20, 1 << 20, 0};
        here.number(part, born);
    }
    CHECK(here.answer_to(1) != nullptr);
    CHECK(here.take_up().size() == 17);
}

TEST_CASE(
    "odd names: extensions in any case, bytes that are no UTF-8, and quotes and line breaks as they are") {
    const testing::temporary_folder folder;
    folder.add("FILM.MKV", testing::pattern(10));
    folder.add("a \"quoted\"\nname", testing::pattern(11));
    folder.add("b \xff\xc3", testing::pattern(12));
    local_dc_options options;
    options.folder = folder.path();
    catalogue made = catalogue::read(options, 2).value();
    REQUIRE(made.messages().size() == 3);
    CHECK(made.message(2)->file->mime_type == "video/x-matroska");
    CHECK(made.message(3)->file->name == "a \"quoted\"\nname");
    const served_file& broken = *made.message(4)->file;
    CHECK(broken.name == "b \xef\xbf\xbd\xef\xbf\xbd");
    std::vector<std::byte> data(12);
    CHECK(made.read(broken, 0, data).has_value());
    CHECK((data == testing::pattern(12)));
}

TEST_CASE("text that is UTF-8 stays, and every byte that is none becomes U+FFFD") {
    CHECK(valid_utf8("a \xc3\xa4 \xe2\x82\xac \xf0\x9f\x8e\xac") ==
          "a \xc3\xa4 \xe2\x82\xac \xf0\x9f\x8e\xac");
    const std::string bad = "\xef\xbf\xbd";
    CHECK(valid_utf8("\x80") == bad);
    CHECK(valid_utf8("\xc0\x80") == bad + bad);
    CHECK(valid_utf8("\xed\xa0\x80") == bad + bad + bad);
    CHECK(valid_utf8("\xf4\x90\x80\x80") == bad + bad + bad + bad);
    CHECK(valid_utf8("\xe2\x82") == bad + bad);
}

TEST_CASE("a key file that is no key is an error that names it, never replaced") {
    const testing::temporary_folder folder;
    const std::string path = folder.path() + "/server-key.pem";
    folder.add("server-key.pem", as_bytes("-----BEGIN RSA PRIVATE KEY-----"));
    const auto malformed = load_server_key(folder.path());
    REQUIRE(malformed.has_error());
    CHECK(malformed.error().message().find(path) != std::string::npos);
    CHECK(std::filesystem::file_size(path) == 31);
    std::filesystem::remove(path);
    std::filesystem::create_directory(path);
    const auto unreadable = load_server_key(folder.path());
    REQUIRE(unreadable.has_error());
    CHECK(unreadable.error().message().find(path) != std::string::npos);
}

TEST_CASE("a draft of the key that a crash left behind, open to all, is not written into") {
    const testing::temporary_folder folder;
    folder.add("server-key.pem.new", {});
    std::ifstream spying(folder.path() + "/server-key.pem.new");
    REQUIRE(load_server_key(folder.path()).has_value());
    std::string seen;
    std::getline(spying, seen);
    CHECK(seen.empty());
    const auto mode = std::filesystem::status(folder.path() + "/server-key.pem").permissions();
    CHECK((mode & std::filesystem::perms::all) == std::filesystem::perms(0600));
}

TEST_CASE(
    "a generated file has the same bytes however it is read, other ones for each seed, and takes no room") {
    std::vector<std::byte> whole(100);
    generate_bytes(3, 1'000'000'001, whole);
    for (std::size_t begin = 0; begin < 20; ++begin)
        for (std::size_t end = begin; end < 40; ++end) {
            std::vector<std::byte> some(end - begin);
            generate_bytes(3, 1'000'000'001 + static_cast<std::int64_t>(begin), some);
            REQUIRE(std::equal(some.begin(), some.end(), whole.begin() + static_cast<std::ptrdiff_t>(begin)));
        }
    std::vector<std::byte> other(100);
    generate_bytes(4, 1'000'000'001, other);
    CHECK((whole != other));

    local_dc_options options;
    options.generated_files = {{"film.mkv", std::int64_t{8} << 30, 3}, {"more.bin", 5, 4}};
    catalogue files = catalogue::read(options, 2).value();
    REQUIRE(files.messages().size() == 2);
    const served_file& film = *files.message(2)->file;
    CHECK(film.size == std::int64_t{8} << 30);
    CHECK(film.mime_type == "video/x-matroska");
    CHECK(film.dc != files.message(3)->file->dc);
    CHECK(files.document(film.document_id) == &film);
    CHECK(files.unchanged(film));
    std::vector<std::byte> read(100);
    REQUIRE(files.read(film, 1'000'000'001, read).has_value());
    CHECK((read == whole));
    // Another size is another document.
    options.generated_files[0].size += 1;
    CHECK(catalogue::read(options, 2).value().message(2)->file->document_id != film.document_id);
}
