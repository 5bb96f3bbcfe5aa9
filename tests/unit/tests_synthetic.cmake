# SPDX-License-Identifier: Apache-2.0
osteon_test(synthetic unit osteon_image)
