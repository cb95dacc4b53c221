// client::open: a stream over what the client shares among its streams.
#include "download/reader.hpp"
#include "download/runtime_source.hpp"

#include <mtproto/client.hpp>

#include <algorithm>

namespace mtproto {

byte_stream client::open(const media& file, byte_range range, stream_options options) {
    schedule::limits& shared = download::limits_of(*runtime_);
    const io::environment& here = runtime_->environment();

    download::flow_place where;
    where.executor = here.executor;
    where.time = here.time;
    where.random = here.random;
    where.budget = &shared.budget();
    where.source = std::make_shared<download::runtime_source>(runtime_, file.location, file.dc);

    download::reader_settings how;
    how.size = file.size;
    how.begin = std::clamp<std::int64_t>(range.offset, 0, file.size);
    // Not offset + length, which need not fit 64 bits.
    how.end = range.length < 0 || range.length > file.size - how.begin ? file.size : how.begin + range.length;
    // No more than there is; compared unsigned, since a size need not fit an int64_t.
    const auto capacity = static_cast<std::size_t>(shared.budget().capacity());
    how.read_ahead = static_cast<std::int64_t>(
        options.read_ahead == 0 ? capacity : std::min(options.read_ahead, capacity));
    how.on_progress = std::move(options.on_progress);
    return byte_stream(std::make_unique<download::reader>(std::move(where), std::move(how)));
}

}  // namespace mtproto
