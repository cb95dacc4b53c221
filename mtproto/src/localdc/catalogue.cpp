// Reading the folder: sizes and hashes now, data later.
#include "localdc/catalogue.hpp"

#include "base/endian.hpp"
#include "localdc/generated.hpp"
#include "localdc/names.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>

namespace mtproto::localdc {
namespace {

// A folder may hold more files than a process may open.
constexpr std::size_t most_open_files = 128;
constexpr std::size_t hash_step = 1u << 20;

struct type_by_extension {
    std::string_view extension;
    std::string_view mime;
    bool video = false;
};

constexpr std::array types{
    type_by_extension{".mkv", "video/x-matroska", true},
    type_by_extension{".mp4", "video/mp4", true},
    type_by_extension{".webm", "video/webm", true},
    type_by_extension{".mp3", "audio/mpeg"},
    type_by_extension{".ogg", "audio/ogg"},
    type_by_extension{".jpg", "image/jpeg"},
    type_by_extension{".png", "image/png"},
    type_by_extension{".pdf", "application/pdf"},
    type_by_extension{".zip", "application/zip"},
    type_by_extension{".txt", "text/plain"},
};

const type_by_extension* type_of(std::string_view name) {
    for (const type_by_extension& each : types) {
        if (name.size() < each.extension.size()) continue;
        const std::string_view end = name.substr(name.size() - each.extension.size());
        const auto same = [](unsigned char a, char b) { return std::tolower(a) == b; };
        if (std::equal(end.begin(), end.end(), each.extension.begin(), same)) return &each;
    }
    return nullptr;
}

failure cannot(const char* what, const std::string& path, int reason) {
    return {errc::io_failed,
            std::string("cannot ") + what + " " + path + ": " + std::generic_category().message(reason)};
}

result<void> read_fully(int descriptor, std::int64_t offset, byte_span into) {
    while (!into.empty()) {
        const ssize_t count = ::pread(descriptor, into.data(), into.size(), offset);
        if (count < 0 && errno == EINTR) continue;
        if (count <= 0) return errc::io_failed;
        into = into.subspan(static_cast<std::size_t>(count));
        offset += count;
    }
    return {};
}

std::optional<served_file::identity> identity_of(int descriptor) {
    struct stat told {};
    if (::fstat(descriptor, &told) != 0) return std::nullopt;
    constexpr std::int64_t nanoseconds_a_second = 1'000'000'000;
    return served_file::identity{told.st_dev, told.st_ino, told.st_size,
                                 told.st_mtim.tv_sec * nanoseconds_a_second + told.st_mtim.tv_nsec};
}

outcome<void> measure(served_file& file) {
    const int descriptor = ::open(file.path.c_str(), O_RDONLY | O_CLOEXEC);
    if (descriptor < 0) return cannot("open", file.path, errno);
    file.on_disk = identity_of(descriptor).value_or(served_file::identity{});
    crypto::sha256_state hash;
    std::vector<std::byte> step(hash_step);
    for (;;) {
        const ssize_t count = ::read(descriptor, step.data(), step.size());
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) {
            const int reason = errno;
            ::close(descriptor);
            return cannot("read", file.path, reason);
        }
        if (count == 0) break;
        hash.update(byte_view(step).first(static_cast<std::size_t>(count)));
        file.size += count;
    }
    ::close(descriptor);
    file.sha256 = hash.finish();
    return {};
}

media_facts look_into(const std::string& path, const local_dc_options& options) {
    if (!options.describe_video) return {};
    return options.describe_video(path).value_or(media_facts());
}

outcome<std::vector<std::string>> names_in(const std::string& folder) {
    std::vector<std::string> names;
    std::error_code why;
    std::filesystem::directory_iterator entries(folder, why);
    for (; !why && entries != std::filesystem::directory_iterator(); entries.increment(why)) {
        std::error_code unknown;
        const bool regular = entries->is_regular_file(unknown);
        // An entry that cannot be looked at stays: measure() finds out why.
        if (regular || (unknown && unknown != std::errc::no_such_file_or_directory))
            names.push_back(entries->path().filename().string());
    }
    if (why) return cannot("read the folder", folder, why.value());
    std::sort(names.begin(), names.end());
    return names;
}

// The data centres that files go to, in turn: a client is to meet a foreign one at once.
std::vector<int> order_of_dcs(int count, int home) {
    std::vector<int> order;
    for (int id = 1; id <= count; ++id)
        if (id != home) order.push_back(id);
    order.push_back(home);
    return order;
}

/// Telegram's ids tell the data centre too; the rest is the file's own, so that it lasts.
std::int64_t document_id(const served_file& file, std::size_t index, const crypto::sha256_digest& own) {
    const auto digits = static_cast<std::int64_t>(load_le<std::uint64_t>(own.data()) >> 24);
    return (std::int64_t{file.dc} << 56) | (digits << 8) | static_cast<std::int64_t>(index & 0xff);
}

}  // namespace

std::string mime_type_of(std::string_view name) {
    const type_by_extension* found = type_of(name);
    return std::string(found ? found->mime : "application/octet-stream");
}

outcome<void> catalogue::add_folder(const local_dc_options& options, const std::vector<int>& dcs) {
    auto names = names_in(options.folder);
    if (!names) return names.error();
    for (const std::string& name : *names) {
        served_file file;
        file.path = (std::filesystem::path(options.folder) / name).string();
        file.name = valid_utf8(name);
        file.mime_type = mime_type_of(name);
        file.dc = dcs[files_.size() % dcs.size()];
        if (const auto measured = measure(file); !measured) {
            unreadable_.push_back(measured.error().detail);
            continue;
        }
        if (const type_by_extension* type = type_of(name); type && type->video)
            file.video = look_into(file.path, options);
        file.document_id = document_id(file, files_.size(), file.sha256);
        files_.push_back(std::move(file));
    }
    return {};
}

void catalogue::add_generated(const local_dc_options& options, const std::vector<int>& dcs) {
    for (const generated_file& each : options.generated_files) {
        served_file file;
        file.name = valid_utf8(each.name);
        file.mime_type = mime_type_of(each.name);
        file.dc = dcs[files_.size() % dcs.size()];
        file.size = each.size;
        file.seed = each.seed;
        std::array<std::byte, 16> own;
        store_le(own.data(), each.size);
        store_le(own.data() + 8, each.seed);
        file.document_id = document_id(file, files_.size(), crypto::sha256({as_bytes(each.name), own}));
        files_.push_back(std::move(file));
    }
}

outcome<catalogue> catalogue::read(const local_dc_options& options, int home) {
    catalogue made;
    const std::vector<int> dcs = order_of_dcs(options.dcs, home);
    if (!options.folder.empty())
        if (const auto added = made.add_folder(options, dcs); !added) return added.error();
    made.add_generated(options, dcs);
    int id = creation_message + 1;
    const auto add = [&](served_message message) {
        message.id = id++;
        message.protected_content = options.protected_messages.contains(message.id);
        made.messages_.push_back(std::move(message));
    };
    for (const served_file& file : made.files_) {
        made.by_id_[file.document_id] = &file;
        add({.text = file.name, .file = &file});
    }
    for (const std::string& text : options.text_messages)
        add({.text = text});
    for (const int each : options.protected_messages)
        if (each <= creation_message || each > made.last_id())
            return failure(errc::bad_argument, "there is no message " + std::to_string(each) +
                                                   " to protect: ids go from " +
                                                   std::to_string(creation_message + 1) + " to " +
                                                   std::to_string(made.last_id()));
    return made;
}

catalogue::catalogue(catalogue&&) noexcept = default;
catalogue& catalogue::operator=(catalogue&& other) noexcept {
    std::swap(files_, other.files_);
    std::swap(unreadable_, other.unreadable_);
    std::swap(messages_, other.messages_);
    std::swap(by_id_, other.by_id_);
    std::swap(descriptors_, other.descriptors_);
    return *this;
}
catalogue::~catalogue() {
    close_files();
}

void catalogue::close_files() noexcept {
    for (const auto& [file, descriptor] : descriptors_)
        ::close(descriptor);
    descriptors_.clear();
}

const served_message* catalogue::message(int id) const noexcept {
    // Widened: a client may ask for any id.
    const std::int64_t index = std::int64_t{id} - creation_message - 1;
    if (index < 0 || index >= static_cast<std::int64_t>(messages_.size())) return nullptr;
    return &messages_[static_cast<std::size_t>(index)];
}

const served_file* catalogue::document(std::int64_t id) const noexcept {
    const auto found = by_id_.find(id);
    return found == by_id_.end() ? nullptr : found->second;
}

std::optional<int> catalogue::open(const served_file& file) {
    if (const auto found = descriptors_.find(&file); found != descriptors_.end()) return found->second;
    if (descriptors_.size() >= most_open_files) close_files();
    int descriptor = ::open(file.path.c_str(), O_RDONLY | O_CLOEXEC);
    if (descriptor < 0 && errno == EMFILE && !descriptors_.empty()) {
        close_files();
        descriptor = ::open(file.path.c_str(), O_RDONLY | O_CLOEXEC);
    }
    if (descriptor < 0) return std::nullopt;
    descriptors_.emplace(&file, descriptor);
    return descriptor;
}

bool catalogue::unchanged(const served_file& file) {
    if (file.seed) return true;
    const std::optional<int> descriptor = open(file);
    if (!descriptor) return false;
    if (identity_of(*descriptor) == file.on_disk) return true;
    // Not kept: the file may come back under its name.
    ::close(*descriptor);
    descriptors_.erase(&file);
    return false;
}

result<void> catalogue::read(const served_file& file, std::int64_t offset, byte_span into) {
    if (file.seed) {
        generate_bytes(*file.seed, offset, into);
        return {};
    }
    if (!unchanged(file)) return errc::io_failed;
    const std::optional<int> descriptor = open(file);
    if (!descriptor) return errc::io_failed;
    return read_fully(*descriptor, offset, into);
}

}  // namespace mtproto::localdc
