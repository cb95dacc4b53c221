// What options of the command line have in common. CLI11 costs seconds to include: three files do.
#pragma once

#include "arguments.hpp"
#include "numbers.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <string>

namespace mtpipe {

// As an unset variable of a script leaves it.
inline const CLI::Validator not_empty(
    [](const std::string& given) { return given.empty() ? std::string("is empty") : std::string(); }, "");

inline std::string wrong_value(const std::string& wanted, const std::string& given) {
    return fmt::format("takes {}, not {}", wanted, given);
}

/// CLI11 reads numbers as C does, where 010 is eight, and tells bounds with hundreds of digits.
template <class T>
CLI::Validator a_number(const bounds<T>& within) {
    return {[within](std::string& given) {
                return read_number(given, within) ? std::string() : wrong_value(describe(within), given);
            },
            ""};
}

template <class T>
CLI::Option* add_number(CLI::App& app, const std::string& name, T& to, const bounds<T>& within,
                        const std::string& about) {
    const auto take = [&to, within](const std::string& given) { to = read_number(given, within).value(); };
    return app.add_option_function<std::string>(name, take, about)
        ->check(a_number(within))
        ->type_name("N")
        ->default_str(fmt::to_string(to));
}

const CLI::Validator& an_account_name();
void add_accounts(CLI::App& app, accounts_arguments& to);
#ifdef MTPIPE_WITH_LOCALDC
void add_localdc(CLI::App& app, localdc_arguments& to);
#endif

}  // namespace mtpipe
