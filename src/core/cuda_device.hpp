// SPDX-License-Identifier: Apache-2.0
// Implemented by cuda_device.cu, or by the stub when CUDA was not compiled in.
#pragma once

#include <memory>

#include "osteon/core/device.hpp"

namespace osteon {
DeviceAvailability cuda_availability();
std::unique_ptr<Device> make_cuda_device(int threads);
}  // namespace osteon
