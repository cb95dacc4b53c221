// Runs a fuzz target over stored inputs, files or folders of them, where there is no libFuzzer to do it.
#include "fuzz.hpp"

#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <set>
#include <string>
#include <vector>

namespace fs = std::filesystem;

namespace {

void replay(const fs::path& path) {
    std::ifstream file(path, std::ios::binary);
    const std::vector<char> text{std::istreambuf_iterator<char>(file), {}};
    // Exactly as large as the input: a sanitizer sees what reads past its end.
    const std::vector<std::uint8_t> data(text.begin(), text.end());
    if (!file.good() && !file.eof()) {
        std::cerr << path.string() << ": cannot read this file\n";
        std::exit(1);
    }
    // The name comes first: an input that ends the process is then the last one named.
    std::cout << path.string() << std::endl;
    LLVMFuzzerTestOneInput(data.data(), data.size());
}

}  // namespace

int main(int count, char** values) {
    std::set<fs::path> inputs;
    for (int i = 1; i < count; ++i) {
        if (fs::is_directory(values[i])) {
            for (const fs::directory_entry& each : fs::directory_iterator(values[i]))
                if (each.is_regular_file()) inputs.insert(each.path());
        } else {
            inputs.insert(values[i]);
        }
    }
    if (inputs.empty()) {
        std::cerr << "usage: " << values[0] << " FILE_OR_FOLDER ...; there is no input in those\n";
        return 2;
    }
    LLVMFuzzerTestOneInput(nullptr, 0);
    for (const fs::path& each : inputs)
        replay(each);
    std::cout << inputs.size() << " inputs\n";
}
