// Shows login tokens: as a QR code on the terminal, as a PNG, or as links.
#pragma once

#include <mtproto/login.hpp>

#include <filesystem>
#include <string>

namespace mtpipe {

/// On standard error: a QR code that is drawn again in place, where that is a terminal which has room for it;
/// a link on a line of its own where it is not.
class token_display {
  public:
    /// `png`: a file for each code, for its owner alone, which goes with this object; empty: none.
    explicit token_display(std::filesystem::path png) : png_(std::move(png)) {}
    ~token_display();
    token_display(const token_display&) = delete;
    token_display& operator=(const token_display&) = delete;

    /// In place of the one before. `invitation` stands below, one line. Throws command_error for a PNG that
    /// cannot be written.
    void show(const mtproto::login_token& token, const std::string& invitation);

  private:
    void draw(const std::string& text, int lines);
    void write_png(const std::string& url);

    std::filesystem::path png_;
    bool png_written_ = false;
    int lines_ = 0;  // drawn, above the cursor
};

}  // namespace mtpipe
