// Which links are followed, what is written where it stands, and names that are taken or too long.
#include "sink/entry.hpp"

#include "sink/own_file.hpp"
#include "sink/part_file.hpp"
#include "sink/part_name.hpp"
#include "unit/sink/folder.hpp"
#include "unit/sink/refusing_calls.hpp"

#include <mtproto/sink/stream_output.hpp>

#include <cerrno>
#include <fcntl.h>

using namespace mtproto;
using sink::existing_file;
using test::folder;
using test::read;
using test::write;
namespace fs = std::filesystem;

namespace {

/// All of `text` to that name.
outcome<fs::path> put_file(const fs::path& name, const std::string& text,
                           existing_file there = existing_file::replace) {
    auto made = sink::part_file::create(name, there);
    if (!made) return made.error();
    if (const outcome<void> done = (*made)->append(as_bytes(text)); !done) return done.error();
    if (const outcome<void> done = (*made)->finish(); !done) return done.error();
    return (*made)->name();
}

std::string refusal(const fs::path& name) {
    const outcome<fs::path> done = put_file(name, "new");
    return done ? std::string() : done.error().message();
}

struct stat about(uid_t owner, mode_t mode) {
    struct stat made {};
    made.st_uid = owner;
    made.st_mode = mode;
    return made;
}

}  // namespace

TEST_CASE("entries: the rule for links: one's own, the folder owner's, and any where nobody else writes") {
    const uid_t me = ::geteuid();
    const uid_t other = me + 1;
    const uid_t third = me + 2;
    for (const mode_t open : {01777, 0777, 0775, 01770}) {
        INFO(open);
        CHECK(sink::may_be_used(about(me, S_IFLNK), about(other, open)));
        CHECK(sink::may_be_used(about(other, S_IFLNK), about(other, open)));
        CHECK_FALSE(sink::may_be_used(about(third, S_IFLNK), about(other, open)));
        CHECK_FALSE(sink::may_be_used(about(other, S_IFLNK), about(me, open)));
    }
    for (const mode_t closed : {0755, 0700, 01755})
        CHECK(sink::may_be_used(about(third, S_IFLNK), about(other, closed)));
}

TEST_CASE("entries: a planted link is not followed, wherever on the way it stands") {
    if (!test::may_give_away()) {
        // In root's /tmp a link of ours is another's, once we are somebody else.
        const folder mine;
        write(mine / "precious", "precious");
        const fs::path link = "/tmp/mtproto-planted-" + std::to_string(::getpid());
        fs::create_symlink(mine / "precious", link);
        test::refusals what;
        what.other_user = ::geteuid() + 1;
        {
            const test::refusing some(what);
            CHECK(refusal(link).find("is not followed") != std::string::npos);
            CHECK(refusal(link / "film").find("is not followed") != std::string::npos);
        }
        fs::remove(link);
        CHECK(read(mine / "precious") == "precious");
        return;
    }
    for (const mode_t mode : {01777, 0775}) {
        const folder shared(mode);
        const folder mine;
        write(mine / "precious", "precious");
        fs::create_directory(mine / "home");
        const auto plant = [&](const fs::path& to, const char* name) {
            fs::create_symlink(to, shared / name);
            REQUIRE(::lchown((shared / name).c_str(), test::nobody, test::nobody) == 0);
        };
        plant(mine / "precious", "file");
        plant(mine / "new", "to nothing");
        plant(mine / "home", "folder");
        plant(".", "here");
        plant("/dev/null", "device");
        fs::create_symlink(shared / "file", mine / "first of a chain");
        fs::create_symlink(shared / "folder", mine / "folder of a chain");
        for (const fs::path& name : {shared / "file", shared / "to nothing", shared / "folder/film",
                                     shared / "here/file", shared / "here/film", shared / "device",
                                     mine / "first of a chain", mine / "folder of a chain/film"}) {
            INFO(name);
            CHECK(refusal(name).find("is not followed") != std::string::npos);
        }
        CHECK(read(mine / "precious") == "precious");
        CHECK(fs::is_empty(mine / "home"));
        CHECK_FALSE(fs::exists(mine / "new"));
        CHECK_THROWS_AS(sink::stream_output::open(shared / "device"), error);

        // A name that somebody else chose replaces nothing and follows nothing.
        CHECK(put_file(shared / "file", "new", existing_file::keep).value() == shared / "file (2)");
        CHECK(read(mine / "precious") == "precious");
    }
}

TEST_CASE("entries: links of one's own and of the folder's owner are followed") {
    const folder shared(01777);
    const folder mine;
    fs::create_symlink(mine / "film", shared / "link");
    CHECK(put_file(shared / "link", "new").has_value());
    CHECK(read(mine / "film") == "new");
    if (!test::may_give_away()) return;
    REQUIRE(::chown((shared / "").c_str(), test::nobody, test::nobody) == 0);
    REQUIRE(::lchown((shared / "link").c_str(), test::nobody, test::nobody) == 0);
    CHECK(put_file(shared / "link", "of the folder's owner").has_value());
    CHECK(read(mine / "film") == "of the folder's owner");
}

TEST_CASE("entries: a folder that is renamed meanwhile still gets the file") {
    const folder here;
    fs::create_directory(here / "films");
    auto made = sink::part_file::create(here / "films/film");
    REQUIRE(made.has_value());
    fs::rename(here / "films", here / "others");
    fs::create_directory(here / "films");
    CHECK((*made)->append(as_bytes(std::string_view("abc"))).has_value());
    CHECK((*made)->finish().has_value());
    CHECK(fs::is_empty(here / "films"));
    CHECK(read(here / "others/film") == "abc");
}

TEST_CASE("entries: what is there stays, and the new one is counted on, whatever stands in the way") {
    const folder here;
    write(here / "film.mkv", "old");
    fs::create_directory(here / "film (2).mkv");
    fs::create_symlink("nowhere", here / "film (3).mkv");
    REQUIRE(::mkfifo((here / "film (4).mkv").c_str(), 0600) == 0);
    CHECK(put_file(here / "film.mkv", "new", existing_file::keep).value() == here / "film (5).mkv");
    CHECK(read(here / "film.mkv") == "old");
    CHECK(read(here / "film (5).mkv") == "new");
    CHECK(here.entries() == 5);
    CHECK(put_file(here / "other.mkv", "new", existing_file::keep).value() == here / "other.mkv");
}

TEST_CASE("entries: ... also when it appears while the new one comes, and where renames cannot say so") {
    struct way {
        int renameat2;
        int linkat;
    };
    for (const way each :
         {way{0, 0}, way{EINVAL, 0}, way{ENOSYS, 0}, way{EINVAL, EPERM}, way{EOPNOTSUPP, EOPNOTSUPP}}) {
        INFO(each.renameat2 << " " << each.linkat);
        const folder here;
        test::refusals what;
        what.renameat2 = each.renameat2;
        what.linkat = each.linkat;
        const test::refusing some(what);
        auto one = sink::part_file::create(here / "film", existing_file::keep);
        auto two = sink::part_file::create(here / "film", existing_file::keep);
        REQUIRE(one.has_value());
        REQUIRE(two.has_value());
        write(here / "film", "a user's own");
        CHECK((*one)->append(as_bytes(std::string_view("one"))).has_value());
        CHECK((*two)->append(as_bytes(std::string_view("two"))).has_value());
        CHECK((*one)->finish().has_value());
        CHECK((*two)->finish().has_value());
        CHECK(read(here / "film") == "a user's own");
        CHECK(read((*one)->name()) == "one");
        CHECK(read((*two)->name()) == "two");
        CHECK((*two)->name() == here / "film (3)");
        CHECK(here.entries() == 3);
    }
}

TEST_CASE("entries: calls that only make things better may fail as a file system likes") {
    for (const int error : {ENOLCK, EOPNOTSUPP, ENOSYS, EPERM, EINVAL, EIO, EACCES}) {
        INFO(error);
        const folder here;
        write(here / "film", "old");
        test::refusals what;
        what.fchmod = error;
        what.fsync = error;
        const test::refusing some(what);
        CHECK(put_file(here / "film", "new").has_value());
        CHECK(read(here / "film") == "new");
        CHECK(here.entries() == 1);
    }
    const folder here;
    test::refusals what;
    what.fdatasync = EIO;
    const test::refusing some(what);
    CHECK(refusal(here / "film").find("Input/output error") != std::string::npos);
    CHECK(here.entries() == 0);
}

TEST_CASE(
    "entries: a name that is too long is found out before the first byte, however letters are counted") {
    const folder here;
    for (const std::string& name : {std::string(256, 'n'), std::string(300, 'n')})
        CHECK(refusal(here / name).find("name too long") != std::string::npos);
    {
        test::refusals what;
        what.longest_name = 143;
        const test::refusing some(what);
        CHECK(refusal(here / std::string(144, 'n')).find("name too long") != std::string::npos);
        CHECK(refusal(here / std::string(143, 'n')).find("name too long") != std::string::npos);  // its part
        CHECK(refusal(here / std::string(252, 'n')).find("name too long") !=
              std::string::npos);  // not its part
        CHECK(put_file(here / std::string(100, 'n'), "short").has_value());
    }
    // A name that somebody else chose is cut, and keeps its ending.
    const fs::path cut =
        put_file(here / (std::string(300, 'n') + ".mkv"), "new", existing_file::keep).value();
    CHECK(cut.filename().string() == std::string(251, 'n') + ".mkv");
    const fs::path again =
        put_file(here / (std::string(300, 'n') + ".mkv"), "new", existing_file::keep).value();
    CHECK(again.filename().string() == std::string(247, 'n') + " (2).mkv");
}

TEST_CASE("entries: what a sender calls a record becomes none") {
    const folder here;
    for (const char* name : {"notes.part.state", "notes.PART.State"})
        CHECK(put_file(here / name, "crafted", existing_file::keep).value() ==
              here / (std::string(name) + "_"));
    const fs::path cut =
        put_file(here / (std::string(300, 'n') + ".part.state"), "crafted", existing_file::keep).value();
    CHECK_FALSE(sink::is_name_of_record(cut.filename().string()));
    // Cut in the middle, it would have become one.
    const fs::path close =
        put_file(here / (std::string(244, 'n') + ".partition and more.state"), "crafted", existing_file::keep)
            .value();
    CHECK_FALSE(sink::is_name_of_record(close.filename().string()));
    CHECK(put_file(here / "notes.part.state", "the user's choice").value() == here / "notes.part.state");
}

TEST_CASE("entries: names of parts are told apart, fit, and cut no letter in two") {
    const std::string shared(250, 'a');
    const std::string one = sink::with_ending(shared + "bbbbb", ".part", 255);
    const std::string other = sink::with_ending(shared + "ccccc", ".part", 255);
    CHECK(one != other);
    CHECK(one.size() <= 143);
    CHECK(one.ends_with(".part"));
    CHECK(sink::with_ending("film", ".part.state", 255) == "film.part.state");
    CHECK(sink::with_ending(std::string(244, 'a'), ".part.state", 255).size() == 255);
    CHECK(sink::with_ending(std::string(140, 'a'), ".part", 143).size() == 143);
    std::string letters;
    for (int i = 0; i < 80; ++i)
        letters += "\xe9\x9b\xbb";
    const std::string cut = sink::with_ending(letters + "x", ".part", 143);
    CHECK(cut.substr(0, cut.find('.')).size() % 3 == 0);
    CHECK(sink::numbered(letters, 2, 100).size() <= 100);
    CHECK(sink::numbered("film.mkv", 1, 255) == "film.mkv");
    CHECK(sink::numbered("film.mkv", 12, 255) == "film (12).mkv");
    CHECK(sink::numbered("no ending", 2, 255) == "no ending (2)");
    CHECK(sink::numbered(".hidden", 2, 255) == ".hidden (2)");
}

TEST_CASE("entries: files of this user's alone, and what is none") {
    const folder here;
    const auto why = [&](const char* name) {
        const auto entry = sink::find_entry(here / name).value();
        const auto opened = sink::open_own(entry, O_RDWR | O_CREAT);
        return opened ? std::string() : opened.error().message();
    };
    CHECK(why("new").empty());
    CHECK(why("new").empty());  // there by now
    write(here / "open", "x");
    for (const mode_t open : {0620, 0602, 0666}) {
        REQUIRE(::chmod((here / "open").c_str(), open) == 0);
        CHECK(why("open").find("can be written by other users") != std::string::npos);
    }
    // Where new files are so, too, it says nothing.
    const mode_t before = ::umask(0);
    CHECK(why("open").empty());
    ::umask(before);
    write(here / "two names", "x");
    fs::create_hard_link(here / "two names", here / "the other");
    CHECK(why("two names").find("hard link") != std::string::npos);
    fs::create_symlink("nowhere", here / "link");
    CHECK_FALSE(why("link").empty());
    CHECK_FALSE(fs::exists(here / "nowhere"));
    fs::create_directory(here / "folder");
    CHECK_FALSE(why("folder").empty());
    REQUIRE(::mkfifo((here / "pipe").c_str(), 0600) == 0);
    CHECK(why("pipe").find("not a regular file") != std::string::npos);
    // On a share all files may seem to be somebody else's.
    test::refusals what;
    what.other_user = ::geteuid() + 1;
    {
        const test::refusing some(what);
        CHECK(why("new").empty());
    }
    if (!test::may_give_away()) return;
    write(here / "foreign", "x");
    REQUIRE(::chown((here / "foreign").c_str(), test::nobody, test::nobody) == 0);
    CHECK(why("foreign").find("belongs to another user") != std::string::npos);
}

TEST_CASE("entries: while it comes its owner can write it, and nobody more than the old one") {
    const folder here;
    struct modes {
        mode_t old;
        mode_t part;
    };
    for (const modes each :
         {modes{0444, 0644}, modes{0400, 0600}, modes{0600, 0600}, modes{0755, 0644}, modes{0666, 0644}}) {
        INFO(each.old);
        const mode_t before = ::umask(022);
        write(here / "film", "old");
        REQUIRE(::chmod((here / "film").c_str(), each.old) == 0);
        auto made = sink::part_file::create(here / "film");
        ::umask(before);
        REQUIRE(made.has_value());
        for (const auto& one : fs::directory_iterator(here / ""))
            if (one.path() != here / "film")
                CHECK(fs::status(one.path()).permissions() == fs::perms(each.part));
        CHECK((*made)->finish().has_value());
        CHECK(fs::status(here / "film").permissions() == fs::perms(each.old));
        fs::remove(here / "film");
    }
}
