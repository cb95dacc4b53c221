// Two processes that take turns at one account, for whatever keeps them apart.
#pragma once

#include <mtproto/session_store.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <cstdlib>
#include <fcntl.h>
#include <filesystem>
#include <functional>
#include <memory>
#include <random>
#include <string>
#include <sys/wait.h>
#include <unistd.h>
#include <vector>

namespace mtproto::test {

/// MTPROTO_RACES asks for more than ctest has the time for.
inline int races() {
    const char* const set = std::getenv("MTPROTO_RACES");
    return set == nullptr ? 40 : std::atoi(set);
}

/// The result of one process, which cannot use doctest.
enum class raced { good, two_holders, broken_store, too_slow };

/// Each turn: a store is made, and once it is held, a file that only one can make is a witness that nobody
/// else holds it. `dies`: half way the process ends, and leaves the store as it is. `fails`: the store may; a
/// turn whose change failed does not count.
inline raced race(const std::function<std::shared_ptr<session_store>()>& make, int turns,
                  const std::filesystem::path& witness, unsigned seed, bool dies, bool fails = false) {
    std::mt19937 random(seed);
    const auto pause = [&](unsigned most) { ::usleep(random() % most); };
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(100);
    for (int turn = 0; turn < turns;) {
        if (std::chrono::steady_clock::now() > deadline) return raced::too_slow;
        const auto store = make();
        const auto loaded = store->load();
        if (!loaded && (fails || loaded.error().code == errc::account_in_use)) {
            pause(3000);
            continue;
        }
        if (!loaded) return raced::broken_store;
        const int alone = ::open(witness.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
        if (alone < 0) return raced::two_holders;
        ::close(alone);
        pause(2000);
        const auto counted = store->update([](std::optional<stored_session>& stored) {
            if (!stored) stored.emplace();
            ++stored->user_id;
            return true;
        });
        ::unlink(witness.c_str());
        if (!counted && !fails) return raced::broken_store;
        if (counted) ++turn;
        if (dies && counted && turn == turns / 2) ::_exit(100 + turn);
    }
    return raced::good;
}

/// `seeded`: other pauses. The first process dies half way. Gives the changes that both made.
inline int race_of_two(const std::function<std::shared_ptr<session_store>()>& make, int turns,
                       const std::filesystem::path& folder, unsigned seed) {
    std::vector<::pid_t> children;
    for (unsigned each = 0; each < 2; ++each) {
        const ::pid_t child = ::fork();
        REQUIRE(child >= 0);
        if (child == 0)
            ::_exit(static_cast<int>(race(make, turns, folder / "witness", seed * 2 + each, each == 0)));
        children.push_back(child);
    }
    int changes = 0;
    for (const ::pid_t child : children) {
        int how = 1;
        REQUIRE(::waitpid(child, &how, 0) == child);
        REQUIRE(WIFEXITED(how));
        const int code = WEXITSTATUS(how);
        CAPTURE(code);
        CHECK((code == static_cast<int>(raced::good) || code > 100));
        changes += code > 100 ? code - 100 : turns;
    }
    return changes;
}

}  // namespace mtproto::test
