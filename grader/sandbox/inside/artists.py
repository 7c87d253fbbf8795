"""What is drawn in one pair of axes: lines, points, bars, surfaces and pictures, bounded in number and size."""

from __future__ import annotations

from typing import Any

from .libraries import is_instance_of, loaded

MOST = 100
MOST_POINTS = 100_000
MOST_BARS = 5000
PICTURE_SIDE = 256

Json = dict[str, Any]


def lines(axes: Any) -> list[Json]:
    """The data lines; helper lines across the whole axes (`axhline`, `axvline`) are no data and left out."""
    return [_line(line) for line in axes.lines[:MOST] if hasattr(line, "get_data_3d") or line.get_transform() == axes.transData]


def points(axes: Any) -> list[Json]:
    """The scatters, flat and in space."""
    return [_points(each) for each in _collections(axes, "PathCollection") if len(each.get_offsets())]


def bars(axes: Any) -> list[Json]:
    """The bar charts and histograms, also those drawn as one stepped outline."""
    containers = [each for each in axes.containers if is_instance_of(each, "matplotlib.container", "BarContainer")]
    found = [_bars(each) for each in containers[:MOST] if len(each.patches)]
    outlines = (_outline(patch) for patch in axes.patches[: MOST * 10] if is_instance_of(patch, "matplotlib.patches", "Polygon"))
    return found + [outline for outline in outlines if outline is not None][:MOST]


def surfaces(axes: Any) -> int:
    """How many surfaces and wire frames stand in 3-D axes."""
    solid = ("Poly3DCollection", "Line3DCollection")
    return sum(is_instance_of(each, "mpl_toolkits.mplot3d.art3d", *solid) for each in axes.collections)


def pictures(axes: Any) -> list[Json]:
    """The data of `imshow`, `matshow` and `pcolormesh`."""
    meshes = _collections(axes, "QuadMesh")
    return [_picture(each.get_array()) for each in [*axes.images, *meshes][:MOST] if each.get_array() is not None]


def _collections(axes: Any, name: str) -> list[Any]:
    return [each for each in axes.collections if is_instance_of(each, "matplotlib.collections", name)][:MOST]


def _line(line: Any) -> Json:
    if hasattr(line, "get_data_3d"):
        x, y, z = line.get_data_3d()
    else:
        x, y, z = line.get_xdata(orig=False), line.get_ydata(orig=False), None
    marker = line.get_marker()
    return {
        "x": _numbers(x),
        "y": _numbers(y),
        "z": None if z is None else _numbers(z),
        "label": _label(line),
        "style": _none_is_empty(line.get_linestyle()),
        "marker": _none_is_empty(marker) if isinstance(marker, str) else "custom",
    }


def _points(collection: Any) -> Json:
    space = getattr(collection, "_offsets3d", None)  # public only as drawn, in projection
    if space is not None:
        x, y, z = (_numbers(each) for each in space)
        return {"x": x, "y": y, "z": z, "label": _label(collection)}
    offsets = collection.get_offsets()
    return {"x": _numbers(offsets[:, 0]), "y": _numbers(offsets[:, 1]), "z": None, "label": _label(collection)}


def _bars(container: Any) -> Json:
    patches = container.patches[:MOST_BARS]
    flat = getattr(container, "orientation", "vertical") == "horizontal"
    left = _numbers([each.get_y() if flat else each.get_x() for each in patches])
    width = _numbers([each.get_height() if flat else each.get_width() for each in patches])
    height = _numbers([each.get_width() if flat else each.get_height() for each in patches])
    marked = bool(getattr(container, HISTOGRAM_MARK, False))
    label = _label(container) or _label(patches[0])  # `hist` labels the first bar, `bar` the container
    return {"left": left, "width": width, "height": height, "label": label, "histogram": marked or _touch(left, width)}


HISTOGRAM_MARK = "drawn_by_hist"


def _touch(left: Any, width: Any) -> bool:
    """Bars without gaps between them are a histogram, whoever drew them."""
    gaps = left[1:] - (left[:-1] + width[:-1])
    return len(left) >= 3 and bool((abs(gaps) <= 1e-6 * abs(width[:-1])).all())


def _outline(polygon: Any) -> Json | None:
    """The bars of a histogram drawn with `histtype='step'` or `'stepfilled'`; None for other polygons."""
    x, y = (_numbers(column) for column in polygon.get_xy().T)
    edges = 1
    while 2 * edges + 1 < len(x) and x[2 * edges] == x[2 * edges + 1] and x[2 * edges] > x[2 * edges - 2]:
        edges += 1
    rise = y[1 : 2 * edges - 1]
    if edges < 3 or x[0] != x[1] or not (rise[0::2] == rise[1::2]).all():
        return None
    left = x[0 : 2 * edges : 2]
    heights = rise[0::2] - y[0]
    width = left[1:] - left[:-1]
    return {"left": left[:-1].copy(), "width": width, "height": heights, "label": _label(polygon), "histogram": True}


def _picture(array: Any) -> Json:
    numpy = loaded("numpy")
    data = numpy.ma.filled(numpy.ma.asarray(array, dtype=None).astype(float), numpy.nan)
    step = [max(1, -(-side // PICTURE_SIDE)) for side in data.shape[:2]]
    thin = data[tuple(slice(None, None, each) for each in step)]
    return {"shape": [int(side) for side in data.shape], "data": numpy.ascontiguousarray(thin)}


def _numbers(values: Any) -> Any:
    """A flat copy as floats, NaN where masked; of very long data every k-th."""
    numpy = loaded("numpy")
    flat = numpy.ma.filled(numpy.ma.asarray(values).astype(float), numpy.nan).ravel()
    return numpy.array(flat[:: max(1, -(-len(flat) // MOST_POINTS))])


def _label(artist: Any) -> str:
    """The artist's label; matplotlib's own begin with an underscore and count as none."""
    label = artist.get_label()
    return label[:1000] if isinstance(label, str) and not label.startswith("_") else ""


def _none_is_empty(text: object) -> str:
    return "" if text in ("None", " ", "", "none", None) else str(text)[:40]
