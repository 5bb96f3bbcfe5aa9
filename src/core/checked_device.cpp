// SPDX-License-Identifier: Apache-2.0
// CPU loops on a heap that host code cannot touch: pages are open only while a kernel or an explicit copy runs, and
// fresh memory is filled with NaN. A missing copy is then a segmentation fault, an unwritten output a NaN.
#include "checked_device.hpp"

#include <sys/mman.h>
#include <unistd.h>

#include <cstring>
#include <map>

#include "cpu_info.hpp"
#include "osteon/core/error.hpp"

namespace osteon {

namespace {

class CheckedDevice final : public Device {
 public:
  explicit CheckedDevice(int threads) : threads_(threads) {}
  DeviceKind kind() const override { return DeviceKind::checked; }
  std::string description() const override { return "checked heap on " + cpu_description(threads_); }
  int threads() const override { return threads_; }

  void* allocate(std::size_t bytes) override {
    const std::size_t length = page_rounded(bytes);
    void* pointer = mmap(nullptr, length, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (pointer == MAP_FAILED) throw DeviceError("out of memory: " + std::to_string(bytes >> 20) + " MiB asked for");
    std::memset(pointer, 0xff, length);  // all ones is a quiet NaN in float and double
    blocks_[pointer] = length;
    if (open_ == 0) protect(pointer, length, PROT_NONE);
    count_allocation(bytes);
    return pointer;
  }
  void release(void* pointer, std::size_t bytes) noexcept override {
    munmap(pointer, page_rounded(bytes));
    blocks_.erase(pointer);
    count_release(bytes);
  }
  void copy_to_device(void* device, const void* host, std::size_t bytes) override {
    KernelScope scope(*this);
    std::memcpy(device, host, bytes);
  }
  void copy_to_host(void* host, const void* device, std::size_t bytes) override {
    KernelScope scope(*this);
    std::memcpy(host, device, bytes);
  }
  void copy_on_device(void* to, const void* from, std::size_t bytes) override {
    KernelScope scope(*this);
    std::memcpy(to, from, bytes);
  }
  void set_zero(void* device, std::size_t bytes) override {
    KernelScope scope(*this);
    std::memset(device, 0, bytes);
  }
  std::size_t free_bytes() const override { return free_host_memory(); }
  void synchronise() override {}

  void begin_kernel() override {
    if (open_++ == 0) protect_all(PROT_READ | PROT_WRITE);
  }
  void end_kernel() noexcept override {
    if (--open_ == 0) protect_all(PROT_NONE);
  }

 private:
  static std::size_t page_rounded(std::size_t bytes) {
    const std::size_t page = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
    return (bytes + page - 1) / page * page;
  }
  static void protect(void* pointer, std::size_t length, int mode) noexcept { mprotect(pointer, length, mode); }
  void protect_all(int mode) noexcept {
    for (const auto& [pointer, length] : blocks_) protect(pointer, length, mode);
  }

  int threads_;
  int open_ = 0;
  std::map<void*, std::size_t> blocks_;
};

}  // namespace

std::unique_ptr<Device> make_checked_device(int threads) { return std::make_unique<CheckedDevice>(threads); }

}  // namespace osteon
