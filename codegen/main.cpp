// tlgen: reads a TL schema and writes C++.
#include "check.hpp"
#include "emit.hpp"

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <sstream>
#include <string>
#include <vector>

namespace {

constexpr int exit_wrong_schema = 1;
constexpr int exit_usage = 2;

constexpr const char* usage_text =
    "usage: tlgen SCHEMA --name NAME [options]\n"
    "  --name NAME        the headers are NAME.hpp and NAME_fwd.hpp, the sources NAME_0.cpp and so on\n"
    "  --headers DIR      where the headers go (the current directory)\n"
    "  --sources-dir DIR  where the sources go (the current directory)\n"
    "  --sources N        how many sources (1)\n"
    "  --roots FILE       keep only the methods that FILE names, one a line, and what they reach (more than "
    "once: all)\n"
    "  --opaque           keep objects encoded, write only; one namespace for each layer of the schema\n"
    "  --sample           for tests: write sources NAME_again_0.cpp ... instead, which decode and encode "
    "anything\n"
    "  --check            only check the schema\n";

struct arguments {
    std::string schema;
    std::string name;
    std::filesystem::path headers = ".";
    std::filesystem::path sources_dir = ".";
    std::size_t sources = 1;
    std::vector<std::string> roots;
    bool opaque = false;
    bool sample = false;
    bool check = false;
};

[[noreturn]] void usage() {
    std::cerr << usage_text;
    std::exit(exit_usage);
}

arguments parse_arguments(int count, char** values) {
    arguments parsed;
    for (int i = 1; i < count; ++i) {
        const std::string word = values[i];
        const auto next = [&]() -> std::string {
            if (i + 1 >= count) usage();
            return values[++i];
        };
        if (word == "--name") {
            parsed.name = next();
        } else if (word == "--headers") {
            parsed.headers = next();
        } else if (word == "--sources-dir") {
            parsed.sources_dir = next();
        } else if (word == "--sources") {
            constexpr unsigned long most = 1000;
            const std::string number = next();
            const auto read = std::from_chars(number.data(), number.data() + number.size(), parsed.sources);
            if (read.ec != std::errc{} || read.ptr != number.data() + number.size()) usage();
            if (parsed.sources == 0 || parsed.sources > most) usage();
        } else if (word == "--roots") {
            parsed.roots.push_back(next());
        } else if (word == "--opaque") {
            parsed.opaque = true;
        } else if (word == "--sample") {
            parsed.sample = true;
        } else if (word == "--check") {
            parsed.check = true;
        } else if (parsed.schema.empty() && !word.starts_with("-")) {
            parsed.schema = word;
        } else {
            usage();
        }
    }
    if (parsed.schema.empty() || (parsed.name.empty() && !parsed.check)) usage();
    return parsed;
}

std::string read_file(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
    if (!file.is_open() || file.bad() || std::filesystem::is_directory(path))
        throw std::runtime_error(path.string() + ": cannot read this file");
    return text;
}

// A file that already says the same keeps its time, so that nothing is compiled again. Under another name
// first: what an interrupted run wrote is not taken for the whole.
void write_file(const std::filesystem::path& path, const std::string& text) {
    std::error_code ignored;
    if (std::filesystem::is_regular_file(path, ignored) && read_file(path) == text) return;
    std::filesystem::create_directories(path.parent_path());
    const std::filesystem::path draft = path.string() + ".new";
    std::ofstream file(draft, std::ios::binary);
    file << text;
    file.close();
    if (file) std::filesystem::rename(draft, path, ignored);
    if (!file || ignored) throw std::runtime_error(path.string() + ": cannot write this file");
}

std::vector<tlgen::root> read_roots(const std::string& path) {
    std::istringstream lines(read_file(path));
    std::vector<tlgen::root> roots;
    int number = 0;
    for (std::string line; std::getline(lines, line);) {
        ++number;
        constexpr const char* blanks = " \t\r";
        line.erase(std::min(line.find('#'), line.size()));
        const std::size_t begin = line.find_first_not_of(blanks);
        if (begin == std::string::npos) continue;
        const std::string name = line.substr(begin, line.find_last_not_of(blanks) + 1 - begin);
        roots.push_back({name, path, {number, static_cast<int>(begin) + 1}});
    }
    if (roots.empty()) throw std::runtime_error(path + ": expected the name of a method on each line");
    return roots;
}

void run(const arguments& given) {
    tlgen::schema parsed = tlgen::parse(given.schema, read_file(given.schema));
    tlgen::check_ids(parsed);
    tlgen::model_options options;
    options.opaque = given.opaque;
    for (const std::string& file : given.roots)
        for (tlgen::root& each : read_roots(file))
            options.roots.push_back(std::move(each));

    std::vector<tlgen::unit> units;
    std::vector<int> layers = parsed.layers;
    if (layers.empty()) layers.push_back(0);
    for (const int layer : layers) {
        const std::string root = given.opaque ? "mtproto::tl::layer_" + std::to_string(layer) : "mtproto::tl";
        units.push_back({tlgen::build_model(parsed, layer, options), root});
    }
    if (given.check) return;

    tlgen::emit_options emitting;
    emitting.name = given.name;
    emitting.schema = std::filesystem::path(given.schema).filename().string();
    emitting.sources = given.sources;
    for (std::size_t part = 0; part < given.sources; ++part) {
        const std::string number = std::to_string(part) + ".cpp";
        if (given.sample) {
            write_file(given.sources_dir / (given.name + "_again_" + number),
                       emit_sample(units, emitting, part));
        } else {
            write_file(given.sources_dir / (given.name + "_" + number), emit_codec(units, emitting, part));
        }
    }
    if (given.sample) return;
    write_file(given.headers / (given.name + "_fwd.hpp"), emit_forward(units, emitting));
    write_file(given.headers / (given.name + ".hpp"), emit_types(units, emitting));
}

}  // namespace

int main(int count, char** values) {
    const arguments given = parse_arguments(count, values);
    try {
        run(given);
    } catch (const std::exception& problem) {
        std::cerr << problem.what() << "\n";
        return exit_wrong_schema;
    }
    return 0;
}
