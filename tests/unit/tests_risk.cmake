# SPDX-License-Identifier: Apache-2.0
osteon_test(risk unit osteon_risk Eigen3::Eigen)
