# SPDX-License-Identifier: MIT
"""What a real compiler says of a type, without running anything: sizes of arrays in an object file."""

import support


def real_numbers(compiler, folder, source, type_name, *flags):
    """(size, alignment as a member) of a type at the end of a source file, for a compiler's command words."""
    probe = (f'#include "{source}"\n#include <stddef.h>\n'
             f"struct probe_place {{ char c; {type_name} t; }};\n"
             f"char probe_size[sizeof({type_name})];\nchar probe_align[offsetof(struct probe_place, t)];\n")
    (folder / "probe_numbers.c").write_text(probe)
    support.must(*compiler, *flags, "-c", "-o", "probe_numbers.o", "probe_numbers.c", cwd=folder)
    sizes = {}
    for line in support.must("nm", "--print-size", "probe_numbers.o", cwd=folder).out.splitlines():
        words = line.split()
        if len(words) == 4:
            sizes[words[3]] = int(words[1], 16)
    return sizes["probe_size"], sizes["probe_align"]


def said_numbers(text, base):
    """(size, alignment) that a header gives."""
    values = {}
    for line in text.splitlines():
        words = line.split()
        if len(words) >= 3 and words[0] == "#define" and words[1] in (f"{base}_SIZE", f"{base}_ALIGN"):
            values[words[1]] = int(words[2], 0)
    return values[f"{base}_SIZE"], values[f"{base}_ALIGN"]


