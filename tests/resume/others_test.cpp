// Files and folders that others have a hand in, file systems that know less, and servers without hashes.
#include "resume/saving.hpp"
#include "unit/sink/refusing_calls.hpp"

#include <cerrno>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

using namespace mtproto;
using sink::earlier_part;
using sink::existing_file;
using test::piece;
using test::ran;
using test::read;
using test::saving;
using test::whole;
using test::write;
namespace fs = std::filesystem;

namespace {

constexpr uid_t nobody = 65534;

bool is_whole(const fs::path& name) {
    return read(name) == test::contents();
}

/// The record of another document than the one that is downloaded.
std::string record_of_another(saving& one) {
    one.run(1'000'000);
    const std::string own = read(one.record());
    media other = one.file();
    other.location.id ^= 1;
    sink::resumable_file begun(one.target());
    one.perform([](client& tg, media other, sink::resumable_file& out) -> io::awaitable<void> {
        co_await out.resume(tg, other);
    }(one.tg(), other, begun));
    const std::string made = read(one.record());
    CHECK(made != own);
    return made;
}

std::string message_of(const ran& told) {
    return told.met ? told.met->message() : std::string();
}

}  // namespace

TEST_CASE("resume others: a part with a second name, or that others may write, is refused as it is") {
    for (const bool linked : {true, false}) {
        INFO(linked);
        saving one;
        one.run(1'000'000);
        const std::string record = read(one.record());
        write(one.folder() / "precious", "of somebody, and long enough");
        fs::remove(one.part());
        if (linked) {
            fs::create_hard_link(one.folder() / "precious", one.part());
        } else {
            fs::rename(one.folder() / "precious", one.part());
            REQUIRE(::chmod(one.part().c_str(), 0666) == 0);
        }
        for (const earlier_part what : {earlier_part::go_on, earlier_part::start_over})
            for (const existing_file there : {existing_file::replace, existing_file::keep}) {
                one.there = there;
                const ran told = one.run(whole, what);
                REQUIRE(told.met);
                CHECK(told.met->code == errc::io_failed);
                CHECK(message_of(told).find(linked ? "hard link" : "written by other users") !=
                      std::string::npos);
                CHECK(read(one.part()) == "of somebody, and long enough");
                CHECK(read(one.record()) == record);
            }
        CHECK_FALSE(fs::exists(one.target()));
    }
}

TEST_CASE("resume others: a part, or a record, of another user is refused") {
    if (::geteuid() != 0) {
        MESSAGE("not root: no file can be given to another user");
        return;
    }
    for (const bool part : {true, false}) {
        saving one;
        one.run(1'000'000);
        REQUIRE(::chown((part ? one.part() : one.record()).c_str(), nobody, nobody) == 0);
        for (const earlier_part what : {earlier_part::go_on, earlier_part::start_over}) {
            const ran told = one.run(whole, what);
            CHECK(message_of(told).find("belongs to another user") != std::string::npos);
            CHECK(fs::file_size(one.part()) == 1'000'000);
        }
    }
    // An empty one, as whoever waits for a victim makes it.
    saving one;
    write(one.part(), "");
    REQUIRE(::chown(one.part().c_str(), nobody, nobody) == 0);
    CHECK(one.run().met);
    CHECK_FALSE(fs::exists(one.target()));
}

TEST_CASE("resume others: a pipe, a folder or a link in place of the part or its record ends at once") {
    for (const bool record : {true, false})
        for (const bool begun : {true, false})
            for (const char kind : {'p', 'd', 'l', 's'}) {
                CAPTURE(record);
                CAPTURE(begun);
                CAPTURE(kind);
                saving one;
                if (begun) one.run(1'000'000);
                const fs::path name = record ? one.record() : one.part();
                fs::remove(name);
                write(one.folder() / "precious", "precious");
                if (kind == 'p') REQUIRE(::mkfifo(name.c_str(), 0600) == 0);
                if (kind == 'd') fs::create_directory(name);
                if (kind == 'l') fs::create_symlink("precious", name);
                if (kind == 's') REQUIRE(::mknod(name.c_str(), S_IFSOCK | 0600, 0) == 0);
                const ran told = one.run();
                REQUIRE(told.met);
                CHECK(told.met->code == errc::io_failed);
                CHECK(message_of(told).find(name.filename().string()) != std::string::npos);
                CHECK(fs::symlink_status(name).type() != fs::file_type::not_found);
                CHECK(read(one.folder() / "precious") == "precious");
                CHECK_FALSE(fs::exists(one.target()));
            }
}

TEST_CASE("resume others: a file that cannot be written is replaced, and its part goes on") {
    saving one;
    write(one.target(), "old");
    fs::permissions(one.target(), fs::perms(0444));
    one.run(1'000'000);
    CHECK((fs::status(one.part()).permissions() & fs::perms(0600)) == fs::perms(0600));
    CHECK(one.finish().begin == 7 * piece);
    CHECK(fs::status(one.target()).permissions() == fs::perms(0444));
}

TEST_CASE("resume others: where there are no locks, modes or syncs of folders it goes on, and says so once") {
    for (const int error : {ENOLCK, EOPNOTSUPP, ENOSYS, EPERM, EINVAL}) {
        INFO(error);
        test::refusals what;
        what.flock = error;
        what.fchmod = error;
        what.fsync = error;
        const test::refusing some(what);
        saving one;
        write(one.target(), "old");
        one.run(1'000'000);
        const ran told = one.finish();
        CHECK(told.begin == 7 * piece);
        REQUIRE(told.warnings.size() == 1);
        CHECK(told.warnings[0].find("film.bin.part cannot be locked") != std::string::npos);
    }
    test::refusals what;
    what.fdatasync = EIO;
    const test::refusing some(what);
    saving one;
    CHECK(message_of(one.run()).find("Input/output error") != std::string::npos);
}

TEST_CASE("resume others: long names do not share a part, and one too long fails before the first byte") {
    saving one;
    const fs::path base = one.folder() / std::string(250, 'n');
    for (const char* end : {"AAAAA", "BBBBB"}) {
        sink::resumable_file out(base.string() + end);
        one.perform([](client& tg, media file, sink::resumable_file& out) -> io::awaitable<void> {
            const std::int64_t begin = co_await out.resume(tg, file);
            CHECK(begin == 0);
            chunk part;
            part.data = bytes::copy("some");
            co_await out.write(std::move(part));
        }(one.tg(), one.file(), out));
    }
    CHECK(one.entries() == 4);
    sink::resumable_file out(base.string() + "AAAAAA");
    one.perform([](client& tg, media file, sink::resumable_file& out) -> io::awaitable<void> {
        std::string met;
        try {
            co_await out.resume(tg, file);
        } catch (const error& thrown) {
            met = thrown.what();
        }
        CHECK(met.find("name too long") != std::string::npos);
    }(one.tg(), one.file(), out));
    CHECK(one.entries() == 4);
}

TEST_CASE("resume others: a server without hashes makes it begin anew, which it says") {
    for (const char* refusal : {"500 NOT_IMPLEMENTED", "400 METHOD_INVALID", "400 LOCATION_INVALID",
                                "404 METHOD_NOT_FOUND", "403 BOT_METHOD_INVALID", "501 NO_SUCH_THING"}) {
        INFO(refusal);
        saving one({std::string("rpc-error=") + refusal + "@getFileHashes:1x0"});
        one.run(2'000'000);
        const ran told = one.finish();
        CHECK(told.begin == 0);
        REQUIRE(told.warnings.size() == 1);
        CHECK(told.warnings[0].find("no hashes of this file") != std::string::npos);
        CHECK(told.warnings[0].find("begins anew") != std::string::npos);
    }
}

TEST_CASE("resume others: ... but the part stays until there is something better") {
    saving one(
        {"rpc-error=500 NOT_IMPLEMENTED@getFileHashes:1x0", "rpc-error=400 LOCATION_INVALID@getFile:40x0"});
    one.run(1'000'000);
    const std::string was = read(one.part());
    CHECK(was.size() == 1'000'000);
    for (int i = 0; i < 40 && !one.run(1).met; ++i)
        write(one.part(), was);
    const ran told = one.run();
    CHECK(told.met);
    CHECK(read(one.part()) == was);
}

TEST_CASE("resume others: a login that is refused is no server without hashes") {
    saving one({"rpc-error=401 SESSION_PASSWORD_NEEDED@getFileHashes:1x0"});
    one.run(1'000'000);
    const ran told = one.run();
    CHECK(told.met);
    CHECK(told.warnings.empty());
    CHECK(fs::file_size(one.part()) == 1'000'000);
}

TEST_CASE("resume others: a file of that name stays, and the new one is numbered") {
    saving one;
    one.there = existing_file::keep;
    write(one.target(), "a user's own");
    const ran first = one.run(1'000'000);
    CHECK(first.left);
    CHECK(fs::file_size(one.folder() / "film (2).bin.part") == 1'000'000);
    const ran told = one.run();
    CHECK(told.begin == 7 * piece);
    CHECK(told.name == one.folder() / "film (2).bin");
    CHECK(is_whole(told.name));
    CHECK(read(one.target()) == "a user's own");
    CHECK(one.entries() == 2);
}

TEST_CASE("resume others: the same document again is not fetched again, under whichever number it is") {
    saving one;
    one.there = existing_file::keep;
    one.run();
    const ran again = one.run();
    CHECK_MESSAGE(!again.met, message_of(again));
    CHECK(again.was_there);
    CHECK(again.name == one.target());
    CHECK(one.entries() == 1);

    fs::rename(one.target(), one.folder() / "film (2).bin");
    write(one.target(), std::string(test::contents().size(), 'x'));
    const ran numbered = one.run();
    CHECK(numbered.was_there);
    CHECK(numbered.name == one.folder() / "film (2).bin");
    CHECK(one.entries() == 2);

    // Asked for all the same, or when one of its bytes is another.
    const ran fresh = one.run(whole, earlier_part::start_over);
    CHECK_FALSE(fresh.was_there);
    CHECK(fresh.name == one.folder() / "film (3).bin");
    write(one.folder() / "film (2).bin", "x" + test::contents().substr(1));
    fs::remove(one.folder() / "film (3).bin");
    CHECK(one.run().name == one.folder() / "film (3).bin");
}

TEST_CASE("resume others: the part of another document of that name stays") {
    saving one;
    const std::string other = record_of_another(one);
    write(one.part(), std::string(500'000, 'o'));
    write(one.record(), other);
    one.there = existing_file::keep;
    for (const earlier_part what : {earlier_part::go_on, earlier_part::start_over}) {
        const ran told = one.run(whole, what);
        CHECK_MESSAGE(!told.met, message_of(told));
        CHECK(told.name == one.folder() / "film (2).bin");
        fs::remove(told.name);
    }
    CHECK(read(one.part()) == std::string(500'000, 'o'));
    CHECK(read(one.record()) == other);

    // So does what may be a user's own.
    fs::remove(one.record());
    CHECK(one.run().met);
    CHECK(one.run(whole, earlier_part::start_over).name == one.folder() / "film (2).bin");
    CHECK(read(one.part()) == std::string(500'000, 'o'));
}

TEST_CASE("resume others: a part goes on under its name, and is numbered when that was taken meanwhile") {
    for (const bool late : {false, true}) {
        INFO(late);
        saving one;
        one.there = existing_file::keep;
        one.run(1'000'000);
        if (!late) write(one.target(), "a user's own");
        sink::resumable_file out(one.target(), earlier_part::go_on, existing_file::keep);
        one.perform(
            [](client& tg, media file, sink::resumable_file& out, fs::path taken) -> io::awaitable<void> {
                const std::int64_t begin = co_await out.resume(tg, file);
                CHECK(begin == 7 * piece);
                byte_stream rest = tg.open(file, {begin});
                while (std::optional<chunk> part = co_await rest.next()) {
                    const outcome<void> written = co_await out.write(std::move(*part));
                    CHECK(written.has_value());
                }
                write(taken, "a user's own");
                const outcome<void> done = co_await out.finish();
                CHECK(done.has_value());
            }(one.tg(), one.file(), out, one.target()));
        CHECK(out.name() == one.folder() / "film (2).bin");
        CHECK(is_whole(out.name()));
        CHECK(read(one.target()) == "a user's own");
        CHECK(one.entries() == 2);
    }
}

TEST_CASE("resume others: two at once under one name: the same document is told, another is numbered") {
    saving one;
    one.there = existing_file::keep;
    one.run(1'000'000);
    const std::string own = read(one.record());
    const int busy = ::open(one.part().c_str(), O_RDWR | O_CLOEXEC);
    REQUIRE(::flock(busy, LOCK_EX | LOCK_NB) == 0);
    CHECK(message_of(one.run()).find("is being written by another process") != std::string::npos);

    // Another one that has just begun, and did not get as far as its record.
    fs::remove(one.record());
    const ran told = one.run();
    CHECK_MESSAGE(!told.met, message_of(told));
    CHECK(told.name == one.folder() / "film (2).bin");
    CHECK(fs::file_size(one.part()) == 1'000'000);
    ::close(busy);
}

TEST_CASE("resume others: a pipe gets the file in order, and stays one") {
    saving one;
    REQUIRE(::mkfifo(one.target().c_str(), 0600) == 0);
    const int end = ::open(one.target().c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    REQUIRE(end >= 0);
    sink::resumable_file out(one.target());
    std::string got;
    one.perform([](client& tg, media file, sink::resumable_file& out, int end,
                   std::string& got) -> io::awaitable<void> {
        const std::int64_t begin = co_await out.resume(tg, file);
        CHECK(begin == 0);
        byte_stream stream = tg.open(file);
        std::string some(1 << 16, ' ');
        while (std::optional<chunk> part = co_await stream.next()) {
            // What a pipe has room for.
            for (std::size_t at = 0; at < part->data.size(); at += some.size()) {
                chunk piece;
                piece.offset = part->offset + static_cast<std::int64_t>(at);
                piece.data = part->data.slice(at, std::min(some.size(), part->data.size() - at));
                const outcome<void> written = co_await out.write(std::move(piece));
                CHECK(written.has_value());
                for (ssize_t count; (count = ::read(end, some.data(), some.size())) > 0;)
                    got.append(some, 0, static_cast<std::size_t>(count));
            }
        }
        const outcome<void> done = co_await out.finish();
        CHECK(done.has_value());
    }(one.tg(), one.file(), out, end, got));
    ::close(end);
    CHECK((got == test::contents()));
    CHECK(fs::is_fifo(one.target()));
    CHECK(one.entries() == 1);
}
