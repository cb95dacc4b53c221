// What a file is called while it comes, and what it is called when its name is taken.
#pragma once

#include <cstddef>
#include <string>

namespace mtproto::sink {

/// Random names that somebody else may have taken. More than one is chance, all of them is no chance.
inline constexpr int most_random_names = 100;

/// As often a name is counted on before it is given up.
inline constexpr int most_numbers = 10'000;

/// NAME and `ending` behind it. A name that leaves no room for it within `most` bytes loses its own end, and
/// gets a hash of all of itself instead: other names stay other names.
std::string with_ending(const std::string& name, const std::string& ending, std::size_t most);

inline constexpr const char* part_ending = ".part";
inline constexpr const char* record_ending = ".part.state";
/// Whether a record could have that name, in letters of either case. Whoever sends a file of such a name
/// could say with it that another file is a part of theirs.
bool is_name_of_record(std::string name);

/// "film (2).mkv" for 2, and the name itself for 1; of at most `most` bytes, cut before its ending.
std::string numbered(const std::string& name, int number, std::size_t most);

/// Six letters and digits that nobody can guess.
std::string random_letters();
/// Another name of as many bytes and letters: its last ones of ASCII are replaced by random ones. Without any
/// of those it stays the same.
std::string with_random_end(const std::string& name);

}  // namespace mtproto::sink
