// Reads and writes the JSON that describes a local cluster.
#include "cluster_file.hpp"

#include "exit_code.hpp"
#include "read_file.hpp"
#include "text.hpp"

#include <mtproto/private_file.hpp>
#ifdef MTPIPE_WITH_LOCALDC
#include <mtproto/local_dc.hpp>
#endif

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value_to.hpp>
#include <fmt/core.h>

#include <filesystem>

namespace mtpipe {
namespace {

namespace fs = std::filesystem;
namespace json = boost::json;

constexpr std::size_t largest = 16 << 20;  // bytes; a channel of 50,000 files has room in it

std::string read_of_cluster(const std::string& path) {
    try {
        return read_file(path, largest);
    } catch (command_error& refused) {
        refused.message += "; is `mtpipe localdc` running?";
        throw;
    }
}

/// A name alone is that of a file beside `path`.
std::string beside(const std::string& path, const std::string& name) {
    return (fs::path(path).parent_path() / name).string();
}

std::uint16_t port_of(const json::value& value) {
    return value.to_number<std::uint16_t>();
}

}  // namespace

known_cluster read_cluster(const std::string& path) {
    const std::string text = read_of_cluster(path);
    mtproto::cluster made;
    std::string key_path, certificate_path;
    try {
        json::parse_options any_bytes;  // as names of folders have them
        any_bytes.allow_invalid_utf8 = true;
        const json::value all = json::parse(text, {}, any_bytes);
        made.home_dc = all.at("home_dc").to_number<int>();
        key_path = json::value_to<std::string>(all.at("rsa_public_key"));
        if (const json::value* told = all.as_object().if_contains("websocket_certificate"))
            certificate_path = json::value_to<std::string>(*told);
        for (const json::value& each : all.at("dcs").as_array()) {
            mtproto::dc_address address;
            address.dc = each.at("id").to_number<int>();
            address.host = json::value_to<std::string>(each.at("host"));
            address.port = port_of(each.at("port"));
            made.addresses.push_back(address);
            const json::value* media_port = each.as_object().if_contains("media_port");
            address.port = media_port ? port_of(*media_port) : std::uint16_t{0};
            if (address.port == 0) continue;
            address.media_only = true;
            made.addresses.push_back(std::move(address));
        }
    } catch (const std::exception& wrong) {
        throw command_error{exit_code::usage,
                            fmt::format("{} is no file of `mtpipe localdc --info`: {}", path, wrong.what())};
    }
    made.rsa_public_keys.push_back(read_of_cluster(beside(path, key_path)));
    return {std::move(made),
            certificate_path.empty() ? std::string() : read_of_cluster(beside(path, certificate_path))};
}

#ifdef MTPIPE_WITH_LOCALDC
namespace {

void replace(const std::string& path, const std::string& text, mtproto::file_readers readers) {
    const auto written = mtproto::replace_file(path, mtproto::as_bytes(text), readers);
    if (!written) throw command_error{exit_code::failed, written.error().detail};
}

/// JSON has no path whose folder is no UTF-8: its file is found beside the info file then.
std::string path_in_json(const std::string& path) {
    return valid_utf8(path) == path ? path : fs::path(path).filename().string();
}

}  // namespace

void write_cluster(const std::string& path, const mtproto::local_dc_info& info,
                   const std::string& websocket_certificate) {
    std::error_code failed;
    const fs::file_status there = fs::status(path, failed);
    if (fs::exists(there) && !fs::is_regular_file(there))  // nothing is to be left beside it
        throw command_error{exit_code::usage,
                            fmt::format("{} is not a regular file; give --info the name of one", path)};
    const std::string whole_path = fs::absolute(path).lexically_normal().string();
    const std::string key_path = whole_path + ".pem";
    replace(key_path, info.rsa_public_key, mtproto::file_readers::everybody);
    const std::string certificate_path = websocket_certificate.empty() ? "" : whole_path + ".crt";
    if (!certificate_path.empty())
        replace(certificate_path, websocket_certificate, mtproto::file_readers::everybody);

    json::array dcs;
    for (const auto& each : info.dcs)
        dcs.push_back(
            {{"id", each.id}, {"host", each.host}, {"port", each.port}, {"media_port", each.media_port}});
    json::array messages;
    for (const auto& each : info.messages)
        messages.push_back({{"id", each.id},
                            {"name", valid_utf8(each.name)},  // JSON knows no other
                            {"size", each.size},
                            {"sha256", each.sha256},
                            {"dc", each.dc}});
    json::array accounts;
    for (const auto& each : info.accounts)
        accounts.push_back({{"id", each.id}, {"name", valid_utf8(each.name)}, {"phone", each.phone}});
    json::array channels;
    for (const auto& each : info.private_channels)
        channels.push_back({{"id", each.id}, {"title", valid_utf8(each.title)}});
    const json::object all = {{"dcs", std::move(dcs)},
                              {"home_dc", info.home_dc},
                              {"rsa_public_key", path_in_json(key_path)},
                              {"channel", info.channel},
                              {"login_code", info.login_code},
                              {"password", info.password},
                              {"proxy_port", info.proxy_port},
                              {"proxy_secret", info.proxy_secret},
                              {"websocket_certificate", path_in_json(certificate_path)},
                              {"messages", std::move(messages)},
                              {"accounts", std::move(accounts)},
                              {"private_channels", std::move(channels)}};
    replace(whole_path, json::serialize(all) + "\n", mtproto::file_readers::owner);
}
#endif

}  // namespace mtpipe
