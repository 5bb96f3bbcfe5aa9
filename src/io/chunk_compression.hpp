// SPDX-License-Identifier: Apache-2.0
// HDF5's shuffle and deflate filters on one chunk in memory.
#pragma once

#include <cstddef>
#include <vector>

namespace osteon {

/// out[byte plane][item] = in[item][byte]: what H5Z_FILTER_SHUFFLE does, so similar bytes become neighbours.
void shuffle_bytes(const unsigned char* in, std::size_t bytes, std::size_t item_bytes, unsigned char* out);

/// One zlib stream of `bytes`, readable by any inflate. `planes` equal parts of the input are judged one by one: a part
/// without redundancy (the low mantissa bytes of a measured or solved field) is stored, which costs no time; the rest
/// is deflated at `level`. Throws std::bad_alloc when zlib has no memory.
void deflate_planes(const unsigned char* in, std::size_t bytes, std::size_t planes, int level,
                    std::vector<unsigned char>& out);

}  // namespace osteon
