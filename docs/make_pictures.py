# SPDX-License-Identifier: Apache-2.0
"""Makes the picture of README.md from the example meshes/trabecular.

    pip install pyvista pillow
    meshes/make.sh build/osteon meshes/trabecular
    build/osteon solve meshes/trabecular/case.toml -o result
    python docs/make_pictures.py result/result.vtkhdf docs/trabecular-risk.png

Draws off screen, so it needs neither a display nor a graphics card.
"""
import pathlib
import sys

import pyvista as pv
from PIL import Image

FIELD = "RiskFactor_ees"
WINDOW = (900, 700)
# ColorBrewer's YlGnBu is safe for colour-blind eyes, and pale where little happens; vermilion does not occur in it.
MAP, RANGE, ABOVE = "YlGnBu", (0.0, 1.5), "#d55e00"


def draw(result):
    bone = pv.read(result)
    # Cell values on the outer faces, as solved: no smoothing between voxels.
    skin = bone.extract_surface(pass_cellid=True, algorithm="dataset_surface")
    plotter = pv.Plotter(off_screen=True, window_size=WINDOW)
    plotter.set_background("white")
    plotter.add_mesh(skin, scalars=FIELD, cmap=MAP, n_colors=15, clim=RANGE, above_color=ABOVE, ambient=0.35,
                     diffuse=0.7, show_scalar_bar=False)
    plotter.add_scalar_bar(title="", vertical=True, height=0.6, width=0.07, position_x=0.84, position_y=0.14,
                           n_labels=4, fmt="%.1f", color="black", label_font_size=18)
    for text, height in (("Risk factor", 0.84), ("(effective strain)", 0.81), ("> 1 fails at this load", 0.775)):
        plotter.add_text(text, position=(0.755, height), viewport=True, color="black", font_size=10)
    plotter.add_text("Where trabecular bone fails: 1 % compression along z", position=(0.03, 0.94), viewport=True,
                     color="black", font_size=13)
    plotter.enable_anti_aliasing("ssaa")
    plotter.view_vector((1.0, -1.35, 0.75), viewup=(0, 0, 1))
    plotter.camera.zoom(1.2)
    plotter.camera.SetWindowCenter(0.2, 0.04)  # leaves the right edge to the colour bar
    return plotter.screenshot(return_img=True)


def main(result, picture):
    # 256 colours chosen to cover all that occur, so that the colour bar keeps its own: a third of the size.
    image = Image.fromarray(draw(result)).quantize(256, Image.Quantize.MAXCOVERAGE, kmeans=3, dither=Image.Dither.NONE)
    image.save(picture, optimize=True)
    print(f"{picture}: {pathlib.Path(picture).stat().st_size // 1000} kB")


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(*sys.argv[1:])
