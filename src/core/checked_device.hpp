// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "osteon/core/device.hpp"

namespace osteon {
std::unique_ptr<Device> make_checked_device(int threads);
}
