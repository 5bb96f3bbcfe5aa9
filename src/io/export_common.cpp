// SPDX-License-Identifier: Apache-2.0
// Checked plain files.
#include "export_common.hpp"

#include <cerrno>
#include <cstring>

#include "osteon/core/error.hpp"

namespace osteon {

namespace {

[[noreturn]] void fail_write(const std::filesystem::path& target) {
  throw InputError("cannot write " + target.string() + ": " + std::strerror(errno));
}

}  // namespace

OutputBytes::OutputBytes(const std::filesystem::path& path, const std::filesystem::path& target)
    : target_(target), file_(std::fopen(path.c_str(), "wb"), &std::fclose) {
  if (!file_) fail_write(target_);
}

void OutputBytes::write(std::string_view bytes) {
  if (std::fwrite(bytes.data(), 1, bytes.size(), file_.get()) != bytes.size()) fail_write(target_);
}

void OutputBytes::close() {
  if (std::fclose(file_.release()) != 0) fail_write(target_);
}

}  // namespace osteon
