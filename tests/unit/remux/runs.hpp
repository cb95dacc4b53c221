// Remuxes of files in memory, with an input that a test can disturb, and what came out.
#pragma once

#include "blocking/input.hpp"
#include "unit/remux/samples.hpp"

#include <mtproto/byte_stream.hpp>
#include <mtproto/error.hpp>
#include <mtproto/sink/remux.hpp>

#include <boost/asio/awaitable.hpp>

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace mtproto::test {

/// What a test may arrange and look at; outlives the input.
struct script {
    std::vector<std::byte> file;
    std::size_t piece = 10'000;
    std::int64_t fails_at = -1;  ///< reading past this offset is an error
    std::int64_t hangs_at = -1;  ///< reading past this offset never returns
    int seeks = 0;
    std::int64_t delivered = 0;
};

std::unique_ptr<blocking::input> input_of(script& with);
sink::remux remux_of(script& with, sink::remux_options options);

/// A folder that is removed with it.
struct folder {
    folder();
    ~folder();
    folder(const folder&) = delete;
    folder& operator=(const folder&) = delete;
    bool is_empty() const { return std::filesystem::is_empty(path); }
    std::filesystem::path path;
};

std::vector<std::byte> read_file(const std::filesystem::path& name);
void write_file(const std::filesystem::path& name, byte_view data);

struct outcome_of_run {
    std::optional<failure> wrong;
    sink::remux_report report;
    std::vector<chunk> fragments;
    std::vector<std::string> log;  ///< warnings and worse
    std::vector<std::byte> whole() const;
    bool logged(const std::string& part) const;
};

boost::asio::awaitable<void> save(sink::remux& mp4, std::filesystem::path name, outcome_of_run& into);
boost::asio::awaitable<void> collect(sink::remux& mp4, outcome_of_run& into);
outcome_of_run save_sample(script& with, const std::filesystem::path& name, sink::remux_options options = {});
outcome_of_run fragment_sample(script& with, sink::remux_options options = {sink::container::fragmented_mp4});

/// What the ffmpeg program makes of `arguments`, with the output's name behind them; IN in them is a file
/// with `input`. Names end as `ending` does.
std::vector<std::byte> made_by_ffmpeg(const std::string& arguments, const std::string& ending,
                                      byte_view input = {});

std::int64_t first_moment(const file_facts& file);
/// The same packets of pictures and sound at the same times, counted from the file's first moment.
void compare(const file_facts& before, const file_facts& after, bool same_bytes = true);
/// Top-level boxes, in order: "ftyp moov mdat".
std::string boxes(byte_view file);

}  // namespace mtproto::test
