// What the requests of one client wait for.
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
    /// How often waits are looked at that do not tell of themselves.
    static constexpr duration look_again = std::chrono::seconds(1);

    class request;

    /// `keep`: what the environment's objects live in. `report` may be empty.
    wait_list(const io::environment& where, std::shared_ptr<const void> keep, wait_callback report);

    /// The one wait to tell: a flood's before an outage before silence; of floods the one that ends last.
    std::optional<wait_info> present() const;
    /// Tells nothing more.
    void close() noexcept;

  private:
    static io::awaitable<void> watch(std::shared_ptr<wait_list> self);
    void begin(const request& which);
    void end(const request& which) noexcept;
    void tell();

    io::asio::any_io_executor executor_;
    io::timers* time_;
    std::shared_ptr<const void> keep_;
    wait_callback report_;
    std::vector<const request*> all_;
    std::optional<wait_info> told_;
    io::event idle_;
    bool watching_ = false;
};

/// One request, from its beginning to its end. The method's name outlives it.
class wait_list::request {
  public:
    /// What the connection waits for that the request goes over.
    using look = std::function<std::optional<wait_info>()>;

    request(std::shared_ptr<wait_list> among, std::string_view method);
    ~request();
    request(const request&) = delete;
    request& operator=(const request&) = delete;

    /// It goes out once a flood wait at `dc` ends.
    void held(int dc, time_point until);
    /// It goes out now. `over` may be empty.
    void sent(int dc, look over);

    std::optional<wait_info> wait(time_point now) const;

  private:
    std::shared_ptr<wait_list> among_;
    std::string_view method_;
    int dc_ = 0;
    time_point since_;
    std::optional<time_point> held_until_;
    look over_;
};

}  // namespace mtproto::core
