# SPDX-License-Identifier: MIT
"""What cannot be answered is refused in words that say why: the whole text is tested."""
import json
import shutil
import struct

import pytest

import reader
import support

CONN = "struct conn { int fd; long number; };\nstruct conn conn;\n"
MAIN = "int main(void) { return 0; }\n"
NO_LTO = "note: build it with -fno-lto, or give the linked file"


def program(folder, *flags):
    path = reader.build(folder, CONN + MAIN)
    support.must("gcc", *flags, "-o", "program", path, cwd=folder)
    return folder / "program"


def test_no_file(tmp_path):
    assert reader.refusal(tmp_path / "conn.o") == [f"{tmp_path}/conn.o: error: cannot be read: No such file or directory"]
    assert reader.refusal(tmp_path) == [f"{tmp_path}: error: cannot be read: Is a directory"]


@pytest.mark.parametrize("content, text", [
    (b"", "is empty"),
    (b"\x7fEL", "truncated: it ends at byte 3, inside its header"),
    (b"\x7fELF" + b"\0" * 9, "truncated: it ends at byte 13, inside its header"),
    (b"\x7fELF" + b"\0" * 99, "corrupt: its ELF header is of no known class"),
    (b"int main(void);\n", "is neither an ELF object nor an archive of them"),
    (b"\0asm\1\0\0\0", "is WebAssembly; only ELF objects are read"),
    (b"MZ" + b"\0" * 99, "is a Windows program; only ELF objects are read"),
    (b"!<arch>\n" + b"x" * 60, "corrupt: the archive has no member at byte 8"),
    (b"!<arch>\nconn.o/         0           0     0     644     99        `\nabc",
     "truncated: a member of the archive would end at byte 167, but it has 71"),
], ids=lambda v: v[:12] if isinstance(v, bytes) else "")
def test_not_an_object(content, text, tmp_path):
    path = tmp_path / "conn.o"
    path.write_bytes(content)
    assert reader.refusal(path) == [f"{path}: error: {text}"]


def test_bitcode(tmp_path):
    path = reader.build(tmp_path, CONN, "-flto", words=reader.compiler("clang-14"))
    assert reader.refusal(path) == [f"{path}: error: is LLVM bitcode (clang -flto), which holds no DWARF", NO_LTO]


def test_slim_lto(tmp_path):
    path = reader.build(tmp_path, CONN, "-flto", "-fno-fat-lto-objects")
    assert reader.refusal(path) == [
        f"{path}: error: is a slim LTO object (gcc -flto), which holds no finished DWARF", NO_LTO]


def test_no_dwarf(tmp_path):
    path = reader.build(tmp_path, CONN, "-g0")
    assert reader.refusal(path) == [f"{path}: error: holds no DWARF: it was built without -g, or stripped of it"]


@pytest.mark.parametrize("name", ["gcc", "clang-14"])
def test_only_line_tables(name, tmp_path):
    path = reader.build(tmp_path, CONN + MAIN, "-g1", words=reader.compiler(name))
    assert reader.refusal(path) == [
        f"{path}: error: holds only line tables, no types: it was built with -g1 or -gline-tables-only",
        "note: build it with -g"]


def test_stripped(tmp_path):
    path = program(tmp_path, "-Wl,--build-id=0xabcdef01")
    support.must("strip", path)
    text = f"{path}: error: is stripped of its debug information, and no debug file of it is found"
    assert reader.refusal(path, debug_dirs=["/nowhere"]) == [
        text, "note: looked for /nowhere/.build-id/ab/cdef01.debug"]
    program(tmp_path, "-Wl,--build-id=none")
    support.must("strip", path)
    assert reader.refusal(path) == [text, "note: it names no debug file: it has neither build-id nor debuglink"]


def test_stripped_with_the_debug_file_of_another_build(tmp_path):
    path = program(tmp_path, "-Wl,--build-id=none")
    support.must("objcopy", "--only-keep-debug", path, "program.debug", cwd=tmp_path)
    support.must("objcopy", "--strip-all", "--add-gnu-debuglink=program.debug", path, cwd=tmp_path)
    with open(tmp_path / "program.debug", "ab") as stream:
        stream.write(b"\0")
    assert reader.refusal(path, debug_dirs=[]) == [
        f"{path}: error: is stripped of its debug information, and no debug file of it is found",
        f"note: looked for {tmp_path}/program.debug, {tmp_path}/.debug/program.debug"]


@pytest.mark.parametrize("version", [4, 5])
def test_split_without_its_half(version, tmp_path):
    path = reader.build(tmp_path, CONN, "-gsplit-dwarf", f"-gdwarf-{version}")
    (tmp_path / "conn.dwo").unlink()
    text = f"{path}: error: has its types in a .dwo file that is not found (or is of another build)"
    assert reader.refusal(path)[-2:] == [text, f"note: looked for {tmp_path}/conn.dwo, {path}.dwp"]
    other = tmp_path / "other"
    reader.build(other, CONN + "int other;\n", "-gsplit-dwarf", f"-gdwarf-{version}")
    shutil.copy(other / "conn.dwo", tmp_path)
    assert text in reader.refusal(path)


@pytest.mark.parametrize("name", ["gcc", "clang-14"])
def test_only_declared(name, tmp_path):
    path = reader.build(tmp_path, "struct other { int x; };\nstruct conn;\nstruct conn *f(struct other o) { return 0; }\n"
                        "typedef struct conn conn_t;\nconn_t *g;\n", words=reader.compiler(name))
    lines = reader.refusal(path)
    assert lines == [f"{path}: error: 'struct conn' is declared here, but never defined",
                     "note: give the object whose source defines it"]
    assert reader.refusal(path, "conn_t") == lines


def test_unknown(tmp_path):
    path = reader.build(tmp_path, CONN + "struct conm { int x; } m; typedef int conn_t; conn_t t; union corn { int x; } u;")
    assert reader.refusal(path, "struct con") == [
        f"{path}: error: there is no 'struct con' here",
        "note: the nearest names there are: 'struct conm', 'struct conn', 'union corn'"]
    assert reader.refusal(path, "union conn") == [
        f"{path}: error: there is no 'union conn' here",
        "note: the nearest names there are: 'struct conn', 'union corn', 'struct conm'"]
    assert reader.refusal(path, "struct entirely_different") == [
        f"{path}: error: there is no 'struct entirely_different' here",
        "note: give the object whose source defines it"]


def test_one_of_two_is_unknown(tmp_path):
    path = reader.build(tmp_path, CONN)
    assert reader.refusal(path, "struct conn", "struct what")[0] == f"{path}: error: there is no 'struct what' here"


def test_two_types_of_one_name(tmp_path):
    first = reader.build(tmp_path, CONN, name="first")
    second = reader.build(tmp_path, "\n" + CONN.replace("long", "short"), name="second")
    support.must("ar", "rcs", "both.a", first, second, cwd=tmp_path)
    for inputs, labels in ((["first.o", "second.o"], ("first.o", "second.o")),
                           (["both.a"], ("both.a(first.o)", "both.a(second.o)"))):
        assert reader.refusal(inputs, cwd=tmp_path) == [
            f"{tmp_path}/first.c:1: error: 'struct conn' means two different types",
            f"{tmp_path}/first.c:1: note: one of 16 bytes is defined here, in {labels[0]}",
            f"{tmp_path}/second.c:2: note: another of 8 bytes is defined here, in {labels[1]}"]


def test_two_types_of_one_name_in_two_scopes(tmp_path):
    path = reader.build(tmp_path, CONN + "int f(void) { struct conn { char c; } c = { 1 }; return c.c; }\n")
    assert [line.split(": ", 1)[1] for line in reader.refusal(path)] == [
        "error: 'struct conn' means two different types",
        f"note: one of 16 bytes is defined here, in {path}", f"note: another of 1 bytes is defined here, in {path}"]


def test_two_types_of_one_name_and_size(tmp_path):
    first = reader.build(tmp_path, CONN, name="first")
    second = reader.build(tmp_path, CONN.replace("int fd; long number", "long number; int fd"), name="second")
    assert reader.refusal([first, second])[0] == f"{tmp_path}/first.c:1: error: 'struct conn' means two different types"


def test_the_same_type_twice_is_one(tmp_path):
    paths = [reader.build(tmp_path, CONN, words=reader.compiler(name), name=name)
             for name in ("gcc", "clang-14", "clang-19")]
    assert reader.layouts(paths, "struct conn")[0]["size"] == 16


def test_truncated(tmp_path):
    path = reader.build(tmp_path, CONN)
    data = path.read_bytes()
    path.write_bytes(data[:-100])
    assert reader.refusal(path) == [f"{path}: error: truncated: its section headers would end at byte {len(data)}, "
                                    f"but it has {len(data) - 100}"]


def test_truncated_section(tmp_path):
    path = reader.build(tmp_path, CONN)
    data = bytearray(path.read_bytes())
    offset, _, header = reader.section(path, ".debug_info")
    struct.pack_into("<Q", data, header + 32, 1 << 40)
    path.write_bytes(data)
    assert reader.refusal(path) == [f"{path}: error: truncated: its section .debug_info would end at byte "
                                    f"{offset + (1 << 40)}, but it has {len(data)}"]


@pytest.mark.parametrize("at, size, value, text", [
    (4, 2, 9, "a unit says that it is DWARF 9"),
    (0, 4, 1 << 30, "a unit of its DWARF is cut off"),
    (7, 1, 99, "a unit says that an address has 99 bytes"),
    (12, 1, 99, "a DIE has the unknown abbreviation 99")])
def test_corrupt(at, size, value, text, tmp_path):
    path = reader.build(tmp_path, CONN, "-gdwarf-5")
    offset, _, _ = reader.section(path, ".debug_info")
    data = bytearray(path.read_bytes())
    data[offset + at:offset + at + size] = value.to_bytes(size, "little")
    path.write_bytes(data)
    assert reader.refusal(path) == [f"{path}: error: corrupt: {text}"]


@pytest.mark.parametrize("at, value, text", [
    (8, 1 << 40, "its section {} cannot grow from {} to 1099511627776 bytes"),
    (8, 7, "its section {} "),
    (24, 0, "its section {} cannot be decompressed"),
    (0, 77, "its section {} is compressed in an unknown way (77)")])
def test_compressed_and_broken(at, value, text, tmp_path):
    path = reader.build(tmp_path, CONN + "".join(f"struct s{i} {{ int x{i}; }} v{i};" for i in range(99)), "-gz=zlib")
    offset, size, _ = reader.section(path, ".debug_info")
    data = bytearray(path.read_bytes())
    struct.pack_into("<Q", data, offset + at, value)
    path.write_bytes(data)
    line, = reader.refusal(path)
    assert text.format(".debug_info", size - 24) in line


def test_zstd_without_a_library(tmp_path):
    path = reader.build(tmp_path, CONN + "".join(f"struct s{i} {{ int x; }} v{i};" for i in range(50)), "-gz=zstd",
                        words=reader.compiler("clang-19"))
    (tmp_path / "lib").mkdir()
    (tmp_path / "lib" / "zstandard.py").write_text("raise ImportError\n")
    request = {"op": "find", "names": ["conn"], "inputs": [str(path)], "debug_dirs": []}
    error, = reader.facts(json.dumps(request), PYTHONPATH=str(tmp_path / "lib"))["errors"]
    assert error["text"].endswith("is compressed with zstd, which this Python cannot read")
    assert error["notes"] == ["install Python's zstandard (Debian: python3-zstandard), or decompress it with "
                              "'objcopy --decompress-debug-sections'"]


def test_relocations_of_an_unknown_machine(tmp_path):
    path = reader.build(tmp_path, CONN)
    data = bytearray(path.read_bytes())
    struct.pack_into("<H", data, 18, 9999)
    path.write_bytes(data)
    assert reader.refusal(path) == [
        f"{path}: error: is an object of a machine (ELF number 9999) whose relocations are not known",
        "note: give the linked file"]


def test_out_of_memory_and_time(tmp_path):
    body = "".join(f"struct s{i} {{ int a{i}[{i + 1}]; struct s{i} *b; }} v{i};\n" for i in range(3000))
    path = reader.build(tmp_path, CONN + body)
    answer = reader.ask(path, all=True, mebibytes=1)
    assert reader.words_of(answer) == ["error: the DWARF reader needs more than 1 MiB of memory"]
    # Less than a tick of the clock that counts it.
    answer = reader.ask(path, all=True, seconds=0.001)
    assert reader.words_of(answer) == ["error: the DWARF reader did not finish in 0.001 seconds"]


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"inputs": 3}', '{"op": "find", "names": ["c"], "inputs": ["x"]}',
                                  "[" * 100_000, "nul\0"], ids=range(8))
def test_broken_requests_of_the_helper(text):
    answer = reader.facts(text)
    error, = answer["errors"]
    assert answer.get("found", []) == []
    assert "the DWARF reader fails (" in error["text"] or error["text"].startswith("cannot be read: No such file")


def test_order_is_that_of_the_request(tmp_path):
    path = reader.build(tmp_path, CONN + "struct a { int x; } a; struct b { int x; } b;")
    names = ["struct b", "struct conn", "struct a"]
    assert [f"struct {row['name']}" for row in reader.layouts(path, *names)] == names
