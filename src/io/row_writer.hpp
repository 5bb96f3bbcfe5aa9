// SPDX-License-Identifier: Apache-2.0
// Large datasets, made and compressed chunk by chunk on all threads.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "hdf5_handle.hpp"

namespace osteon::h5 {

/// A dataset of `rows` x `columns` (one-dimensional when `columns` is 0) whose rows are made when they are needed.
struct RowSource {
  hid_t type = -1;
  std::uint64_t rows = 0;
  std::uint64_t columns = 0;
  /// Writes rows [begin, end) at `out`; called from several threads at once.
  std::function<void(std::uint64_t begin, std::uint64_t end, unsigned char* out)> fill;
};

inline constexpr std::uint64_t k_chunk_rows = 65536;

struct RowSettings {
  int gzip_level = 1;  ///< 0: contiguous, no filter
  int threads = 0;     ///< 0: all
  /// Rows of a chunk; 0: k_chunk_rows, and contiguous without gzip. Time series ask for chunks of their own.
  std::uint64_t chunk_rows = 0;
};

/// Creates dataset `name` for `rows` rows of the source's type and columns. Values never written are zero when it is
/// chunked, undefined otherwise.
Handle create_rows(const Handle& parent, const std::string& name, const RowSource& source, std::uint64_t rows,
                   const RowSettings& settings, const FileName& file);
/// Writes the source's rows from row `first` of the dataset on, a whole number of chunks when it is compressed. The rest
/// of the last chunk is zeroed then.
void fill_rows(const Handle& dataset, const std::string& name, const RowSource& source, std::uint64_t first,
               const RowSettings& settings, const FileName& file);

/// Creates dataset `name` and writes it; returns it open, for attributes. With a gzip level the chunks (64k rows) pass
/// through the same shuffle and deflate that HDF5 would run on one thread, and go to the file as finished bytes, in
/// order, so the file does not depend on the number of threads. Host memory: two chunks a thread.
Handle write_rows(const Handle& parent, const std::string& name, const RowSource& source, const RowSettings& settings,
                  const FileName& file);

}  // namespace osteon::h5
