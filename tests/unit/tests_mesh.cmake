# SPDX-License-Identifier: Apache-2.0
osteon_test(mesh unit osteon_model)
