// mtpipe: log in to Telegram, look at what a link points to, download it, or serve a cluster of one's own.
#include "command.hpp"

#include <type_traits>

int main(int argc, char** argv) {
    using namespace mtpipe;
    auto parsed = parse_arguments(argc, argv);
    if (const int* code = std::get_if<int>(&parsed)) return *code;
    const auto& all = std::get<arguments>(parsed);

#ifdef MTPIPE_WITH_LOCALDC
    if (const auto* options = std::get_if<localdc_arguments>(&all.command)) return serve(*options);
#endif
    return run([&all](boost::asio::any_io_executor executor) {
        if (std::holds_alternative<login_arguments>(all.command)) return login(executor, all);
        if (std::holds_alternative<info_arguments>(all.command)) return info(executor, all);
        return get(executor, all);
    });
}
