// SPDX-License-Identifier: Apache-2.0
// Walks the directories of a TIFF file: are all strips and tiles inside it? (TIFF 6.0, Adobe, 1992; BigTIFF.)
#include <fmt/format.h>

#include "formats.hpp"

namespace osteon {
namespace {

class TiffFile {
 public:
  explicit TiffFile(const std::filesystem::path& path) : file_(path) {
    const std::vector<unsigned char> head = file_.read(0, 8);
    big_endian_ = head[0] == 'M';
    wide_ = number(2, 2) == 43;
    if (!wide_ && number(2, 2) != 42) file_.fail("this is not a TIFF file");
  }

  void check() {
    constexpr int k_most_pages = 1 << 20;
    std::uint64_t page = wide_ ? number(8, 8) : number(4, 4);
    for (int i = 0; page != 0; ++i) {
      if (i == k_most_pages) file_.fail("damaged: its list of pages has no end");
      page = check_page(page);
    }
  }

 private:
  std::uint64_t number(std::uint64_t at, std::size_t bytes) {
    unsigned char raw[8];
    file_.read(at, bytes, raw);
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < bytes; ++i) value |= std::uint64_t{raw[big_endian_ ? bytes - 1 - i : i]} << 8 * i;
    return value;
  }

  // Whole numbers of one directory entry.
  std::vector<std::uint64_t> entry_values(std::uint64_t entry) {
    const std::uint64_t type = number(entry + 2, 2);
    const std::size_t width = type == 3 ? 2 : type == 4 ? 4 : type == 16 ? 8 : 0;
    const std::uint64_t count = number(entry + 4, wide_ ? 8 : 4);
    if (width == 0 || count > file_.size()) file_.fail("damaged: its list of strips cannot be read");
    const std::size_t field = wide_ ? 8 : 4;
    std::uint64_t at = entry + 4 + field;
    if (count * width > field) at = number(at, field);
    file_.require(at, count * width, "the list of strips");
    std::vector<std::uint64_t> values(count);
    for (std::uint64_t i = 0; i < count; ++i) values[i] = number(at + i * width, width);
    return values;
  }

  // Returns the position of the next page.
  std::uint64_t check_page(std::uint64_t page) {
    const std::size_t count_bytes = wide_ ? 8 : 2, entry_bytes = wide_ ? 20 : 12;
    const std::uint64_t entries = number(page, count_bytes);
    if (entries > 4096) file_.fail("damaged: a page has too many tags");
    std::vector<std::uint64_t> offsets, lengths;
    for (std::uint64_t i = 0; i < entries; ++i) {
      const std::uint64_t entry = page + count_bytes + i * entry_bytes;
      constexpr std::uint64_t k_strip_offsets = 273, k_strip_bytes = 279, k_tile_offsets = 324, k_tile_bytes = 325;
      const std::uint64_t tag = number(entry, 2);
      if (tag == k_strip_offsets || tag == k_tile_offsets) offsets = entry_values(entry);
      if (tag == k_strip_bytes || tag == k_tile_bytes) lengths = entry_values(entry);
    }
    for (std::size_t i = 0; i < offsets.size(); ++i)
      file_.require(offsets[i], i < lengths.size() ? lengths[i] : 1, fmt::format("strip {} of the picture", i));
    return number(page + count_bytes + entries * entry_bytes, wide_ ? 8 : 4);
  }

  FileBytes file_;
  bool big_endian_ = false;
  bool wide_ = false;
};

}  // namespace

void check_tiff(const std::filesystem::path& path) { TiffFile(path).check(); }

}  // namespace osteon
