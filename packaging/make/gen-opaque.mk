# SPDX-License-Identifier: MIT
# For GNU make. In a Makefile:
#
#   include gen-opaque.mk
#   $(eval $(call gen_opaque_header,conn_opaque.h,conn.c,-t 'struct conn'))
#   $(objects): | $(GEN_OPAQUE_HEADERS)
#
# The header is made by $(CC) with $(CPPFLAGS) and $(CFLAGS), or with $(CXX) and $(CXXFLAGS) from a C++ source. Options of
# gen-opaque emit follow the types; a fourth argument has more compile flags. The header is made anew when a file that the
# source includes changes, and keeps its time when its bytes are the same, so that nothing else is compiled then.
# Remove $(GEN_OPAQUE_FILES) in the rule of `clean`.
GEN_OPAQUE ?= gen-opaque
GEN_OPAQUE_HEADERS :=
GEN_OPAQUE_FILES :=

gen_opaque_is_cxx = $(filter %.cc %.cpp %.cxx %.C,$(1))

# A header that somebody removed is made anew: its stamp goes, too.
define gen_opaque_header
GEN_OPAQUE_HEADERS += $(1)
GEN_OPAQUE_FILES += $(1) $(1).stamp $(1).d
$(if $(wildcard $(1)),,$(shell rm -f $(1).stamp))
$(1): $(1).stamp ;
$(1).stamp: $(2)
	$$(GEN_OPAQUE) emit $(3) --cc '$(if $(call gen_opaque_is_cxx,$(2)),$$(CXX),$$(CC))' \
	  -o $(1) --stamp $$@ --depfile $(1).d $(2) -- \
	  $$(CPPFLAGS) $(if $(call gen_opaque_is_cxx,$(2)),$$(CXXFLAGS),$$(CFLAGS)) $(4)
-include $(1).d
endef
