# SPDX-License-Identifier: Apache-2.0
osteon_test(anatomy unit osteon_anatomy)
