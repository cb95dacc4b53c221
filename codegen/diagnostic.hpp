// Where in a schema something stands, and the error that points there.
#pragma once

#include <stdexcept>
#include <string>

namespace tlgen {

/// A place in a schema; both count from one.
struct position {
    int line = 1;
    int column = 1;
};

/// A wrong schema: `what()` is "file:line:column: what was expected".
class schema_error : public std::runtime_error {
  public:
    schema_error(const std::string& file, position at, const std::string& text)
        : std::runtime_error(file + ":" + std::to_string(at.line) + ":" + std::to_string(at.column) + ": " +
                             text),
          at_(at) {}
    position at() const noexcept { return at_; }

  private:
    position at_;
};

}  // namespace tlgen
