// What has a name and takes bytes in order: a pipe, a socket, a device, a descriptor of this process.
#pragma once

#include <filesystem>
#include <optional>
#include <utility>

namespace mtproto::sink {

/// Opened to be written, for programs that write it themselves, as with sink::descriptor, and fragments of a
/// remux. sink::file and sink::resumable_file take such names as they are.
class stream_output {
  public:
    /// Nothing where a file is, or can be made, or where a folder is. Waits for nobody: a pipe that nobody
    /// reads is ENXIO, in time there may be a reader. Throws mtproto::error, as sink::file fails.
    static std::optional<stream_output> open(const std::filesystem::path& name);

    stream_output(stream_output&& other) noexcept
        : descriptor_(std::exchange(other.descriptor_, -1)), copied_(other.copied_) {}
    stream_output& operator=(stream_output&& other) noexcept;
    ~stream_output();

    /// May be non-blocking. Closed with this object.
    int descriptor() const noexcept { return descriptor_; }
    /// The descriptor of this process that the name meant ("/dev/stdout", "/dev/fd/3"), if it meant one.
    std::optional<int> copied() const noexcept { return copied_; }

  private:
    stream_output(int descriptor, std::optional<int> copied) noexcept
        : descriptor_(descriptor), copied_(copied) {}

    int descriptor_;
    std::optional<int> copied_;
};

}  // namespace mtproto::sink
