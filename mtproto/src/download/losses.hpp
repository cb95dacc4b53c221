// What a download's connections failed by since the last good part, and what is said of it at the end.
#pragma once

#include <mtproto/clock.hpp>
#include <mtproto/error.hpp>

#include <optional>

namespace mtproto::download {

class losses {
  public:
    /// A part, or a connection, failed so.
    void add(const failure& what);
    /// The error of a download that ends by `last`: where what came was changed on its way everywhere, that.
    failure of_end(const failure& last) const;
    /// The error of one of which not a byte came for so long.
    failure of_stall(duration patience) const;

  private:
    bool corrupt_everywhere() const noexcept { return corrupt_ > 0 && corrupt_ >= others_; }

    int corrupt_ = 0;  ///< what came does not verify
    int others_ = 0;
    std::optional<failure> last_;
};

}  // namespace mtproto::download
