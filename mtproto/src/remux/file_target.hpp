// The rewritten container as a file, which has its final name only when it is complete.
#pragma once

#include "remux/target.hpp"
#include "sink/part_file.hpp"

#include <filesystem>
#include <memory>

namespace mtproto::remuxing {

class file_target final : public target {
  public:
    explicit file_target(std::unique_ptr<sink::part_file> file) noexcept : file_(std::move(file)) {}

    outcome<void> write(std::int64_t offset, byte_view data) override { return file_->write(offset, data); }
    bool can_seek() const noexcept override { return true; }
    outcome<std::size_t> read(std::int64_t offset, byte_span into) override {
        return file_->read(offset, into);
    }
    outcome<void> finish() override { return file_->finish(); }

    /// The name that it has, once it is finished.
    std::filesystem::path name() const { return file_->name(); }
    /// The furthest byte written, plus one. From any thread.
    std::int64_t size() const noexcept { return file_->size(); }

  private:
    std::unique_ptr<sink::part_file> file_;
};

}  // namespace mtproto::remuxing
