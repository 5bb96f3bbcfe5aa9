// SPDX-License-Identifier: Apache-2.0
// Reading parts of a saved state, with a sentence when it belongs to another case.
#pragma once

#include <fmt/format.h>

#include "osteon/core/error.hpp"
#include "osteon/regenerate/regeneration.hpp"

namespace osteon {

template <class T>
const std::vector<T>& saved_part(const std::vector<std::pair<std::string, std::vector<T>>>& parts,
                                 const std::string& name, std::size_t size) {
  for (const auto& [key, values] : parts) {
    if (key != name) continue;
    if (values.size() != size)
      throw InputError(
          fmt::format("the checkpoint belongs to another case: '{}' has {} values, not {}", name, values.size(), size));
    return values;
  }
  throw InputError(fmt::format("the checkpoint has no '{}'; it was written by another version", name));
}

inline const std::vector<double>& saved_doubles(const RegenerationState& state, const std::string& name,
                                                std::size_t size) {
  return saved_part(state.doubles, name, size);
}
inline const std::vector<float>& saved_floats(const RegenerationState& state, const std::string& name,
                                              std::size_t size) {
  return saved_part(state.floats, name, size);
}

}  // namespace osteon
