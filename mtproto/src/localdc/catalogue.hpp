// The contents of the channel: the folder's files, generated ones, then messages of plain text.
#pragma once

#include "crypto/sha.hpp"

#include <mtproto/error.hpp>
#include <mtproto/local_dc.hpp>

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace mtproto::localdc {

/// A file, as a document.
struct served_file {
    std::int64_t document_id = 0;
    std::string path;  ///< any bytes; empty for a generated file
    std::string name;  ///< UTF-8
    std::string mime_type;
    std::optional<media_facts> video;  ///< zeros where nobody looked
    std::int64_t size = 0;
    std::optional<std::uint64_t> seed{};  ///< of a generated file
    crypto::sha256_digest sha256{};       ///< zeros for a generated file
    int dc = 0;

    /// What the file system said when it was hashed: another answer later means other contents.
    struct identity {
        std::uint64_t device = 0;
        std::uint64_t inode = 0;
        std::int64_t size = 0;
        std::int64_t changed = 0;  ///< nanoseconds since 1970

        friend bool operator==(const identity&, const identity&) = default;
    };
    identity on_disk;
};

/// A message of the channel.
struct served_message {
    int id = 0;
    bool protected_content = false;
    std::string text;
    const served_file* file = nullptr;  ///< null: only text
};

/// The mime type that a file's name suggests.
std::string mime_type_of(std::string_view name);

/// Read once, at the start; the files' data is read when it is asked for. Not thread safe.
class catalogue {
  public:
    /// The message that Telegram puts in front: "channel created".
    static constexpr int creation_message = 1;

    /// Files go to `dcs` data centres in turn, those that are not `home` first.
    /// A file that cannot be read is left out; unreadable() says why. errc::io_failed when the folder cannot
    /// be read, errc::bad_argument for a protected message that is none.
    static outcome<catalogue> read(const local_dc_options& options, int home);

    catalogue(catalogue&&) noexcept;
    catalogue& operator=(catalogue&&) noexcept;
    ~catalogue();

    std::span<const served_message> messages() const noexcept { return messages_; }
    const served_message* message(int id) const noexcept;
    /// "cannot open films/a.mkv: Permission denied", for each that was left out.
    const std::vector<std::string>& unreadable() const noexcept { return unreadable_; }
    const served_file* document(std::int64_t id) const noexcept;
    int last_id() const noexcept { return creation_message + static_cast<int>(messages_.size()); }

    /// Whether the file can be opened and is still the one that was hashed.
    bool unchanged(const served_file& file);
    /// Fills `into` from `offset` on. errc::io_failed when the file cannot be read or is not unchanged().
    result<void> read(const served_file& file, std::int64_t offset, byte_span into);

  private:
    catalogue() = default;
    outcome<void> add_folder(const local_dc_options& options, const std::vector<int>& dcs);
    void add_generated(const local_dc_options& options, const std::vector<int>& dcs);
    /// A descriptor that stays the catalogue's, or nothing.
    std::optional<int> open(const served_file& file);
    void close_files() noexcept;

    std::vector<served_file> files_;
    std::vector<std::string> unreadable_;
    std::vector<served_message> messages_;
    std::map<std::int64_t, const served_file*> by_id_;
    std::map<const served_file*, int> descriptors_;
};

}  // namespace mtproto::localdc
