// Reads random values of everything in a schema with the library, writes them again, and keeps what it wrote
// for another implementation to judge: tl_roundtrip SCHEMA NARROW_LIST OUT
#include "check.hpp"
#include "random_tl.hpp"

#include <mtproto/bytes.hpp>

#include <cstdlib>
#include <fstream>
#include <iostream>
#include <sstream>
#include <string>

bool tl_api_again(std::uint32_t id, const mtproto::bytes& data, mtproto::bytes& out);
bool tl_mtproto_again(std::uint32_t id, const mtproto::bytes& data, mtproto::bytes& out);

namespace {

constexpr std::uint64_t seed = 223;
constexpr int mixed_samples = 4;
constexpr int damaged_copies = 3;

std::set<std::string> read_lines(const char* path) {
    std::ifstream file(path);
    std::set<std::string> lines;
    for (std::string line; std::getline(file, line);)
        lines.insert(line);
    return lines;
}

int run(const char* schema_path, const char* narrow_path, const char* out_path) {
    std::ifstream file(schema_path);
    std::ostringstream text;
    text << file.rdbuf();
    const tlgen::schema parsed = tlgen::parse(schema_path, text.str());
    const tlgen::model model =
        tlgen::build_model(parsed, parsed.layers.empty() ? 0 : parsed.layers.front(), {});
    roundtrip::random_tl random(model, read_lines(narrow_path), seed);

    std::ofstream out(out_path, std::ios::binary);
    std::size_t wrong = 0;
    std::size_t samples = 0;
    const auto again = [&](std::uint32_t id, const mtproto::bytes& data, mtproto::bytes& written) {
        return model.layer != 0 ? tl_api_again(id, data, written) : tl_mtproto_again(id, data, written);
    };
    std::mt19937 damage(seed);
    const auto damaged = [&](std::vector<std::uint8_t> data) {
        for (std::uint32_t changes = 1 + damage() % 3; changes > 0; --changes)
            data[damage() % data.size()] = static_cast<std::uint8_t>(damage() % 2 ? damage() : damage() % 4);
        data.resize(data.size() - damage() % 2 * (damage() % data.size()));
        return mtproto::bytes::copy(std::as_bytes(std::span(data)));
    };
    const auto sample = [&](std::size_t index, roundtrip::flag_choice flags) {
        const std::vector<std::uint8_t> made = random.boxed(index, flags);
        const mtproto::bytes given = mtproto::bytes::copy(std::as_bytes(std::span(made)));
        const std::uint32_t id = model.combinators[index].id;
        mtproto::bytes written;
        const bool known =
            model.layer != 0 ? tl_api_again(id, given, written) : tl_mtproto_again(id, given, written);
        if (!known || written != given) {
            std::cerr << model.combinators[index].name << ": not written as it was read\n";
            ++wrong;
            return;
        }
        for (int times = 0; times < damaged_copies; ++times) {
            mtproto::bytes ignored;
            (void)again(id, damaged(made),
                        ignored);  // it fails or it does not; a sanitizer sees anything else
        }
        const auto size = static_cast<std::uint32_t>(written.size());
        out.write(reinterpret_cast<const char*>(&size), sizeof size);
        out.write(reinterpret_cast<const char*>(written.data()), size);
        ++samples;
    };
    for (std::size_t i = 0; i < model.combinators.size(); ++i) {
        sample(i, roundtrip::flag_choice::all);
        sample(i, roundtrip::flag_choice::none);
        for (int more = 0; more < mixed_samples; ++more)
            sample(i, roundtrip::flag_choice::some);
    }
    out.close();
    std::cout << model.combinators.size() << " constructors and methods, " << samples << " values written\n";
    return wrong == 0 && out ? 0 : 1;
}

}  // namespace

int main(int count, char** values) {
    if (count != 4) {
        std::cerr << "usage: tl_roundtrip SCHEMA NARROW_LIST OUT\n";
        return 2;
    }
    try {
        return run(values[1], values[2], values[3]);
    } catch (const std::exception& problem) {
        std::cerr << problem.what() << "\n";
        return 1;
    }
}
