// SPDX-License-Identifier: Apache-2.0
// A place where kernels run and their memory lives.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "osteon/core/monitor.hpp"

namespace osteon {

/// `checked` runs the CPU loops on a heap of its own that host code cannot touch: it finds missing copies
/// on a machine without a GPU (the idea of MFEM's debug device and libCEED's memcheck backend).
enum class DeviceKind { cpu, cuda, checked };

const char* device_kind_name(DeviceKind kind);

/// What a device keeps of work it repeats (Device::record_and_run). Must not outlive the device.
class Recording {
 public:
  struct Kept {
    virtual ~Kept() = default;
  };
  std::unique_ptr<Kept> kept;  ///< the device's own; null before the first run, and on devices that keep nothing
};

/// Memory and identity of one device. Not copyable; outlives every Buffer made on it. Work is done in the order one
/// host thread asks for it; a thread that goes on with another's work must let that one synchronise first.
class Device {
 public:
  Device() = default;
  Device(const Device&) = delete;
  Device& operator=(const Device&) = delete;
  virtual ~Device() = default;

  virtual DeviceKind kind() const = 0;
  /// For the summary, e.g. "AMD EPYC, 2 threads, AVX-512" or "NVIDIA H100 80GB HBM3".
  virtual std::string description() const = 0;
  /// CPU threads used by kernels and by host code beside them.
  virtual int threads() const = 0;

  /// Uninitialised (NaN-filled when `checked`) device memory. Throws DeviceError with the numbers when it does not fit.
  virtual void* allocate(std::size_t bytes) = 0;
  virtual void release(void* pointer, std::size_t bytes) noexcept = 0;
  virtual void copy_to_device(void* device, const void* host, std::size_t bytes) = 0;
  virtual void copy_to_host(void* host, const void* device, std::size_t bytes) = 0;
  virtual void copy_on_device(void* to, const void* from, std::size_t bytes) = 0;
  virtual void set_zero(void* device, std::size_t bytes) = 0;
  /// Bytes that can still be allocated, as far as the system tells.
  virtual std::size_t free_bytes() const = 0;
  /// Waits until everything asked of the device is done.
  virtual void synchronise() = 0;

  /// Does what `work` asks of the device. A device may keep the launches and repeat them, without calling `work`, for
  /// as long as `key` is the same: pointers, sizes and factors in `work` must follow from the key. `work` may launch
  /// kernels, clear, and copy on the device; not allocate, wait, or copy from or to the host.
  virtual void record_and_run(Recording& /*recording*/, std::size_t /*key*/, const std::function<void()>& work) {
    work();
  }

  /// Seconds the device worked on what it was asked for between start and stop; to be read once it has done it.
  virtual void start_timer() { started_ = std::chrono::steady_clock::now(); }
  virtual void stop_timer() { stopped_ = std::chrono::steady_clock::now(); }
  virtual double timer_s() const { return std::chrono::duration<double>(stopped_ - started_).count(); }

  /// Opened by every CPU kernel around its work; unlocks the `checked` heap.
  virtual void begin_kernel() {}
  virtual void end_kernel() noexcept {}

  /// Bytes in buffers now, and at most since the device was made or the peak was restarted.
  std::size_t bytes_in_use() const { return in_use_; }
  std::size_t bytes_peak() const { return peak_; }
  void restart_peak() { peak_ = in_use_; }

 protected:
  void count_allocation(std::size_t bytes) {
    in_use_ += bytes;
    if (in_use_ > peak_) peak_ = in_use_;
  }
  void count_release(std::size_t bytes) { in_use_ -= bytes; }

 private:
  std::size_t in_use_ = 0;
  std::size_t peak_ = 0;
  std::chrono::steady_clock::time_point started_, stopped_;
};

/// Scope of one CPU kernel on `device`.
class KernelScope {
 public:
  explicit KernelScope(Device& device) : device_(device) { device_.begin_kernel(); }
  ~KernelScope() { device_.end_kernel(); }
  KernelScope(const KernelScope&) = delete;
  KernelScope& operator=(const KernelScope&) = delete;

 private:
  Device& device_;
};

/// One line of `osteon devices`.
struct DeviceAvailability {
  DeviceKind kind = DeviceKind::cpu;
  bool usable = false;
  std::string description;  ///< the device, or why it cannot be used
};
std::vector<DeviceAvailability> list_devices();

/// `request` is auto, cpu, cuda or checked. `auto` takes the fastest usable one and notes why; an explicit request
/// that cannot be honoured throws DeviceError with the reason. `threads` 0 means all the machine's cores.
std::unique_ptr<Device> make_device(const std::string& request, int threads, Monitor& monitor);

}  // namespace osteon
