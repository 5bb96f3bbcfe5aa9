// SPDX-License-Identifier: Apache-2.0
// Shuffle and plane-wise deflate.
#include "chunk_compression.hpp"

#include <zlib.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <new>

#include "osteon/core/error.hpp"

namespace osteon {

namespace {

/// A sample this evenly spread is noise: deflate would take 20 ns a byte to gain under 2 %.
constexpr double k_noise_bits_per_byte = 7.8;
constexpr std::size_t k_sample_bytes = 8192;

/// Shannon entropy of the byte values in a sample spread over the part, bits per byte.
double sampled_entropy(const unsigned char* data, std::size_t bytes) {
  const std::size_t count = std::min(bytes, k_sample_bytes), stride = std::max<std::size_t>(bytes / count, 1);
  std::array<std::uint32_t, 256> histogram{};
  for (std::size_t i = 0; i < count; ++i) ++histogram[data[i * stride]];
  double bits = 0;
  for (const std::uint32_t n : histogram)
    if (n > 0) bits -= n * std::log2(static_cast<double>(n) / static_cast<double>(count));
  return bits / static_cast<double>(count);
}

struct Deflater {
  z_stream stream{};
  explicit Deflater(int level) {
    if (deflateInit(&stream, level) != Z_OK) throw std::bad_alloc();
  }
  Deflater(const Deflater&) = delete;
  Deflater& operator=(const Deflater&) = delete;
  ~Deflater() { deflateEnd(&stream); }
};

}  // namespace

void shuffle_bytes(const unsigned char* in, std::size_t bytes, std::size_t item_bytes, unsigned char* out) {
  const std::size_t items = bytes / item_bytes;
  for (std::size_t b = 0; b < item_bytes; ++b)
    for (std::size_t i = 0; i < items; ++i) out[b * items + i] = in[i * item_bytes + b];
}

void deflate_planes(const unsigned char* in, std::size_t bytes, std::size_t planes, int level,
                    std::vector<unsigned char>& out) {
  OSTEON_ASSERT(planes > 0 && bytes % planes == 0 && bytes > 0);
  Deflater deflater(level);
  z_stream& stream = deflater.stream;
  // Stored blocks of 16 KiB carry five bytes each, and every change of level ends a block.
  out.resize(deflateBound(&stream, static_cast<uLong>(bytes)) + bytes / 1024 + 64 * planes);
  stream.next_out = out.data();
  stream.avail_out = static_cast<uInt>(out.size());
  const std::size_t part = bytes / planes;
  int current = level;
  for (std::size_t p = 0; p < planes; ++p) {
    const unsigned char* plane = in + p * part;
    const int wanted = part >= 1024 && sampled_entropy(plane, part) > k_noise_bits_per_byte ? 0 : level;
    if (wanted != current) OSTEON_ASSERT(deflateParams(&stream, wanted, Z_DEFAULT_STRATEGY) == Z_OK);
    current = wanted;
    stream.next_in = const_cast<unsigned char*>(plane);  // zlib's interface predates const
    stream.avail_in = static_cast<uInt>(part);
    OSTEON_ASSERT(deflate(&stream, Z_NO_FLUSH) == Z_OK && stream.avail_in == 0);
  }
  OSTEON_ASSERT(deflate(&stream, Z_FINISH) == Z_STREAM_END);
  out.resize(stream.total_out);
}

}  // namespace osteon
