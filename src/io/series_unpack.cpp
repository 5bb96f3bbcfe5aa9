// SPDX-License-Identifier: Apache-2.0
// Takes a finished time series apart again, so that a run can go on with it.
#include <algorithm>
#include <cmath>
#include <sstream>

#include "hdf5_copy.hpp"
#include "osteon/core/error.hpp"
#include "series_files.hpp"
#include "staged_file.hpp"

namespace osteon {

namespace {

constexpr FieldLocation k_locations[] = {FieldLocation::point, FieldLocation::cell};

/// "CellData/NAME" lines of the fields that no step changes.
std::vector<std::string> constant_fields(const OpenResult& open) {
  const h5::Handle history = h5::open_group(open.osteon, "history", open.file);
  std::istringstream text(h5::read_text(history, "constant_fields", open.file));
  std::vector<std::string> lines;
  for (std::string line; std::getline(text, line);) lines.push_back(line);
  return lines;
}

void unpack_constant(const SeriesPaths& paths, const OpenResult& open, const std::vector<std::string>& fixed) {
  const h5::FileName file{paths.constant_file().string(), "write"};
  StagedFile staged(paths.constant_file());
  {
    h5::Handle root = h5::create_file(staged.path(), file);
    const h5::Handle vtkhdf = h5::create_group(root, "VTKHDF", file), osteon = h5::create_group(root, "Osteon", file);
    h5::copy_attributes(open.vtkhdf, vtkhdf, file);
    h5::copy_attributes(open.osteon, osteon, file);
    for (const std::string& name : h5::member_names(open.vtkhdf, open.file))
      if (name != "Steps" && name != "PointData" && name != "CellData")
        h5::copy_object(open.vtkhdf, name, vtkhdf, file);
    for (const std::string& name : h5::member_names(open.osteon, open.file))
      if (name != "history") h5::copy_object(open.osteon, name, osteon, file);
    for (const FieldLocation location : k_locations) {
      const std::string group_name = group_of(location);
      const h5::Handle from = h5::open_group(open.vtkhdf, group_name, open.file);
      const h5::Handle to = h5::create_group(vtkhdf, group_name, file);
      for (const std::string& name : h5::member_names(from, open.file))
        if (std::find(fixed.begin(), fixed.end(), group_name + "/" + name) != fixed.end())
          h5::copy_object(from, name, to, file);
    }
    root.close(file, "closing the file");
  }
  staged.commit();
}

void unpack_field(const OpenResult& open, const StoredField& field, int step, const h5::Handle& root,
                  const h5::FileName& file) {
  const std::string& name = field.about.name;
  const char* group = group_of(field.about.location);
  const h5::Handle from = h5::open_dataset(h5::open_group(open.vtkhdf, group, open.file), name, open.file);
  const std::uint64_t rows = h5::chunk_rows(from, open.file);
  if (rows != series_chunk_rows(field.about.items))
    throw InputError("cannot go on with " + open.file.path + ": another program has rewritten its field " + name);
  const h5::Handle to = h5::create_like(from, field.about.items, h5::open_group(root, group, file), name, file);
  h5::copy_attributes(from, to, file);
  h5::copy_chunks(from, field.first_row[static_cast<std::size_t>(step)], to, 0,
                  series_stride(field.about.items) / rows, file, name);
}

void unpack_step(const SeriesPaths& paths, const OpenResult& open, const std::vector<StoredField>& stepped,
                 const SeriesHistory& history, int step) {
  const auto s = static_cast<std::size_t>(step);
  SeriesStep empty;
  empty.day = history.days[s];
  empty.json = history.step_json[s];
  for (const auto& [name, column] : history.scalars)
    if (!std::isnan(column[s])) empty.scalars.emplace_back(name, column[s]);
  const h5::FileName file{paths.step_file(step).string(), "write"};
  StagedFile staged(paths.step_file(step));
  {
    h5::Handle root = h5::create_file(staged.path(), file);
    write_step_frame(root, empty, file);
    for (const StoredField& field : stepped) unpack_field(open, field, step, root, file);
    root.close(file, "closing the file");
  }
  staged.commit();
}

}  // namespace

void unpack_series_file(const SeriesPaths& paths, int steps) {
  const OpenResult open = open_result(paths.result);
  const std::vector<std::string> fixed = constant_fields(open);
  std::vector<StoredField> stepped;
  for (StoredField& field : describe_fields(open)) {
    const std::string path = group_of(field.about.location) + ("/" + field.about.name);
    if (std::find(fixed.begin(), fixed.end(), path) == fixed.end()) stepped.push_back(std::move(field));
  }
  unpack_constant(paths, open, fixed);
  const SeriesHistory history = read_history(open);
  for (int step = 0; step < steps; ++step) unpack_step(paths, open, stepped, history, step);
}

}  // namespace osteon
