// SPDX-License-Identifier: Apache-2.0
// The course of a time series, and fields added to all of its steps.
#include <sstream>
#include <system_error>

#include "hdf5_copy.hpp"
#include "osteon/core/error.hpp"
#include "series_files.hpp"
#include "staged_file.hpp"

namespace osteon {

namespace {

Mat3 stored_direction(const OpenResult& open) {
  const h5::Handle grid = h5::open_group(open.osteon, "grid", open.file);
  const auto stored = h5::read_dataset<double>(grid, "direction", 9, open.file);
  Mat3 direction;
  std::copy(stored.begin(), stored.end(), direction.begin());
  return direction;
}

/// Makes room for a field in every step; a field that is there is replaced.
h5::Handle make_room(const h5::Handle& root, const OutputField& field, const h5::RowSource& source, std::size_t steps,
                     const h5::RowSettings& rows, const h5::FileName& file) {
  const std::string offsets_name = "Steps/" + std::string(group_of(field.location)) + "Offsets";
  const h5::Handle vtkhdf = h5::open_group(root, "VTKHDF", file);
  const h5::Handle group = h5::open_group(vtkhdf, group_of(field.location), file);
  const h5::Handle offsets = h5::open_group(vtkhdf, offsets_name, file);
  for (const h5::Handle* parent : {&group, &offsets})
    if (h5::has_link(*parent, field.name))
      h5::require(H5Ldelete(parent->id(), field.name.c_str(), H5P_DEFAULT), file, field.name);
  const std::uint64_t stride = series_stride(source.rows);
  std::vector<std::int64_t> first;
  for (std::size_t s = 0; s < steps; ++s) first.push_back(static_cast<std::int64_t>(s * stride));
  h5::write_dataset(offsets, field.name, first, file);
  h5::Handle dataset = h5::create_rows(group, field.name, source, steps * stride, rows, file);
  write_field_attributes(dataset, field, file);
  return dataset;
}

void add_to_steps(const h5::Handle& root, const OpenResult& before,
                  const std::function<std::vector<OutputField>(int step)>& make, const WriteSettings& settings,
                  const h5::FileName& file) {
  const Mat3 direction = stored_direction(before);
  const std::size_t steps = before.days.size();
  std::vector<h5::Handle> datasets;
  std::vector<std::string> signature;
  for (std::size_t s = 0; s < steps; ++s) {
    const std::vector<OutputField> fields = make(static_cast<int>(s));
    if (s == 0) signature = step_signature(fields);
    if (step_signature(fields) != signature) throw InternalError("the fields added to the steps of a series differ");
    for (std::size_t f = 0; f < fields.size(); ++f) {
      const OutputField& field = fields[f];
      const std::uint64_t items = before.items(field.location);
      const h5::RowSource source = field_rows(field, items, direction);
      const h5::RowSettings rows{settings.gzip_level, settings.threads, series_chunk_rows(items)};
      if (s == 0) datasets.push_back(make_room(root, field, source, steps, rows, file));
      h5::fill_rows(datasets[f], field.name, source, s * series_stride(items), rows, file);
    }
  }
}

}  // namespace

SeriesHistory read_history(const OpenResult& open) {
  SeriesHistory history;
  history.days = open.days;
  history.finished = open.finished;
  if (!open.is_series()) return history;
  const h5::Handle group = h5::open_group(open.osteon, "history", open.file);
  std::istringstream text(h5::read_text(group, "steps", open.file));
  for (std::string line; std::getline(text, line);) history.step_json.push_back(line);
  if (history.step_json.size() != open.days.size()) fail_content(open.file, "its history lacks steps");
  const h5::Handle scalars = h5::open_group(group, "scalars", open.file);
  for (const std::string& name : h5::member_names(scalars, open.file))
    history.scalars.emplace_back(name, h5::read_dataset<double>(scalars, name, open.days.size(), open.file));
  return history;
}

SeriesHistory read_series_history(const std::filesystem::path& path) {
  const h5::QuietErrors quiet;
  return read_history(open_result(path));
}

void append_series_fields(const std::filesystem::path& path,
                          const std::function<std::vector<OutputField>(int step)>& make,
                          const WriteSettings& settings) {
  const h5::QuietErrors quiet;
  StagedFile staged(path);
  const h5::FileName file{path.string(), "write"};
  {
    const OpenResult before = open_result(path);
    if (!before.is_series()) throw InputError("cannot write " + path.string() + ": it has no time steps");
    if (!before.finished)
      throw InputError("cannot write " + path.string() +
                       ": the run that writes it has not finished; wait for it, or resume it if it was interrupted");
    std::error_code error;
    std::filesystem::copy_file(path, staged.path(), error);
    if (error) throw InputError("cannot write " + path.string() + ": " + error.message());
    h5::Handle root = h5::open_file(staged.path(), file, H5F_ACC_RDWR);
    add_to_steps(root, before, make, settings, file);
    root.close(file, "closing the file");
  }
  staged.commit();
}

}  // namespace osteon
