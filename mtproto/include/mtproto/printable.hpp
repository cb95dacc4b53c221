// Text that somebody else wrote, made fit for a terminal.
#pragma once

#include <string>
#include <string_view>

namespace mtproto {

/// How a terminal shows a character.
enum class appearance {
    visible,    ///< as itself; also the blank U+0020
    blank,      ///< as nothing but room: U+00A0, U+3000, U+2800 and their like
    invisible,  ///< not at all, or by what it does to others: direction marks, joiners, variation selectors,
                ///< tags
    control,    ///< C0, DEL, C1, and the separators of lines: it could move the cursor or do worse
};

/// Code points that Unicode keeps free for more invisible characters count as invisible, too.
appearance appearance_of(char32_t character) noexcept;

/// `text` without its invisible characters, with U+0020 for each control character and each kind of blank,
/// and with U+FFFD for each byte that is no UTF-8. A terminal shows all of it, in its order, on one line.
std::string printable(std::string_view text);

}  // namespace mtproto
