// The command line of `mtpipe accounts`.
#include "account_files.hpp"
#include "options.hpp"

namespace mtpipe {
namespace {

using verb = accounts_arguments::verb;

CLI::App* add_verb(CLI::App& app, accounts_arguments& to, verb action, const std::string& name,
                   const std::string& about) {
    auto* made = app.add_subcommand(name, about);
    made->callback([&to, action] { to.action = action; });
    return made;
}

void add_json(CLI::App& app, accounts_arguments& to) {
    app.add_flag("--json", to.json, "As one JSON object");
}

#ifdef MTPIPE_WITH_FOREIGN
void add_import(CLI::App& app, accounts_arguments& to) {
    app.footer(
        "Reads strings of Telethon, Pyrogram, GramJS, mtcute, MTKruto and mtproto, .session files of "
        "Telethon,\n"
        "Pyrogram and grammers, sessions of gotd and tdl, the folder tdata of Telegram Desktop, and "
        "td.binlog of\n"
        "TDLib. Nothing there is changed. A string is a secret: it comes from a file, or on standard input.");
    app.add_option("SOURCE", to.source, "A file, a folder, or - for standard input")->capture_default_str();
    auto* inspect =
        app.add_flag("--inspect", to.inspect, "Say what is in it: no network, and nothing is kept");
    app.add_flag("--json", to.json, "With --inspect: as one JSON object")->needs(inspect);
    app.add_flag(
           "--adopt", to.adopt,
           "Take the login itself over, in place of signing in anew by it; the other program must not use it "
           "any more")
        ->excludes(inspect);
    app.add_option(
           "--passcode-file", to.passcode_file,
           "Its first line opens what is encrypted: the passcode of Telegram Desktop, the database key of "
           "TDLib; without it, asks")
        ->type_name("FILE");
}

void add_export(CLI::App& app, accounts_arguments& to) {
    app.add_option("--format", to.format, "A string as mtpipe reads it, or as Telethon and most others do")
        ->check(CLI::IsMember({"mtproto", "telethon"}))
        ->capture_default_str();
    app.add_option("-o,--output", to.output, "A file that its owner alone can read, or - for standard output")
        ->required()
        ->type_name("FILE");
    app.add_flag("--force", to.force, "Replace a file that is there");
}
#endif

}  // namespace

const CLI::Validator& an_account_name() {
    static const CLI::Validator made(
        [](const std::string& given) {
            return is_account_name(given) ? std::string()
                                          : std::string("takes letters, digits, - and _, at most 64 of them");
        },
        "");
    return made;
}

void add_accounts(CLI::App& app, accounts_arguments& to) {
    app.require_subcommand(0, 1);
    add_json(app, to);
    add_json(*add_verb(app, to, verb::list, "list", "List the accounts; no network"), to);
    auto* rename = add_verb(app, to, verb::rename, "rename", "Give an account another name");
    rename->add_option("NAMES", to.names, "The old one, and the new one")
        ->required()
        ->expected(2)
        ->check(an_account_name());
    auto* remove = add_verb(app, to, verb::remove, "remove", "Remove accounts from this machine");
    remove->add_option("NAME", to.names, "Of an account")->required()->check(an_account_name());
    remove->add_flag("--yes", to.yes, "Do not ask");
    auto* check =
        add_verb(app, to, verb::check, "check", "Ask the servers whether accounts serve; without names, all");
    check->add_option("NAME", to.names, "Of an account")->check(an_account_name());
    add_json(*check, to);
#ifdef MTPIPE_WITH_FOREIGN
    add_import(*add_verb(app, to, verb::take, "import", "Take accounts over from other programs"), to);
    add_export(*add_verb(app, to, verb::give, "export", "Write a login as a string"), to);
#endif
}

}  // namespace mtpipe
