# SPDX-License-Identifier: Apache-2.0
osteon_test(image validation osteon_image)
if(OSTEON_HAS_ITK)
  target_compile_definitions(test_validation_image PRIVATE OSTEON_HAS_ITK=1)
endif()
