# SPDX-License-Identifier: MIT
"""Random C types with whatever makes a layout hard. Each line of a type's text is a member, so that a failure can be shrunk."""
import re

SCALARS = ("char", "signed char", "unsigned char", "short", "unsigned short", "int", "unsigned", "long",
           "unsigned long", "long long", "unsigned long long", "float", "double", "long double", "_Bool", "void *",
           "char *", "enum small", "enum large", "enum narrow", "int (*)(void)", "_Complex double", "_Complex float",
           "_Complex long double")
ATOMS = ("char", "short", "int", "long", "long long", "void *", "_Bool", "float", "double")
VECTORS = ("vector_char", "vector_int", "vector_double")
SPECIAL = ("wide_int", "low_long", *VECTORS)
BIT_TYPES = (("unsigned", 32), ("int", 32), ("unsigned char", 8), ("unsigned short", 16), ("_Bool", 1),
             ("unsigned long long", 64), ("enum small", 2), ("unsigned long", 32))
ALIGNED_BIT_TYPES = (("wide_unsigned", 32), ("low_unsigned", 32), ("wide_char", 8))
ALIGNMENTS = (1, 2, 4, 8, 16, 32, 64)
PREFIX = """enum small { S0, S1, S2 };
enum large { L0 = 0x7fffffff };
enum narrow { N0, N1 } __attribute__((packed));
typedef int wide_int __attribute__((aligned(16)));
typedef long long low_long __attribute__((aligned(2)));
typedef unsigned wide_unsigned __attribute__((aligned(16)));
typedef unsigned low_unsigned __attribute__((aligned(2)));
typedef unsigned char wide_char __attribute__((aligned(4)));
typedef char vector_char __attribute__((vector_size(8)));
typedef int vector_int __attribute__((vector_size(16)));
typedef double vector_double __attribute__((vector_size(32)));
"""


class Type:
    """One generated struct or union, or a typedef of one without a tag."""

    def __init__(self, spelling, name, word):
        self.spelling, self.name, self.word = spelling, name, word
        self.text = ""
        self.fields = []       # names that an offset can be asked for
        self.bits = []         # names of bit-fields
        self.hidden = False    # does it hold an unnamed bit-field, at any depth?
        self.flexible = False  # does it end with an array of no length?
        self.aligned = None    # a typedef of it with an alignment of its own

    def __str__(self):
        return self.spelling


class Random:
    """A source with types of a random generator."""

    def __init__(self, random, count, has_int128):
        self.random = random
        self.scalars = SCALARS + (("__int128", "unsigned __int128") if has_int128 else ())
        self.types = []
        for number in range(count):
            self._define(number)

    @property
    def text(self):
        # A compiler emits what is used.
        return source_of(self.types)

    def chance(self, percent):
        return self.random.random() * 100 < percent

    def _define(self, number):
        word = "union" if self.chance(12) else "struct"
        name = f"t{number}"
        made = Type(name if self.chance(10) else f"{word} {name}", name, word)
        self.unnamed = number % 4 == 0   # may it hold unnamed bit-fields? The others tell all that there is
        self.aligned_bits = self.chance(10)
        attributes = ""
        if self.chance(15):
            attributes += " __attribute__((packed))"
        if self.chance(8):
            attributes += self._alignment(ALIGNMENTS)
        pack = self.random.choice((1, 2, 4, 8)) if self.chance(8) else 0
        body = self._members(made, self.random.randint(1, 7), 0)
        if word == "struct" and self.chance(4):
            made.flexible = True
            body += f"\t{self.random.choice(('char', 'int', 'double'))} tail[];\n"
        if made.spelling == name:
            made.text = f"typedef {word} {{\n{body}}}{attributes} {name};\n"
        else:
            made.text = f"{word} {name} {{\n{body}}}{attributes};\n"
        if self.chance(6):
            made.aligned = f"{name}_aligned"
            made.text += f"typedef {made} {made.aligned}{self._alignment(ALIGNMENTS[:6])};\n"
        if pack:
            made.text = f"#pragma pack(push, {pack})\n{made.text}#pragma pack(pop)\n"
        self.types.append(made)

    def _alignment(self, choices):
        return f" __attribute__((aligned({self.random.choice(choices)})))"

    def _members(self, made, count, depth):
        text = ""
        for index in range(count):
            name = f"m{len(made.fields) + len(made.bits)}_{depth}"
            if self.chance(15):
                text += self._bit_field(made, name, alone=index == 0)
            elif depth < 2 and self.chance(8):
                word = self.random.choice(("struct", "union"))
                attributes = " __attribute__((packed))" if self.chance(10) else ""
                inside = self._members(made, self.random.randint(1, 3), depth + 1)
                text += f"\t{word} {{\n{inside}\t}}{attributes};\n"
            else:
                text += self._member(made, name)
        return text

    def _bit_field(self, made, name, alone):
        kind, most = self.random.choice(ALIGNED_BIT_TYPES if self.aligned_bits and self.chance(50) else BIT_TYPES)
        if self.unnamed and self.chance(30) and not alone:
            made.hidden = True
            return f"\t{kind} : {self.random.choice((0, self.random.randint(1, most)))};\n"
        made.bits.append(name)
        attributes = ""
        if self.aligned_bits and self.chance(20):
            attributes = self._alignment(ALIGNMENTS[:5])
        return f"\t{kind} {name} : {self.random.randint(1, most)}{attributes};\n"

    def _member(self, made, name):
        kind = self._kind(made)
        attributes = ""
        if self.chance(6):
            attributes = self._alignment(ALIGNMENTS[:6])
        elif self.chance(3):
            attributes = " __attribute__((packed))"
        array = "" if not self.chance(20) else f"[{self.random.choice((1, 2, 3, 7))}]"
        if array and self.chance(20):
            array += "[2]"
        # An array of elements whose size is no multiple of their alignment is an error in C.
        if kind == "wide_int" or kind.endswith("_aligned"):
            array = ""
        made.fields.append(name)
        if "(*)" in kind:
            return f"\t{kind.replace('(*)', f'(*{name}{array})')}{attributes};\n"
        return f"\t{kind} {name}{array}{attributes};\n"

    def _kind(self, made):
        choice = self.random.randrange(100)
        known = [t for t in self.types[-20:] if not t.flexible and (self.unnamed or not t.hidden)]
        if choice < 17 and known:
            inner = self.random.choice(known)
            made.hidden = made.hidden or inner.hidden
            if choice < 2:
                return f"_Atomic({inner})"
            return inner.aligned if inner.aligned and self.chance(60) else str(inner)
        if choice < 24:
            return f"_Atomic({self.random.choice(ATOMS)})"
        if choice < 29:
            return self.random.choice(SPECIAL)
        return self.random.choice(self.scalars)


def source_of(types):
    """A source with these types, each used, so that a compiler puts it into its DWARF."""
    return PREFIX + "".join(t.text for t in types) + "".join(f"{t} *use_{t.name};\n" for t in types)


def closure(made, types):
    """The type and those that it is made of, in their order."""
    needed, by_name = set(), {t.name: t for t in types}
    todo = [made.name]
    while todo:
        name = todo.pop()
        if name in by_name and name not in needed:
            needed.add(name)
            todo += re.findall(r"\bt\d+(?=_aligned\b|\b)", by_name[name].text)
    return [t for t in types if t.name in needed]
