// A file's parts from a CDN: files that it has to be given, hashes, and the way back (protocol 8.3, 8.4).
#pragma once

#include "download/cdn_errc.hpp"
#include "download/datacentre_source.hpp"
#include "download/part_source.hpp"

#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

namespace mtproto::download {

/// A failure that lasts is an answer here: `moved`, back to the data centre. No byte of fetch() is to be
/// believed without proof.
class cdn_source final : public hashed_source {
  public:
    /// `here`: with a CDN. `behind`: the file's data centre, which knows hashes and gives the CDN the file.
    /// `size`: of the file.
    cdn_source(place here, std::shared_ptr<datacentre_source> behind, std::int64_t size);

    int connections() const override { return behind_->connections(); }
    /// Those to the data centre; a CDN's connect when they are asked for something.
    io::awaitable<outcome<void>> open(int connection) override { return behind_->open(connection); }
    io::awaitable<outcome<void>> check(int connection) override;
    io::awaitable<reply<bytes>> fetch(int connection, std::int64_t offset, std::int32_t limit) override;
    io::awaitable<reply<std::vector<file_hash>>> hashes(int connection, std::int64_t offset) override;
    no_reply disproved(std::int64_t offset) const override;

  private:
    io::awaitable<outcome<bytes>> ask(int connection, bytes request);
    io::awaitable<reply<void>> reupload(int connection, bytes request_token);
    io::awaitable<reply<bytes>> ask_behind(int connection, bytes request, std::string_view method);
    no_reply sorted(failure why);
    moved left(cdn_errc code, failure why) const;

    place place_;
    std::shared_ptr<datacentre_source> behind_;
    std::int64_t size_;
    int setbacks_ = 0;  ///< since the last good answer
};

}  // namespace mtproto::download
