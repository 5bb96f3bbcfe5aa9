// SPDX-License-Identifier: Apache-2.0
// Chunks: filled and compressed in parallel, written in order.
#include "row_writer.hpp"

#include <omp.h>

#include <algorithm>
#include <atomic>
#include <exception>
#include <vector>

#include "chunk_compression.hpp"

namespace osteon::h5 {

namespace {

struct Layout {
  int rank = 1;
  hsize_t shape[2] = {0, 0};
  hsize_t chunk[2] = {0, 0};
  std::size_t item_bytes = 0, row_bytes = 0;
};

Layout make_layout(const RowSource& source, std::uint64_t rows, const RowSettings& settings) {
  Layout layout;
  layout.rank = source.columns > 0 ? 2 : 1;
  layout.shape[0] = rows;
  layout.chunk[0] = settings.chunk_rows > 0 ? settings.chunk_rows : std::min(rows, k_chunk_rows);
  layout.shape[1] = layout.chunk[1] = source.columns;
  layout.item_bytes = H5Tget_size(source.type);
  layout.row_bytes = layout.item_bytes * std::max<std::uint64_t>(source.columns, 1);
  return layout;
}

void write_block(const Handle& dataset, const RowSource& source, const Layout& layout, std::uint64_t first,
                 std::uint64_t rows, const unsigned char* data, const FileName& file, const std::string& name) {
  const hsize_t start[2] = {first, 0}, count[2] = {rows, source.columns};
  const Handle memory(H5Screate_simple(layout.rank, count, nullptr), H5Sclose, file, name);
  const Handle space(H5Dget_space(dataset.id()), H5Sclose, file, name);
  require(H5Sselect_hyperslab(space.id(), H5S_SELECT_SET, start, nullptr, count, nullptr), file, name);
  require(H5Dwrite(dataset.id(), source.type, memory.id(), space.id(), H5P_DEFAULT, data), file, name);
}

}  // namespace

Handle create_rows(const Handle& parent, const std::string& name, const RowSource& source, std::uint64_t rows,
                   const RowSettings& settings, const FileName& file) {
  const Layout layout = make_layout(source, rows, settings);
  const Handle space(H5Screate_simple(layout.rank, layout.shape, nullptr), H5Sclose, file, name);
  const Handle creation(H5Pcreate(H5P_DATASET_CREATE), H5Pclose, file, name);
  const bool compressed = settings.gzip_level > 0 && rows > 0, chunked = settings.chunk_rows > 0 && rows > 0;
  if (compressed || chunked) require(H5Pset_chunk(creation.id(), layout.rank, layout.chunk), file, name);
  if (compressed) {
    require(H5Pset_shuffle(creation.id()), file, name);
    require(H5Pset_deflate(creation.id(), static_cast<unsigned>(settings.gzip_level)), file, name);
  }
  // Every row of the other kinds is written; the tail of a plain last chunk is not, and must not hold stray memory.
  if (compressed || !chunked) require(H5Pset_fill_time(creation.id(), H5D_FILL_TIME_NEVER), file, name);
  return {H5Dcreate2(parent.id(), name.c_str(), source.type, space.id(), H5P_DEFAULT, creation.id(), H5P_DEFAULT),
          H5Dclose, file, name};
}

Handle write_rows(const Handle& parent, const std::string& name, const RowSource& source, const RowSettings& settings,
                  const FileName& file) {
  Handle dataset = create_rows(parent, name, source, source.rows, settings, file);
  fill_rows(dataset, name, source, 0, settings, file);
  return dataset;
}

void fill_rows(const Handle& dataset, const std::string& name, const RowSource& source, std::uint64_t first,
               const RowSettings& settings, const FileName& file) {
  const Layout layout = make_layout(source, source.rows, settings);
  const std::uint64_t chunk_rows = layout.chunk[0];
  const auto chunks = static_cast<std::int64_t>(source.rows == 0 ? 0 : (source.rows + chunk_rows - 1) / chunk_rows);
  const std::size_t chunk_bytes = chunk_rows * layout.row_bytes;
  const int threads = settings.threads > 0 ? settings.threads : omp_get_max_threads();
  std::exception_ptr error;
  std::atomic<bool> failed{false};

#pragma omp parallel num_threads(threads)
  {
    const QuietErrors quiet;  // HDF5 keeps one error stack per thread
    std::vector<unsigned char> raw, shuffled, packed;
#pragma omp for ordered schedule(static, 1)
    for (std::int64_t c = 0; c < chunks; ++c) {
      const std::uint64_t begin = static_cast<std::uint64_t>(c) * chunk_rows;
      const std::uint64_t end = std::min(begin + chunk_rows, source.rows);
      std::exception_ptr mine;
      try {
        if (!failed) {
          raw.assign(chunk_bytes, 0);  // the tail of the last chunk is padding
          source.fill(begin, end, raw.data());
          if (settings.gzip_level > 0) {
            shuffled.resize(chunk_bytes);
            shuffle_bytes(raw.data(), chunk_bytes, layout.item_bytes, shuffled.data());
            deflate_planes(shuffled.data(), chunk_bytes, layout.item_bytes, settings.gzip_level, packed);
          }
        }
      } catch (...) {
        mine = std::current_exception();
      }
#pragma omp ordered
      {
        try {
          if (mine) std::rethrow_exception(mine);
          const hsize_t offset[2] = {first + begin, 0};
          if (!failed && settings.gzip_level > 0)
            require(H5Dwrite_chunk(dataset.id(), H5P_DEFAULT, 0, offset, packed.size(), packed.data()), file, name);
          else if (!failed)
            write_block(dataset, source, layout, first + begin, end - begin, raw.data(), file, name);
        } catch (...) {
          if (!failed.exchange(true)) error = std::current_exception();
        }
      }
    }
  }
  if (error) std::rethrow_exception(error);
}

}  // namespace osteon::h5
