// A file's parts from Telegram: upload.getFile over the client's file connections.
#pragma once

#include "client/runtime.hpp"
#include "download/part_source.hpp"
#include "io/event.hpp"
#include "schedule/limits.hpp"

#include <mtproto/media.hpp>

#include <cstdint>
#include <string_view>
#include <vector>

namespace mtproto::download {

/// What the downloads of one runtime share.
schedule::limits& limits_of(core::runtime& where);

class runtime_source final : public part_source {
  public:
    /// `size`: of the file.
    runtime_source(std::shared_ptr<core::runtime> over, file_location file, int dc, std::int64_t size);

    int lines() const override { return static_cast<int>(lines_.size()); }
    io::awaitable<outcome<void>> open(int line) override;
    io::awaitable<outcome<bytes>> fetch(int line, std::int64_t offset, std::int32_t limit) override;
    io::awaitable<outcome<void>> check(int line) override;
    /// The windows from the one that holds `offset` on, as many as the server likes: none when it has no
    /// hashes for the place. Errors as fetch().
    io::awaitable<outcome<std::vector<file_hash>>> hashes(int line, std::int64_t offset);
    io::awaitable<outcome<void>> repair(failure why, int version) override;
    int version() const override { return version_; }
    schedule::flood_gate& gate() override { return limits_of(*over_).gate(dc_); }

  private:
    io::awaitable<outcome<void>> repair_now(failure why);
    io::awaitable<outcome<bytes>> ask(int line, bytes request, std::string_view method);
    bytes request(std::int64_t offset, std::int32_t limit) const;

    std::shared_ptr<core::runtime> over_;
    file_location file_;
    int dc_;
    std::int64_t size_;
    std::vector<std::shared_ptr<core::file_line>> lines_;
    int version_ = 0;
    bool repairing_ = false;
    io::event repaired_;
};

}  // namespace mtproto::download
