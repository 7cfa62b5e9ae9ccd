# SPDX-License-Identifier: MIT
"""A random C program that mixes private stores and loads with copies of the shadow, each of them well defined only
under the remedies. `pointers` leaves out the copies that the shadow's own attribute does not reach."""

FIELD_TYPES = ("char", "short", "int", "long", "long long", "unsigned", "float", "double", "void *")
FUNCTIONS = 40
OPERATIONS = 12

OWNER_HEADER = """struct thing;
{prototypes}
"""
ACCESSORS = """long get_{name}(const struct thing *thing)
{{
	return (long)thing->{name};
}}

void set_{name}(struct thing *thing, long value)
{{
	thing->{name} = ({type})value;
}}
"""
MAIN = """
static void fill(struct thing *thing, long value)
{{
{fills}
}}

static unsigned long sum(const struct thing *thing)
{{
	unsigned long total = 0;

{sums}
	return total;
}}

typedef unsigned long function(struct thing_opaque *a, struct thing_opaque *b, struct box *x, struct box *y, long n);
static function *const functions[] = {{ {names} }};

int main(int argc, char **argv)
{{
	static struct thing_opaque one, two;
	static struct box left, right;
	struct thing_opaque *heap = malloc(sizeof(*heap));
	struct thing_opaque *things[] = {{ &one, &two, &global, &pool[1], &left.thing, &right.thing, heap }};
	struct box *boxes[] = {{ &left, &right }};
	const size_t n_things = sizeof(things) / sizeof(things[0]);

	(void)argv;
	for (size_t f = 0; f < sizeof(functions) / sizeof(functions[0]); f++) {{
		for (size_t pair = 0; pair < n_things * n_things * 4; pair++) {{
			unsigned long answer;

			for (size_t i = 0; i < n_things; i++)
				fill(to_thing(things[i]), (long)i + 3);
			left.id = right.id = 1;
			answer = functions[f](things[pair % n_things], things[pair / n_things % n_things],
					      boxes[pair & 1], boxes[pair / (n_things * n_things) & 1], argc);
			for (size_t i = 0; i < n_things; i++)
				answer = answer * 31 + sum(to_thing(things[i]));
			printf("%zu %zu %lx\\n", f, pair, answer);
		}}
	}}
	free(heap);
	return 0;
}}
"""


class Program:
    """The owner's header and source (a `struct THING_PRIVATE thing`) and the holder's source, from one random.Random."""

    def __init__(self, random, pointers=False):
        self.random = random
        self.fields = [(f"f{i}", random.choice(FIELD_TYPES)) for i in range(random.randint(2, 6))]
        self.fields = [(name, "long" if kind == "void *" else kind) for name, kind in self.fields]
        self.pointers = pointers
        prototypes = "".join(f"long get_{name}(const struct thing *thing);\nvoid set_{name}(struct thing *thing, long value);\n"
                             for name, _ in self.fields)
        members = "".join(f"\t{kind} {name};\n" for name, kind in self.fields)
        self.header = OWNER_HEADER.format(prototypes=prototypes)
        self.owner = ('#include "thing.h"\n#include "thing_opaque.h"\n\nstruct THING_PRIVATE thing {\n' + members
                      + "};\nTHING_OPAQUE_CHECK();\n\n"
                      + "\n".join(ACCESSORS.format(name=name, type=kind) for name, kind in self.fields))
        bodies = "\n".join(self.function(i) for i in range(FUNCTIONS))
        self.holder = ('#include <stdio.h>\n#include <stdlib.h>\n\n#include "thing.h"\n#include "thing_opaque.h"\n\n'
                       "struct box {\n\tint id;\n\tstruct thing_opaque thing;\n};\n"
                       "static struct thing_opaque global, pool[3];\n\n" + bodies
                       + MAIN.format(names=", ".join(f"function{i}" for i in range(FUNCTIONS)),
                                     fills="\n".join(f"\tset_{name}(thing, value + {i});"
                                                     for i, (name, _) in enumerate(self.fields)),
                                     sums="\n".join(f"\ttotal = total * 31 + (unsigned long)get_{name}(thing);"
                                                    for name, _ in self.fields)))

    def function(self, number):
        lines = "".join(f"\t{self.operation()}\n" for _ in range(OPERATIONS))
        return (f"__attribute__((noinline)) static unsigned long function{number}(struct thing_opaque *a, "
                "struct thing_opaque *b, struct box *x,\n\t\tstruct box *y, long n)\n{\n"
                "\tstruct thing_opaque spare = *b;\n\tstruct box box = *y;\n\tunsigned long answer = 0;\n\n"
                "\t(void)x;\n\t(void)box;\n" + lines + "\treturn answer;\n}\n")

    def operation(self):
        choose = self.random.choice
        pointers = ("a", "b", "&x->thing", "&y->thing", "&global", "&pool[n]")
        name, _ = choose(self.fields)
        private = f"to_thing({choose(pointers)})"
        kind = self.random.random()
        if kind < 0.35:
            return f"set_{name}({private}, n + {self.random.randint(0, 90)});"
        if kind < 0.6:
            return f"answer = answer * 31 + (unsigned long)get_{name}({private});"
        if kind < 0.65:
            return choose((f"thing_opaque_copy({choose(pointers)}, &spare);", f"thing_opaque_zero({choose(pointers)});"))
        through_pointers = ("*a = *b;", "*b = *a;", "spare = *a;", "*a = spare;", "*b = spare;", "*a = (struct thing_opaque){ 0 };",
                            "spare = *a; *a = *b; *b = spare;")
        if self.pointers:
            return choose(through_pointers)
        return choose(through_pointers + (
            "*x = *y;", "box = *x; *x = *y; *y = box;", "*x = (struct box){ .id = 7 };", "x->thing = *a;", "*b = y->thing;",
            "x->thing = y->thing;", "global = *a;", "*a = global;", "pool[n] = global;", "global = pool[n];",
            "global = (struct thing_opaque){ 0 };", "box.thing = *a; *y = box;"))
