/* SPDX-License-Identifier: MIT */
#include "write/header_templates.h"

const char *const header_templates[N_TEMPLATES] = {

	/* ---- the light half ---- */

	[TEMPLATE_PRIVATE_COMMENT] =
		"/*\n"
		" * For the definition of the private type, so that copies of a @SHADOW@, and of\n"
		" * what holds one, are right under strict aliasing. It reaches the pointer types made\n"
		" * after the definition; -fno-strict-aliasing for the owner's files reaches all.\n",
	[TEMPLATE_PRIVATE] = "#if defined(__GNUC__)\n"
			     "#define @UPPER@_PRIVATE __attribute__((may_alias))\n"
			     "#else\n"
			     "#define @UPPER@_PRIVATE\n"
			     "#endif\n\n",
	[TEMPLATE_CAST_OF_TAG] = "/* The @TYPE@ that a shadow stands in for. */\n",
	[TEMPLATE_CAST_OF_TYPEDEF] =
		"/*\n"
		" * The @TYPE@ that a shadow stands in for. It has no tag that could be declared here,\n"
		" * so this returns void *, which converts to @TYPE@ * where that is known.\n"
		" */\n",
	/* A variable of void * in between: no warning of alignment or aliasing looks behind it. */
	[TEMPLATE_CAST] =
		"static inline @CONST@@POINTEE@ *to_@BASE@@SUFFIX@(@CONST@@SHADOW@ *shadow)\n"
		"{\n"
		"\t@CONST@void *object = shadow;\n"
		"\n"
		"#ifdef __cplusplus\n"
		"\treturn static_cast<@CONST@@POINTEE@ *>(object);\n"
		"#else\n"
		"\treturn (@CONST@@POINTEE@ *)object;\n"
		"#endif\n"
		"}\n\n",
	[TEMPLATE_FRESH_CASTS] =
		"#elif defined(__GNUC__)\n"
		"/*\n"
		" * With a pointer type made where it is used: one made before @TYPE@ is defined lacks\n"
		" * what its definition says of aliasing.\n"
		" */\n"
		"#define to_@BASE@(...) ((@POINTEE@ *)to_@BASE@(__VA_ARGS__))\n"
		"#define to_@BASE@_const(...) ((const @POINTEE@ *)to_@BASE@_const(__VA_ARGS__))\n",

	/* ---- numbers ---- */

	[TEMPLATE_SIZE] = "#define @UPPER@_SIZE @SIZE@\n"
			  "#define @UPPER@_ALIGN @ALIGN@\n",
	[TEMPLATE_OFFSET] = "#define @UPPER@_OFFSETOF_@FIELD@ @OFFSET@\n",
	[TEMPLATE_FIELD_SIZE] = "#define @UPPER@_SIZEOF_@FIELD@ @SIZE@\n",
	[TEMPLATE_GUARD_NAME] =
		"#define @UPPER@_OPAQUE_GUARD @BASE@_opaque_layout_@SIZE@_@ALIGN@_@FINGERPRINT@\n",

	/* ---- the shadow ---- */

	[TEMPLATE_ATTRIBUTES] =
		"#if defined(__GNUC__)\n"
		"#define @UPPER@_OPAQUE_ALIGNAS\n"
		"#define @UPPER@_OPAQUE_ATTRIBUTES __attribute__((aligned(@UPPER@_ALIGN), may_alias))\n"
		"#else\n"
		"#define @UPPER@_OPAQUE_ATTRIBUTES\n"
		"#if defined(_MSC_VER)\n"
		"#define @UPPER@_OPAQUE_ALIGNAS __declspec(align(@UPPER@_ALIGN))\n"
		"#elif defined(__cplusplus) && __cplusplus >= 201103L\n"
		"#define @UPPER@_OPAQUE_ALIGNAS alignas(@UPPER@_ALIGN)\n"
		"#elif defined(__STDC_VERSION__) && __STDC_VERSION__ >= 201112L\n"
		"#define @UPPER@_OPAQUE_ALIGNAS _Alignas(@UPPER@_ALIGN)\n"
		"#else\n"
		"#error \"this compiler knows no way to align @SHADOW@\"\n"
		"#endif\n"
		"#endif\n\n",
	[TEMPLATE_BOOL] = "#ifdef __cplusplus\n"
			  "#define @UPPER@_OPAQUE_BOOL bool\n"
			  "#else\n"
			  "#define @UPPER@_OPAQUE_BOOL _Bool\n"
			  "#endif\n\n",
	[TEMPLATE_SHADOW] =
		"/*\n"
		" * Room for a @TYPE@. Pass pointers to it, never the thing itself: functions take\n"
		" * the two differently.\n"
		"@ELEMENTS@"
		" */\n"
		"@SHADOW@ {\n",
	/* Defaulted and deleted functions leave it as trivial as it was; C++98 has no words for
	   that. */
	[TEMPLATE_NO_COPY] = "#if defined(__cplusplus) && __cplusplus >= 201103L\n"
			     "\t@NAME@() = default;\n"
			     "\t@NAME@(const @NAME@ &) = delete; /* copy the @TYPE@ in it */\n"
			     "\t@NAME@ &operator=(const @NAME@ &) = delete;\n"
			     "#endif\n",
	[TEMPLATE_SHADOW_END] = "} @UPPER@_OPAQUE_ATTRIBUTES;\n\n",
	/*
	 * C89 and C++98, which know no word for alignment, nor _Bool. In front of the tag all
	 * compilers take one, MSVC (which clang-cl is, too) its own.
	 */
	[TEMPLATE_PUBLIC_BOOL] = "#ifdef __cplusplus\n"
				 "#define @UPPER@_OPAQUE_BOOL bool\n"
				 "#elif defined(__STDC_VERSION__) && __STDC_VERSION__ >= 199901L\n"
				 "#define @UPPER@_OPAQUE_BOOL _Bool\n"
				 "#else\n"
				 "#define @UPPER@_OPAQUE_BOOL unsigned char\n"
				 "#endif\n",
	[TEMPLATE_PUBLIC_SHADOW] =
		"#ifdef _MSC_VER\n"
		"@KIND@ __declspec(align(@UPPER@_ALIGN)) @TAG@ {\n"
		"#else\n"
		"@KIND@ __attribute__((__aligned__(@UPPER@_ALIGN), __may_alias__)) @TAG@ {\n"
		"#endif\n",
	[TEMPLATE_PRIVATE_NUMBERS] =
		"/* The numbers of the public half, under the names of this one. */\n"
		"#define @UPPER@_SIZE @PUBLIC@_SIZE\n"
		"#define @UPPER@_ALIGN @PUBLIC@_ALIGN\n",
	[TEMPLATE_HELPERS] =
		"/* Copy all bytes; right under strict aliasing whatever the private type says. */\n"
		"static inline void @BASE@_opaque_copy(@SHADOW@ *to, const @SHADOW@ *from)\n"
		"{\n"
		"#if defined(__GNUC__)\n"
		"\t__builtin_memcpy(to, from, sizeof(*to));\n"
		"#else\n"
		"\tmemcpy(to, from, sizeof(*to));\n"
		"#endif\n"
		"}\n\n"
		"/* Make all bytes zero; right in the same way. */\n"
		"static inline void @BASE@_opaque_zero(@SHADOW@ *shadow)\n"
		"{\n"
		"#if defined(__GNUC__)\n"
		"\t__builtin_memset(shadow, 0, sizeof(*shadow));\n"
		"#else\n"
		"\tmemset(shadow, 0, sizeof(*shadow));\n"
		"#endif\n"
		"}\n\n",

	/*
	 * g++ warns of members that designators leave out, which -Wextra asks for; of macros that
	 * stand in system headers it does not. Before C++20 designators are an extension.
	 */
	[TEMPLATE_INIT] =
		"/* For a @SHADOW@: zero but for the fields named, in their order: @UPPER@_OPAQUE_INIT(.@FIELD@ = value). */\n"
		"#if defined(__cplusplus) && defined(__GNUC__)\n"
		"#pragma GCC system_header\n"
		"#define @UPPER@_OPAQUE_INIT(...) __extension__ (@SHADOW@){ __VA_ARGS__ }\n"
		"#elif defined(__cplusplus) || (defined(__STDC_VERSION__) && __STDC_VERSION__ >= 199901L)\n"
		"#define @UPPER@_OPAQUE_INIT(...) { __VA_ARGS__ }\n"
		"#endif\n",

	/* ---- the guard ---- */

	/*
	 * The reference has to stay whatever the linker thinks of its use; with retain
	 * --gc-sections leaves it alone. gcc for bare metal has the attribute, and says that it
	 * ignores it. It is no constant, so that programs without PIC need no
	 * copy of the symbol.
	 */
	[TEMPLATE_GUARD] =
		"/*\n"
		" * A guard against drift: every file that includes this one refers to a symbol that only an owner\n"
		" * of this very layout has, from @UPPER@_OPAQUE_CHECK(). With another owner the link fails, or\n"
		" * the program does not start, and the symbol is named. Nothing runs for it.\n"
		" */\n"
		"#if defined(__GNUC__) && defined(__ELF__)\n"
		"#define @UPPER@_OPAQUE_VISIBLE __attribute__((visibility(\"default\")))\n"
		"#if defined(__has_attribute)\n"
		"#if __has_attribute(retain) && (defined(__clang__) || defined(__linux__))\n"
		"#define @UPPER@_OPAQUE_KEPT __attribute__((used, retain))\n"
		"#endif\n"
		"#endif\n"
		"#else\n"
		"#define @UPPER@_OPAQUE_VISIBLE\n"
		"#endif\n"
		"#if defined(__GNUC__) && !defined(@UPPER@_OPAQUE_KEPT)\n"
		"#define @UPPER@_OPAQUE_KEPT __attribute__((used))\n"
		"#elif !defined(__GNUC__)\n"
		"#define @UPPER@_OPAQUE_KEPT\n"
		"#endif\n"
		"#ifdef __cplusplus\n"
		"extern \"C\" {\n"
		"#endif\n"
		"extern const char @UPPER@_OPAQUE_GUARD @UPPER@_OPAQUE_VISIBLE;\n"
		"#if defined(__GNUC__)\n"
		"static const char *@BASE@_opaque_guard @UPPER@_OPAQUE_KEPT = &@UPPER@_OPAQUE_GUARD;\n"
		"#endif\n"
		"#ifdef __cplusplus\n"
		"}\n"
		"#endif\n\n",

	/* ---- the owner's check ---- */

	[TEMPLATE_UNCHECKED] =
		"#define @UPPER@_OPAQUE_CHECK() extern char @BASE@_opaque_unchecked[1]\n\n",
	[TEMPLATE_CHECK_COMMENT] =
		"/*\n"
		" * For the owner, once, at file scope, where @TYPE@ is defined:\n"
		" *   @UPPER@_OPAQUE_CHECK();\n"
		" * It does not compile when this file does not fit the type any more.@GUARD@\n"
		" */\n",
	[TEMPLATE_ASSERT] =
		"#if defined(__cplusplus)\n"
		"#define @UPPER@_OPAQUE_ASSERT(name, condition, message) static_assert(condition, message)\n"
		"#elif defined(__STDC_VERSION__) && __STDC_VERSION__ >= 201112L\n"
		"#define @UPPER@_OPAQUE_ASSERT(name, condition, message) _Static_assert(condition, message)\n"
		"#elif defined(__GNUC__) && !defined(_Static_assert) /* as C libraries do for C99 */\n"
		"#define @UPPER@_OPAQUE_ASSERT(name, condition, message) \\\n"
		"\textern char @BASE@_opaque_check_##name[(condition) ? 1 : -1]; \\\n"
		"\t__extension__ _Static_assert(condition, message)\n"
		"#else\n"
		"#define @UPPER@_OPAQUE_ASSERT(name, condition, message) \\\n"
		"\textern char @BASE@_opaque_check_##name[(condition) ? 1 : -1]\n"
		"#endif\n",
	[TEMPLATE_OFFSETOF] =
		"#if defined(__GNUC__)\n"
		"#define @UPPER@_OPAQUE_OFFSETOF(type, field) __builtin_offsetof(type, field)\n"
		"#else\n"
		"#define @UPPER@_OPAQUE_OFFSETOF(type, field) offsetof(type, field)\n"
		"#endif\n",

	/*
	 * The alignment of a type is how far it is from the start when a char comes before it. As
	 * sizes are multiples of alignments, a difference of sizes tells, where C++ might not allow
	 * offsetof.
	 */
	[TEMPLATE_CHECK] = "#define @UPPER@_OPAQUE_CHECK() \\\n"
			   "\t@EXTENSION@struct @BASE@_opaque_place { \\\n"
			   "\t\tchar before; \\\n"
			   "\t\t@TYPE@ placed; \\\n"
			   "\t}; \\\n"
			   "\tstruct @BASE@_opaque_shadow_place { \\\n"
			   "\t\tchar before; \\\n"
			   "\t\t@SHADOW@ placed; \\\n"
			   "\t}; \\\n",
	[TEMPLATE_CHECK_SIZE] =
		"\t@UPPER@_OPAQUE_ASSERT(size, \\\n"
		"\t\tsizeof(@TYPE@) @COMPARISON@ @UPPER@_SIZE, \\\n"
		"\t\t\"@TYPE@: its size is @MISFIT@ the @UPPER@_SIZE of @FILE@; generate it again\")",
	[TEMPLATE_CHECK_ROUNDED] =
		"; \\\n"
		"\t@UPPER@_OPAQUE_ASSERT(rounded, \\\n"
		"\t\t@UPPER@_SIZE < @UPPER@_ALIGN + sizeof(@TYPE@), \\\n"
		"\t\t\"@TYPE@: it takes less than the @UPPER@_SIZE of @FILE@; generate it again\")",
	/* Elements have to fit; and they are all that the shadow is larger for, up to its
	   alignment. */
	[TEMPLATE_CHECK_ELEMENTS] =
		"; \\\n"
		"\t@UPPER@_OPAQUE_ASSERT(elements, \\\n"
		"\t\t@UPPER@_OPAQUE_OFFSETOF(@TYPE@, @ARRAY@) + \\\n"
		"\t\t\t@UPPER@_FLEX * sizeof(((@TYPE@ *)0)->@ARRAY@[0]) <= @UPPER@_SIZE, \\\n"
		"\t\t\"@TYPE@: @UPPER@_FLEX elements of @ARRAY@ do not fit in the @UPPER@_SIZE of @FILE@; generate it again\")",
	[TEMPLATE_CHECK_NO_MORE] =
		"; \\\n"
		"\t@UPPER@_OPAQUE_ASSERT(no_more, \\\n"
		"\t\t@UPPER@_SIZE < @UPPER@_ALIGN + sizeof(@TYPE@) || \\\n"
		"\t\t@UPPER@_SIZE < @UPPER@_ALIGN + @UPPER@_OPAQUE_OFFSETOF(@TYPE@, @ARRAY@) + \\\n"
		"\t\t\t@UPPER@_FLEX * sizeof(((@TYPE@ *)0)->@ARRAY@[0]), \\\n"
		"\t\t\"@TYPE@: it takes less than the @UPPER@_SIZE of @FILE@; generate it again\")",
	[TEMPLATE_CHECK_ALIGN] =
		"; \\\n"
		"\t@UPPER@_OPAQUE_ASSERT(align, \\\n"
		"\t\tsizeof(struct @BASE@_opaque_place) - sizeof(@TYPE@) @COMPARISON@ @UPPER@_ALIGN, \\\n"
		"\t\t\"@TYPE@: its alignment is @MISFIT@ the @UPPER@_ALIGN of @FILE@; generate it again\")",
	[TEMPLATE_CHECK_ALIGN_LEAST] =
		"; \\\n"
		"\t@UPPER@_OPAQUE_ASSERT(align_least, \\\n"
		"\t\tsizeof(struct @BASE@_opaque_place) - sizeof(@TYPE@) >= @UPPER@_OPAQUE_ALIGN_LEAST, \\\n"
		"\t\t\"@TYPE@: its alignment is below the @UPPER@_ALIGN of @FILE@; generate it again\")",
	[TEMPLATE_CHECK_SHADOW] =
		"; \\\n"
		"\t@UPPER@_OPAQUE_ASSERT(shadow_size, \\\n"
		"\t\tsizeof(@SHADOW@) == @UPPER@_SIZE, \\\n"
		"\t\t\"@TYPE@: the size of @SHADOW@ is not the @UPPER@_SIZE of @FILE@; generate it again\"); \\\n"
		"\t@UPPER@_OPAQUE_ASSERT(shadow_align, \\\n"
		"\t\tsizeof(struct @BASE@_opaque_shadow_place) - \\\n"
		"\t\t\tsizeof(@SHADOW@) == @UPPER@_ALIGN, \\\n"
		"\t\t\"@TYPE@: the alignment of @SHADOW@ is not the @UPPER@_ALIGN of @FILE@; generate it again\")",
	[TEMPLATE_CHECK_OFFSET] =
		"; \\\n"
		"\t@UPPER@_OPAQUE_ASSERT(offsetof_@NAME@, \\\n"
		"\t\t@UPPER@_OPAQUE_OFFSETOF(@TYPE@, @PATH@) == @UPPER@_OFFSETOF_@FIELD@, \\\n"
		"\t\t\"@TYPE@: the offset of @PATH@ is not the @UPPER@_OFFSETOF_@FIELD@ of @FILE@; generate it again\")",
	[TEMPLATE_CHECK_FIELD_SIZE] =
		"; \\\n"
		"\t@UPPER@_OPAQUE_ASSERT(sizeof_@NAME@, \\\n"
		"\t\tsizeof(((@TYPE@ *)0)->@PATH@) == @UPPER@_SIZEOF_@FIELD@, \\\n"
		"\t\t\"@TYPE@: the size of @PATH@ is not the @UPPER@_SIZEOF_@FIELD@ of @FILE@; generate it again\")",
	[TEMPLATE_CHECK_EXPOSED] =
		"; \\\n"
		"\t@UPPER@_OPAQUE_ASSERT(place_of_@NAME@, \\\n"
		"\t\t@UPPER@_OPAQUE_OFFSETOF(@TYPE@, @NAME@) == \\\n"
		"\t\t\t@UPPER@_OPAQUE_OFFSETOF(@SHADOW@, @NAME@), \\\n"
		"\t\t\"@TYPE@: field @NAME@ is not where @SHADOW@ has it in @FILE@; generate it again\"); \\\n"
		"\t@UPPER@_OPAQUE_ASSERT(room_of_@NAME@, \\\n"
		"\t\tsizeof(((@TYPE@ *)0)->@NAME@) == sizeof(((@SHADOW@ *)0)->@NAME@), \\\n"
		"\t\t\"@TYPE@: field @NAME@ has not the size that @SHADOW@ gives it in @FILE@; generate it again\")",
	[TEMPLATE_CHECK_GUARD] = "; \\\n"
				 "\tconst char @UPPER@_OPAQUE_GUARD @UPPER@_OPAQUE_KEPT = 1",
};
