// The places of one stream, where there is a choice among accounts.
#pragma once

#include "download/source_choice.hpp"
#include "schedule/fair_queue.hpp"

#include <mtproto/clock.hpp>
#include <mtproto/error.hpp>
#include <mtproto/wait.hpp>

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

namespace mtproto::download {

class range_download;

/// One account's way to the file.
struct stream_place {
    std::shared_ptr<source_choice> source;
    schedule::fair_queue* queue = nullptr;  ///< of its connections, if they are shared; outlives the stream
};

/// Adds places to the downloads of a stream, and takes them away, by range_download::join() and leave(). The
/// downloads tell what they meet with. Not thread safe.
class stream_places {
  public:
    virtual ~stream_places() = default;

    /// A connection over which nothing comes for so long is checked, and its parts go to others.
    static constexpr duration silence = std::chrono::seconds(3);

    /// Those that serve now: a download that begins has them all. None while another one is looked for.
    virtual std::vector<stream_place> present() = 0;
    virtual void began(range_download& which) = 0;
    virtual void ended(range_download& which) noexcept = 0;

    /// Something has happened, or the time has come that this gave the last time. Nothing: whenever.
    virtual std::optional<time_point> look(range_download& which) = 0;
    /// `at` cannot bring the file, for this reason. True: it is left, and another place brings the rest, or
    /// is looked for. False: the download ends by it.
    virtual bool failed(range_download& which, const std::shared_ptr<source_choice>& at,
                        const failure& why) = 0;
    /// Whether another place is being looked for: nothing is too late or too long meanwhile.
    virtual bool seeking() const noexcept = 0;
    /// So many bytes came from there.
    virtual void brought(const source_choice& at, std::int64_t count) noexcept = 0;
    /// The wait of all places, with what is known of others.
    virtual std::optional<wait_info> wait(std::optional<wait_info> of_present, time_point now) = 0;
};

}  // namespace mtproto::download
