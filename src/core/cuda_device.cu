// SPDX-License-Identifier: Apache-2.0
// Memory and identity of an NVIDIA GPU.
#include "cuda_device.hpp"

#include <cuda_runtime_api.h>

#include "kernels/cuda_check.hpp"

namespace osteon {

namespace {

/// A piece of work as a graph that one call launches.
class RecordedGraph final : public Recording::Kept {
 public:
  ~RecordedGraph() override { forget(); }

  bool holds(std::size_t key) const { return graph_ != nullptr && key_ == key; }
  void launch() const { OSTEON_CUDA_CHECK(cudaGraphLaunch(graph_, cudaStreamPerThread)); }

  /// Takes down what `work` launches; none of it runs.
  void record(std::size_t key, const std::function<void()>& work) {
    forget();
    cudaGraph_t captured = capture(work);
    const cudaError_t status = cudaGraphInstantiateWithFlags(&graph_, captured, 0);
    cudaGraphDestroy(captured);
    if (status != cudaSuccess) graph_ = nullptr;
    cuda_check(status, "cudaGraphInstantiate", __FILE__, __LINE__);
    key_ = key;
  }

 private:
  static cudaGraph_t capture(const std::function<void()>& work) {
    cudaGraph_t captured = nullptr;
    OSTEON_CUDA_CHECK(cudaStreamBeginCapture(cudaStreamPerThread, cudaStreamCaptureModeThreadLocal));
    try {
      work();
    } catch (...) {  // the stream must run again what it is given
      cudaStreamEndCapture(cudaStreamPerThread, &captured);
      if (captured != nullptr) cudaGraphDestroy(captured);
      cudaGetLastError();
      throw;
    }
    OSTEON_CUDA_CHECK(cudaStreamEndCapture(cudaStreamPerThread, &captured));
    return captured;
  }

  void forget() noexcept {
    if (graph_ != nullptr && cudaGraphExecDestroy(graph_) != cudaSuccess) cudaGetLastError();
    graph_ = nullptr;
  }

  std::size_t key_ = 0;
  cudaGraphExec_t graph_ = nullptr;
};

class CudaDevice final : public Device {
 public:
  explicit CudaDevice(int threads) : threads_(threads) {
    OSTEON_CUDA_CHECK(cudaSetDevice(0));
    cudaDeviceProp properties{};
    OSTEON_CUDA_CHECK(cudaGetDeviceProperties(&properties, 0));
    description_ = properties.name;
    for (cudaEvent_t* event : {&started_, &stopped_}) OSTEON_CUDA_CHECK(cudaEventCreate(event));
  }
  ~CudaDevice() override {
    for (cudaEvent_t event : {started_, stopped_})
      if (cudaEventDestroy(event) != cudaSuccess) cudaGetLastError();
  }
  DeviceKind kind() const override { return DeviceKind::cuda; }
  std::string description() const override { return description_; }
  int threads() const override { return threads_; }

  void* allocate(std::size_t bytes) override {
    void* pointer = nullptr;
    const cudaError_t status = cudaMalloc(&pointer, bytes);
    if (status == cudaErrorMemoryAllocation) {
      cudaGetLastError();
      throw DeviceError("out of GPU memory: " + std::to_string(bytes >> 20) + " MiB more were asked for, " +
                        std::to_string(free_bytes() >> 20) + " MiB are free and Osteon holds " +
                        std::to_string(bytes_in_use() >> 20) + " MiB; crop or coarsen the image, or use --backend cpu");
    }
    OSTEON_CUDA_CHECK(status);
    count_allocation(bytes);
    return pointer;
  }
  void release(void* pointer, std::size_t bytes) noexcept override {
    if (cudaFree(pointer) != cudaSuccess)
      cudaGetLastError();  // a destructor must not leave an error for the next check
    count_release(bytes);
  }
  void copy_to_device(void* device, const void* host, std::size_t bytes) override {
    copy_and_wait(device, host, bytes, cudaMemcpyHostToDevice);
  }
  void copy_to_host(void* host, const void* device, std::size_t bytes) override {
    copy_and_wait(host, device, bytes, cudaMemcpyDeviceToHost);
  }
  void copy_on_device(void* to, const void* from, std::size_t bytes) override {
    OSTEON_CUDA_CHECK(cudaMemcpyAsync(to, from, bytes, cudaMemcpyDeviceToDevice, cudaStreamPerThread));
  }
  void set_zero(void* device, std::size_t bytes) override {
    OSTEON_CUDA_CHECK(cudaMemsetAsync(device, 0, bytes, cudaStreamPerThread));
  }
  std::size_t free_bytes() const override {
    std::size_t free = 0, total = 0;
    if (cudaMemGetInfo(&free, &total) != cudaSuccess) cudaGetLastError();
    return free;
  }
  void synchronise() override { OSTEON_CUDA_CHECK(cudaDeviceSynchronize()); }

  /// The first run launches one by one: a kernel's code is loaded at its first launch, which a capture does not allow.
  void record_and_run(Recording& recording, std::size_t key, const std::function<void()>& work) override {
    if (recording.kept == nullptr) {
      work();
      recording.kept = std::make_unique<RecordedGraph>();
      return;
    }
    RecordedGraph& graph = static_cast<RecordedGraph&>(*recording.kept);
    if (!graph.holds(key)) graph.record(key, work);
    graph.launch();
  }

  void start_timer() override { OSTEON_CUDA_CHECK(cudaEventRecord(started_, cudaStreamPerThread)); }
  void stop_timer() override { OSTEON_CUDA_CHECK(cudaEventRecord(stopped_, cudaStreamPerThread)); }
  double timer_s() const override {
    float ms = 0;
    OSTEON_CUDA_CHECK(cudaEventElapsedTime(&ms, started_, stopped_));
    return 1e-3 * static_cast<double>(ms);
  }

 private:
  /// On the stream the kernels run on (OsteonCuda.cmake), so in program order with them.
  static void copy_and_wait(void* to, const void* from, std::size_t bytes, cudaMemcpyKind kind) {
    OSTEON_CUDA_CHECK(cudaMemcpyAsync(to, from, bytes, kind, cudaStreamPerThread));
    OSTEON_CUDA_CHECK(cudaStreamSynchronize(cudaStreamPerThread));
  }

  int threads_;
  cudaEvent_t started_ = nullptr, stopped_ = nullptr;
  std::string description_;
};

}  // namespace

DeviceAvailability cuda_availability() {
  int count = 0;  // left untouched on failure
  const cudaError_t status = cudaGetDeviceCount(&count);
  if (status != cudaSuccess) {
    cudaGetLastError();
    return {DeviceKind::cuda, false, cudaGetErrorString(status)};
  }
  if (count == 0) return {DeviceKind::cuda, false, "no CUDA device in this machine"};
  cudaDeviceProp properties{};
  if (cudaGetDeviceProperties(&properties, 0) != cudaSuccess) {
    cudaGetLastError();
    return {DeviceKind::cuda, false, "the GPU does not answer"};
  }
  return {DeviceKind::cuda, true, properties.name};
}

std::unique_ptr<Device> make_cuda_device(int threads) { return std::make_unique<CudaDevice>(threads); }

}  // namespace osteon
