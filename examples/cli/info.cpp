// mtpipe info: what a message carries, for people or as JSON.
#include "command.hpp"
#include "progress_bar.hpp"
#include "text.hpp"

#include <mtproto/client.hpp>

#include <boost/json/serialize.hpp>
#include <fmt/core.h>

#include <cmath>
#include <ctime>

namespace mtpipe {
namespace {

namespace asio = boost::asio;
namespace json = boost::json;

const char* name_of(mtproto::media_kind kind) {
    switch (kind) {
        case mtproto::media_kind::document:
            return "document";
        case mtproto::media_kind::video:
            return "video";
        case mtproto::media_kind::audio:
            return "audio";
        case mtproto::media_kind::voice:
            return "voice";
        case mtproto::media_kind::animation:
            return "animation";
        case mtproto::media_kind::sticker:
            return "sticker";
        case mtproto::media_kind::photo:
            return "photo";
    }
    return "document";
}

std::int64_t whole_seconds(mtproto::unix_time date) {
    return std::chrono::duration_cast<std::chrono::seconds>(date).count();
}

json::object as_json(const mtproto::media& file) {
    // JSON knows only UTF-8.
    json::object made = {{"name", valid_utf8(file.name)},
                         {"kind", name_of(file.kind)},
                         {"mime", valid_utf8(file.mime)},
                         {"size", file.size},
                         {"dc", file.dc},
                         {"date", whole_seconds(file.date)},
                         {"width", file.facts.width},
                         {"height", file.facts.height},
                         {"duration", std::chrono::duration<double>(file.facts.duration).count()},
                         {"caption", valid_utf8(file.caption)}};
    const auto all = [](const std::vector<mtproto::media>& files) {
        json::array list;
        for (const auto& each : files)
            list.push_back(as_json(each));
        return list;
    };
    made["qualities"] = all(file.qualities);
    made["attachments"] = all(file.attachments);
    return made;
}

std::string when(mtproto::unix_time date) {
    const std::time_t seconds = whole_seconds(date);
    std::tm parts{};
    char text[32];
    ::gmtime_r(&seconds, &parts);
    std::strftime(text, sizeof text, "%Y-%m-%d %H:%M:%S UTC", &parts);
    return text;
}

void print(const mtproto::media& file) {
    fmt::print("name:     {}\n", printable(file.name));
    fmt::print("kind:     {} ({})\n", name_of(file.kind),
               file.mime.empty() ? "no MIME type" : printable(file.mime));
    fmt::print("size:     {} bytes\n", file.size);
    if (file.facts.width > 0) fmt::print("picture:  {} x {}\n", file.facts.width, file.facts.height);
    if (const std::chrono::duration<double> lasts = file.facts.duration; lasts.count() > 0)
        fmt::print("duration: {:.1f} s\n", lasts.count());
    fmt::print("stored:   DC {}\n", file.dc);
    fmt::print("posted:   {}\n", when(file.date));
    if (!file.caption.empty()) fmt::print("caption:  {}\n", printable(file.caption));
    for (const auto& other : file.qualities)
        fmt::print("also as:  {} x {}, {} bytes, {}\n", other.facts.width, other.facts.height, other.size,
                   printable(other.mime));
    for (const auto& other : file.attachments)
        fmt::print("also has: {} ({}), {} bytes\n", printable(other.name), name_of(other.kind), other.size);
}

}  // namespace

asio::awaitable<void> info(asio::any_io_executor executor, arguments all) {
    const auto& given = std::get<info_arguments>(all.command);
    mtproto::config settings = co_await client_config(executor, all.connection);
    progress_bar bar(executor, choose_display(false, false));
    settings.on_wait = waits_shown_by(bar);
    mtproto::client tg(executor, std::move(settings));
    co_await tg.connect();
    const mtproto::media file = co_await tg.resolve(given.link);
    if (given.json)
        fmt::print("{}\n", printable_json(json::serialize(as_json(file))));
    else
        print(file);
}

}  // namespace mtpipe
