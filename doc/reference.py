#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""A manual page of a public header, made from its doc comments: reference.py HEADER OUTPUT [PAGE...]. The page's title is the
output's name; the other PAGEs are those that it refers to.

A doc comment stands in front of what it is about:

    /**
     * NAME[, NAME...] - what it is or does, without a full stop
     * @ARGUMENT or @FIELD: what that is
     *
     * More, in paragraphs. @ARGUMENT there is an argument's name.
     */

The comment that opens the header is the page's description. test/tidy/test_slab_api.py holds names and comments
against each other, with declared() and documented() of this file.
"""
import pathlib
import re
import sys
import textwrap
from typing import NamedTuple

COMMENT = re.compile(r"/\*.*?\*/", re.S)
ATTRIBUTE = re.compile(r"\bSLAB_CALL\b|__attribute__\s*\(\((?:[^()]|\((?:[^()]|\([^()]*\))*\))*\)\)")
CXX = re.compile(r"#\s*(ifdef __cplusplus|if defined\(__cplusplus\).*)$")


class Doc(NamedTuple):
    """One doc comment: the names it is about, its first line, its @lines and its paragraphs."""
    names: list
    brief: str
    fields: dict
    body: str


def comment_text(comment):
    """What a comment says, without its stars."""
    inside = re.sub(r"^/\*\*?|\s*\*/$", "", comment)
    return re.sub(r"(?m)^[ \t]*\* ?", "", inside).strip("\n").strip(" ")


def documented(text):
    """The doc comments of a header, in its order."""
    docs = []
    for comment in COMMENT.findall(text):
        if not comment.startswith("/**"):
            continue
        head, _, body = comment_text(comment).partition("\n\n")
        head, *fields = re.split(r"\n(?=@\w+:)", head.strip())
        names, dash, brief = " ".join(head.split()).partition(" - ")
        if not dash:
            raise SystemExit(f"a doc comment without ` - `: {head}")
        fields = {name[1:]: " ".join(said.split()) for name, said in (field.split(":", 1) for field in fields)}
        docs.append(Doc(names.split(", "), brief, fields, body))
    return docs


def c_lines(text):
    """The lines that a C compiler may see: no comments, no parts for C++; continued lines in one."""
    hidden = []
    for line in COMMENT.sub(" ", text).replace("\\\n", " ").split("\n"):
        word = re.match(r"\s*#\s*(if|else|endif)", line)
        if word and word[1] == "if":
            hidden.append(bool(CXX.match(line)) or (None if "__cplusplus" not in line else False))
        elif word and word[1] == "else" and hidden[-1] is not None:
            hidden[-1] = not hidden[-1]
        elif word and word[1] == "endif":
            hidden.pop()
        elif not any(hidden):
            yield line


def declarations(code):
    """The declarations and definitions of a C text without preprocessor lines, each on one line."""
    depth, start = 0, 0
    for at, char in enumerate(code):
        depth += (char in "({") - (char in ")}")
        ends_body = char == "}" and depth == 0 and re.search(r"\)\s*{", code[start:at])
        if ends_body or (char == ";" and depth == 0):
            yield " ".join(code[start:at + 1].split())
            start = at + 1


def declared_name(declaration):
    """What a declaration declares: [name]; several of one type: all of them."""
    found = re.match(r"(?:typedef )?(struct \w+) ?[{;]", declaration)
    if found:
        return [found[1]]
    found = re.match(r"[^(]*?\(?\b(\w+)\)?\(", declaration)
    if found:
        return [found[1]]
    return re.findall(r"(\w+)(?:\[[^]]*\])?(?=[,;])", declaration)


def declared(text):
    """{name: how it is declared} of a header: functions, variables, types, macros; include guards left out."""
    names, code = {}, []
    for line in c_lines(text):
        macro = re.match(r"\s*#\s*define (\w+)(\([^)]*\))?", line)
        if macro and not re.fullmatch(r"SLAB_\w+_H", macro[1]):
            names.setdefault(macro[1], macro[1] + (macro[2] or ""))
        elif not line.lstrip().startswith("#") and not re.match(r"[A-Z_]+\(.*\)$", line):
            code.append(line)
    for declaration in declarations(ATTRIBUTE.sub("", "\n".join(code))):
        if ")" in declaration.split("{")[0]:
            declaration = re.sub(r"{.*}$", ";", declaration)
        plain = re.sub(r"^(extern |static |inline )+", "", declaration).replace(" ;", ";")
        for name in declared_name(plain):
            names[name] = plain
    return names


def members(declaration):
    """The names of a struct's members."""
    inside = re.search(r"struct \w+ {(.*)}", declaration)
    declarators = [part for member in inside[1].split(";") for part in re.split(r",(?![^(]*\))", member)] if inside else []
    return [re.search(r"\(\*(\w+)\)|(\w+)(?: [A-Z_]+)?(?:\[.*)?$", part.strip()).expand(r"\1\2")
            for part in declarators if part.strip()]


# ---- roff ----


def escape(text):
    """Text for roff, @argument in italics."""
    text = text.replace("\\", "\\e").replace("-", "\\-")
    return re.sub(r"^([.'])", r"\\&\1", re.sub(r"@(\w+)", r"\\fI\1\\fR", text))


def sentence(text):
    """A first line as a sentence; one that begins with a name of C keeps it as it is."""
    start = text[0].upper() if re.match(r"[a-z]+(?![\w(])", text) else text[0]
    return start + text[1:] + ("" if text.endswith("?") else ".")


def paragraphs(text):
    """Paragraphs of running text; lines that are indented keep their form."""
    for part in re.split(r"\n\s*\n", text):
        lines = part.split("\n")
        if not part.strip():
            continue
        if re.match(r"\t| {2,}", lines[0]):
            yield from [".PP", ".nf", *map(escape, textwrap.dedent(part).expandtabs(4).split("\n")), ".fi"]
        else:
            yield from [".PP", escape(" ".join(part.split()))]


def prototype(declaration):
    """A declaration as lines: a struct with a line for each member, arguments never torn apart."""
    struct = re.match(r"(struct \w+ {)(.*)}", declaration)
    if struct:
        return [struct[1], *(f"    {re.sub(' [A-Z_]+$', '', member.strip())};" for member in struct[2].split(";") if member.strip()), "};"]
    lines = textwrap.wrap(re.sub(r"(?<!,) ", "\0", declaration), 72, subsequent_indent="    ")
    return [line.replace("\0", " ") for line in lines]


def entry(doc, names):
    """What the page says of one doc comment."""
    seen = list(dict.fromkeys(names[name] for name in doc.names if name in names))
    yield from [".PP", ".nf"]
    for declaration in seen:
        yield from (f"\\fB{escape(line)}\\fR" for line in prototype(declaration))
    yield from [".fi", ".RS 4", escape(sentence(doc.brief))]
    for name, said in doc.fields.items():
        yield from [".TP", f"\\fI{escape(name)}\\fR", escape(said)]
    yield from paragraphs(doc.body)
    yield ".RE"


def name_line(title, docs, opening):
    """What whatis(1) and man(1) find the page by: all its names, and what the opening comment begins with."""
    brief = re.match(r"(.*?)(?=\. |[.:]?$)", " ".join(opening.split("\n\n")[0].split()))[1]
    names = dict.fromkeys([title, *(name.removeprefix("struct ") for doc in docs for name in doc.names)])
    return f"{', '.join(names)} \\- {escape(brief[0].lower() + brief[1:])}"


def page(path, title, others):
    """The lines of the page of one header."""
    text = path.read_text(encoding="utf-8")
    names, docs = declared(text), documented(text)
    opening = next(comment_text(comment) for comment in COMMENT.findall(text) if comment.startswith("/*\n"))
    yield '.\\" SPDX-License-Identifier: MIT'
    yield f'.TH {title.upper()} 3 "" "slab" "Slab allocator"'
    yield from [".nh", ".SH NAME", name_line(title, docs, opening), ".hy"]
    yield from [".SH SYNOPSIS", ".nf", f"\\fB#include <slab/{path.name}>\\fR", ".PP",
                escape("cc ... $(pkg-config --cflags --libs slab)"), ".fi"]
    yield ".SH DESCRIPTION"
    yield from paragraphs(opening)
    for doc in docs:
        yield from entry(doc, names)
    yield from [".SH SEE ALSO", ", ".join(f"\\fB{escape(other)}\\fR(3)" for other in others if other != title)]


def main():
    header, output = map(pathlib.Path, sys.argv[1:3])
    output.write_text("\n".join(page(header, output.stem, sys.argv[3:])) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
