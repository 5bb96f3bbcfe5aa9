// SPDX-License-Identifier: Apache-2.0
// Owned device memory. Copies between spaces are explicit, named calls.
#pragma once

#include <cstddef>
#include <utility>
#include <vector>

#include "osteon/core/device.hpp"
#include "osteon/core/error.hpp"

namespace osteon {

/// `size` elements of T on one Device; movable, not copyable. Contents are undefined until written.
template <class T>
class Buffer {
 public:
  Buffer() = default;
  Buffer(Device& device, std::size_t size) : device_(&device), size_(size) {
    if (size_ > 0) data_ = static_cast<T*>(device.allocate(size_ * sizeof(T)));
  }
  Buffer(Device& device, const std::vector<T>& host) : Buffer(device, host.size()) { copy_from(host); }
  Buffer(Buffer&& other) noexcept { swap(other); }
  Buffer& operator=(Buffer&& other) noexcept {
    Buffer(std::move(other)).swap(*this);
    return *this;
  }
  Buffer(const Buffer&) = delete;
  Buffer& operator=(const Buffer&) = delete;
  ~Buffer() {
    if (data_ != nullptr) device_->release(data_, size_ * sizeof(T));
  }

  T* data() { return data_; }
  const T* data() const { return data_; }
  std::size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  Device& device() const { return *device_; }

  void copy_from(const std::vector<T>& host) {
    OSTEON_ASSERT(host.size() == size_);
    if (size_ > 0) device_->copy_to_device(data_, host.data(), size_ * sizeof(T));
  }
  void copy_from(const Buffer& other) {
    OSTEON_ASSERT(other.size_ == size_);
    if (size_ > 0) device_->copy_on_device(data_, other.data_, size_ * sizeof(T));
  }
  std::vector<T> to_host() const {
    std::vector<T> host(size_);
    if (size_ > 0) device_->copy_to_host(host.data(), data_, size_ * sizeof(T));
    return host;
  }
  void set_zero() {
    if (size_ > 0) device_->set_zero(data_, size_ * sizeof(T));
  }

  /// The same for `count` elements from `first` on.
  void copy_part_from(std::size_t first, const std::vector<T>& host) {
    OSTEON_ASSERT(first + host.size() <= size_);
    if (!host.empty()) device_->copy_to_device(data_ + first, host.data(), host.size() * sizeof(T));
  }
  std::vector<T> part_to_host(std::size_t first, std::size_t count) const {
    OSTEON_ASSERT(first + count <= size_);
    std::vector<T> host(count);
    if (count > 0) device_->copy_to_host(host.data(), data_ + first, count * sizeof(T));
    return host;
  }
  void set_part_zero(std::size_t first, std::size_t count) {
    OSTEON_ASSERT(first + count <= size_);
    if (count > 0) device_->set_zero(data_ + first, count * sizeof(T));
  }
  /// Elements [from, from + count) to [to, to + count); the two must not overlap.
  void copy_within(std::size_t to, std::size_t from, std::size_t count) {
    OSTEON_ASSERT(to + count <= size_ && from + count <= size_);
    if (count > 0) device_->copy_on_device(data_ + to, data_ + from, count * sizeof(T));
  }

 private:
  void swap(Buffer& other) noexcept {
    std::swap(device_, other.device_);
    std::swap(data_, other.data_);
    std::swap(size_, other.size_);
  }

  Device* device_ = nullptr;
  T* data_ = nullptr;
  std::size_t size_ = 0;
};

}  // namespace osteon
