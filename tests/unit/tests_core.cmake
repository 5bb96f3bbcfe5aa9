# SPDX-License-Identifier: Apache-2.0
osteon_test(core unit osteon_core)
