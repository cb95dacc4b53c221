// A local data-centre cluster for foreign clients: `localdc_server DIR INFO [PASSWORD]`, until SIGTERM.
#include <mtproto/local_dc.hpp>
#ifdef WITH_WEBSOCKET
#include <mtproto/websocket.hpp>
#endif

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>

#include <csignal>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <string>

namespace {

std::string quoted(const std::string& text) {
    std::string made = "\"";
    for (const char each : text) {
        if (static_cast<unsigned char>(each) < ' ') {
            char escaped[7];
            std::snprintf(escaped, sizeof escaped, "\\u%04x", static_cast<unsigned>(each));
            made += escaped;
            continue;
        }
        if (each == '"' || each == '\\') made += '\\';
        made += each;
    }
    return made + "\"";
}

// Renamed into place: whoever waits for the file sees all of it.
void write_info(const std::string& path, const mtproto::local_dc_info& info,
                const std::string& websocket_certificate) {
    std::ofstream out(path + ".new");
    out << "{\"home_dc\": " << info.home_dc << ", \"channel\": " << quoted(info.channel)
        << ", \"login_code\": " << quoted(info.login_code) << ", \"password\": " << quoted(info.password)
        << ", \"proxy_port\": " << info.proxy_port << ", \"proxy_secret\": " << quoted(info.proxy_secret)
        << ", \"websocket_certificate\": " << quoted(websocket_certificate)
        << ", \"rsa_public_key_pem\": " << quoted(info.rsa_public_key) << ", \"dcs\": [";
    const char* comma = "";
    for (const auto& dc : info.dcs) {
        out << comma << "{\"id\": " << dc.id << ", \"host\": " << quoted(dc.host) << ", \"port\": " << dc.port
            << ", \"media_port\": " << dc.media_port << "}";
        comma = ", ";
    }
    out << "], \"messages\": [";
    comma = "";
    for (const auto& message : info.messages) {
        out << comma << "{\"id\": " << message.id << ", \"name\": " << quoted(message.name)
            << ", \"size\": " << message.size << ", \"sha256\": " << quoted(message.sha256)
            << ", \"dc\": " << message.dc << "}";
        comma = ", ";
    }
    out << "]}\n";
    out.close();
    std::filesystem::rename(path + ".new", path);
}

}  // namespace

int main(int count, char** values) {
    if (count < 3) {
        std::cerr << "usage: localdc_server DIR INFO [PASSWORD [PROXY_SECRET]]\n";
        return 2;
    }
    try {
        boost::asio::io_context context(1);
        mtproto::local_dc_options options;
        options.folder = values[1];
        if (count > 3) options.password = values[3];
        if (count > 4) options.proxy_secret = values[4];
        options.text_messages = {"a message without media"};
        // For those that say that they take files from a CDN; it has none until it is given them.
        options.cdn = options.cdn_empty = true;
        std::string certificate;
#ifdef WITH_WEBSOCKET
        mtproto::websocket_identity identity = mtproto::make_websocket_identity();
        options.websocket = identity.server;
        certificate = identity.certificate;
#endif
        mtproto::local_dc cluster(context.get_executor(), std::move(options));
        cluster.start();
        write_info(values[2], cluster.info(), certificate);
        boost::asio::signal_set stop(context, SIGINT, SIGTERM);
        stop.async_wait([&](const boost::system::error_code&, int) {
            cluster.stop();
            context.stop();
        });
        context.run();
    } catch (const std::exception& problem) {
        std::cerr << problem.what() << "\n";
        return 1;
    }
    return 0;
}
