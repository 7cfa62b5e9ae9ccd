# SPDX-License-Identifier: MIT
"""The works of the benchmarks: what runs, in which order, and what people call it."""
from figures import Row

SIZES = [16, 64, 256, 1024, 4096]
EACH_SIZE = ["pair", "fifo", "lifo", "random", "bulk64", "bulk1000", "handover", "replace"]
ONE_SIZE = ["larson", "churn", "many", "after64k", "after2m"]
IN_THREADS = ["pair", "random", "bulk64", "replace", "larson", "churn"]
# Where a cache's address comes from, in states of the processor's caches: bench-pointer measures these.
ADDRESS = ["hot", "no-pointer", "no-cache", "no-slot", "after64k", "after512k", "after2m", "loop", "hungry"]
FORMS = ["static", "loaded", "patched"]
# What SLAB_SAMPLE costs, by its value; the functions of the library are called.
SAMPLED = ["pair", "fifo"]
SAMPLES = ["none", "1000000", "1000"]

TITLES = {
    "pair": "One out, one back",
    "fifo": "1,000 out, back in order",
    "lifo": "1,000 out, back in reverse",
    "random": "1,000 out, back at random",
    "bulk64": "In bulk, 64 at a time",
    "bulk1000": "In bulk, 1,000 at a time",
    "handover": "From thread to thread",
    "replace": "A million live, random replace",
    "larson": "short-lived heirs (Larson)",
    "churn": "a thread for 300 objects",
    "many": "200 caches",
    "after64k": "after a walk of 64 KiB",
    "after2m": "after a walk of 2 MiB",
    "resident": "Memory for a live byte",
    "kept": "Still held 2 s after all was freed",
    "instructions": "Instructions",
}
STATES = {
    "hot": "all of it in the cache",
    "no-pointer": "pointer evicted",
    "no-cache": "pointer and struct kmem_cache evicted",
    "no-slot": "these and the thread's slot evicted",
    "after64k": "after a walk of 64 KiB",
    "after512k": "after a walk of 512 KiB",
    "after2m": "after a walk of 2 MiB",
    "loop": "pair after pair",
    "hungry": "in a loop with 1,024 look-ups",
}


def plan(threads):
    """The rows that are timed; those of several threads for as many as said."""
    rows = [Row(work, size, 2 if work == "handover" else 1) for work in EACH_SIZE for size in SIZES]
    rows += [Row(work, 64, 1) for work in ONE_SIZE]
    if threads > 1:
        rows += [Row(work, 64, threads) for work in IN_THREADS]
    if threads // 2 * 2 > 2:
        rows.append(Row("handover", 64, threads // 2 * 2))
    return rows


def address(state):
    return Row(f"address-{state}", 64, 1)


def sampled(work):
    return Row(f"sampled-{work}", 64, 1)


def size_name(size):
    return f"{size} B" if size < 1024 else f"{size // 1024} KiB"
