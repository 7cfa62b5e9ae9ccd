# SPDX-License-Identifier: MIT
# For Autoconf 2.69 and Automake 1.16, or newer, with GNU make.
#
# GEN_OPAQUE_HEADER([OUTPUT], [SOURCE], [TYPES], [FLAGS])
#
# In configure.ac:
#   GEN_OPAQUE_HEADER([conn_opaque.h], [conn.c], [-t 'struct conn'])
# In Makefile.am:
#   BUILT_SOURCES = $(GEN_OPAQUE_HEADERS)
#   CLEANFILES = $(GEN_OPAQUE_FILES)
#   @GEN_OPAQUE_RULES@
#
# SOURCE is relative to the directory of that Makefile.am. Options of gen-opaque emit may follow the types. The type is laid
# out as with $(CC) and the flags that Automake gives every source of C; FLAGS are more, such as $(libconn_a_CPPFLAGS).

# GEN_OPAQUE_PROG: the program, as $(GEN_OPAQUE); an error where there is none.
AC_DEFUN([GEN_OPAQUE_PROG],
[AC_ARG_VAR([GEN_OPAQUE], [the program gen-opaque, which makes headers with shadows of private types])
AC_PATH_PROG([GEN_OPAQUE], [gen-opaque])
AS_IF([test -z "$GEN_OPAQUE"],
  [AC_MSG_ERROR([gen-opaque is missing: install it, or give its path as GEN_OPAQUE=...])])
AC_SUBST([GEN_OPAQUE_HEADERS])
AC_SUBST([GEN_OPAQUE_FILES])
AC_SUBST([GEN_OPAQUE_RULES])
AM_SUBST_NOTMAKE([GEN_OPAQUE_RULES])])

AC_DEFUN([GEN_OPAQUE_HEADER],
[AC_REQUIRE([GEN_OPAQUE_PROG])dnl
GEN_OPAQUE_HEADERS="$GEN_OPAQUE_HEADERS $1"
GEN_OPAQUE_FILES="$GEN_OPAQUE_FILES $1 $1.stamp $1.d"
GEN_OPAQUE_RULES="$GEN_OPAQUE_RULES
$1: $1.stamp
	@test -f \$[@] || { rm -f $1.stamp; \$(MAKE) \$(AM_MAKEFLAGS) $1.stamp; }
$1.stamp: \$(srcdir)/$2
	\$(GEN_OPAQUE) emit $3 --cc '\$(CC)' -o $1 --stamp \$[@] --depfile $1.d \$(srcdir)/$2 -- \\
	  \$(DEFS) \$(DEFAULT_INCLUDES) \$(INCLUDES) \$(AM_CPPFLAGS) \$(CPPFLAGS) \$(AM_CFLAGS) \$(CFLAGS) $4
-include $1.d
"])
