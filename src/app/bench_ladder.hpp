// SPDX-License-Identifier: Apache-2.0
// The standard problems of `osteon bench`: which there are, which fit into memory, and how they are made.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "osteon/model/elastic_model.hpp"
#include "osteon/model/load_case.hpp"

namespace osteon::app {

/// solid     a block of bone
/// plates    plate-like trabecular bone
/// rods      rod-like trabecular bone, BV/TV 0.25, struts 20 voxels apart
/// contrast  the rods with every pore filled by a material 1e4 times softer, so that all voxels are elements
const std::vector<std::string>& bench_kinds();

/// One problem: a cube of `size` voxels along each edge.
struct BenchStep {
  std::string kind;
  int size = 64;

  std::string name() const { return kind + " " + std::to_string(size); }
};

/// Bytes a problem needs at its peak, making it included, estimated before anything is made.
struct BenchNeed {
  std::size_t device = 0;
  std::size_t host = 0;  ///< when the device is a GPU: without what lies there
};
BenchNeed estimate_need(const BenchStep& step, bool on_gpu);

struct FreeMemory {
  std::size_t device = 0, host = 0;  ///< bytes; the same memory when the device is no GPU
};

struct SkippedStep {
  BenchStep step;
  std::size_t needed_bytes = 0, free_bytes = 0;
  bool on_device = false;  ///< device memory is what lacks, else host memory

  /// "skipped solid 512: it needs about 61.3 GB of host memory, and of the 22.1 GB free 17.7 GB would be used"
  std::string text() const;
};

struct Ladder {
  std::vector<BenchStep> steps;  ///< small sizes first
  std::vector<SkippedStep> skipped;
};
/// Every kind at every size that fits. `only_first_skipped`: per kind the smallest size that does not fit is named, not
/// every larger one.
Ladder select_ladder(const std::vector<std::string>& kinds, std::vector<int> sizes, FreeMemory free, bool on_gpu,
                     bool only_first_skipped);

/// The problem ready to solve: 10 000 MPa, Poisson's ratio 0.3, voxels of 0.036 mm, load case `axial` along z, -1 %.
struct BenchModel {
  ElasticModel elastic;
  ResolvedLoadCase load_case;
};
BenchModel make_bench_model(const BenchStep& step, std::uint64_t seed);

}  // namespace osteon::app
