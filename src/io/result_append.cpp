// SPDX-License-Identifier: Apache-2.0
// Adds fields to a result: on a copy, renamed when it is whole.
#include <algorithm>
#include <system_error>

#include "osteon/core/error.hpp"
#include "result_open.hpp"
#include "staged_file.hpp"

namespace osteon {

namespace {

std::uint64_t item_count(const h5::Handle& vtkhdf, FieldLocation location, const h5::FileName& file) {
  const char* name = location == FieldLocation::point ? "NumberOfPoints" : "NumberOfCells";
  return static_cast<std::uint64_t>(h5::read_dataset<std::int64_t>(vtkhdf, name, 1, file)[0]);
}

void replace_field(const h5::Handle& vtkhdf, const OutputField& field, const Mat3& direction,
                   const h5::RowSettings& settings, const h5::FileName& file) {
  const std::uint64_t items = item_count(vtkhdf, field.location, file);
  const std::uint64_t values = field.values.size() + field.values_f64.size() + field.values_i32.size();
  if (values != items * static_cast<std::uint64_t>(field.components))
    throw InputError("field " + field.name + " has " + std::to_string(values) + " values and does not fit " +
                     file.path + ", which has " + std::to_string(items) +
                     (field.location == FieldLocation::point ? " points" : " cells"));
  const h5::Handle group = h5::open_group(vtkhdf, group_of(field.location), file);
  if (h5::has_link(group, field.name))
    h5::require(H5Ldelete(group.id(), field.name.c_str(), H5P_DEFAULT), file, field.name);
  write_field(vtkhdf, field, items, direction, settings, file);
}

void replace_fields(const h5::Handle& root, const std::vector<OutputField>& fields, const h5::RowSettings& settings,
                    const h5::FileName& file) {
  const h5::Handle vtkhdf = h5::open_group(root, "VTKHDF", file);
  const h5::Handle grid = h5::open_group(h5::open_group(root, "Osteon", file), "grid", file);
  const auto stored = h5::read_dataset<double>(grid, "direction", 9, file);
  Mat3 direction;
  std::copy(stored.begin(), stored.end(), direction.begin());
  for (const OutputField& field : fields) replace_field(vtkhdf, field, direction, settings, file);
}

}  // namespace

void append_fields(const std::filesystem::path& path, const std::vector<OutputField>& fields,
                   const WriteSettings& settings) {
  const h5::QuietErrors quiet;
  if (open_result(path).is_series())  // also says in words what is wrong with a file that is not ours
    throw InputError("cannot write " + path.string() + ": a field of a time series needs values for every step");
  StagedFile staged(path);
  std::error_code error;
  std::filesystem::copy_file(path, staged.path(), error);
  if (error) throw InputError("cannot write " + path.string() + ": " + error.message());
  const h5::FileName file{path.string(), "write"};
  {
    h5::Handle root = h5::open_file(staged.path(), file, H5F_ACC_RDWR);
    replace_fields(root, fields, {settings.gzip_level, settings.threads, 0}, file);
    root.close(file, "closing the file");
  }
  staged.commit();
}

}  // namespace osteon
