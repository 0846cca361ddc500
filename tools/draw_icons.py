"""Draw the icons of the app from the shape of desk/icon.svg: `python tools/draw_icons.py`; their files are kept."""

from __future__ import annotations

from pathlib import Path

from PIL import Image, ImageDraw

HERE = Path(__file__).resolve().parents[1] / "src/sorgente/interfaces/portal/static/portal/icons"
BLUE, WHITE, CLEAR = (0, 0x66, 0xCC, 255), (255, 255, 255, 255), (0, 0, 0, 0)
UNITS = 32  # the drawing's own square
FINER = 4  # drawn larger and scaled down: smooth edges
# The drop down its right side, round the bottom, up its left; then the wave on it.
DROP = [
    ((16, 4.5), (20.6, 10.3), (23.9, 14.5), (23.9, 18.7)),
    ((23.9, 18.7), (23.9, 23.06), (20.36, 26.6), (16, 26.6)),
    ((16, 26.6), (11.64, 26.6), (8.1, 23.06), (8.1, 18.7)),
    ((8.1, 18.7), (8.1, 14.5), (11.4, 10.3), (16, 4.5)),
]
WAVE = [((11.3, 20), (12.9, 18.9), (14.5, 18.9), (16, 20)), ((16, 20), (17.5, 21.1), (19.1, 21.1), (20.7, 20))]


def curve(pieces, place, steps=48):
    """Return the points of cubic curves, each of four points."""
    points = []
    for a, b, c, d in pieces:
        for t in (i / steps for i in range(steps + 1)):
            s = 1 - t
            weights = (s**3, 3 * s * s * t, 3 * s * t * t, t**3)
            points.append(
                place(*(sum(w * p[axis] for w, p in zip(weights, (a, b, c, d), strict=True)) for axis in (0, 1)))
            )
    return points


def drawn(pixels, *, ground, corner, scale, drop, wave):
    """Return one icon. scale: of the drop about the middle; corner: radius of the square in units."""
    side = pixels * FINER
    unit = side / UNITS
    middle = UNITS / 2

    def place(x, y):
        return (middle + (x - middle) * scale) * unit, (middle + (y - middle) * scale) * unit

    image = Image.new("RGBA", (side, side), CLEAR)
    draw = ImageDraw.Draw(image)
    if ground is not None:
        draw.rounded_rectangle((0, 0, side - 1, side - 1), radius=corner * unit, fill=ground)
    draw.polygon(curve(DROP, place), fill=drop)
    radius = unit * scale
    for x, y in curve(WAVE, place, steps=200):
        draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=wave)
    return image.resize((pixels, pixels), Image.Resampling.LANCZOS)


ICONS = {
    "icon-192.png": {"pixels": 192, "ground": BLUE, "corner": 6, "scale": 1, "drop": WHITE, "wave": BLUE},
    "icon-512.png": {"pixels": 512, "ground": BLUE, "corner": 6, "scale": 1, "drop": WHITE, "wave": BLUE},
    # Telephones cut these to their own shape: no corners, and the drop within the middle four fifths.
    "maskable-512.png": {"pixels": 512, "ground": BLUE, "corner": 0, "scale": 0.8, "drop": WHITE, "wave": BLUE},
    "touch-180.png": {"pixels": 180, "ground": BLUE, "corner": 0, "scale": 0.9, "drop": WHITE, "wave": BLUE},
    # In the status bar only the outline is seen.
    "badge-96.png": {"pixels": 96, "ground": None, "corner": 0, "scale": 1.3, "drop": WHITE, "wave": CLEAR},
}

if __name__ == "__main__":
    HERE.mkdir(parents=True, exist_ok=True)
    for name, wanted in ICONS.items():
        drawn(**wanted).save(HERE / name, optimize=True)
