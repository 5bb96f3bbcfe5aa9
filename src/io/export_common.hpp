// SPDX-License-Identifier: Apache-2.0
// Small helpers that the exporters share.
#pragma once

#include <cstdio>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "osteon/io/result_file.hpp"

namespace osteon {

/// A file open for writing in plain bytes; every failure is an InputError naming the target.
class OutputBytes {
 public:
  /// Writes `path`, names `target` in messages.
  OutputBytes(const std::filesystem::path& path, const std::filesystem::path& target);
  void write(std::string_view bytes);
  /// Flushes and closes; without it the file is closed without a check.
  void close();

 private:
  std::filesystem::path target_;
  std::unique_ptr<std::FILE, int (*)(std::FILE*)> file_;
};

/// Calls `visit` with the one array of the field that is filled.
template <class Visit>
void visit_values(const OutputField& field, Visit visit) {
  if (!field.values_f64.empty())
    visit(field.values_f64);
  else if (!field.values_i32.empty())
    visit(field.values_i32);
  else
    visit(field.values);
}

/// Items a field must have.
inline std::size_t item_count(const StoredResult& result, FieldLocation location) {
  return location == FieldLocation::point ? result.points_mm.size() : result.element_positions.size();
}

}  // namespace osteon
