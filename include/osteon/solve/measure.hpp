// SPDX-License-Identifier: Apache-2.0
// Speed of the parts of a solve, for benchmarks: what the memory can do, and what the operator does with it.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "osteon/core/device.hpp"
#include "osteon/solve/linear_solver.hpp"

namespace osteon {

/// GB/s (1e9 bytes, read plus written) of `repeats` copies of an array of `bytes` to another one in device memory, by
/// all threads of the device. Meaningful when `bytes` is several times the last-level cache.
std::vector<double> measure_copy(Device& device, std::size_t bytes, int repeats, Monitor& monitor);

/// Seconds per application y = K x, one value per repeat.
struct OperatorTimes {
  std::vector<double> fp64_s, fp32_s;
};
/// Every repeat is the mean of as many applications as take a tenth of a second. Device memory: the operator and two
/// vectors of 3 doubles per node.
OperatorTimes measure_operator(Device& device, const ElasticProblem& problem, int repeats, Monitor& monitor);

/// Bytes one application must move, every value read or written once: x and y, modulus and palette index. Bricks (under
/// 2 B per node) are left out, as in kernels/README.md. `real_bytes`: 4 or 8.
std::size_t operator_bytes(std::size_t nodes, std::size_t elements, std::size_t real_bytes);

/// Vector instructions that the CPU kernels use: "AVX-512", "AVX2" or "baseline".
std::string instruction_set();

}  // namespace osteon
