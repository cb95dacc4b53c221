// How the schema's names are spelled in C++.
#pragma once

#include "model.hpp"

#include <set>
#include <string>
#include <string_view>

namespace tlgen {

/// The names of one model inside one C++ namespace.
class names {
  public:
    /// `root` is the namespace of all, "mtproto::tl".
    names(const model& named, std::string root);

    const std::string& root() const noexcept { return root_; }
    /// "upload" of "upload.getFile", empty for none; with `_` after it when C++ or the library needs the
    /// word.
    static std::string space(std::string_view name);
    /// "getFile" of "upload.getFile", with `_` after it when C++ or the library needs the word.
    std::string local(std::string_view name) const;
    /// "::mtproto::tl::upload::getFile".
    std::string qualified(std::string_view name) const;
    /// The name of a field of `owner`.
    static std::string member(const combinator& owner, const field& named);
    /// The variable that holds a flags field while a value is read or written.
    static std::string flags_variable(const field& flags);
    /// The C++ type of a field without its flag: "::std::vector<::mtproto::tl::photo>".
    std::string value_type(const shape& what) const;
    /// The same with the flag: in std::optional, or bool; a sum is its own optional.
    std::string field_type(const field& typed) const;
    /// Whether the field is a std::optional.
    bool is_optional(const field& typed) const;

  private:
    const model& model_;
    std::string root_;
    std::set<std::string> spaces_;
};

/// Throws schema_error where two names would be one in C++.
void check_names(const model& named);

}  // namespace tlgen
