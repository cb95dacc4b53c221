// A file's parts from Telegram, or from the CDN that Telegram sends us to, over the client's connections.
#pragma once

#include "client/account_connections.hpp"
#include "download/cdn_file.hpp"
#include "download/hashed_source.hpp"
#include "io/event.hpp"
#include "schedule/shared_resources.hpp"

#include <mtproto/media.hpp>

#include <cstdint>
#include <string_view>
#include <vector>

namespace mtproto::download {

/// What the downloads of one runtime share.
schedule::shared_resources& limits_of(core::account_connections& where);

class runtime_source final : public hashed_source {
  public:
    /// `size`: of the file. `from_cdn`: lets the data centre send us to a CDN. Where that fails the download
    /// comes back and stays, and those of the next minutes do not go there.
    runtime_source(std::shared_ptr<core::account_connections> over, file_location file, int dc,
                   std::int64_t size, bool from_cdn);

    int lines() const override { return static_cast<int>(lines_.size()); }
    io::awaitable<outcome<void>> open(int line) override;
    io::awaitable<outcome<bytes>> fetch(int line, std::int64_t offset, std::int32_t limit) override;
    io::awaitable<outcome<void>> check(int line) override;
    io::awaitable<outcome<std::vector<file_hash>>> hashes(int line, std::int64_t offset) override;
    bool must_be_proved() const override { return cdn_ != nullptr; }
    failure disproved(std::int64_t offset, bool must_be_proved) const override;
    io::awaitable<outcome<bool>> look_elsewhere() override;
    std::optional<time_point> announced_wait() override { return over_->announced_wait(dc_); }
    io::awaitable<outcome<void>> repair(failure why, int version) override;
    int version() const override { return version_; }
    schedule::flood_gate& gate() override { return limits_of(*over_).gate(cdn_ ? cdn_->dc() : dc_); }
    std::optional<wait_info> wait(time_point now) override;
    /// What the lines' calls wait for while none of them serves: an outage before silence, the next attempt
    /// before a later one.
    std::optional<wait_info> wait_of_lines() const;
    int dc() const noexcept { return dc_; }

  private:
    // runtime_source.cpp
    io::awaitable<outcome<void>> repair_now(failure why);
    failure redirected(const tl::upload::fileCdnRedirect& to);
    io::awaitable<outcome<bytes>> ask(int line, bytes request, std::string_view method);
    bytes request(std::int64_t offset, std::int32_t limit) const;

    // from_cdn.cpp
    io::awaitable<outcome<bytes>> fetch_from_cdn(std::shared_ptr<cdn_file> from, int line,
                                                 std::int64_t offset, std::int32_t limit);
    io::awaitable<outcome<bytes>> ask_cdn(int dc, int line, bytes request);
    io::awaitable<outcome<void>> check_cdn(int dc, int line);
    io::awaitable<outcome<void>> reupload(std::shared_ptr<cdn_file> to, int line, bytes request_token);
    io::awaitable<outcome<std::vector<file_hash>>> cdn_hashes(std::shared_ptr<cdn_file> of, int line,
                                                              std::int64_t offset);
    io::awaitable<outcome<bytes>> ask_behind_cdn(int line, bytes request, std::string_view method);
    failure of_cdn(failure why);
    void leave_cdn(const failure& why);
    static bool cdns_rest(core::account_connections& of);

    std::shared_ptr<core::account_connections> over_;
    file_location file_;
    int dc_;
    std::int64_t size_;
    std::vector<std::shared_ptr<core::file_connection>> lines_;
    std::shared_ptr<cdn_file> cdn_;       ///< where the parts come from, when it is a CDN
    std::shared_ptr<cdn_file> redirect_;  ///< where they will come from after the repair that is due
    bool may_redirect_;
    int expirations_ = 0;
    int cdn_setbacks_ = 0;  ///< since the last good answer
    int version_ = 0;
    bool repairing_ = false;
    io::event repaired_;
};

}  // namespace mtproto::download
