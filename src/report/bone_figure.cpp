// SPDX-License-Identifier: Apache-2.0
#include "osteon/report/bone_figure.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "png.hpp"

namespace osteon {

namespace {

constexpr double k_panel = 300;  // longest side of a slice, in the figure's units
constexpr double k_gap = 46, k_top = 74;
constexpr std::array<std::uint8_t, 3> k_paper = {255, 255, 255}, k_cement = {118, 183, 219};

/// Where +axis points in the patient: L, R, P, A, S or I.
char side_letter(const ImageGeometry& geometry, int axis, bool positive) {
  int largest = 0;
  for (int row = 1; row < 3; ++row)
    if (std::abs(geometry.direction[row * 3 + axis]) > std::abs(geometry.direction[largest * 3 + axis])) largest = row;
  const bool up = (geometry.direction[largest * 3 + axis] > 0) == positive;
  return "RLAPIS"[2 * largest + (up ? 1 : 0)];
}

/// Of a slice across the axis, by the plane of the patient it is next to.
const char* plane_name(const ImageGeometry& geometry, int axis) {
  const char side = side_letter(geometry, axis, true);
  if (side == 'L' || side == 'R') return "sagittal";
  return side == 'A' || side == 'P' ? "frontal" : "transverse";
}

/// Flat surface of a node set: the layer of voxels that ends in it.
struct Surface {
  int axis = 0;
  bool is_low = true;                                         ///< the layer lies above it
  Index3 first{1 << 30, 1 << 30, 1 << 30}, last{-1, -1, -1};  ///< of the layer's voxels
  bool is_there() const { return last[axis] >= 0; }
};

/// Calls f for every voxel of the set's label, or of all that is not empty.
template <class F>
void for_each_voxel(const VoxelImage& labels, const NodeSetSpec& set, F f) {
  const Index3 n = labels.geometry.size;
  for (int z = 0; z < n.z; ++z)
    for (int y = 0; y < n.y; ++y)
      for (int x = 0; x < n.x; ++x) {
        const float label = labels.at(x, y, z);
        if (set.label ? label == static_cast<float>(*set.label) : label != 0) f(Index3{x, y, z});
      }
}

Surface layer_at(const VoxelImage& labels, const NodeSetSpec& set, int axis, int layer, bool is_low) {
  Surface surface;
  surface.axis = axis;
  surface.is_low = is_low;
  for_each_voxel(labels, set, [&](const Index3& p) {
    if (p[axis] != layer) return;
    for (int d = 0; d < 3; ++d) {
      surface.first[d] = std::min(surface.first[d], p[d]);
      surface.last[d] = std::max(surface.last[d], p[d]);
    }
  });
  return surface;
}

/// From "z_low" and its like, or from a box without thickness; not there for other sets.
Surface surface_of(const VoxelImage& labels, const NodeSetSpec& set, Axis load_axis) {
  if (!set.surface.empty()) {
    const int axis = set.surface[1] == '_' ? set.surface[0] - 'x' : static_cast<int>(load_axis);
    const bool is_low = set.surface.find("low") != std::string::npos;
    int layer = -1;
    for_each_voxel(labels, set, [&](const Index3& p) {
      if (layer < 0 || (is_low ? p[axis] < layer : p[axis] > layer)) layer = p[axis];
    });
    return layer_at(labels, set, axis, layer, is_low);
  }
  for (int axis = 0; set.box_mm && axis < 3; ++axis) {
    const double low = (*set.box_mm)[2 * static_cast<std::size_t>(axis)];
    if (low != (*set.box_mm)[2 * static_cast<std::size_t>(axis) + 1]) continue;
    const int plane = static_cast<int>(std::lround(low / labels.geometry.spacing_mm[axis]));
    const Surface above = layer_at(labels, set, axis, plane, true);
    return above.is_there() ? above : layer_at(labels, set, axis, plane - 1, false);
  }
  return {};
}

class Figure {
 public:
  Figure(const BoneSetup& setup, const VoxelImage& grey, const VoxelImage& labels)
      : setup_(setup), grey_(grey), labels_(labels), size_(labels.geometry.size) {
    const int longest = std::max({size_.x, size_.y, size_.z});
    scale_ = k_panel / longest;
    find_middle();
    find_white();
  }

  std::string svg() {
    double left = k_gap;
    std::string body;
    for (const auto& [a, b] : {std::pair(0, 2), std::pair(1, 2), std::pair(0, 1)}) {
      body += panel(a, b, left);
      left += size_[a] * scale_ + k_gap;
    }
    const double height = k_top + std::max(std::max(size_.z, size_.y) * scale_ + 60, 20.0 * (choices() + 2));
    body += text_block(left);
    return fmt::format(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {0:.0f} {1:.0f}\" width=\"{0:.0f}\" "
        "height=\"{1:.0f}\" "
        "font-family=\"sans-serif\" font-size=\"13\" fill=\"#222\">\n"
        "<defs><pattern id=\"hatch\" width=\"6\" height=\"6\" patternUnits=\"userSpaceOnUse\" "
        "patternTransform=\"rotate(45)\"><path d=\"M0 0V6\" stroke=\"#222\" stroke-width=\"2\"/></pattern>"
        "<marker id=\"tip\" viewBox=\"0 0 10 10\" refX=\"9\" refY=\"5\" markerWidth=\"6\" markerHeight=\"6\" "
        "orient=\"auto\"><path d=\"M0 0L10 5L0 10z\" fill=\"#c0392b\"/></marker></defs>\n"
        "<rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>\n"
        "<text x=\"{2}\" y=\"28\" font-size=\"18\">{3}, version {4}</text>\n{5}"
        "<text x=\"{2}\" y=\"{6:.0f}\" fill=\"#666\">Research use only.</text>\n</svg>\n",
        left + 440, height, k_gap, setup_.model, setup_.version, body, height - 10);
  }

 private:
  double choices() const { return static_cast<double>(setup_.choices.size()); }

  void find_middle() {
    double sum[3] = {0, 0, 0}, count = 0;
    for (int z = 0; z < size_.z; ++z)
      for (int y = 0; y < size_.y; ++y)
        for (int x = 0; x < size_.x; ++x)
          if (labels_.at(x, y, z) == k_cap_label) {
            sum[0] += x, sum[1] += y, sum[2] += z;
            ++count;
          }
    for (int d = 0; d < 3; ++d) middle_[d] = count > 0 ? static_cast<int>(sum[d] / count) : size_[d] / 2;
  }

  void find_white() {
    std::vector<float> values;
    for (std::size_t i = 0; i < labels_.values.size(); ++i)
      if (labels_.values[i] > 0 && labels_.values[i] != k_cap_label) values.push_back(grey_.values[i]);
    if (values.empty()) return;
    const auto nth = values.begin() + static_cast<std::ptrdiff_t>(0.99 * static_cast<double>(values.size() - 1));
    std::nth_element(values.begin(), nth, values.end());
    white_ = std::max(1e-6, static_cast<double>(*nth));
  }

  /// Slice with axis a to the right and b upwards.
  std::string slice_png(int a, int b) const {
    const int width = size_[a], height = size_[b];
    std::vector<std::uint8_t> rgb;
    rgb.reserve(std::size_t{3} * width * height);
    for (int v = height - 1; v >= 0; --v)
      for (int u = 0; u < width; ++u) {
        Index3 p = middle_;
        p[a] = u;
        p[b] = v;
        const float label = labels_.at(p.x, p.y, p.z);
        std::array<std::uint8_t, 3> colour = label == k_cap_label ? k_cement : k_paper;
        if (label > 0 && label != k_cap_label) {
          const double share = std::clamp(grey_.at(p.x, p.y, p.z) / white_, 0.0, 1.0);
          colour.fill(static_cast<std::uint8_t>(20 + 215 * share));
        }
        rgb.insert(rgb.end(), colour.begin(), colour.end());
      }
    return encode_base64(encode_png(width, height, rgb));
  }

  std::string panel(int a, int b, double left) const {
    const double width = size_[a] * scale_, height = size_[b] * scale_;
    const int across = 3 - a - b;
    std::string text = fmt::format("<g transform=\"translate({:.1f} {:.1f})\">\n", left, k_top);
    text += fmt::format(
        "<image width=\"{:.1f}\" height=\"{:.1f}\" style=\"image-rendering:pixelated\" "
        "href=\"data:image/png;base64,{}\"/>\n<rect width=\"{:.1f}\" height=\"{:.1f}\" fill=\"none\" "
        "stroke=\"#bbb\"/>\n",
        width, height, slice_png(a, b), width, height);
    text += fmt::format("<text x=\"0\" y=\"-20\">{}, {} = {:.0f} mm</text>\n", plane_name(labels_.geometry, across),
                        axis_name(static_cast<Axis>(across)), middle_[across] * labels_.geometry.spacing_mm[across]);
    const auto letter = [&](double x, double y, int axis, bool positive) {
      text += fmt::format("<text x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"middle\" fill=\"#06c\">{}</text>\n", x, y,
                          side_letter(labels_.geometry, axis, positive));
    };
    letter(-12, height / 2, a, false);
    letter(width + 12, height / 2, a, true);
    letter(width / 2, height + 15, b, false);
    letter(width / 2, -3, b, true);
    for (const NodeSetSpec& set : setup_.node_sets) text += surface(set, a, b);
    const double ten_mm = 10 * scale_ / labels_.geometry.spacing_mm[a];
    text += fmt::format(
        "<path d=\"M0 {0:.1f}h{1:.1f}\" stroke=\"#222\" stroke-width=\"3\"/><text x=\"{2:.1f}\" y=\"{3:.1f}\">10 "
        "mm</text>\n",
        height + 24, ten_mm, ten_mm + 6, height + 28);
    return text + "</g>\n";
  }

  /// A held surface is hatched, a loaded one has arrows; drawn where its axis lies in the panel.
  std::string surface(const NodeSetSpec& set, int a, int b) const {
    const Surface found = surface_of(labels_, set, setup_.load_axis);
    const int axis = found.axis;
    if (!found.is_there() || (axis != a && axis != b)) return "";
    const int other = axis == a ? b : a;
    const double level = (found.is_low ? found.first[axis] : found.last[axis] + 1) * scale_;
    const double from = found.first[other] * scale_, to = (found.last[other] + 1) * scale_;
    const double outward = found.is_low ? -1 : 1, height = size_[b] * scale_;
    const auto point = [&](double along, double away) {  // in the panel, y downwards
      const double u = axis == a ? level + away : along, v = axis == a ? along : level + away;
      return std::pair(u, height - v);
    };
    bool is_loaded = false;
    for (const std::optional<double>& u : set.displacement_mm) is_loaded = is_loaded || u.value_or(0) != 0;
    if (is_loaded) {
      std::string text;
      for (int i = 0; i < 5; ++i) {
        const double along = from + (to - from) * (0.1 + 0.2 * i);
        const auto [x0, y0] = point(along, outward * 30);
        const auto [x1, y1] = point(along, outward * 3);
        text += fmt::format(
            "<path d=\"M{:.1f} {:.1f}L{:.1f} {:.1f}\" stroke=\"#c0392b\" stroke-width=\"2\" "
            "marker-end=\"url(#tip)\"/>\n",
            x0, y0, x1, y1);
      }
      return text;
    }
    const auto [x0, y0] = point(from, outward * 10);
    const auto [x1, y1] = point(to, 0);
    return fmt::format("<rect x=\"{:.1f}\" y=\"{:.1f}\" width=\"{:.1f}\" height=\"{:.1f}\" fill=\"url(#hatch)\"/>\n",
                       std::min(x0, x1), std::min(y0, y1), std::abs(x1 - x0), std::abs(y1 - y0));
  }

  std::string text_block(double left) const {
    std::string text = fmt::format("<g transform=\"translate({:.1f} {:.1f})\">\n", left, k_top);
    double y = 4;
    for (const BoneChoice& choice : setup_.choices) {
      text += fmt::format("<text y=\"{:.0f}\">{}: <tspan font-weight=\"bold\">{}</tspan> {}</text>\n", y, choice.name,
                          choice.value, choice.unit);
      y += 20;
    }
    for (const auto& [colour, words] :
         {std::pair("#76b7db", "cement"), std::pair("#c0392b", "moved"), std::pair("url(#hatch)", "held")}) {
      text += fmt::format(
          "<rect y=\"{:.0f}\" width=\"14\" height=\"12\" fill=\"{}\"/><text x=\"20\" y=\"{:.0f}\">{}</text>\n", y + 2,
          colour, y + 12, words);
      y += 18;
    }
    return text + "</g>\n";
  }

  const BoneSetup& setup_;
  const VoxelImage& grey_;
  const VoxelImage& labels_;
  Index3 size_, middle_;
  double scale_ = 1, white_ = 1;
};

}  // namespace

std::string bone_figure_svg(const BoneSetup& setup, const VoxelImage& grey, const VoxelImage& labels) {
  return Figure(setup, grey, labels).svg();
}

}  // namespace osteon
