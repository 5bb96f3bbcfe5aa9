# SPDX-License-Identifier: Apache-2.0
# Real bone against published numbers; skips where OSTEON_VALIDATION_DATA is absent. Minutes on the checked device, so
# only on the two real ones.
osteon_test(bone validation osteon_anatomy osteon_solve osteon_mechanics osteon_risk osteon_image)
add_test(NAME validation.bone.cuda COMMAND test_validation_bone)
set_tests_properties(validation.bone.cuda PROPERTIES LABELS "validation;cuda" SKIP_RETURN_CODE 77
  ENVIRONMENT "OSTEON_VALIDATION_DATA=${OSTEON_VALIDATION_DATA};OSTEON_BACKEND=cuda")
