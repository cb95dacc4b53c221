// Random values of a schema, as the bytes that TL prescribes: made from the schema alone, not by the
// library's codecs.
#pragma once

#include "model.hpp"

#include <cstdint>
#include <random>
#include <set>
#include <string>
#include <vector>

namespace roundtrip {

enum class flag_choice { all, none, some };

class random_tl {
  public:
    /// `narrow` names the longs, as "constructor.field", that the other side holds in a double: they stay
    /// below 2^53.
    random_tl(const tlgen::model& what, std::set<std::string> narrow, std::uint64_t seed);

    /// A value with its id in front.
    std::vector<std::uint8_t> boxed(std::size_t combinator, flag_choice flags);

  private:
    void put_u32(std::uint32_t value);
    void put_u64(std::uint64_t value);
    void put_bytes(const std::string& value);
    void put_fields(std::size_t combinator, flag_choice flags, int depth);
    void put_value(const tlgen::shape& what, bool narrow, int depth, bool may_be_empty);
    void put_object(std::size_t type, int depth);
    std::string text();
    std::string binary();
    std::size_t length();
    std::uint32_t below(std::uint32_t bound) { return static_cast<std::uint32_t>(random_() % bound); }
    void measure_heights();
    int height_of(const tlgen::shape& what) const;

    const tlgen::model& model_;
    std::set<std::string> narrow_;
    std::mt19937_64 random_;
    std::vector<int> heights_;  ///< of each constructor's smallest value, in objects inside objects
    std::vector<std::size_t> methods_;
    std::vector<std::uint8_t> out_;
};

}  // namespace roundtrip
