// The waits of one client's requests.
#pragma once

#include "io/environment.hpp"
#include "io/event.hpp"

#include <mtproto/wait.hpp>

#include <functional>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

namespace mtproto::core {

/// Not thread safe. Owned by shared_ptr: its requests hold it.
class wait_list : public std::enable_shared_from_this<wait_list> {
  public:
    /// No answer for so long is silence.
    static constexpr duration patience = std::chrono::seconds(5);
    /// How often waits are looked at that do not report themselves.
    static constexpr duration look_again = std::chrono::seconds(1);

    class request;

    /// `alive`: what the environment's objects live in. `callback` may be empty.
    wait_list(const io::environment& environment, std::shared_ptr<const void> alive, wait_callback callback);

    /// The one wait to report: a flood's before an outage before silence; of floods the one that ends last.
    std::optional<wait_info> present() const;
    /// Reports nothing more.
    void close() noexcept;

  private:
    static io::awaitable<void> watch(std::shared_ptr<wait_list> self);
    void begin(const request& which);
    void end(const request& which) noexcept;
    void report();

    io::asio::any_io_executor executor_;
    io::timers* time_;
    std::shared_ptr<const void> alive_;
    wait_callback callback_;
    std::vector<const request*> requests_;
    std::optional<wait_info> reported_;
    io::event idle_;
    bool watching_ = false;
};

/// One request, from its beginning to its end. The method's name outlives it.
class wait_list::request {
  public:
    /// What the connection waits for that the request goes over.
    using look = std::function<std::optional<wait_info>()>;

    request(std::shared_ptr<wait_list> list, std::string_view method);
    ~request();
    request(const request&) = delete;
    request& operator=(const request&) = delete;

    /// It goes out once a flood wait at `dc` ends.
    void held(int dc, time_point until);
    /// It goes out now. `connection_wait` may be empty.
    void sent(int dc, look connection_wait);

    std::optional<wait_info> wait(time_point now) const;

  private:
    std::shared_ptr<wait_list> list_;
    std::string_view method_;
    int dc_ = 0;
    time_point since_;
    std::optional<time_point> held_until_;
    look connection_wait_;
};

}  // namespace mtproto::core
