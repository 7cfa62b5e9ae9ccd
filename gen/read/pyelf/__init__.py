# SPDX-License-Identifier: MIT
"""Types out of DWARF by pyelftools, in modules that know only those above them.

refusal      what is refused, and why
relocations  of relocatable objects
elf          ELF files: their sections, ready to read
archives     files and archives of them
separate     files with the rest of the DWARF
packages     DWARF package files
structs      pyelftools' parsers, and what they lack
abbrevs      what the DIEs of a unit consist of
units        units, their DIEs and attributes
find         the DIEs of a name, without reading the others
facts        DIEs as JSON
answer       a request's answer
"""
