// SPDX-License-Identifier: Apache-2.0
// The CPU device, and the choice between devices.
#include "osteon/core/device.hpp"

#include <omp.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <thread>

#include "checked_device.hpp"
#include "cpu_info.hpp"
#include "cuda_device.hpp"
#include "osteon/core/error.hpp"

namespace osteon {

Monitor& silent_monitor() {
  static Monitor monitor;
  return monitor;
}

const char* device_kind_name(DeviceKind kind) {
  switch (kind) {
    case DeviceKind::cpu: return "cpu";
    case DeviceKind::cuda: return "cuda";
    case DeviceKind::checked: return "checked";
  }
  return "unknown";
}

namespace {

class CpuDevice final : public Device {
 public:
  explicit CpuDevice(int threads) : threads_(threads) {}
  DeviceKind kind() const override { return DeviceKind::cpu; }
  std::string description() const override { return cpu_description(threads_); }
  int threads() const override { return threads_; }

  void* allocate(std::size_t bytes) override {
    constexpr std::size_t k_alignment = 64;
    void* pointer = std::aligned_alloc(k_alignment, (bytes + k_alignment - 1) / k_alignment * k_alignment);
    if (pointer == nullptr)
      throw DeviceError("out of memory: " + std::to_string(bytes >> 20) + " MiB more were asked for and " +
                        std::to_string(free_bytes() >> 20) + " MiB are free; crop or coarsen the image");
    count_allocation(bytes);
    return pointer;
  }
  void release(void* pointer, std::size_t bytes) noexcept override {
    std::free(pointer);
    count_release(bytes);
  }
  void copy_to_device(void* device, const void* host, std::size_t bytes) override { std::memcpy(device, host, bytes); }
  void copy_to_host(void* host, const void* device, std::size_t bytes) override { std::memcpy(host, device, bytes); }
  void copy_on_device(void* to, const void* from, std::size_t bytes) override { std::memcpy(to, from, bytes); }
  void set_zero(void* device, std::size_t bytes) override { std::memset(device, 0, bytes); }
  std::size_t free_bytes() const override { return free_host_memory(); }
  void synchronise() override {}

 private:
  int threads_;
};

}  // namespace

std::vector<DeviceAvailability> list_devices() {
  std::vector<DeviceAvailability> devices;
  devices.push_back({DeviceKind::cpu, true, cpu_description(available_threads())});
  devices.push_back(cuda_availability());
  devices.push_back({DeviceKind::checked, true, "CPU loops on a guarded heap, for tests"});
  return devices;
}

std::unique_ptr<Device> make_device(const std::string& request, int threads, Monitor& monitor) {
  if (threads < 0) throw UsageError("threads must be 0 (all cores) or more, got " + std::to_string(threads));
  const int used = threads == 0 ? available_threads() : threads;
  omp_set_num_threads(used);
  const DeviceAvailability cuda = cuda_availability();
  if (request == "cuda") {
    if (!cuda.usable) throw DeviceError("backend cuda was asked for but cannot be used: " + cuda.description);
    return make_cuda_device(used);
  }
  if (request == "auto") {
    if (cuda.usable) {
      monitor.note("backend cuda: " + cuda.description);
      return make_cuda_device(used);
    }
    monitor.note("backend cpu: " + cpu_description(used) + " (no cuda: " + cuda.description + ")");
    return std::make_unique<CpuDevice>(used);
  }
  if (request == "cpu") return std::make_unique<CpuDevice>(used);
  if (request == "checked") return make_checked_device(used);
  throw UsageError("unknown backend '" + request + "': use auto, cpu or cuda");
}

}  // namespace osteon
