// tdl's default storage: a bbolt database, a bucket for each namespace.
#include "crypto/sha.hpp"
#include "foreign/byte_reader.hpp"
#include "foreign/formats.hpp"

#include <functional>
#include <utility>

namespace mtproto::foreign {
namespace {

constexpr std::uint32_t bolt_magic = 0xed0cdaed, known_version = 2;
constexpr std::size_t page_head = 16, bucket_head = 16;
constexpr std::uint16_t branch_page = 1, leaf_page = 2;
constexpr std::uint32_t bucket_flag = 1;
/// Buckets in buckets and pages under pages: tdl's have one and some.
constexpr int deepest = 32;
constexpr std::size_t most_pages = 1 << 16;

failure damaged() {
    return refused("it is a bbolt database, as tdl's, and it is damaged");
}

struct meta {
    std::uint32_t page_size = 0;
    std::uint64_t root = 0, transaction = 0;
};

std::uint64_t fnv64a(byte_view data) {
    std::uint64_t made = 0xcbf29ce484222325;
    for (const std::byte each : data)
        made = (made ^ std::to_integer<std::uint64_t>(each)) * 0x100000001b3;
    return made;
}

std::optional<meta> meta_at(byte_view file, std::size_t offset) {
    constexpr std::size_t summed = 56;
    if (offset + page_head + summed + 8 > file.size()) return std::nullopt;
    const byte_view from = file.subspan(offset + page_head);
    byte_reader in(from);
    if (in.le<std::uint32_t>() != bolt_magic || in.le<std::uint32_t>() != known_version) return std::nullopt;
    meta made;
    made.page_size = in.le<std::uint32_t>();
    in.le<std::uint32_t>();  // flags
    made.root = in.le<std::uint64_t>();
    in.take(8 + 8 + 8);  // sequence, free list, end
    made.transaction = in.le<std::uint64_t>();
    if (in.le<std::uint64_t>() != fnv64a(from.first(summed))) return std::nullopt;
    return made;
}

class bolt_file {
  public:
    using visitor = std::function<bool(byte_view key, byte_view value, bool is_bucket)>;

    bolt_file(byte_view file, std::size_t page_size) : file_(file), page_size_(page_size) {}

    /// Visits all entries under the page, in order. False when the file is damaged, or the visitor says
    /// so.
    bool walk(std::uint64_t page, const visitor& visit, int depth = 0) {
        if (depth > deepest || ++pages_ > most_pages || page > file_.size() / page_size_) return false;
        return walk_page(file_.subspan(static_cast<std::size_t>(page) * page_size_), visit, depth);
    }

    /// The same of a bucket: it names its page, or holds it.
    bool walk_bucket(byte_view value, const visitor& visit) {
        byte_reader in(value);
        const auto root = in.le<std::uint64_t>();
        in.le<std::uint64_t>();  // sequence
        if (!in.ok()) return false;
        return root != 0 ? walk(root, visit) : walk_page(value.subspan(bucket_head), visit, 0);
    }

  private:
    bool walk_page(byte_view page, const visitor& visit, int depth) {
        byte_reader in(page);
        in.le<std::uint64_t>();
        const auto flags = in.le<std::uint16_t>();
        const auto count = in.le<std::uint16_t>();
        in.le<std::uint32_t>();
        if (!in.ok() || (flags != branch_page && flags != leaf_page)) return false;
        for (std::uint16_t i = 0; i < count; ++i) {
            const bool fine = flags == leaf_page ? visit_leaf(page, in, visit) : descend(in, visit, depth);
            if (!fine) return false;
        }
        return true;
    }

    static bool visit_leaf(byte_view page, byte_reader& in, const visitor& visit) {
        const std::size_t here = page.size() - in.rest().size();
        const auto flags = in.le<std::uint32_t>();
        const std::size_t position = in.le<std::uint32_t>();
        const std::size_t key_size = in.le<std::uint32_t>(), value_size = in.le<std::uint32_t>();
        if (!in.ok()) return false;
        byte_reader entry(page.subspan(here));
        entry.take(position);
        const byte_view key = entry.take(key_size), value = entry.take(value_size);
        return entry.ok() && visit(key, value, (flags & bucket_flag) != 0);
    }

    bool descend(byte_reader& in, const visitor& visit, int depth) {
        in.le<std::uint32_t>();
        in.le<std::uint32_t>();
        const auto page = in.le<std::uint64_t>();
        return in.ok() && walk(page, visit, depth + 1);
    }

    byte_view file_;
    std::size_t page_size_;
    std::size_t pages_ = 0;
};

/// The newer of the two whole heads.
std::optional<meta> newest_meta(byte_view file) {
    std::optional<meta> made = meta_at(file, 0);
    // The second one stands a page further, and the first one may be broken.
    std::vector<std::size_t> sizes;
    for (std::size_t size = 1024; size <= 65536; size *= 2)
        sizes.push_back(size);
    for (const std::size_t size : sizes) {
        const auto second = meta_at(file, size);
        if (second && second->page_size == size && (!made || second->transaction > made->transaction))
            made = second;
    }
    if (made && (made->page_size < 1024 || made->page_size > 65536)) return std::nullopt;
    return made;
}

}  // namespace

bool is_bolt(byte_view file) noexcept {
    return file.size() >= page_head + 4 && load_le<std::uint32_t>(file.data() + page_head) == bolt_magic;
}

maybe_session read_bolt(byte_view file) {
    if (!is_bolt(file)) return std::optional<foreign_session>();
    const auto head = newest_meta(file);
    if (!head) return damaged();
    bolt_file bolt(file, head->page_size);
    foreign_session made;
    made.format = "tdl-bolt";
    failure why;
    const auto take_session = [&](byte_view key, byte_view value, bool is_bucket) {
        if (is_bucket || as_text(key) != "session") return true;
        outcome<foreign_account> account = read_gotd(as_text(value));
        if (account)
            made.accounts.push_back(std::move(*account));
        else
            why = account.error();
        return account.has_value();
    };
    const bool walked = bolt.walk(head->root, [&](byte_view, byte_view value, bool is_bucket) {
        return !is_bucket || bolt.walk_bucket(value, take_session);
    });
    if (!walked) return why.code ? why : damaged();
    if (made.accounts.empty()) return refused("it is a bbolt database without a session of tdl's");
    return made;
}

}  // namespace mtproto::foreign
