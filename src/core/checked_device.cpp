// SPDX-License-Identifier: Apache-2.0
// CPU loops on a heap that host code cannot touch: pages are open only while a kernel or an explicit copy runs, and
// fresh memory is filled with NaN. A missing copy is then a segmentation fault, an unwritten output a NaN.
// The heap is one address range, so that opening it is one system call however many buffers live in it.
#include "checked_device.hpp"

#include <sys/mman.h>
#include <unistd.h>

#include <cstring>
#include <iterator>
#include <map>

#include "cpu_info.hpp"
#include "osteon/core/error.hpp"

namespace osteon {

namespace {

class CheckedDevice final : public Device {
 public:
  explicit CheckedDevice(int threads) : threads_(threads) {
    void* heap = mmap(nullptr, k_heap_bytes, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (heap == MAP_FAILED) throw DeviceError("the checked backend could not reserve its address range");
    heap_ = static_cast<char*>(heap);
    free_[0] = k_heap_bytes;
  }
  ~CheckedDevice() override { munmap(heap_, k_heap_bytes); }
  DeviceKind kind() const override { return DeviceKind::checked; }
  std::string description() const override { return "checked heap on " + cpu_description(threads_); }
  int threads() const override { return threads_; }

  void* allocate(std::size_t bytes) override {
    const std::size_t length = page_rounded(bytes);
    auto place = free_.begin();  // first fit
    while (place != free_.end() && place->second < length) ++place;
    if (place == free_.end()) throw DeviceError("out of memory: " + std::to_string(bytes >> 20) + " MiB asked for");
    const auto [offset, space] = *place;
    free_.erase(place);
    if (space > length) free_[offset + length] = space - length;
    if (offset + length > used_) used_ = offset + length;
    KernelScope scope(*this);
    std::memset(heap_ + offset, 0xff, length);  // all ones is a quiet NaN in float and double
    count_allocation(bytes);
    return heap_ + offset;
  }
  void release(void* pointer, std::size_t bytes) noexcept override {
    const std::size_t offset = static_cast<std::size_t>(static_cast<char*>(pointer) - heap_);
    auto block = free_.emplace(offset, page_rounded(bytes)).first;
    const auto next = std::next(block);
    if (next != free_.end() && block->first + block->second == next->first) {
      block->second += next->second;
      free_.erase(next);
    }
    if (block != free_.begin()) {
      const auto before = std::prev(block);
      if (before->first + before->second == block->first) {
        before->second += block->second;
        free_.erase(block);
      }
    }
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
    if (open_++ == 0) mprotect(heap_, used_, PROT_READ | PROT_WRITE);
  }
  void end_kernel() noexcept override {
    if (--open_ == 0) mprotect(heap_, used_, PROT_NONE);
  }

 private:
  static constexpr std::size_t k_heap_bytes = std::size_t{1} << 36;  // addresses, not memory

  static std::size_t page_rounded(std::size_t bytes) {
    const std::size_t page = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
    return (bytes + page - 1) / page * page;
  }

  int threads_;
  int open_ = 0;
  char* heap_ = nullptr;
  std::size_t used_ = 0;                     ///< nothing was ever handed out above this offset
  std::map<std::size_t, std::size_t> free_;  ///< offset -> length, neighbours merged
};

}  // namespace

std::unique_ptr<Device> make_checked_device(int threads) { return std::make_unique<CheckedDevice>(threads); }

}  // namespace osteon
