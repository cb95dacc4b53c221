// Files past 2 GiB and 4 GiB: no offset is ever cut to 32 bits, on either side.
#include "localdc/generated.hpp"
#include "unit/one_cluster/one_cluster.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <vector>

using namespace mtproto;
namespace io = mtproto::io;

namespace {

constexpr std::int64_t size = (std::int64_t{5} << 30) + 4321;
constexpr std::uint64_t seed = 99;

/// A cluster that serves the large file as its second one.
class large_cluster {
  public:
    large_cluster() : all_(serving(), test::one_cluster::client_of(4u << 20)) {
        all_.run([](client& tg, std::string link, media& into) -> io::awaitable<void> {
            into = co_await tg.resolve(link);
        }(all_.tg(), "https://t.me/demo/" + std::to_string(all_.info().messages.at(1).id), file_));
        CHECK(file_.size == size);
    }
    byte_stream open(byte_range range = {}) { return all_.tg().open(file_, range); }
    void run(io::awaitable<void> task) { all_.run(std::move(task)); }

  private:
    static local_dc_options serving() {
        local_dc_options made;
        made.generated_files.push_back({"large.bin", size, seed});
        return made;
    }

    test::one_cluster all_;
    media file_;
};

std::vector<std::byte> contents(std::int64_t offset, std::size_t count) {
    std::vector<std::byte> made(count);
    localdc::generate_bytes(seed, offset, made);
    return made;
}

}  // namespace

TEST_CASE("files 8.1 ranges across 2 GiB, 4 GiB and the end of a file of 5 GiB are exact") {
    large_cluster all;
    byte_stream stream = all.open();
    all.run([](byte_stream& from) -> io::awaitable<void> {
        constexpr std::size_t around = 3000;
        for (const std::int64_t middle : {std::int64_t{1} << 31, std::int64_t{1} << 32,
                                          (std::int64_t{1} << 32) + (1 << 20), size - 1500}) {
            std::vector<std::byte> into(around);
            const std::int64_t begin = middle - 1499;
            const std::size_t got = co_await from.read_at(begin, into);
            CAPTURE(middle);
            CHECK(got == static_cast<std::size_t>(std::min<std::int64_t>(around, size - begin)));
            into.resize(got);
            CHECK((into == contents(begin, got)));
        }
    }(stream));
}

TEST_CASE("files 8.1 a stream passes 4 GiB and ends where the file does") {
    large_cluster all;
    constexpr std::int64_t before = 700'001;
    for (const byte_range range :
         {byte_range{(std::int64_t{1} << 31) - before, 2 * before},
          byte_range{(std::int64_t{1} << 32) - before, 2 * before}, byte_range{size - before, -1}}) {
        byte_stream stream = all.open(range);
        std::int64_t at = range.offset;
        all.run([](byte_stream& from, std::int64_t& at) -> io::awaitable<void> {
            while (const std::optional<chunk> part = co_await from.next()) {
                CHECK(part->offset == at);
                const std::vector<std::byte> expected = contents(at, part->data.size());
                CHECK(std::equal(expected.begin(), expected.end(), part->data.begin(), part->data.end()));
                at += static_cast<std::int64_t>(part->data.size());
            }
        }(stream, at));
        CHECK(at == (range.length < 0 ? size : range.offset + range.length));
    }
    // Past the first 4 GiB there are other bytes than at the same place behind the file's beginning.
    CHECK((contents(std::int64_t{1} << 32, 64) != contents(0, 64)));
}
