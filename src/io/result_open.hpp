// SPDX-License-Identifier: Apache-2.0
// A result file open for reading: what its groups say before any field is read.
#pragma once

#include <string>
#include <vector>

#include "result_layout.hpp"

namespace osteon {

struct OpenResult {
  h5::FileName file;
  h5::Handle root, vtkhdf, osteon;
  std::uint64_t points = 0, cells = 0;
  std::vector<double> days;       ///< of a time series; empty for a result without steps
  bool finished = true;           ///< false: the data lies in steps_folder
  std::string steps_folder;       ///< relative to the file's folder

  bool is_series() const { return !days.empty(); }
  std::uint64_t items(FieldLocation location) const { return location == FieldLocation::point ? points : cells; }
};

OpenResult open_result(const std::filesystem::path& path);

enum class NumberKind { f32, f64, i32 };

/// One dataset of /VTKHDF/PointData or /CellData.
struct StoredField {
  OutputField about;  ///< no values
  NumberKind kind = NumberKind::f32;
  std::uint64_t rows = 0;               ///< of the whole dataset
  std::vector<std::uint64_t> first_row;  ///< of each step; {0} without steps
};
/// Points first, alphabetical; checked against the shape of their datasets.
std::vector<StoredField> describe_fields(const OpenResult& open);

/// Throws InputError: what is wrong, and that the file is damaged or foreign.
[[noreturn]] void fail_content(const h5::FileName& file, const std::string& what);

}  // namespace osteon
