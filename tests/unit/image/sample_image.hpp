// SPDX-License-Identifier: Apache-2.0
// An image without any symmetry, a folder to write it into, and the check that it came back as it was.
#pragma once

#include <doctest/doctest.h>

#include <cmath>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <string>

#include "osteon/core/error.hpp"
#include "osteon/image/read.hpp"

namespace osteon::test {

/// A new, empty folder that goes away with the object.
class ScratchFolder {
 public:
  ScratchFolder() {
    std::string name = (std::filesystem::temp_directory_path() / "osteon-image-XXXXXX").string();
    REQUIRE(mkdtemp(name.data()) != nullptr);
    path_ = name;
  }
  ~ScratchFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;
  std::filesystem::path operator/(const std::string& name) const { return path_ / name; }
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

/// 5 x 4 x 3 voxels of 0.1 x 0.2 x 0.3 mm, turned about an oblique axis; the value 1 + x + 10 y + 50 z tells the voxel.
inline VoxelImage asymmetric_image() {
  VoxelImage image;
  image.geometry.size = {5, 4, 3};
  image.geometry.spacing_mm = {0.1, 0.2, 0.3};
  image.geometry.origin_mm = {-7, 11, 23};
  // Rotation by 0.7 about (1, 2, 2) / 3 (Rodrigues).
  const double c = std::cos(0.7), s = std::sin(0.7), n[3] = {1.0 / 3, 2.0 / 3, 2.0 / 3};
  const Mat3 cross = {0, -n[2], n[1], n[2], 0, -n[0], -n[1], n[0], 0};
  for (int row = 0; row < 3; ++row)
    for (int a = 0; a < 3; ++a)
      image.geometry.direction[row * 3 + a] = (row == a ? c : 0) + s * cross[row * 3 + a] + (1 - c) * n[row] * n[a];
  for (int z = 0; z < 3; ++z)
    for (int y = 0; y < 4; ++y)
      for (int x = 0; x < 5; ++x) image.values.push_back(static_cast<float>(1 + x + 10 * y + 50 * z));
  image.source = "asymmetric test image";
  return image;
}

inline VoxelImage read(const std::filesystem::path& path, const ReadOptions& options = {}) {
  return read_image(path, options, silent_monitor());
}

/// Same voxels and same place; `tolerance` for what the format's header keeps of the numbers.
inline void check_same(const VoxelImage& image, const VoxelImage& expected, double tolerance = 1e-12) {
  REQUIRE(image.geometry.size == expected.geometry.size);
  CHECK(image.values == expected.values);
  for (int a = 0; a < 3; ++a) {
    CHECK(std::abs(image.geometry.spacing_mm[a] - expected.geometry.spacing_mm[a]) <= tolerance);
    CHECK(std::abs(image.geometry.origin_mm[a] - expected.geometry.origin_mm[a]) <= 100 * tolerance);
  }
  for (int i = 0; i < 9; ++i)
    CHECK(std::abs(image.geometry.direction[i] - expected.geometry.direction[i]) <= 10 * tolerance);
}

inline void write_bytes(const std::filesystem::path& path, const std::string& bytes) {
  std::ofstream stream(path, std::ios::binary);
  stream.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
}

inline std::string file_bytes(const std::filesystem::path& path) {
  std::ifstream stream(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
}

/// Bytes of one number, little-endian unless `big_endian`.
template <class T>
std::string number_bytes(T value, bool big_endian = false) {
  std::string bytes(sizeof(T), '\0');
  std::memcpy(bytes.data(), &value, sizeof(T));
  return big_endian ? std::string(bytes.rbegin(), bytes.rend()) : bytes;
}

template <class T>
std::string voxel_bytes(const VoxelImage& image, bool big_endian = false) {
  std::string bytes;
  for (const float value : image.values) bytes += number_bytes(static_cast<T>(value), big_endian);
  return bytes;
}

/// The message of the InputError that `action` throws; empty when it throws none.
template <class Action>
std::string input_error(const Action& action) {
  try {
    action();
  } catch (const InputError& error) {
    return error.what();
  }
  return {};
}

inline bool contains(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

}  // namespace osteon::test
