// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <string>

#include "sha256.hpp"

using osteon::app::Sha256;

namespace {

std::string digest(const std::string& text, std::size_t part) {
  Sha256 hash;
  for (std::size_t i = 0; i < text.size(); i += part) hash.update(text.data() + i, std::min(part, text.size() - i));
  return hash.finish();
}

}  // namespace

TEST_CASE("SHA-256 gives the digests of FIPS 180-4's examples, in whatever parts the data comes") {
  const std::string two_blocks = "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq";
  for (const std::size_t part : {1u, 7u, 64u, 1000000u}) {
    CHECK(digest("", part) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    CHECK(digest("abc", part) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    CHECK(digest(two_blocks, part) == "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
    CHECK(digest(std::string(1000000, 'a'), part) ==
          "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
  }
}
