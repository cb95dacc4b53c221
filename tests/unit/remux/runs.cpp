// Runs one remux to its end.
#include "unit/remux/runs.hpp"

#include "remux/access.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <doctest/doctest.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <unistd.h>

namespace mtproto::test {

namespace asio = boost::asio;
namespace fs = std::filesystem;

namespace {

class scripted_input final : public blocking::input {
  public:
    explicit scripted_input(script& with) : script_(with) {}

    asio::awaitable<std::optional<chunk>> next() override {
        co_await asio::post(co_await asio::this_coro::executor, asio::use_awaitable);
        if (script_.fails_at >= 0 && position_ >= script_.fails_at)
            throw error(failure(errc::rpc_error, "made to fail"));
        if (script_.hangs_at >= 0 && position_ >= script_.hangs_at) {
            asio::steady_timer never(co_await asio::this_coro::executor,
                                     asio::steady_timer::time_point::max());
            co_await never.async_wait(asio::use_awaitable);
        }
        const auto size = static_cast<std::int64_t>(script_.file.size());
        if (position_ >= size) co_return std::nullopt;
        const auto count = std::min(script_.piece, static_cast<std::size_t>(size - position_));
        chunk part;
        part.offset = position_;
        part.data = bytes::copy(byte_view(script_.file).subspan(static_cast<std::size_t>(position_), count));
        position_ += static_cast<std::int64_t>(count);
        script_.delivered += static_cast<std::int64_t>(count);
        co_return part;
    }
    void seek(std::int64_t offset) override {
        ++script_.seeks;
        position_ = offset;
    }
    std::int64_t size() const override { return static_cast<std::int64_t>(script_.file.size()); }

  private:
    script& script_;
    std::int64_t position_ = 0;
};

}  // namespace

std::unique_ptr<blocking::input> input_of(script& with) {
    return std::make_unique<scripted_input>(with);
}

sink::remux remux_of(script& with, sink::remux_options options) {
    return remux_access::make(input_of(with), std::move(options));
}

folder::folder() {
    static int made = 0;
    path = fs::temp_directory_path() /
           ("mtproto-remux-" + std::to_string(::getpid()) + "-" + std::to_string(made++));
    fs::create_directories(path);
}

folder::~folder() {
    fs::remove_all(path);
}

std::vector<std::byte> read_file(const fs::path& name) {
    std::ifstream in(name, std::ios::binary);
    REQUIRE(in.good());
    std::vector<char> text((std::istreambuf_iterator<char>(in)), {});
    const auto* first = reinterpret_cast<const std::byte*>(text.data());
    return {first, first + text.size()};
}

void write_file(const fs::path& name, byte_view data) {
    std::ofstream out(name, std::ios::binary);
    out.write(reinterpret_cast<const char*>(data.data()), static_cast<std::streamsize>(data.size()));
    REQUIRE(out.good());
}

std::vector<std::byte> outcome_of_run::whole() const {
    std::vector<std::byte> all;
    for (const chunk& each : fragments)
        all.insert(all.end(), each.data.begin(), each.data.end());
    return all;
}

bool outcome_of_run::logged(const std::string& part) const {
    return std::any_of(log.begin(), log.end(),
                       [&](const std::string& line) { return line.find(part) != std::string::npos; });
}

asio::awaitable<void> save(sink::remux& mp4, fs::path name, outcome_of_run& into) {
    try {
        co_await mp4.save(name);
    } catch (const error& wrong) {
        into.wrong = wrong.info();
    }
}

asio::awaitable<void> collect(sink::remux& mp4, outcome_of_run& into) {
    try {
        while (auto fragment = co_await mp4.next())
            into.fragments.push_back(std::move(*fragment));
    } catch (const error& wrong) {
        into.wrong = wrong.info();
    }
}

static log_sink warnings_of(outcome_of_run& got) {
    return [&got](log_level level, std::string_view line) {
        if (level >= log_level::warning) got.log.emplace_back(line);
    };
}

outcome_of_run save_sample(script& with, const fs::path& name, sink::remux_options options) {
    outcome_of_run got;
    asio::io_context loop{1};
    options.log = warnings_of(got);
    sink::remux film = remux_of(with, std::move(options));
    asio::co_spawn(loop, save(film, name, got), asio::detached);
    loop.run();
    got.report = film.report();
    return got;
}

outcome_of_run fragment_sample(script& with, sink::remux_options options) {
    outcome_of_run got;
    asio::io_context loop{1};
    options.log = warnings_of(got);
    sink::remux film = remux_of(with, std::move(options));
    asio::co_spawn(loop, collect(film, got), asio::detached);
    loop.run();
    got.report = film.report();
    return got;
}

std::vector<std::byte> made_by_ffmpeg(const std::string& arguments, const std::string& ending,
                                      byte_view input) {
    folder work;
    const fs::path in = work.path / "in";
    write_file(in, input);
    std::string filled = arguments;
    if (const auto place = filled.find("IN"); place != std::string::npos)
        filled.replace(place, 2, in.string());
    const std::string name = (work.path / ("out." + ending)).string();
    REQUIRE(std::system(("ffmpeg -nostdin -v error -y " + filled + " " + name).c_str()) == 0);
    return read_file(name);
}

std::int64_t first_moment(const file_facts& file) {
    std::int64_t first = INT64_MAX;
    for (const stream_facts& stream : file.streams)
        for (const packet_facts& packet : stream.packets)
            first = std::min(first, packet.pts);
    return first;
}

void compare(const file_facts& before, const file_facts& after, bool same_bytes) {
    constexpr std::int64_t rounding = 2000;  // microseconds: Matroska counts milliseconds
    CHECK(after.format.find("mp4") != std::string::npos);
    const std::int64_t zero_before = first_moment(before);
    const std::int64_t zero_after = first_moment(after);
    const auto copied = [](const file_facts& file) {
        std::vector<const stream_facts*> some;
        for (const stream_facts& each : file.streams)
            if (each.type == "video" || each.type == "audio") some.push_back(&each);
        return some;
    };
    const auto all_before = copied(before);
    const auto all_after = copied(after);
    REQUIRE(all_before.size() == all_after.size());
    for (std::size_t stream = 0; stream < all_before.size(); ++stream) {
        const stream_facts* was = all_before[stream];
        const stream_facts* is = all_after[stream];
        INFO("stream ", stream, " ", was->type);
        CHECK(was->codec == is->codec);
        REQUIRE(was->packets.size() == is->packets.size());
        std::size_t wrong_times = 0;
        std::size_t wrong_data = 0;
        std::size_t wrong_order = 0;
        for (std::size_t i = 0; i < was->packets.size(); ++i) {
            const packet_facts& a = was->packets[i];
            const packet_facts& b = is->packets[i];
            wrong_times += std::abs((a.pts - zero_before) - (b.pts - zero_after)) > rounding;
            wrong_data += same_bytes && (a.hash != b.hash || a.size != b.size);
            wrong_data += a.key != b.key;
            wrong_order += b.dts > b.pts || (i > 0 && b.dts <= is->packets[i - 1].dts);
        }
        CHECK(wrong_times == 0);
        CHECK(wrong_data == 0);
        CHECK(wrong_order == 0);
    }
}

std::string boxes(byte_view file) {
    std::string names;
    std::size_t place = 0;
    while (place + 8 <= file.size()) {
        std::uint64_t size = 0;
        for (std::size_t i = 0; i < 4; ++i)
            size = size << 8 | std::to_integer<unsigned>(file[place + i]);
        names += (names.empty() ? "" : " ") + std::string(as_text(file.subspan(place + 4, 4)));
        if (size < 8) break;
        place += size;
    }
    return names;
}

}  // namespace mtproto::test
