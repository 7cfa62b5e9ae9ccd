/* SPDX-License-Identifier: MIT */
#include "read/dwarf_target.h"

#include "base/text.h"
#include "read/dwarf_constants.h"

enum {
	EF_ARM_SOFT = 0x200, /* only in what is linked */
	EF_ARM_HARD = 0x400,
	EF_MIPS_ABI2 = 0x20,
	SHORT_ENUMS = 1
};

/* In 32 and in 64 bits; NULL: there is none. */
static const struct {
	unsigned machine;
	const char *name32, *name64;
} names[] = {
	{ MACHINE_386, "i386-linux-gnu", "i386-linux-gnu" },
	{ MACHINE_X86_64, "x86_64-linux-gnux32", "x86_64-linux-gnu" },
	{ MACHINE_68K, "m68k-linux-gnu", NULL },
	{ MACHINE_S390, "s390-linux-gnu", "s390x-linux-gnu" },
	{ MACHINE_SPARC, "sparc-linux-gnu", NULL },
	{ MACHINE_SPARC32PLUS, "sparc-linux-gnu", NULL },
	{ MACHINE_SPARCV9, NULL, "sparc64-linux-gnu" },
	{ MACHINE_SH, "sh4-linux-gnu", NULL },
	{ MACHINE_RISCV, "riscv32-linux-gnu", "riscv64-linux-gnu" },
	{ MACHINE_LOONGARCH, "loongarch32-linux-gnu", "loongarch64-linux-gnu" },
	{ MACHINE_HPPA, "hppa-linux-gnu", "hppa64-linux-gnu" },
	{ MACHINE_ALPHA, NULL, "alpha-linux-gnu" },
	{ MACHINE_IA64, NULL, "ia64-linux-gnu" },
	{ MACHINE_AVR, "avr", NULL },
	{ MACHINE_MSP430, "msp430-elf", NULL },
	{ MACHINE_XTENSA, "xtensa-linux-gnu", NULL },
	{ MACHINE_OPENRISC, "or1k-linux-gnu", NULL },
	{ MACHINE_MICROBLAZE, "microblaze-linux-gnu", NULL },
	{ MACHINE_ARC, "arc-linux-gnu", NULL },
	{ MACHINE_ARCV2, "arc-linux-gnu", NULL },
	{ MACHINE_BPF, NULL, "bpf" },
	{ MACHINE_CSKY, "csky-linux-gnu", NULL },
};

static char *arm(const struct fact_object *o)
{
	bool hard = (o->flags & EF_ARM_HARD) || (!(o->flags & EF_ARM_SOFT) && o->vfp_args == 1);

	if (o->enum_size == SHORT_ENUMS)
		return text_copy("arm-none-eabi"); /* as on no Linux */
	return text_format("%s-linux-gnueabi%s", o->big ? "armeb" : "arm", hard ? "hf" : "");
}

static char *mips(const struct fact_object *o)
{
	bool n32 = o->bits == 32 && (o->flags & EF_MIPS_ABI2);

	return text_format("mips%s%s-linux-gnu%s", o->bits == 64 || n32 ? "64" : "",
			   o->big ? "" : "el",
			   o->bits == 64 ? "abi64"
			   : n32	 ? "abin32"
					 : "");
}

char *target_triple(const struct fact_object *o)
{
	const char *name = NULL;

	if (o->machine == MACHINE_AARCH64)
		return text_format("aarch64%s-linux-gnu%s", o->big ? "_be" : "",
				   o->bits == 64 ? "" : "_ilp32");
	if (o->machine == MACHINE_ARM)
		return arm(o);
	if (o->machine == MACHINE_MIPS)
		return mips(o);
	if (o->machine == MACHINE_PPC || o->machine == MACHINE_PPC64)
		return text_format("powerpc%s%s-linux-gnu", o->bits == 64 ? "64" : "",
				   o->big ? "" : "le");
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (names[i].machine == o->machine)
			name = o->bits == 64 ? names[i].name64 : names[i].name32;
	return name ? text_copy(name) : text_format("unknown-%u", o->machine);
}
