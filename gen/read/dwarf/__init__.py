# SPDX-License-Identifier: MIT
"""Layouts out of DWARF, in layers that know only those above them.

errors    what is refused, and why
elf       ELF files, archives, compressed and relocated sections, files with the rest of the DWARF
package   DWARF package files
abbrevs   what the DIEs of a unit consist of
units     DWARF units, their DIEs and attributes
search    where bytes stand in a section
find      the units and DIEs that define a name, without reading the others
abi       what a machine and a compiler do that DWARF does not say
bounds    sizes, and alignments as bounds
sketch    definitions at a glance
describe  one type as the JSON form of struct layout
answer    a request's answer
"""
