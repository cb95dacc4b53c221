// The emitters: a model in, the text of C++ files out.
#pragma once

#include "model.hpp"

#include <string>
#include <vector>

namespace tlgen {

/// One layer and the namespace that it goes into.
struct unit {
    model what;
    std::string root;  ///< "mtproto::tl", or "mtproto::tl::layer_144"
};

struct emit_options {
    std::string name;    ///< of the headers: "tl_api"
    std::string schema;  ///< the schema's file name, for the first line
    std::size_t sources = 1;
};

/// The forward declarations.
std::string emit_forward(const std::vector<unit>& units, const emit_options& options);
/// The types.
std::string emit_types(const std::vector<unit>& units, const emit_options& options);
/// Source `part` of `options.sources`: the codecs whose names hash to it.
std::string emit_codec(const std::vector<unit>& units, const emit_options& options, std::size_t part);
/// For tests: a function that decodes and encodes anything of the schema, `part` of `parts`.
std::string emit_sample(const std::vector<unit>& units, const emit_options& options, std::size_t part);

/// Which of `parts` sources a name belongs to.
std::size_t part_of(const std::string& name, std::size_t parts);

/// Opens and closes the namespaces of what is written after each other.
class namespace_writer {
  public:
    namespace_writer(std::string& out, std::string root) : out_(out), root_(std::move(root)) {
        out_ += "namespace " + root_ + " {\n";
    }
    void enter(const std::string& space) {
        if (space == space_) return;
        if (!space_.empty()) out_ += "}\n";
        if (!space.empty()) out_ += "namespace " + space + " {\n";
        space_ = space;
    }
    void close() {
        enter({});
        out_ += "}  // namespace " + root_ + "\n";
    }

  private:
    std::string& out_;
    std::string root_;
    std::string space_;
};

}  // namespace tlgen
