# SPDX-License-Identifier: MIT
"""gen_opaque_header(): a header with shadows of private types, as a Bazel rule. For Bazel 4 and newer."""

load("@bazel_tools//tools/build_defs/cc:action_names.bzl", "C_COMPILE_ACTION_NAME", "CPP_COMPILE_ACTION_NAME")
load("@bazel_tools//tools/cpp:toolchain_utils.bzl", "find_cpp_toolchain")

def _arguments(ctx, toolchain, context):
    """The compiler, its flags and its environment, as of a cc_library with the same attributes."""
    action = CPP_COMPILE_ACTION_NAME if ctx.file.src.extension in ["cc", "cpp", "cxx", "C"] else C_COMPILE_ACTION_NAME
    features = cc_common.configure_features(
        ctx = ctx,
        cc_toolchain = toolchain,
        requested_features = ctx.features,
        unsupported_features = ctx.disabled_features,
    )
    options = ctx.fragments.cpp.copts
    options = options + (ctx.fragments.cpp.cxxopts if action == CPP_COMPILE_ACTION_NAME else ctx.fragments.cpp.conlyopts)
    variables = cc_common.create_compile_variables(
        feature_configuration = features,
        cc_toolchain = toolchain,
        user_compile_flags = options + ctx.attr.copts,
        include_directories = context.includes,
        quote_include_directories = depset([".", ctx.bin_dir.path, ctx.genfiles_dir.path], transitive = [context.quote_includes]),
        system_include_directories = context.system_includes,
        preprocessor_defines = depset(ctx.attr.local_defines + ctx.attr.defines, transitive = [context.defines]),
    )
    return struct(
        compiler = cc_common.get_tool_for_action(feature_configuration = features, action_name = action),
        flags = cc_common.get_memory_inefficient_command_line(
            feature_configuration = features,
            action_name = action,
            variables = variables,
        ),
        environment = cc_common.get_environment_variables(
            feature_configuration = features,
            action_name = action,
            variables = variables,
        ),
    )

def _gen_opaque_header_impl(ctx):
    toolchain = find_cpp_toolchain(ctx)
    context = cc_common.merge_cc_infos(cc_infos = [dep[CcInfo] for dep in ctx.attr.deps]).compilation_context
    compile = _arguments(ctx, toolchain, context)
    header = ctx.actions.declare_file(ctx.attr.out or ctx.label.name)
    arguments = ctx.actions.args()
    arguments.add("emit")
    arguments.add_all(ctx.attr.types, before_each = "-t")
    arguments.add("-o", header)
    arguments.add("--root", ".")
    arguments.add("--cc", compile.compiler)
    arguments.add_all(ctx.attr.options)
    arguments.add(ctx.file.src)
    arguments.add("--")
    arguments.add_all(compile.flags)
    ctx.actions.run(
        executable = ctx.executable.tool,
        arguments = [arguments],
        env = compile.environment,
        inputs = depset([ctx.file.src] + ctx.files.hdrs, transitive = [context.headers, toolchain.all_files]),
        outputs = [header],
        mnemonic = "GenOpaque",
        progress_message = "Generating %s" % header.short_path,
    )
    return [
        DefaultInfo(files = depset([header])),
        CcInfo(compilation_context = cc_common.create_compilation_context(
            headers = depset([header]),
            includes = depset([header.dirname]),
        )),
    ]

gen_opaque_header = rule(
    implementation = _gen_opaque_header_impl,
    doc = "A header with shadows of types that are private to src. It is a dep of cc_library and cc_binary.",
    attrs = {
        "src": attr.label(allow_single_file = True, mandatory = True, doc = "The source that sees the private types."),
        "types": attr.string_list(mandatory = True, doc = "The types, as for -t of gen-opaque emit."),
        "out": attr.string(doc = "The header's name; by default that of the rule."),
        "hdrs": attr.label_list(allow_files = True, doc = "Headers that src includes and that no dep has."),
        "deps": attr.label_list(providers = [CcInfo], doc = "As those of the cc_library that src is part of."),
        "copts": attr.string_list(doc = "As those of that library."),
        "defines": attr.string_list(doc = "As those of that library."),
        "local_defines": attr.string_list(doc = "As those of that library."),
        "options": attr.string_list(doc = "More options of gen-opaque emit."),
        "tool": attr.label(
            default = "@gen_opaque_tool//:gen-opaque",
            executable = True,
            allow_single_file = True,
            cfg = "exec",
            doc = "gen-opaque itself, an input as any other.",
        ),
        "_cc_toolchain": attr.label(default = "@bazel_tools//tools/cpp:current_cc_toolchain"),
    },
    fragments = ["cpp"],
    toolchains = ["@bazel_tools//tools/cpp:toolchain_type"],
)

def _gen_opaque_tool_impl(ctx):
    program = ctx.path(ctx.attr.path) if ctx.attr.path else ctx.which("gen-opaque")
    if not program:
        fail("there is no program gen-opaque on PATH: install it, or name it by gen_opaque_tool(path = ...)")
    ctx.symlink(program, "gen-opaque")
    ctx.file("BUILD.bazel", "exports_files([\"gen-opaque\"], visibility = [\"//visibility:public\"])\n")

_gen_opaque_tool = repository_rule(
    implementation = _gen_opaque_tool_impl,
    attrs = {"path": attr.string()},
    environ = ["PATH"],
)

def gen_opaque_tool(path = None):
    """For WORKSPACE: the program, from the host."""
    _gen_opaque_tool(name = "gen_opaque_tool", path = path)
