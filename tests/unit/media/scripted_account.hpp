// An account that answers with prepared objects and notes what was asked.
#pragma once

#include "client/account_connections.hpp"
#include "io/simulation.hpp"

#include <mtproto/tl_api.hpp>

#include <deque>
#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace mtproto::test {

class no_random final : public random_source {
  public:
    void fill(byte_span out) override {
        for (std::byte& each : out)
            each = std::byte{0};
    }
};

class scripted_account final : public core::account_connections {
  public:
    explicit scripted_account(io::simulation& world) : environment_(world.make_environment()) {}

    /// The next request must be Method; `check` sees it and makes the answer.
    template <class Method>
    void expect(std::function<outcome<typename Method::response>(const Method&)> check) {
        steps_.push_back({std::string(Method::tl_name), [check](const bytes& request) -> outcome<bytes> {
                              auto asked = tl::decode<Method>(request);
                              if (!asked) return failure(asked.error());
                              auto answer = check(*asked);
                              if (!answer) return answer.error();
                              return tl::encode(*answer);
                          }});
    }

    template <class Method>
    void refuse(std::string type, int code = 400) {
        steps_.push_back({std::string(Method::tl_name), [type, code](const bytes&) -> outcome<bytes> {
                              failure refused(errc::rpc_error);
                              refused.method = Method::tl_name;
                              refused.dc = 2;
                              refused.rpc_code = code;
                              refused.rpc_type = type;
                              return refused;
                          }});
    }

    bool finished() const noexcept { return steps_.empty(); }

    duration takes{};  ///< virtual time until each answer

    io::awaitable<outcome<bytes>> call(bytes request, std::string_view method, core::call_options) override {
        if (takes > duration{}) co_await environment_.time->sleep_for(takes);
        if (steps_.empty()) co_return failure(errc::bad_argument, "not expected: " + std::string(method));
        step now = std::move(steps_.front());
        steps_.pop_front();
        if (now.method != method)
            co_return failure(errc::bad_argument, "expected " + now.method + ", got " + std::string(method));
        co_return now.answer(request);
    }

    io::awaitable<outcome<void>> connect() override { co_return outcome<void>(); }
    io::awaitable<outcome<bool>> authorized() override { co_return true; }
    io::awaitable<outcome<account>> login(login_ui&, login_options) override {
        co_return failure(errc::bad_argument);
    }
    io::awaitable<outcome<account>> login_bot(std::string) override { co_return failure(errc::bad_argument); }
    io::awaitable<outcome<void>> logout() override { co_return outcome<void>(); }
    io::awaitable<outcome<std::shared_ptr<core::file_connection>>> connection_for_files(int, int) override {
        co_return failure(errc::bad_argument);
    }
    io::awaitable<outcome<std::shared_ptr<core::file_connection>>> connection_to_cdn(int, int) override {
        co_return failure(errc::bad_argument);
    }
    const std::shared_ptr<core::wait_list>& waits() const noexcept override { return waits_; }
    const io::environment& environment() const noexcept override { return environment_; }
    const config& settings() const noexcept override { return settings_; }
    void close() noexcept override {}

  private:
    struct step {
        std::string method;
        std::function<outcome<bytes>(const bytes&)> answer;
    };

    io::environment environment_;
    std::shared_ptr<core::wait_list> waits_ =
        std::make_shared<core::wait_list>(environment_, nullptr, wait_callback());
    config settings_;
    std::deque<step> steps_;
};

}  // namespace mtproto::test
