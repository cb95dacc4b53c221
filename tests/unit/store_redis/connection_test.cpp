// URLs, replies, and servers that are no Redis.
#include "store_redis/connection.hpp"

#include "store_redis/address.hpp"
#include "store_redis/reply.hpp"

#include <mtproto/store_redis.hpp>

#include <doctest/doctest.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <random>
#include <string>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>

using namespace mtproto;
using namespace std::chrono_literals;
using store_redis::address_of;
using store_redis::reply;
using store_redis::reply_reader;

namespace {

/// Says `words` to each of `clients` that come, after their first bytes, and closes or keeps silent.
class liar {
  public:
    liar(std::string words, int clients, bool closes)
        : words_(std::move(words)), listener_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
        ::sockaddr_in at{};
        at.sin_family = AF_INET;
        at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        ::socklen_t size = sizeof at;
        REQUIRE(::bind(listener_, reinterpret_cast<::sockaddr*>(&at), size) == 0);
        REQUIRE(::listen(listener_, 8) == 0);
        REQUIRE(::getsockname(listener_, reinterpret_cast<::sockaddr*>(&at), &size) == 0);
        port_ = ntohs(at.sin_port);
        thread_ = std::thread([this, clients, closes] { serve(clients, closes); });
    }
    liar(const liar&) = delete;
    liar& operator=(const liar&) = delete;
    ~liar() {
        ::shutdown(listener_, SHUT_RDWR);
        thread_.join();
        ::close(listener_);
    }

    redis_options options(const std::string& who = "") const {
        redis_options made("redis://" + who + "127.0.0.1:" + std::to_string(port_));
        made.timeout = 300ms;
        return made;
    }

  private:
    void serve(int clients, bool closes) {
        for (int i = 0; i < clients; ++i) {
            const int client = ::accept(listener_, nullptr, nullptr);
            if (client < 0) return;
            char heard[4096];
            (void)::recv(client, heard, sizeof heard, 0);
            for (std::size_t at = 0; at < words_.size();) {
                const ::ssize_t sent = ::send(client, words_.data() + at, words_.size() - at, MSG_NOSIGNAL);
                if (sent <= 0) break;
                at += static_cast<std::size_t>(sent);
            }
            if (!closes)
                while (::recv(client, heard, sizeof heard, 0) > 0) {
                }
            ::close(client);
        }
    }

    std::string words_;
    int listener_;
    int port_ = 0;
    std::thread thread_;
};

/// All replies of `data`, fed in pieces; nothing when it is no protocol.
std::optional<std::vector<reply>> read_all(std::string_view data, std::size_t piece) {
    reply_reader reader;
    std::vector<reply> made;
    for (;;) {
        for (;;) {
            auto next = reader.next();
            if (!next) return std::nullopt;
            if (!*next) break;
            made.push_back(std::move(**next));
        }
        if (data.empty()) return made;
        const std::size_t size = std::min(piece, data.size());
        if (!reader.feed(as_bytes(data.substr(0, size)))) return std::nullopt;
        data.remove_prefix(size);
    }
}

}  // namespace

TEST_CASE("URLs of Redis") {
    const auto plain = address_of("redis://localhost").value();
    CHECK(plain.host == "localhost");
    CHECK(plain.port == 6379);
    CHECK(plain.database == 0);
    CHECK_FALSE(plain.tls);
    CHECK(plain.password.empty());
    const auto full = address_of("rediss://me:p%40ss%2fword@[::1]:7000/3").value();
    CHECK(full.tls);
    CHECK(full.user == "me");
    CHECK(full.password == "p@ss/word");
    CHECK(full.host == "::1");
    CHECK(full.port == 7000);
    CHECK(full.database == 3);
    CHECK(full.name() == "Redis at [::1]:7000");
    const auto word = address_of("redis://:a:b@h/").value();
    CHECK(word.user.empty());
    CHECK(word.password == "a:b");
    for (const char* wrong : {"", "http://x", "redis:/x", "redis://", "redis://:@x", "redis://secret@x",
                              "redis://:secret@", "redis://:secret%4@x", "redis://:secret%zz@x",
                              "redis://x:0", "redis://x:65536", "redis://x:", "redis://x:1a", "redis://x/y",
                              "redis://x/-1", "redis://[::1", "redis://[::1]7000", "redis://x/99999999999"}) {
        CAPTURE(wrong);
        const auto made = address_of(wrong);
        REQUIRE_FALSE(made.has_value());
        CHECK(made.error().code == errc::bad_argument);
        CHECK(made.error().detail.find("secret") == std::string::npos);
    }
}

TEST_CASE("replies of every kind, in pieces of any size") {
    const std::string whole = std::string("+OK\r\n:-7\r\n$3\r\na") + '\0' +
                              "b\r\n$-1\r\n*-1\r\n-ERR no\r\n*3\r\n:1\r\n*1\r\n$0\r\n\r\n$-1\r\n";
    for (const std::size_t piece : {std::size_t{1}, std::size_t{2}, std::size_t{7}, whole.size()}) {
        const auto all = read_all(whole, piece);
        REQUIRE(all.has_value());
        REQUIRE(all->size() == 7);
        CHECK((*all)[0].text == "OK");
        CHECK((*all)[1].is_number(-7));
        CHECK((*all)[2].text == std::string("a\0b", 3));
        CHECK((*all)[3].kind == reply::kind::nothing);
        CHECK((*all)[4].kind == reply::kind::nothing);
        CHECK((*all)[5].kind == reply::kind::error);
        const auto& list = (*all)[6].elements;
        REQUIRE(list.size() == 3);
        CHECK(list[0].is_number(1));
        REQUIRE(list[1].elements.size() == 1);
        CHECK(list[1].elements[0].text.empty());
        CHECK(list[2].kind == reply::kind::nothing);
    }
}

TEST_CASE("what is no reply, or too much of one, is an error") {
    for (const char* wrong : {"HTTP/1.1 400 Bad Request\r\n", "*5000\r\n", "*2147483647\r\n",
                              "*99999999999\r\n", "$-5\r\n", ":x\r\n", "$99999999999999999999\r\n",
                              "*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n:1\r\n"}) {
        CAPTURE(wrong);
        CHECK_FALSE(read_all(wrong, 5).has_value());
    }
    reply_reader reader;
    REQUIRE(reader.feed(as_bytes(std::string("$2000000\r\n"))).has_value());
    const std::string much(100'000, 'x');
    bool refused = false;
    for (int i = 0; i < 11 && !refused; ++i)
        refused = !reader.feed(as_bytes(much)).has_value();
    CHECK(refused);
}

TEST_CASE("random bytes do no harm to the reader of replies") {
    std::mt19937 random(11);
    static constexpr std::string_view likely = "+-:$*0123456789\r\n\r\n\r\nax";
    for (int i = 0; i < 20'000; ++i) {
        std::string data;
        for (unsigned size = random() % 60; size > 0; --size)
            data += likely[random() % likely.size()];
        (void)read_all(data, 1 + random() % 9);
    }
}

TEST_CASE("servers that are no Redis: an error in time, and no word of a password") {
    struct lie {
        std::string words;
        bool closes;
        const char* told;
    };
    const lie lies[] = {{"", true, "closed the connection"},
                        {"", false, "does not answer in time"},
                        {"$10\r\nabc", false, "does not answer in time"},
                        {"HTTP/1.1 400 Bad Request\r\n\r\n", false, "does not answer as Redis does"},
                        {"*1000000\r\n", false, "does not answer as Redis does"},
                        {"-ERR unknown command 'AUTH', with args beginning with: 'secret'\r\n", false,
                         "refuses the user or the password"},
                        {"-NOAUTH secret\r\n", false, "wants a password"}};
    for (const lie& each : lies) {
        CAPTURE(each.told);
        const liar server(each.words, 1, each.closes);
        auto over = store_redis::connection::make(server.options(":secret@")).value();
        const time_point begun = system_clock().now();
        const auto answer = over->ask({"GET", "x"});
        CHECK(system_clock().now() - begun < 2s);
        REQUIRE_FALSE(answer.has_value());
        CHECK(answer.error().code == errc::session_file);
        CHECK(answer.error().detail.find(each.told) != std::string::npos);
        CHECK(answer.error().message().find("secret") == std::string::npos);
    }
    redis_options nobody("redis://127.0.0.1:1");
    CHECK(store_redis::connection::make(nobody).value()->ask({"PING"}).error().detail.find(
              "cannot be reached") != std::string::npos);
}

TEST_CASE("answers that make no sense are errors for leases and sessions") {
    for (const char* words : {"+OK\r\n", ":7\r\n", "$-1\r\n", "*0\r\n", "*2\r\n:5\r\n:1\r\n",
                              "*2\r\n:1\r\n$1\r\nx\r\n", "*2\r\n:1\r\n:-1\r\n"}) {
        CAPTURE(words);
        const liar server(words, 2, false);
        const auto taken = redis_leases(server.options())->take("me");
        REQUIRE_FALSE(taken.has_value());
        CHECK(taken.error().detail.find("nonsense") != std::string::npos);
    }
}
