# SPDX-License-Identifier: MIT
"""Random types: size, offsets and bit-fields are the compiler's, and its alignment lies within the bounds.

GEN_OPAQUE_SEED chooses the types, GEN_OPAQUE_DWARF_TYPES=N makes N of them (default 120) for each compiler. The source of a failure stays in pytest's temporary folder, its types are named in the message.

Unnamed bit-fields leave nothing in DWARF. A type that holds one may be outside of its bounds where no hole tells; those
are counted apart and must stay few.
"""
import os
import random

import pytest

import reader
import support
from support.compilers import COMPILERS, ELF, HAS_INT128
from support.probe import Probe
from support.random_types import Random

COUNT = int(os.environ.get("GEN_OPAQUE_DWARF_TYPES", 120))
CASES = [(name, 5) for name in COMPILERS if name in ELF] + [(name, 4) for name in ("gcc", "clang-14", "i686", "s390x", "armhf",
                                                                          "clang-i686")] + [("gcc", 3)]


def flat(layout):
    return {field["name"]: field for field in layout["fields"] if field["name"]}


def differences(made, layout, probe, old_clang):
    """What the layout says otherwise than the compiler; None: nothing."""
    truth = probe.truth(made.name)
    if layout["size"] != truth.size or not layout["size_exact"]:
        return f"size {layout['size']}, not {truth.size}"
    fields = flat(layout)
    for name in made.fields:
        if fields[name]["offset"] != probe.values[f"offset_{made.name}_{name}"] or "bit_width" in fields[name]:
            return f"{name} is {fields[name]}, its offset {probe.values[f'offset_{made.name}_{name}']}"
    for name in made.bits:
        field = fields[name]
        bits = probe.bit_range(f"{made.name}_{name}")
        if "bit_width" not in field:  # what clang 14 makes of a bit-field that fills its type, even in mid-byte
            field |= {"bit_offset": bits[0] % 8, "bit_width": 8 * field["size"] if old_clang else 0}
        if (8 * field["offset"] + field["bit_offset"], field["bit_width"]) != bits:
            return f"{name} is {field}, its bits {bits}"
    if layout["align_exact"] != (layout["align_low"] == layout["align"]):
        return "exact or not?"
    if not made.hidden and not layout["align_low"] <= truth.align <= layout["align"]:
        return f"alignment {layout['align_low']}..{layout['align']}, not {truth.align}"
    return None


@pytest.mark.parametrize("name, version", CASES)
def test_agrees_with_the_compiler(name, version, tmp_path):
    words = reader.compiler(name)
    print(f"GEN_OPAQUE_SEED={support.SEED}")
    made = Random(random.Random(f"{support.SEED} {name} {version}"), COUNT, name in HAS_INT128)
    target = reader.build(tmp_path, made.text, f"-gdwarf-{version}", words=words)
    (tmp_path / "probe.c").write_text(made.text)
    probe = Probe()
    for t in made.types:
        probe.type(t.name, str(t))
        for field in t.fields:
            probe.offset(f"{t.name}_{field}", str(t), field)
        for field in t.bits:
            probe.bits(f"{t.name}_{field}", str(t), field)
    probe.run(words, tmp_path / "probe.c")

    found = reader.layouts(target, *map(str, made.types))
    old_clang = words[0] == "clang-14"
    wrong = {str(t): text for t, row in zip(made.types, found) if (text := differences(t, row, probe, old_clang))}
    assert not wrong, f"{len(wrong)} of {COUNT}"

    aligns = [(t, row, probe.truth(t.name).align) for t, row in zip(made.types, found)]
    over = sum(row["align_low"] > align for _, row, align in aligns)
    under = sum(row["align"] < align for _, row, align in aligns)
    tight = sum(row["align"] == align for _, row, align in aligns)
    exact = sum(row["align_exact"] for _, row, _ in aligns)
    print(f"{name} DWARF {version}: {COUNT} types, upper bound right {tight / COUNT:.1%}, exact {exact / COUNT:.1%}, "
          f"with an unnamed bit-field that leaves no trace: lo over {over}, hi under {under}")
    print("outside:", *(t for t, row, align in aligns if not row["align_low"] <= align <= row["align"]))
    assert over + under <= max(3, COUNT // 200)
    assert tight >= COUNT * 0.6 and exact >= COUNT * 0.2, "the bounds say next to nothing"
