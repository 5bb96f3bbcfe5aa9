// SPDX-License-Identifier: Apache-2.0
// The files of a time series: one for each step, and the one that readers open.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "osteon/io/time_series.hpp"
#include "result_open.hpp"
#include "series_paths.hpp"

namespace osteon {

/// A step without its fields.
struct SeriesRecord {
  double day = 0;
  std::vector<std::pair<std::string, double>> scalars;
  std::string json;
};

/// Rows of a chunk of a series: 64k or a little less, so that the last chunk of a step is nearly full. A step then takes
/// whole chunks, `series_stride` rows, and moves between files as finished bytes.
std::uint64_t series_chunk_rows(std::uint64_t items);
std::uint64_t series_stride(std::uint64_t items);

/// Points and cells, and how the image grid is turned.
struct SeriesMesh {
  std::uint64_t points = 0, cells = 0;
  Mat3 direction = k_identity3;
  std::uint64_t items(FieldLocation location) const { return location == FieldLocation::point ? points : cells; }
};

void write_step_file(const SeriesPaths& paths, int step, const SeriesStep& data, const SeriesMesh& mesh,
                     const WriteSettings& settings);
/// The groups of a step's file and all of the step but its fields.
void write_step_frame(const h5::Handle& root, const SeriesStep& data, const h5::FileName& file);
SeriesRecord read_step_record(const SeriesPaths& paths, int step);
/// "CellData/NAME COMPONENTS KIND-OF-NUMBER" of every field, sorted: enough to tell whether two steps fit.
std::vector<std::string> step_signature(const std::vector<OutputField>& fields);
/// The same of a file's /PointData and /CellData, or of those in `group`.
std::vector<std::string> step_signature(const std::filesystem::path& path, const std::string& group);

enum class Gather {
  pointers,  ///< virtual datasets and links into the folder of steps
  copies     ///< everything in the file itself
};
/// Writes the file that readers open, from constant_file() and the step files of `records`. `summary`: instead of that
/// of constant_file(); may be null.
void write_series_file(const SeriesPaths& paths, const std::vector<SeriesRecord>& records, Gather gather,
                       const std::string* summary);
/// The reverse of copies: constant_file() and the first `steps` step files from a finished series.
void unpack_series_file(const SeriesPaths& paths, int steps);

SeriesHistory read_history(const OpenResult& open);

}  // namespace osteon
