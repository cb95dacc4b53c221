// The inside of byte_stream: a download of its range, and short ones for reads at other places.
#pragma once

#include "client/client_lifetime.hpp"
#include "download/range_download.hpp"

#include <mtproto/byte_stream.hpp>

#include <exception>
#include <memory>
#include <optional>
#include <vector>

namespace mtproto::download {

struct reader_options {
    std::int64_t size = 0;        ///< of the file
    std::int64_t begin = 0;       ///< the range that next() reads
    std::int64_t end = 0;         ///< exclusive, at most `size`
    std::int64_t read_ahead = 0;  ///< bytes, at least one part
    std::int64_t tail = 0;        ///< bytes at the end of the file that are fetched with the first ones
    int weight = schedule::usual_weight;
    progress_callback on_progress = {};
    std::shared_ptr<core::client_lifetime> client = nullptr;  ///< the stream ends with it; may be null
};

class reader final : public core::client_dependent {
  public:
    reader(shared_services services, reader_options options);
    ~reader();
    reader(const reader&) = delete;
    reader& operator=(const reader&) = delete;

    io::awaitable<outcome<std::optional<chunk>>> next();
    io::awaitable<outcome<std::size_t>> read_at(std::int64_t offset, byte_span into);
    void seek(std::int64_t offset);
    void pause();
    void resume();
    void use(std::unique_ptr<window::strategy> strategy);
    void close() noexcept;
    void client_ended(const failure& why) noexcept override;

    const io::asio::any_io_executor& executor() const noexcept { return services_.executor; }
    std::int64_t size() const noexcept { return options_.size; }
    std::int64_t position() const noexcept { return ordered_ ? ordered_->position() : position_; }

  private:
    schedule::range_settings range(std::int64_t begin, std::int64_t end) const;
    std::unique_ptr<window::strategy> default_strategy() const;
    std::shared_ptr<range_download> another(const schedule::range_settings& what, progress_callback report);
    progress_callback report_of_range();
    progress_callback report_of_read();
    std::int64_t tail_begin() const noexcept;
    void begin();
    std::exception_ptr thrown_by_client_callback() noexcept;

    shared_services services_;
    reader_options options_;
    std::unique_ptr<window::strategy> strategy_;
    std::int64_t position_;                              ///< before the first read
    std::shared_ptr<range_download> ordered_;            ///< from the first next() on
    std::vector<std::weak_ptr<range_download>> others_;  ///< reads at other places that may be under way
    progress last_;                                      ///< of the range that next() reads
    std::optional<failure> ended_;                       ///< why, with its client
    bool paused_ = false;
    bool closed_ = false;
};

}  // namespace mtproto::download
