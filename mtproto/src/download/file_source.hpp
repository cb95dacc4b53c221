// The places of one file: which of them serves, with or without proof, and when another one is gone to.
#pragma once

#include "download/datacentre_source.hpp"
#include "download/file_hashes.hpp"
#include "download/place.hpp"
#include "download/source_choice.hpp"
#include "io/event.hpp"

#include <mtproto/media.hpp>
#include <mtproto/verification.hpp>

#include <cstdint>
#include <memory>

namespace mtproto::download {

/// One place at a time: the data centre of the file, or the CDN to which that sends us.
class file_source final : public source_choice {
  public:
    /// With verification::off nothing is taken from a CDN, whose bytes are always proved. Where a CDN fails
    /// the download comes back and stays, and those of the next minutes do not go there.
    /// `hashes`: of the file, where several accounts read it.
    file_source(std::shared_ptr<core::account_connections> account, const media& file, verification proof,
                std::shared_ptr<file_hashes> hashes = nullptr);

    int connections() const override { return datacentre_->connections(); }
    std::shared_ptr<part_source> serving() override { return serving_; }
    int version() const override { return version_; }
    schedule::flood_gate& gate() override { return place_.gate(); }
    void follow(const moved& answer, int version) override;
    io::awaitable<outcome<void>> renew_reference(int version) override;
    io::awaitable<outcome<bool>> look_elsewhere() override;
    std::optional<time_point> announced_wait() override;
    std::optional<wait_info> wait(time_point now) override;

    const place& here() const noexcept { return place_; }
    const std::shared_ptr<datacentre_source>& datacentre() const noexcept { return datacentre_; }

  private:
    void go_to(const place& where);
    void leave_cdn(const failure& why);
    io::awaitable<outcome<void>> renew_now();

    place place_;
    std::int64_t size_;
    verification proof_;
    std::shared_ptr<datacentre_source> datacentre_;
    std::shared_ptr<file_hashes> hashes_;
    std::shared_ptr<part_source> serving_;
    int version_ = 0;
    int expirations_ = 0;  ///< of CDNs' tokens
    bool renewing_ = false;
    io::event renewed_;
};

}  // namespace mtproto::download
