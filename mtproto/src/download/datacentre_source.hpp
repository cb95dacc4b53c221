// A file's parts and hashes from one data centre, over one account's connections.
#pragma once

#include "client/account_connections.hpp"
#include "download/part_source.hpp"

#include <mtproto/fwd.hpp>
#include <mtproto/media.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

namespace mtproto::download {

class datacentre_source final : public hashed_source {
  public:
    /// `size`: of the file. `may_redirect`: the data centre may send us to a CDN.
    datacentre_source(place here, file_location file, std::int64_t size, bool may_redirect);

    int connections() const override { return static_cast<int>(connections_.size()); }
    io::awaitable<outcome<void>> open(int connection) override;
    io::awaitable<outcome<void>> check(int connection) override;
    io::awaitable<reply<bytes>> fetch(int connection, std::int64_t offset, std::int32_t limit) override;
    io::awaitable<reply<std::vector<file_hash>>> hashes(int connection, std::int64_t offset) override;
    no_reply disproved(std::int64_t offset) const override;

    /// Any request about files, encoded and boxed.
    io::awaitable<reply<bytes>> ask(int connection, bytes request, std::string_view method);

    const place& here() const noexcept { return place_; }
    /// The same file at another data centre of the account.
    std::shared_ptr<datacentre_source> at(const place& other) const;
    const file_location& location() const noexcept { return file_; }
    void renew(file_location fresh) { file_ = std::move(fresh); }
    /// From now on the data centre is told that we take nothing from CDNs.
    void refuse_redirects() noexcept { may_redirect_ = false; }

    /// The wait that the calls under way are held up by, while no connection serves: an outage before
    /// silence, the next attempt before a later one.
    std::optional<wait_info> wait_of_connections() const;

  private:
    bytes request(std::int64_t offset, std::int32_t limit) const;
    no_reply redirected(const tl::upload::fileCdnRedirect& to) const;
    no_reply refused(failure why) const;

    place place_;
    file_location file_;
    std::int64_t size_;
    std::vector<std::shared_ptr<core::file_connection>> connections_;
    bool may_redirect_;
};

}  // namespace mtproto::download
