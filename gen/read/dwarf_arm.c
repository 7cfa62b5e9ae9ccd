/* SPDX-License-Identifier: MIT */
/* ".ARM.attributes", as "Addenda to, and Errata in, the ABI for the Arm Architecture" has it. */
#include "read/dwarf_arm.h"

#include "read/dwarf_file.h"

#include <string.h>

enum {
	TAG_CPU_RAW_NAME = 4,
	TAG_CPU_NAME = 5,
	TAG_ENUM_SIZE = 26,
	TAG_VFP_ARGS = 28,
	TAG_COMPATIBILITY = 32
};

struct cursor {
	const unsigned char *at, *end;
};

static unsigned number(struct cursor *c)
{
	unsigned value = 0;

	for (unsigned shift = 0; c->at < c->end; shift += 7) {
		unsigned byte = *c->at++;

		if (shift < 28)
			value |= (byte & 0x7f) << shift;
		if (byte < 0x80)
			break;
	}
	return value;
}

static void skip_text(struct cursor *c)
{
	while (c->at < c->end && *c->at++)
		;
}

static bool is_text(unsigned tag)
{
	return tag == TAG_CPU_RAW_NAME || tag == TAG_CPU_NAME ||
	       (tag > TAG_COMPATIBILITY && tag % 2 == 1);
}

void arm_attributes(Elf *elf, struct fact_object *o)
{
	/* 'A', the length of a part, "aeabi", then tag 1 and the length of what is said of the
	 * file. */
	static const char vendor[] = "aeabi";
	enum { VENDOR_AT = 5, START = VENDOR_AT + sizeof(vendor) + 5 };
	const char *data;
	size_t len;
	struct cursor c;

	if (!elf_section_bytes(elf, ".ARM.attributes", &data, &len) || len < START ||
	    data[0] != 'A' || memcmp(data + VENDOR_AT, vendor, sizeof(vendor)) != 0)
		return;
	c = (struct cursor){ (const unsigned char *)data + START,
			     (const unsigned char *)data + len };
	while (c.at < c.end) {
		unsigned tag = number(&c);

		if (is_text(tag)) {
			skip_text(&c);
			continue;
		}
		if (tag == TAG_ENUM_SIZE)
			o->enum_size = (int)number(&c);
		else if (tag == TAG_VFP_ARGS)
			o->vfp_args = (int)number(&c);
		else
			number(&c);
		if (tag == TAG_COMPATIBILITY)
			skip_text(&c);
	}
}
