# SPDX-License-Identifier: MIT
"""The benchmarks' figures as pictures: SVG that needs nothing else, for light and dark pages."""
import collections
import math
from xml.sax.saxutils import escape

import figures as figures_of
import works
from figures import Row

STYLE = """
  svg { --page: #ffffff; --card: #f5f6f8; --ink: #1b1f24; --soft: #666d76; --line: #d7dbe0; --ours: #0a66c2; --gain: #0a66c226;
    --loss: #c2410c; --lost: #c2410c26; --glibc: #9aa1ab; --mimalloc: #d98a00; --jemalloc: #0b9b6b; --tcmalloc: #b8569a; --DPDK: #6d5bd0; }
  @media (prefers-color-scheme: dark) {
    svg { --page: #0d1117; --card: #161b22; --ink: #e6edf3; --soft: #9198a1; --line: #30363d; --ours: #58a6ff; --gain: #58a6ff3d;
      --loss: #ff8a5c; --lost: #ff8a5c3d; --glibc: #8b949e; --mimalloc: #f0b441; --jemalloc: #3fc998; --tcmalloc: #e083c0; --DPDK: #a393ff; } }
  text { font: 12px system-ui, -apple-system, "Segoe UI", "DejaVu Sans", sans-serif; fill: var(--ink); }
  .title { font-weight: 600; font-size: 13.5px; } .head { font-weight: 700; font-size: 20px; }
  .soft { fill: var(--soft); } .tick { fill: var(--soft); font-size: 10px; }
  .won { fill: var(--ours); font-weight: 700; } .lost { fill: var(--loss); font-weight: 700; }
  .grid { stroke: var(--line); stroke-width: 1; } .strip { stroke: var(--line); stroke-width: 1; stroke-dasharray: 1 3; }
"""

WIDTH = 1020
MARGIN = 20
GAP = 14
STRIP = 23  # from one line of a panel to the next
PEER_RADIUS = 4.2

Panel = collections.namedtuple("Panel", "title scale rows")  # scale: "ns", "bytes" or "share"; rows: [(label, Row)]


class Drawing:
    """Elements of an SVG, one a line; numbers are rounded, so that equal figures give equal bytes."""

    def __init__(self, width, height, title):
        self.lines = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
                      f'role="img">', f"<title>{escape(title)}</title>", f"<style>{STYLE}</style>"]
        self.shape("rect", width=width, height=height, rx=12, fill="var(--page)")

    def shape(self, element, **attributes):
        words = " ".join(f'{name.rstrip("_").replace("_", "-")}="{short(value)}"' for name, value in attributes.items())
        self.lines.append(f"<{element} {words}/>")

    def text(self, x, y, words, kind="", anchor="start"):
        name = f' class="{kind}"' if kind else ""
        self.lines.append(f'<text x="{short(x)}" y="{short(y)}"{name} text-anchor="{anchor}">{escape(words)}</text>')

    def finish(self):
        return "\n".join([*self.lines, "</svg>", ""])


def short(value):
    return f"{value:.1f}".rstrip("0").rstrip(".") if isinstance(value, float) else value


# ---- scales ----

class Scale:
    """Values to places between two points; what is beyond the end goes to the end."""

    def __init__(self, kind, low, high, start, end):
        self.kind, self.start, self.end = kind, start, end
        self.low, self.high = (math.log(low), math.log(high)) if kind == "ns" else (low, high)

    def place(self, value):
        at = math.log(max(value, 1e-9)) if self.kind == "ns" else value
        share = (at - self.low) / (self.high - self.low)
        return self.start + min(max(share, 0.0), 1.0) * (self.end - self.start)

    def beyond(self, value):
        return (math.log(value) if value > 0 and self.kind == "ns" else value) > self.high + 1e-9

    def ticks(self):
        if self.kind == "bytes":
            return [(1.0, "1"), (1.1, "1.1"), (1.2, "1.2"), (1.3, "1.3")]
        if self.kind == "share":
            return [(0.0, "0"), (0.5, "50 %"), (1.0, "100 %")]
        steps = (1, 10, 100, 1000, 10000) if self.high - self.low > math.log(300) else (
            step * 10 ** power for power in range(5) for step in (1, 2, 5))
        return [(value, f"{value:g}") for value in steps if self.low <= math.log(value) <= self.high]


def scale_of(panel, figures, start, end):
    if panel.scale == "bytes":
        return Scale("bytes", 0.98, 1.3, start, end)
    if panel.scale == "share":
        return Scale("share", 0.0, 1.1, start, end)
    values = {name: [figures.value(row, name) for _, row in panel.rows if figures.value(row, name)]
              for name in ("inlined", "called", *figures_of.PEERS)}
    everything = [value for column in values.values() for value in column]
    low = min(everything) / 1.25
    # Far peers are off the scale; our own never are, nor the one that they are held against.
    held = [*values["inlined"], *values["called"], *(figures.value(row, figures.best(row)) for _, row in panel.rows)]
    return Scale("ns", low, max(max(held) * 1.3, min(max(everything) * 1.15, low * 100)), start, end)


# ---- one panel ----

def panels(figures):
    """What there is to show, of what was measured."""
    found = [Panel(works.TITLES[work], "ns",
                   [(works.size_name(size), Row(work, size, 2 if work == "handover" else 1)) for size in works.SIZES])
             for work in works.EACH_SIZE]
    names = {"pair": "pair", "random": "random", "bulk64": "bulk 64", "replace": "replace", "larson": "Larson",
             "churn": "short lives", "many": "200 caches", "after64k": "after 64 KiB", "after2m": "after 2 MiB"}
    found.append(Panel("Other works, 64 B", "ns", [(names[work], Row(work, 64, 1)) for work in works.ONE_SIZE]))
    threads = max((row.threads for row in figures.rows), default=1)
    found.append(Panel(f"In {threads} threads at once, 64 B", "ns",
                       [(names[work], Row(work, 64, threads)) for work in works.IN_THREADS]))
    found += [Panel(works.TITLES[work], scale, [(works.size_name(size), Row(work, size, 1)) for size in works.SIZES])
              for work, scale in (("resident", "bytes"), ("kept", "share"))]
    measured = [panel._replace(rows=[(label, row) for label, row in panel.rows if figures.best(row) and
                                     figures.value(row, "inlined") is not None]) for panel in found]
    return [panel for panel in measured if panel.rows]


def height_of(panel):
    return 36 + STRIP * len(panel.rows) + 24


def verdict(panel, figures, row):
    """What stands at the end of a line, and whether it is good."""
    own, best = figures.value(row, "inlined"), figures.value(row, figures.best(row))
    if panel.scale == "ns":
        return f"{best / own:.1f}×", own <= best
    if panel.scale == "bytes":
        return f"{own:.3f}", own <= best + 0.005
    return f"{own:.1%}".replace("%", " %"), own <= best


def draw_line(drawing, figures, panel, scale, y, row):
    drawing.shape("line", x1=scale.start, y1=y, x2=scale.end, y2=y, class_="strip")
    words, good = verdict(panel, figures, row)
    own, best = scale.place(figures.value(row, "inlined")), scale.place(figures.value(row, figures.best(row)))
    drawing.shape("line", x1=own, y1=y, x2=best, y2=y, stroke=f"var(--{'gain' if good else 'lost'})", stroke_width=9,
                  stroke_linecap="round")
    for peer in figures_of.PEERS:
        draw_peer(drawing, scale, y, peer, figures.value(row, peer))
    called = figures.value(row, "called")
    if called is not None:
        drawing.shape("circle", cx=scale.place(called), cy=y, r=4.5, fill="var(--card)", stroke="var(--ours)", stroke_width=2)
    drawing.shape("circle", cx=own, cy=y, r=6, fill="var(--ours)")
    drawing.text(scale.end + 54, y + 4, words, "won" if good else "lost", "end")


def draw_peer(drawing, scale, y, peer, value):
    if value is None:
        return
    x = scale.place(value)
    if scale.beyond(value):  # an arrow: further than there is room for
        drawing.shape("path", d=f"M{short(x - 3)} {short(y - 4.5)} l7 4.5 l-7 4.5 z", fill=f"var(--{peer})")
    else:
        drawing.shape("circle", cx=x, cy=y, r=PEER_RADIUS, fill=f"var(--{peer})", fill_opacity=0.9)


def draw_panel(drawing, figures, panel, left, top, width):
    drawing.shape("rect", x=left, y=top, width=width, height=height_of(panel), rx=8, fill="var(--card)")
    drawing.text(left + 12, top + 22, panel.title, "title")
    labels = max(len(label) for label, _ in panel.rows)
    scale = scale_of(panel, figures, left + 24 + labels * 6.2, left + width - 66.0)
    bottom = top + 36 + STRIP * len(panel.rows)
    for value, words in scale.ticks():
        x = scale.place(value)
        drawing.shape("line", x1=x, y1=top + 32, x2=x, y2=bottom, class_="grid")
        drawing.text(x, bottom + 14, words, "tick", "middle")
    for number, (label, row) in enumerate(panel.rows):
        y = top + 36 + STRIP * number + STRIP / 2
        drawing.text(left + 12, y + 4, label, "soft")
        draw_line(drawing, figures, panel, scale, y, row)


def legend(drawing, figures, y):
    x = MARGIN + 4
    marks = [("slab, inlined", 6, "ours", True), ("slab, called", 4.5, "ours", False)]
    marks += [(peer, PEER_RADIUS, peer, True) for peer in figures_of.PEERS if any(peer in row for row in figures.rows.values())]
    for name, radius, colour, filled in marks:
        drawing.shape("circle", cx=x, cy=y - 4, r=radius, fill=f"var(--{colour})" if filled else "none",
                      stroke=f"var(--{colour})", stroke_width=0 if filled else 2)
        drawing.text(x + 11, y, name)
        x += 32 + len(name) * 6.6
    drawing.text(WIDTH - MARGIN - 4, y, "2.0×: the best peer takes twice as long    ▸ off the scale", "soft", "end")


def overview(figures):
    """All works, a panel each."""
    columns = 3
    shown = panels(figures)
    rows = [shown[at:at + columns] for at in range(0, len(shown), columns)]
    head = 104
    height = head + sum(max(map(height_of, row)) + GAP for row in rows) + MARGIN - GAP
    drawing = Drawing(WIDTH, height, "slab against glibc, mimalloc, jemalloc, tcmalloc and DPDK")
    drawing.text(MARGIN + 4, 40, "Nanoseconds for one allocation and its free", "head")
    drawing.text(MARGIN + 4, 60, "further left is faster; every panel has its own scale, the last two show memory", "soft")
    legend(drawing, figures, 86)
    width = (WIDTH - 2 * MARGIN - (columns - 1) * GAP) / columns
    top = head
    for row in rows:
        for column, panel in enumerate(row):
            draw_panel(drawing, figures, panel, MARGIN + column * (width + GAP), top, width)
        top += max(map(height_of, row)) + GAP
    return drawing.finish()


# ---- where the address comes from ----

FORM_NAMES = {"static": "&static cache", "patched": "patched into the code", "loaded": "pointer loaded from memory"}


def address_scale(figures, states, start, end):
    most = max(figures.value(works.address(state), form) or 0 for state in states for form in works.FORMS)
    scale = Scale("linear", 0.0, most * 1.06, start, end)
    scale.ticks = lambda: [(value, f"{value} ns") for value in range(0, int(most) + 1, 50)]
    return scale


def draw_state(drawing, figures, scale, y, state):
    static, loaded, patched = (figures.value(works.address(state), form) for form in ("static", "loaded", "patched"))
    drawing.shape("line", x1=scale.start, y1=y, x2=scale.end, y2=y, class_="strip")
    drawing.shape("line", x1=scale.place(static), y1=y, x2=scale.place(loaded), y2=y,
                  stroke=f"var(--{'gain' if loaded >= static else 'lost'})", stroke_width=9, stroke_linecap="round")
    drawing.shape("circle", cx=scale.place(loaded), cy=y, r=5.5, fill="var(--mimalloc)")
    drawing.shape("circle", cx=scale.place(static), cy=y, r=6, fill="var(--ours)")
    drawing.shape("circle", cx=scale.place(patched), cy=y, r=3, fill="var(--page)", stroke="var(--ours)", stroke_width=1.5)
    drawing.text(scale.end + 76, y + 4, f"{loaded - static:+.1f} ns".replace("-", "−"), "won" if loaded >= static else "lost",
                 "end")


def address_chart(figures):
    """What a loaded pointer costs, in states of the caches."""
    states = [state for state in works.ADDRESS if works.address(state) in figures.rows]
    bottom = 100 + 27 * len(states)
    drawing = Drawing(WIDTH, bottom + 34, "what loading the address of a cache costs")
    drawing.text(MARGIN + 4, 40, "What does it cost to load the address of a cache?", "head")
    drawing.text(MARGIN + 4, 60, "nanoseconds for one inlined pair of 64 bytes, by where the address comes from", "soft")
    x = MARGIN + 4.0
    for form, colour, radius in (("static", "ours", 6), ("loaded", "mimalloc", 5.5)):
        drawing.shape("circle", cx=x + 4, cy=80, r=radius, fill=f"var(--{colour})")
        drawing.text(x + 16, 84, FORM_NAMES[form])
        x += 42 + 6.4 * len(FORM_NAMES[form])
    drawing.shape("circle", cx=x + 4, cy=80, r=3, fill="var(--page)", stroke="var(--ours)", stroke_width=1.5)
    drawing.text(x + 14, 84, FORM_NAMES["patched"])
    scale = address_scale(figures, states, 300.0, WIDTH - MARGIN - 90.0)
    for value, words in scale.ticks():
        drawing.shape("line", x1=scale.place(value), y1=100, x2=scale.place(value), y2=bottom, class_="grid")
        drawing.text(scale.place(value), bottom + 16, words, "tick", "middle")
    for number, state in enumerate(states):
        y = 100 + 27 * number + 13.5
        drawing.text(MARGIN + 4, y + 4, works.STATES[state])
        draw_state(drawing, figures, scale, y, state)
    return drawing.finish()
