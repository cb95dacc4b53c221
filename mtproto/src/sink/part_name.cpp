// Cuts names between letters, and counts.
#include "sink/part_name.hpp"

#include "base/hex.hpp"
#include "crypto/sha.hpp"

#include <algorithm>
#include <random>

namespace mtproto::sink {
namespace {

constexpr std::size_t random_size = 6;
/// Letters of a hash that tell names apart.
constexpr std::size_t hash_size = 16;
/// The shortest limit that is in use, eCryptfs': file systems that say nothing of theirs keep to it.
constexpr std::size_t safe = 143;
/// With its dot; what is longer is no ending.
constexpr std::size_t longest_ending = 16;

/// At most `size` bytes of the front, no letter of UTF-8 cut in two.
std::string front_of(const std::string& text, std::size_t size) {
    if (text.size() <= size) return text;
    while (size > 0 && (static_cast<unsigned char>(text[size]) & 0xc0) == 0x80)
        --size;
    return text.substr(0, size);
}

}  // namespace

std::string with_ending(const std::string& name, const std::string& ending, std::size_t most) {
    if (name.size() + ending.size() <= most) return name + ending;
    const std::string hash = "." + hex(crypto::sha256(as_bytes(name))).substr(0, hash_size);
    const std::size_t taken = hash.size() + ending.size();
    const std::size_t room = std::min(most, safe);
    return front_of(name, room > taken ? room - taken : 0) + hash + ending;
}

bool is_name_of_record(std::string name) {
    for (char& each : name)
        if (each >= 'A' && each <= 'Z') each = static_cast<char>(each - 'A' + 'a');
    return name.ends_with(record_ending);
}

std::string numbered(const std::string& name, int number, std::size_t most) {
    const std::string suffix = number == 1 ? std::string() : " (" + std::to_string(number) + ")";
    const std::size_t dot = name.rfind('.');
    const bool ends = dot != name.npos && dot > 0 && name.size() - dot <= longest_ending;
    const std::string ending = ends ? name.substr(dot) : std::string();
    const std::size_t taken = suffix.size() + ending.size();
    const std::string stem = name.substr(0, name.size() - ending.size());
    return front_of(stem, most > taken ? most - taken : 0) + suffix + ending;
}

std::string random_letters() {
    static constexpr char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
    std::random_device random;
    std::uniform_int_distribution<std::size_t> any(0, sizeof letters - 2);
    std::string made;
    for (std::size_t i = 0; i < random_size; ++i)
        made += letters[any(random)];
    return made;
}

std::string with_random_end(const std::string& name) {
    std::string made = name;
    const std::string letters = random_letters();
    std::size_t at = made.size();
    // Only bytes that are a letter each: with one of several bytes less the name would be shorter.
    for (const char each : letters) {
        while (at > 0 && static_cast<unsigned char>(made[at - 1]) >= 0x80)
            --at;
        if (at == 0) break;
        made[--at] = each;
    }
    return made;
}

}  // namespace mtproto::sink
