// A cluster that serves one film on a foreign data centre, and the way to it.
#pragma once

#include "raw_client.hpp"

namespace mtproto::localdc::testing {

inline constexpr std::size_t film_size = (1u << 20) + 3000;

struct served {
    served() { folder.add("film.mkv", pattern(film_size)); }
    local_dc_options options() const {
        local_dc_options made;
        made.folder = folder.path();
        made.dcs = 2;
        return made;
    }
    temporary_folder folder;
};

/// How the channel that was resolved is named in queries.
tl::inputChannel channel_of(const tl::contacts::resolvedPeer& found);
/// The document of a message, as the client at home sees it.
io::awaitable<tl::document> find_film(raw_client& home, int message = 2);
tl::upload::getFile part_of(const tl::document& film, std::int64_t offset, std::int32_t limit);
/// Signs in at home (DC 2) and carries the login to DC 1, where the film is.
io::awaitable<tl::document> arrive(raw_client& home, raw_client& there);

/// A cluster that serves the film, one client at home and one where the film is.
struct film_stage {
    /// Options beside the folder and the number of data centres.
    explicit film_stage(local_dc_options options = {});

    /// Runs `task(*this, with...)` once both clients are signed in.
    template <class Task, class... With>
    void run(Task task, With... with) {
        here.run([](film_stage& all, Task then, With... its) -> io::awaitable<void> {
            all.film = co_await arrive(all.home, all.there);
            co_await then(all, its...);
        }(*this, task, with...));
    }

    served files;
    world here;
    raw_client home;
    raw_client there;
    tl::document film;  ///< once task runs
};

}  // namespace mtproto::localdc::testing
