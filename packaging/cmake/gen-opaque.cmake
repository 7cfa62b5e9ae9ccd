# SPDX-License-Identifier: MIT
# gen_opaque_header(): a header with shadows of private types, made while a CMake project is built. For CMake 3.20 and newer.
#
#   gen_opaque_header(TARGET conn SOURCE conn.c TYPES "struct conn" OUTPUT conn_opaque.h
#                     [FORWARD conn_fwd.h] [OPTIONS --guard ...] [DEPENDS other_opaque.h ...])
#
#   TARGET   the library or program that SOURCE is part of. The private type is laid out as in that target: with its
#            compile definitions, options, include directories, language standard and precompiled header, and with what
#            the libraries that it links to ask for.
#   SOURCE   the source that sees the private types
#   TYPES    the types, as for -t of gen-opaque emit
#   OUTPUT   the header's name. The target and all that link to it find it by #include <OUTPUT>.
#   FORWARD  the light half, apart, as for --fwd
#   OPTIONS  more options of gen-opaque emit
#   DEPENDS  OUTPUTs of other calls that have to be made first: their shadows are members of the types here
#
# The header is made anew when a file that SOURCE includes or a flag changes; what includes it is compiled anew only when
# the header's bytes change. A configuration of a multi-config generator has a header of its own.
include_guard(GLOBAL)

# The compiler as one word for --cc, which splits it as a shell would.
function(_gen_opaque_compiler language result)
  set(command "")
  foreach(word IN LISTS CMAKE_${language}_COMPILER CMAKE_${language}_COMPILER_ARG1)
    string(REGEX REPLACE "([\\ '\"])" "\\\\\\1" word "${word}")
    string(APPEND command " ${word}")
  endforeach()
  string(STRIP "${command}" command)
  set(${result} "${command}" PARENT_SCOPE)
endfunction()

# Flags that CMake holds in variables of the directory, not in properties of the target.
function(_gen_opaque_directory_flags language result)
  set(flags "${CMAKE_${language}_FLAGS}")
  foreach(name IN ITEMS TARGET SYSROOT)
    set(value "${CMAKE_${name}}")
    if(name STREQUAL TARGET)
      set(value "${CMAKE_${language}_COMPILER_TARGET}")
    endif()
    if(value AND CMAKE_${language}_COMPILE_OPTIONS_${name})
      string(APPEND flags " ${CMAKE_${language}_COMPILE_OPTIONS_${name}}${value}")
    endif()
  endforeach()
  foreach(config IN LISTS CMAKE_CONFIGURATION_TYPES CMAKE_BUILD_TYPE)
    string(TOUPPER "${config}" upper)
    string(APPEND flags " $<$<CONFIG:${config}>:${CMAKE_${language}_FLAGS_${upper}}>")
  endforeach()
  set(${result} "${flags}" PARENT_SCOPE)
endfunction()

# The text that CMake puts before everything else in a target with a precompiled header.
function(_gen_opaque_prefix_header target language result)
  get_target_property(owner ${target} PRECOMPILE_HEADERS_REUSE_FROM)
  get_target_property(headers ${target} PRECOMPILE_HEADERS)
  set(${result} "" PARENT_SCOPE)
  if(NOT owner AND NOT headers)
    return()
  endif()
  if(NOT owner)
    set(owner ${target})
  endif()
  get_target_property(folder ${owner} BINARY_DIR)
  get_property(is_multi GLOBAL PROPERTY GENERATOR_IS_MULTI_CONFIG)
  set(${result} "${folder}/CMakeFiles/${owner}.dir/$<${is_multi}:$<CONFIG>/>cmake_pch.h$<$<STREQUAL:${language},CXX>:xx>"
      PARENT_SCOPE)
endfunction()

# How the target compiles, as a script that sets variables for gen-opaque-flags.cmake. In what file(GENERATE) writes,
# and there alone, generator expressions of the target may ask for the language.
function(_gen_opaque_write_facts target source language file)
  set(property "$<TARGET_PROPERTY:${target}")
  set(text "")
  _gen_opaque_directory_flags(${language} value)
  string(APPEND text "set(DIRECTORY_FLAGS [==[${value}]==])\n")
  _gen_opaque_prefix_header(${target} ${language} value)
  string(APPEND text "set(PREFIX_HEADER [==[${value}]==])\n")
  foreach(name IN ITEMS COMPILE_DEFINITIONS INCLUDE_DIRECTORIES COMPILE_OPTIONS COMPILE_FLAGS)
    get_source_file_property(value "${source}" ${name})
    if(NOT value)
      set(value "")
    endif()
    string(APPEND text "set(SOURCE_${name} [==[${value}]==])\nset(TARGET_${name} [==[${property},${name}>]==])\n")
  endforeach()
  foreach(name IN ITEMS TYPE DEFINE_SYMBOL POSITION_INDEPENDENT_CODE INTERPROCEDURAL_OPTIMIZATION COMPILE_FEATURES
          ${language}_STANDARD ${language}_EXTENSIONS)
    string(APPEND text "set(TARGET_${name} [==[${property},${name}>]==])\n")
  endforeach()
  foreach(name IN ITEMS COMPILE_OPTIONS_PIC COMPILE_OPTIONS_IPO STANDARD_DEFAULT STANDARD_INCLUDE_DIRECTORIES)
    string(APPEND text "set(${name} [==[${CMAKE_${language}_${name}}]==])\n")
  endforeach()
  foreach(year IN ITEMS 90 98 99 11 14 17 20 23 26)
    foreach(kind IN ITEMS STANDARD EXTENSION)
      string(APPEND text "set(OPTION_${kind}_${year} [==[${CMAKE_${language}${year}_${kind}_COMPILE_OPTION}]==])\n")
    endforeach()
  endforeach()
  file(GENERATE OUTPUT "${file}" CONTENT "set(LANGUAGE ${language})\nset(TARGET ${target})\n${text}" TARGET ${target})
endfunction()

function(gen_opaque_header)
  cmake_parse_arguments(PARSE_ARGV 0 arg "" "TARGET;SOURCE;OUTPUT;FORWARD" "TYPES;OPTIONS;DEPENDS")
  foreach(name IN ITEMS TARGET SOURCE TYPES OUTPUT)
    if(NOT arg_${name})
      message(FATAL_ERROR "gen_opaque_header: ${name} is missing")
    endif()
  endforeach()
  if(arg_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "gen_opaque_header: unknown argument: ${arg_UNPARSED_ARGUMENTS}")
  endif()
  if(NOT TARGET ${arg_TARGET})
    message(FATAL_ERROR "gen_opaque_header: ${arg_TARGET} is not a target: call this after add_library() or add_executable()")
  endif()
  get_filename_component(source "${arg_SOURCE}" ABSOLUTE)
  set(language C)
  get_source_file_property(source_language "${source}" LANGUAGE)
  if(source_language STREQUAL CXX OR source MATCHES "\\.(cc|cpp|cxx|c\\+\\+|C)$")
    set(language CXX)
  endif()

  # Each configuration may lay the type out otherwise.
  get_property(is_multi GLOBAL PROPERTY GENERATOR_IS_MULTI_CONFIG)
  set(folder "${CMAKE_CURRENT_BINARY_DIR}/gen-opaque/${arg_TARGET}$<${is_multi}:/$<CONFIG>>")
  set(header "${folder}/${arg_OUTPUT}")
  set(stem "${CMAKE_CURRENT_BINARY_DIR}/CMakeFiles/gen-opaque/${arg_TARGET}/${arg_OUTPUT}")
  set(facts "${stem}-$<CONFIG>-$<COMPILE_LANGUAGE>.cmake")
  _gen_opaque_write_facts(${arg_TARGET} "${source}" ${language} "${facts}")
  string(REPLACE "$<COMPILE_LANGUAGE>" ${language} facts "${facts}")

  set(flags "${stem}-$<CONFIG>.rsp")
  set(stamp "${stem}-$<CONFIG>.stamp")
  set(depfile "${stem}-$<CONFIG>.d")
  _gen_opaque_compiler(${language} compiler)
  set(byproducts "${header}")
  set(command emit --cc "${compiler}" -o "${header}" --depfile "${depfile}" --stamp "${stamp}")
  foreach(type IN LISTS arg_TYPES)
    list(APPEND command -t "${type}")
  endforeach()
  if(arg_FORWARD)
    list(APPEND command --fwd "${folder}/${arg_FORWARD}")
    list(APPEND byproducts "${folder}/${arg_FORWARD}")
  endif()
  set(first "")
  set(first_targets "")
  foreach(name IN LISTS arg_DEPENDS)
    get_property(other GLOBAL PROPERTY "_gen_opaque_${name}")
    if(NOT other)
      message(FATAL_ERROR "gen_opaque_header: DEPENDS ${name}: no call before this one has that OUTPUT")
    endif()
    list(GET other 0 other_target)
    list(GET other 1 other_stamp)
    list(APPEND first_targets ${other_target})
    list(APPEND first "${other_stamp}")
  endforeach()
  get_filename_component(below "${header}" DIRECTORY)
  add_custom_command(OUTPUT "${stamp}" BYPRODUCTS ${byproducts}
    COMMAND "${CMAKE_COMMAND}" -E make_directory "${below}"
    COMMAND "${CMAKE_COMMAND}" "-DFACTS=${facts}" "-DFLAGS=${flags}" -P "${CMAKE_CURRENT_FUNCTION_LIST_DIR}/gen-opaque-flags.cmake"
    COMMAND gen-opaque::gen-opaque ${command} ${arg_OPTIONS} "${source}" -- "@${flags}"
    DEPENDS "${source}" "${facts}" gen-opaque::gen-opaque ${first}
    DEPFILE "${depfile}"
    COMMENT "Generating ${arg_OUTPUT}"
    VERBATIM)

  # A target of its own, so that all objects of the target and of its users come after the header. Makefiles hold the
  # rules of what a target depends on once more: the order of targets keeps two makes from running one rule.
  string(MAKE_C_IDENTIFIER "${arg_TARGET}_${arg_OUTPUT}" name)
  add_custom_target(${name} DEPENDS "${stamp}")
  add_dependencies(${arg_TARGET} ${name})
  foreach(other IN LISTS first_targets)
    add_dependencies(${name} ${other})
  endforeach()
  set_property(GLOBAL PROPERTY "_gen_opaque_${arg_OUTPUT}" ${name} "${stamp}")
  get_target_property(type ${arg_TARGET} TYPE)
  if(type STREQUAL "EXECUTABLE")
    target_include_directories(${arg_TARGET} PRIVATE "${folder}")
  else()
    target_include_directories(${arg_TARGET} PUBLIC "$<BUILD_INTERFACE:${folder}>")
  endif()
endfunction()
