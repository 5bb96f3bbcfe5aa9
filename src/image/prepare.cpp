// SPDX-License-Identifier: Apache-2.0
// The steps of [prepare], in their fixed order, with a sentence about each.
#include "osteon/image/prepare.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "osteon/core/error.hpp"
#include "osteon/image/read.hpp"
#include "steps.hpp"

namespace osteon {
namespace {

void check_steps(const VoxelImage& image, const VoxelImage* mask, const PrepareSteps& steps) {
  if (image.values.size() != static_cast<std::size_t>(image.geometry.size.volume()) || image.values.empty())
    throw InternalError("image values do not match the image size");
  if (!(steps.gaussian_sigma_voxels >= 0 && steps.gaussian_sigma_voxels <= 100))
    throw UsageError(fmt::format("gaussian sigma {} voxels is outside 0 to 100", steps.gaussian_sigma_voxels));
  if (steps.resample_spline_order < 0 || steps.resample_spline_order > 3)
    throw UsageError(fmt::format("spline order {} is outside 0 to 3", steps.resample_spline_order));
  if (steps.resample_spacing_mm && steps.resample_factor)
    throw UsageError("both a new spacing and a resampling factor are given; choose one");
  if (steps.closing_radius_voxels < 0 || steps.closing_radius_voxels > 100)
    throw UsageError(fmt::format("closing radius {} voxels is outside 0 to 100", steps.closing_radius_voxels));
  for (const Threshold& t : steps.thresholds)
    if (t.label <= 0) throw UsageError(fmt::format("threshold label {} is not positive", t.label));
  if (steps.thresholds.empty() && mask == nullptr && steps.gaussian_sigma_voxels > 0)
    throw UsageError(
        "smoothing needs thresholds: without them the image's values are labels, which cannot be smoothed");
  if (mask == nullptr) return;
  const Index3 &a = image.geometry.size, &b = mask->geometry.size;
  if (a != b)
    throw InputError(
        fmt::format("the mask {} has {} x {} x {} voxels, but the image has {} x {} x {}; they must share "
                    "one grid",
                    mask->source, b.x, b.y, b.z, a.x, a.y, a.z));
  // Headers round: a thousandth of a voxel per step, and a tenth of a voxel in place, is the same grid.
  for (int d = 0; d < 3; ++d) {
    const double s = image.geometry.spacing_mm[d];
    if (std::abs(mask->geometry.spacing_mm[d] - s) > 1e-3 * s)
      throw InputError(fmt::format("the mask {} has spacing {} mm along axis {}, but the image has {} mm", mask->source,
                                   mask->geometry.spacing_mm[d], axis_name(static_cast<Axis>(d)), s));
    if (std::abs(mask->geometry.origin_mm[d] - image.geometry.origin_mm[d]) > 0.1 * s)
      throw InputError(fmt::format("the mask {} lies elsewhere than the image: origin {} and {} mm along axis {}",
                                   mask->source, mask->geometry.origin_mm[d], image.geometry.origin_mm[d],
                                   axis_name(static_cast<Axis>(d))));
  }
  for (int i = 0; i < 9; ++i)
    if (std::abs(mask->geometry.direction[i] - image.geometry.direction[i]) > 1e-3)
      throw InputError("the mask " + mask->source + " is turned against the image; they must share one grid");
}

void check_crop(const Index3& first, const Index3& size, const Index3& whole) {
  for (int a = 0; a < 3; ++a)
    if (first[a] < 0 || size[a] < 1 || size[a] > whole[a] || first[a] > whole[a] - size[a])
      throw UsageError(fmt::format("the crop keeps voxels {} to {} along axis {}, but the image has {}", first[a],
                                   std::int64_t{first[a]} + size[a] - 1, axis_name(static_cast<Axis>(a)), whole[a]));
}

struct ResamplePlan {
  ResampleAxis axes[3];
  ImageGeometry geometry;
};

int checked_new_size(double size) {
  constexpr double k_longest = 1 << 20;
  if (!(size <= k_longest)) throw UsageError(fmt::format("resampling would make {} voxels along an axis", size));
  return std::max(1, static_cast<int>(size));
}

// The outer faces of the image stay where they are, as near as whole voxels allow.
ResamplePlan plan_for_spacing(const ImageGeometry& old, const Vec3& spacing_mm) {
  ResamplePlan plan{{}, old};
  plan.geometry.spacing_mm = spacing_mm;
  for (int a = 0; a < 3; ++a) {
    if (!(std::isfinite(spacing_mm[a]) && spacing_mm[a] > 0))
      throw UsageError(fmt::format("resampling to a spacing of {} mm is impossible", spacing_mm[a]));
    const double step = spacing_mm[a] / old.spacing_mm[a];
    plan.geometry.size[a] = checked_new_size(std::round(old.size[a] / step));
    plan.axes[a] = {plan.geometry.size[a], 0.5 * (step - 1), step};
    for (int row = 0; row < 3; ++row)
      plan.geometry.origin_mm[row] += old.direction[row * 3 + a] * plan.axes[a].first * old.spacing_mm[a];
  }
  return plan;
}

// The corner samples stay where they are, so the true step is (n - 1) / (m - 1), not 1 / factor: see the header.
ResamplePlan plan_for_factor(const ImageGeometry& old, double factor) {
  if (!(std::isfinite(factor) && factor > 0))
    throw UsageError(fmt::format("a resampling factor of {} is impossible", factor));
  ResamplePlan plan{{}, old};
  for (int a = 0; a < 3; ++a) {
    const int m = checked_new_size(std::nearbyint(old.size[a] * factor));
    plan.geometry.size[a] = m;
    plan.geometry.spacing_mm[a] = old.spacing_mm[a] / factor;
    plan.axes[a] = {m, 0, m > 1 ? (old.size[a] - 1.0) / (m - 1.0) : 1.0};
  }
  return plan;
}

// What is bone before closing. Bands are tried from the highest threshold down.
VoxelImage label_voxels(const VoxelImage& grey, const VoxelImage* mask, const PrepareSteps& steps) {
  VoxelImage labels;
  labels.geometry = grey.geometry;
  labels.source = grey.source;
  labels.values.resize(grey.values.size());
  std::vector<Threshold> bands = steps.thresholds;
  std::stable_sort(bands.begin(), bands.end(),
                   [](const Threshold& a, const Threshold& b) { return a.above > b.above; });
  const std::vector<float>& source = bands.empty() && mask != nullptr ? mask->values : grey.values;
  std::int64_t not_labels = 0;
#pragma omp parallel for schedule(static) reduction(+ : not_labels)
  for (std::int64_t v = 0; v < static_cast<std::int64_t>(source.size()); ++v) {
    const auto i = static_cast<std::size_t>(v);
    const float value = source[i];
    float label = 0;
    if (bands.empty()) {
      if (value != std::floor(value)) ++not_labels;
      label = std::max(value, 0.0F);
    } else if (mask == nullptr || mask->values[i] > 0) {
      for (const Threshold& band : bands) {
        if (!(static_cast<double>(value) > band.above)) continue;
        label = static_cast<float>(band.label);
        break;
      }
    }
    const bool kept = steps.labels.empty() || std::find(steps.labels.begin(), steps.labels.end(),
                                                        static_cast<int>(label)) != steps.labels.end();
    labels.values[i] = kept ? label : 0.0F;
  }
  if (not_labels > 0)
    throw InputError(fmt::format("{}: {} voxels are not whole numbers, so they are not labels; give thresholds",
                                 mask != nullptr ? mask->source : grey.source, not_labels));
  return labels;
}

std::int64_t count_bone(const VoxelImage& labels) {
  std::int64_t count = 0;
#pragma omp parallel for schedule(static) reduction(+ : count)
  for (std::int64_t i = 0; i < static_cast<std::int64_t>(labels.values.size()); ++i)
    count += labels.values[static_cast<std::size_t>(i)] > 0 ? 1 : 0;
  return count;
}

std::string size_text(const Index3& n) { return fmt::format("{} x {} x {}", n.x, n.y, n.z); }

// Runs the steps and keeps their record.
class Preparation {
 public:
  Preparation(VoxelImage image, const VoxelImage* mask, const PrepareSteps& steps, Monitor& monitor)
      : steps_(steps), monitor_(monitor) {
    result_.grey = std::move(image);
    if (mask != nullptr) mask_ = *mask;
  }

  PreparedImage run() {
    crop_both();
    if (steps_.to_density) {
      const auto calibration = result_.grey.calibration;
      calibrate_to_density(result_.grey);
      record(fmt::format("density: value * {} / {} + {} ({})", calibration->density_slope, calibration->mu_scaling,
                         calibration->density_intercept, calibration->density_unit));
    }
    if (steps_.gaussian_sigma_voxels > 0) {
      gaussian_smooth(result_.grey, steps_.gaussian_sigma_voxels);
      record(fmt::format("Gaussian, sigma {} voxels", steps_.gaussian_sigma_voxels));
    }
    resample_both();
    result_.labels = label_voxels(result_.grey, mask(), steps_);
    record_bone(label_step());
    close_gaps();
    if (steps_.largest_component) {
      const RemovedParts removed = keep_largest_component(result_.labels);
      result_.removed_voxels = removed.voxels;
      result_.removed_components = removed.components;
      record(fmt::format("largest face-connected part kept; {} voxels in {} other parts removed", removed.voxels,
                         removed.components));
    }
    return std::move(result_);
  }

 private:
  VoxelImage* mask() { return mask_ ? &*mask_ : nullptr; }

  void record(std::string sentence) {
    monitor_.note("prepare: " + sentence);
    monitor_.check_interrupt();
    result_.history.push_back(std::move(sentence));
  }

  // "threshold above 320", the lowest one, where there are thresholds.
  std::string label_step() const {
    if (steps_.thresholds.empty()) return "labels";
    return fmt::format("threshold above {}", lowest_threshold());
  }
  double lowest_threshold() const {
    return std::min_element(steps_.thresholds.begin(), steps_.thresholds.end(),
                            [](const Threshold& a, const Threshold& b) { return a.above < b.above; })
        ->above;
  }

  void record_bone(const std::string& step) {
    const std::int64_t bone = count_bone(result_.labels);
    if (bone == 0) {
      const float lowest = *std::min_element(grey_begin(), grey_end());
      const float highest = *std::max_element(grey_begin(), grey_end());
      const bool too_high = !steps_.thresholds.empty() && lowest_threshold() >= static_cast<double>(highest);
      throw InputError(
          fmt::format("{}: no bone is left after the step '{}': the values are {} to {} at this step; {}",
                      result_.grey.source, step, lowest, highest,
                      too_high ? "the threshold must lie below that maximum" : "check thresholds, labels and mask"));
    }
    record(fmt::format("{}: {} of {} voxels are bone ({:.4f} %)", step, bone, result_.labels.values.size(),
                       100.0 * static_cast<double>(bone) / static_cast<double>(result_.labels.values.size())));
  }
  std::vector<float>::const_iterator grey_begin() const { return result_.grey.values.begin(); }
  std::vector<float>::const_iterator grey_end() const { return result_.grey.values.end(); }

  void crop_both() {
    if (!steps_.crop) return;
    check_crop(steps_.crop->first, steps_.crop->size, result_.grey.geometry.size);
    crop(result_.grey, steps_.crop->first, steps_.crop->size);
    if (mask_) crop(*mask_, steps_.crop->first, steps_.crop->size);
    record("cropped to " + size_text(steps_.crop->size) + " voxels");
  }

  void resample_both() {
    if (!steps_.resample_spacing_mm && !steps_.resample_factor) return;
    const ImageGeometry old = result_.grey.geometry;
    const ResamplePlan plan = steps_.resample_factor ? plan_for_factor(old, *steps_.resample_factor)
                                                     : plan_for_spacing(old, *steps_.resample_spacing_mm);
    const bool values_are_labels = steps_.thresholds.empty() && !mask_;
    const int order = values_are_labels ? 0 : steps_.resample_spline_order;
    result_.grey.values = resample(result_.grey.values, old.size, plan.axes, order);
    result_.grey.geometry = plan.geometry;
    if (mask_) {
      mask_->values = resample(mask_->values, old.size, plan.axes, 0);
      mask_->geometry = plan.geometry;
    }
    const Vec3& s = plan.geometry.spacing_mm;
    record(fmt::format("resampled {} to {} voxels of {:.6g} x {:.6g} x {:.6g} mm, spline order {}", size_text(old.size),
                       size_text(plan.geometry.size), s[0], s[1], s[2], order));
  }

  void close_gaps() {
    if (steps_.closing_radius_voxels == 0) return;
    close_with_ball(result_.labels, steps_.closing_radius_voxels);
    if (mask_)
      for (std::size_t i = 0; i < mask_->values.size(); ++i)
        if (!(mask_->values[i] > 0)) result_.labels.values[i] = 0;
    record_bone(fmt::format("closing with a ball of radius {} voxels", steps_.closing_radius_voxels));
  }

  const PrepareSteps& steps_;
  Monitor& monitor_;
  PreparedImage result_;
  std::optional<VoxelImage> mask_;
};

}  // namespace

std::pair<std::int64_t, std::int64_t> keep_largest_part(VoxelImage& labels) {
  const RemovedParts removed = keep_largest_component(labels);
  return {removed.voxels, removed.components};
}

PreparedImage prepare_image(VoxelImage image, const VoxelImage* mask, const PrepareSteps& steps, Monitor& monitor) {
  check_steps(image, mask, steps);
  return Preparation(std::move(image), mask, steps, monitor).run();
}

}  // namespace osteon
