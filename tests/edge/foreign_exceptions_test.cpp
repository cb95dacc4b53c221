// The embedder's own exceptions: each comes out as itself, at the call that caused it, and not out of run().
#include "edge/served.hpp"

#include <mtproto/window.hpp>

#include <boost/system/system_error.hpp>

#include <map>
#include <string_view>

using namespace edge_test;

namespace {

/// Throws at one of its functions, once it is told to.
class throwing_store final : public session_store {
  public:
    void select(std::string_view) override { throw_at("select"); }
    outcome<std::optional<stored_session>> load() override {
        throw_at("load");
        return kept_;
    }
    outcome<void> update(const session_edit& edit) override {
        throw_at("update");
        edit(kept_);
        return {};
    }

    std::string throws;

  private:
    void throw_at(std::string_view function) const {
        if (throws == function) throw foreign{1};
    }

    std::optional<stored_session> kept_;
};

class throwing_strategy final : public window::strategy {
  public:
    explicit throwing_strategy(std::string at) : at_(std::move(at)) {}

    int connections() const override { return answer("connections", 2); }
    int in_flight(int) const override { return answer("in_flight", 2); }
    std::int32_t part_size() const override { return answer("part_size", 128 * 1024); }
    bool may_ask(const window::outlook&) const override { return answer("may_ask", true); }
    int connection_for(std::int64_t) const override { return answer("connection_for", -1); }
    int watched() const override { return answer("watched", 1); }
    bool keeps_pace() const override { return answer("keeps_pace", true); }
    void on_asked(const window::pending_part&, time_point) override { answer("on_asked", 0); }
    void on_part(const window::part_report&, time_point) override { answer("on_part", 0); }
    void on_connection_up(int, time_point) override { answer("on_connection_up", 0); }

  private:
    template <class T>
    T answer(std::string_view function, T with) const {
        if (at_ == function) throw foreign{2};
        return with;
    }

    std::string at_;
};

class throwing_sink final : public sink::sink {
  public:
    explicit throwing_sink(bool at_the_end) : at_the_end_(at_the_end) {}
    asio::awaitable<outcome<void>> write(chunk) override {
        if (!at_the_end_) throw foreign{3};
        co_return outcome<void>{};
    }
    asio::awaitable<outcome<void>> finish() override {
        if (at_the_end_) throw boost::system::system_error(errc::too_large);
        co_return outcome<void>{};
    }

  private:
    bool at_the_end_;
};

class throwing_ui final : public login_ui {
  public:
    explicit throwing_ui(int question) : question_(question) {}
    asio::awaitable<std::optional<std::string>> phone_number() override {
        if (question_ == 0) throw foreign{4};
        co_return "+10000000";
    }
    asio::awaitable<std::optional<std::string>> code(const code_info&) override {
        if (question_ == 1) throw foreign{5};
        if (question_ == 2) throw boost::system::system_error(errc::too_large);
        co_return "54321";
    }
    asio::awaitable<std::optional<std::string>> password(const std::string&) override {
        co_return std::nullopt;
    }
    void wrong(const std::string&) override { throw foreign{6}; }

  private:
    int question_;
};

asio::awaitable<void> ask(client& tg, login_ui& ui) {
    co_await tg.login(ui);
}

asio::awaitable<void> pump_into(byte_stream& from, sink::sink& to) {
    co_await sink::pump(from, to);
}

asio::awaitable<void> connect(client& tg) {
    co_await tg.connect();
}

}  // namespace

TEST_CASE("a session store's exception comes out of connect() and login(), which can be called again") {
    served here;
    for (const char* function : {"select", "load", "update"}) {
        CAPTURE(function);
        const auto store = std::make_shared<throwing_store>();
        config settings = here.settings();
        settings.session = store;
        client tg(here.context.get_executor(), settings);
        store->throws = function;
        CHECK(here.foreign_of(connect(tg)) == 1);
        store->throws.clear();
        CHECK(here.foreign_of(connect(tg)) == 0);
        store->throws = "update";
        CHECK(here.foreign_of(log_in(tg)) == 1);
    }
}

TEST_CASE("a log's exception comes out of the call under way, and the client goes on") {
    served here;
    bool throws = false;
    config settings = here.settings();
    settings.session = std::make_shared<throwing_store>();
    settings.log = [&](log_level, std::string_view) {
        if (throws) throw foreign{7};
    };
    client tg(here.context.get_executor(), settings);
    throws = true;
    CHECK(here.foreign_of(connect(tg)) == 7);  // making a key is worth a line
    throws = false;
    here.foreign_of(connect(tg));  // what came behind the first
    here.run(log_in(tg));
    media film;
    here.run(find(tg, here.link(), film));

    throws = true;
    byte_stream stream = tg.open(film);
    std::int64_t count = 0;
    const auto read_to_the_end = [&] { return here.foreign_of(read_all(stream, count)); };
    int thrown = 0;
    while (read_to_the_end() == 7)
        ++thrown;
    CHECK(thrown > 0);
    CHECK(count == film_size);  // no chunk is lost
}

TEST_CASE("an exception of on_wait comes out of the call that waits") {
    local_dc_options options;
    options.faults = {"flood-wait=1@getConfig:1"};
    served here(std::move(options));
    config settings = here.settings();
    settings.on_wait = [](const std::optional<wait_info>&) { throw foreign{8}; };
    client tg(here.context.get_executor(), settings);
    CHECK(here.foreign_of(connect(tg)) == 8);
}

TEST_CASE("an exception of a progress callback ends its stream, which throws it from then on") {
    served here;
    client tg(here.context.get_executor(), here.settings());
    here.run(log_in(tg));
    media film;
    here.run(find(tg, here.link(), film));
    stream_options options;
    options.on_progress = [](const progress&) { throw foreign{9}; };
    byte_stream stream = tg.open(film, {}, std::move(options));
    std::int64_t count = 0;
    CHECK(here.foreign_of(read_all(stream, count)) == 9);
    CHECK(here.foreign_of(read_all(stream, count)) == 9);
    CHECK(here.foreign_of(read_some(stream)) == 9);
    byte_stream other = tg.open(film);
    count = 0;
    here.run(read_all(other, count));
    CHECK(count == film_size);
}

TEST_CASE("an exception of a strategy ends its stream, whichever question it is thrown at") {
    served here;
    client tg(here.context.get_executor(), here.settings());
    here.run(log_in(tg));
    media film;
    here.run(find(tg, here.link(), film));
    for (const char* function : {"connections", "in_flight", "part_size", "may_ask", "connection_for",
                                 "watched", "keeps_pace", "on_asked", "on_part", "on_connection_up"}) {
        CAPTURE(function);
        byte_stream stream = tg.open(film);
        stream.use(std::make_unique<throwing_strategy>(function));
        std::int64_t count = 0;
        const int met = here.foreign_of(read_all(stream, count));
        // Not every question comes up in a short film.
        if (met == 0)
            CHECK(count == film_size);
        else
            CHECK(met == 2);
        if (met == 2) CHECK(here.foreign_of(read_all(stream, count)) == 2);
        if (std::string_view(function) != "watched") CHECK(met == 2);
    }
}

TEST_CASE("a sink's exception comes out of pump(), Asio's own kind included") {
    served here;
    client tg(here.context.get_executor(), here.settings());
    here.run(log_in(tg));
    media film;
    here.run(find(tg, here.link(), film));
    byte_stream first = tg.open(film);
    throwing_sink at_once(false);
    CHECK(here.foreign_of(pump_into(first, at_once)) == 3);
    byte_stream second = tg.open(film);
    throwing_sink at_the_end(true);
    CHECK_THROWS_AS(here.run(pump_into(second, at_the_end)), boost::system::system_error);
    byte_stream third = tg.open(film);
    sink::callback chunks([](const chunk&) -> outcome<void> { throw foreign{10}; });
    CHECK(here.foreign_of(pump_into(third, chunks)) == 10);
}

TEST_CASE("an exception of login_ui comes out of login(), whichever question it is thrown at") {
    served here;
    client tg(here.context.get_executor(), here.settings());
    here.run(connect(tg));
    const std::map<int, int> numbers{{0, 4}, {1, 5}, {3, 6}};
    for (const auto& [question, number] : numbers) {
        throwing_ui ui(question);
        CHECK(here.foreign_of(ask(tg, ui)) == number);
    }
    throwing_ui ui(2);
    CHECK_THROWS_AS(here.run(ask(tg, ui)), boost::system::system_error);
    here.run(log_in(tg));
}
