// SPDX-License-Identifier: Apache-2.0
#include "../cuda_device.hpp"

#include "osteon/core/error.hpp"

namespace osteon {

DeviceAvailability cuda_availability() {
  return {DeviceKind::cuda, false, "this build has no CUDA; install the CUDA toolkit and build again"};
}

std::unique_ptr<Device> make_cuda_device(int) { throw DeviceError(cuda_availability().description); }

}  // namespace osteon
