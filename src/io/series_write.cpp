// SPDX-License-Identifier: Apache-2.0
// Time series: which file is written, renamed or removed when, so that a crash at any instant loses at most a step.
#include <algorithm>
#include <system_error>

#include "osteon/core/error.hpp"
#include "osteon/io/export.hpp"
#include "series_files.hpp"
#include "staged_file.hpp"

namespace osteon {

namespace fs = std::filesystem;

namespace {

void remove_path(const fs::path& path) {
  std::error_code error;
  fs::remove_all(path, error);
  if (error) throw InputError("cannot remove " + path.string() + ": " + error.message());
}

void make_folder(const fs::path& folder) {
  std::error_code error;
  fs::create_directory(folder, error);
  if (error) throw InputError("cannot make the folder " + folder.string() + ": " + error.message());
}

void remove_leftovers(const SeriesPaths& paths) {
  for (const fs::path& target : {paths.result, paths.xdmf(), paths.folder}) remove_partial_files(target);
}

/// Step files from number `steps` on. Nothing that readers open may point to them any more.
void drop_step_files(const SeriesPaths& paths, int steps) {
  std::vector<fs::path> kept, found;
  for (int step = 0; step < steps; ++step) kept.push_back(paths.step_file(step).filename());
  std::sort(kept.begin(), kept.end());
  for (const auto& entry : fs::directory_iterator(paths.folder))
    if (entry.path().filename().string().rfind("step_", 0) == 0 &&
        !std::binary_search(kept.begin(), kept.end(), entry.path().filename()))
      found.push_back(entry.path());
  for (const fs::path& path : found) remove_path(path);
}

void require_same_mesh(const SeriesPaths& paths, const ElasticModel& model) {
  const OpenResult open = open_result(paths.constant_file());
  const auto stored = h5::read_dataset<std::int32_t>(open.osteon, "element_voxel", open.file);
  const auto& positions = model.mesh->element_positions();
  bool same = stored.size() == 3 * positions.size();
  for (std::size_t e = 0; same && e < positions.size(); ++e)
    for (int d = 0; d < 3; ++d) same = same && stored[3 * e + static_cast<std::size_t>(d)] == positions[e][d];
  if (!same)
    throw InputError("cannot go on with " + paths.result.string() +
                     ": it holds another mesh; was the image or its preparation changed since?");
}

std::vector<SeriesRecord> read_records(const SeriesPaths& paths, int steps) {
  std::vector<SeriesRecord> records;
  for (int step = 0; step < steps; ++step) {
    if (!fs::exists(paths.step_file(step)))
      throw InputError("cannot go on with " + paths.result.string() + " after " + std::to_string(steps) +
                       " steps: step " + std::to_string(step) + " is missing, " + paths.step_file(step).string());
    records.push_back(read_step_record(paths, step));
  }
  return records;
}

/// A finished series is taken apart into step files again.
void open_up(const SeriesPaths& paths, int steps) {
  if (!fs::exists(paths.result)) return;  // killed in its first step
  const OpenResult open = open_result(paths.result);
  if (!open.is_series())
    throw InputError("cannot go on with " + paths.result.string() + ": it is a result without time steps");
  if (!open.finished) return;
  if (open.days.size() < static_cast<std::size_t>(steps))
    throw InputError("cannot go on with " + paths.result.string() + " after " + std::to_string(steps) +
                     " steps: it has only " + std::to_string(open.days.size()));
  make_folder(paths.folder);
  unpack_series_file(paths, steps);
}

/// "CellData/NAME" of "CellData/NAME 1 f32".
std::string name_of(const std::string& signature) {
  return signature.substr(0, signature.rfind(' ', signature.rfind(' ') - 1));
}

}  // namespace

struct TimeSeriesWriter::Impl {
  SeriesPaths paths;
  WriteSettings settings;
  SeriesMesh mesh;
  std::vector<SeriesRecord> records;
  std::vector<std::string> signature;  ///< of the fields of every step
  std::vector<std::string> fixed;      ///< of the fields that no step changes
  bool finished = false;

  Impl(const fs::path& path, const ElasticModel& model, const WriteSettings& write_settings)
      : paths(path), settings(write_settings) {
    OSTEON_ASSERT(settings.gzip_level >= 0 && settings.gzip_level <= 9);
    mesh.points = static_cast<std::uint64_t>(model.mesh->node_count());
    mesh.cells = static_cast<std::uint64_t>(model.mesh->element_count());
    mesh.direction = model.geometry.direction;
  }

  void require_fitting(const SeriesStep& step) const {
    if (!records.empty() && !(step.day > records.back().day))
      throw InternalError("a step of day " + std::to_string(step.day) + " follows one of day " +
                          std::to_string(records.back().day));
    const std::vector<std::string> mine = step_signature(step.fields);
    if (!records.empty() && mine != signature) throw InternalError("a step has other fields than the steps before it");
    for (const std::string& field : mine)
      for (const std::string& constant : fixed)
        if (name_of(field) == name_of(constant))
          throw InternalError("field " + name_of(field) + " is constant and also in a step");
  }

  void write_readable_files() const {
    write_series_file(paths, records, Gather::pointers, nullptr);
    export_series_xdmf(paths.result, paths.xdmf(), {}, true);
  }
};

TimeSeriesWriter::TimeSeriesWriter(const fs::path& path, const ResultData& data, const WriteSettings& settings) {
  const h5::QuietErrors quiet;
  OSTEON_ASSERT(data.model != nullptr && data.model->mesh != nullptr);
  impl_ = std::make_unique<Impl>(path, *data.model, settings);
  impl_->fixed = step_signature(data.fields);
  const SeriesPaths& paths = impl_->paths;
  remove_leftovers(paths);
  for (const fs::path& old : {paths.xdmf(), paths.result, paths.folder}) remove_path(old);
  make_folder(paths.folder);
  write_result(paths.constant_file(), data, settings);
}

TimeSeriesWriter TimeSeriesWriter::resume(const fs::path& path, const ElasticModel& model, int steps_to_keep,
                                          const WriteSettings& settings) {
  const h5::QuietErrors quiet;
  OSTEON_ASSERT(steps_to_keep >= 0);
  auto impl = std::make_unique<Impl>(path, model, settings);
  const SeriesPaths& paths = impl->paths;
  remove_leftovers(paths);
  open_up(paths, steps_to_keep);
  require_same_mesh(paths, model);
  impl->fixed = step_signature(paths.constant_file(), "/VTKHDF");
  impl->records = read_records(paths, steps_to_keep);
  remove_path(paths.xdmf());
  if (steps_to_keep > 0) {
    impl->signature = step_signature(paths.step_file(0), "/");
    impl->write_readable_files();
  } else {
    remove_path(paths.result);
  }
  drop_step_files(paths, steps_to_keep);
  return TimeSeriesWriter(std::move(impl));
}

TimeSeriesWriter::TimeSeriesWriter(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
TimeSeriesWriter::TimeSeriesWriter(TimeSeriesWriter&&) noexcept = default;
TimeSeriesWriter& TimeSeriesWriter::operator=(TimeSeriesWriter&&) noexcept = default;
TimeSeriesWriter::~TimeSeriesWriter() = default;

int TimeSeriesWriter::step_count() const { return static_cast<int>(impl_->records.size()); }

void TimeSeriesWriter::add_step(const SeriesStep& step) {
  const h5::QuietErrors quiet;
  OSTEON_ASSERT(!impl_->finished);
  impl_->require_fitting(step);
  write_step_file(impl_->paths, step_count(), step, impl_->mesh, impl_->settings);
  impl_->records.push_back(read_step_record(impl_->paths, step_count()));
  try {
    impl_->write_readable_files();
  } catch (...) {
    impl_->records.pop_back();
    throw;
  }
  if (step_count() == 1) impl_->signature = step_signature(step.fields);
}

void TimeSeriesWriter::finish(const std::string& summary_json) {
  const h5::QuietErrors quiet;
  OSTEON_ASSERT(!impl_->finished && step_count() > 0);
  write_series_file(impl_->paths, impl_->records, Gather::copies, &summary_json);
  impl_->finished = true;
  remove_path(impl_->paths.folder);  // the .xdmf names places in `path` that are the same as before
}

}  // namespace osteon
