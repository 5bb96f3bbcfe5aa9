// SPDX-License-Identifier: Apache-2.0
#include "osteon/solve/measure.hpp"

#include <omp.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstring>

#include "fine_operator.hpp"
#include "kernels/simd.hpp"
#include "osteon/core/buffer.hpp"

namespace osteon {

namespace {

constexpr double k_batch_s = 0.1;  ///< long against the clock and against waking the threads
constexpr int k_most_in_batch = 10'000;

/// Seconds from an idle device to an idle device.
template <class Work>
double seconds_of(Device& device, Work work) {
  device.synchronise();
  const auto start = std::chrono::steady_clock::now();
  work();
  device.synchronise();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

/// Calls work(begin, length) on every thread for its contiguous share of `bytes`.
template <class Work>
void share_bytes(Device& device, std::size_t bytes, Work work) {
  KernelScope scope(device);
#pragma omp parallel
  {
    const std::size_t threads = static_cast<std::size_t>(omp_get_num_threads());
    const std::size_t thread = static_cast<std::size_t>(omp_get_thread_num());
    const std::size_t begin = bytes * thread / threads, end = bytes * (thread + 1) / threads;
    work(begin, end - begin);
  }
}

/// Written by the threads that will use it, so that its pages lie near them.
void fill_zero(Device& device, Buffer<char>& buffer) {
  if (device.kind() == DeviceKind::cuda) return buffer.set_zero();
  char* data = buffer.data();
  share_bytes(device, buffer.size(),
              [=](std::size_t begin, std::size_t length) { std::memset(data + begin, 0, length); });
}

/// memcpy of long arrays writes past the cache where that is faster: the most a copy can do on the machine.
void copy(Device& device, const Buffer<char>& from, Buffer<char>& to) {
  if (device.kind() == DeviceKind::cuda) return to.copy_from(from);
  const char* source = from.data();
  char* target = to.data();
  share_bytes(device, from.size(),
              [=](std::size_t begin, std::size_t length) { std::memcpy(target + begin, source + begin, length); });
}

template <class Real>
std::vector<double> time_operator(Device& device, FineOperator& fine, int repeats, Monitor& monitor) {
  std::vector<Real> field(fine.dof_count());
  for (std::size_t i = 0; i < field.size(); ++i)
    field[i] = static_cast<Real>(1e-3 * std::sin(0.1 * static_cast<double>(i)));
  Buffer<Real> x(device, field), y(device, field.size());
  const auto apply = [&] { fine.apply(x.data(), y.data()); };
  apply();  // first touch of y
  const double once_s = seconds_of(device, apply);
  const int batch = std::clamp(static_cast<int>(k_batch_s / std::max(once_s, 1e-9)), 1, k_most_in_batch);
  std::vector<double> times;
  for (int i = 0; i < repeats; ++i) {
    monitor.check_interrupt();
    times.push_back(seconds_of(device,
                               [&] {
                                 for (int k = 0; k < batch; ++k) apply();
                               }) /
                    batch);
  }
  return times;
}

}  // namespace

std::vector<double> measure_copy(Device& device, std::size_t bytes, int repeats, Monitor& monitor) {
  Buffer<char> from(device, bytes), to(device, bytes);
  fill_zero(device, from);
  fill_zero(device, to);
  std::vector<double> rates;
  for (int i = 0; i < repeats; ++i) {
    monitor.check_interrupt();
    const double seconds = seconds_of(device, [&] { copy(device, from, to); });
    rates.push_back(2e-9 * static_cast<double>(bytes) / seconds);
  }
  return rates;
}

OperatorTimes measure_operator(Device& device, const ElasticProblem& problem, int repeats, Monitor& monitor) {
  FineOperator fine(device, problem);
  OperatorTimes times;
  times.fp64_s = time_operator<double>(device, fine, repeats, monitor);
  times.fp32_s = time_operator<float>(device, fine, repeats, monitor);
  return times;
}

std::size_t operator_bytes(std::size_t nodes, std::size_t elements, std::size_t real_bytes) {
  constexpr std::size_t k_material = sizeof(float) + sizeof(std::uint8_t);
  return 2 * 3 * real_bytes * nodes + k_material * elements;
}

std::string instruction_set() {
  switch (kernels::simd_level()) {
    case kernels::SimdLevel::avx512:
      return "AVX-512";
    case kernels::SimdLevel::avx2:
      return "AVX2";
    case kernels::SimdLevel::baseline:
      break;
  }
  return "baseline";
}

}  // namespace osteon
