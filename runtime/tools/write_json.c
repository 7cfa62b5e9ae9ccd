/* SPDX-License-Identifier: MIT */
#include "target.h"
#include "write.h"

/* A string of printable ASCII. */
static void string(FILE *out, const char *text)
{
	fputc('"', out);
	for (; *text; text++) {
		if (*text == '"' || *text == '\\')
			fputc('\\', out);
		fputc(*text, out);
	}
	fputc('"', out);
}

static void number(FILE *out, const char *name, size_t value)
{
	fprintf(out, ", \"%s\": %zu", name, value);
}

/* The caches in the same slabs. */
static void print_aliases(FILE *out, const struct snapshot *s, const struct cache_view *cache)
{
	const char *comma = "";

	fputs(", \"aliases\": [", out);
	for (size_t i = 0; i < s->nr_caches; i++) {
		const struct cache_view *other = &s->caches[i];

		if (other == cache || other->store != cache->store)
			continue;
		fputs(comma, out);
		string(out, other->name);
		comma = ", ";
	}
	fputs("]", out);
}

static void print_cache(FILE *out, const struct snapshot *s, const struct cache_view *cache)
{
	const struct store_view *store = &s->stores[cache->store];

	fputs("    {\"name\": ", out);
	string(out, cache->name);
	number(out, "object_size", cache->object_size);
	number(out, "slab_size", store->stride);
	number(out, "align", cache->align);
	number(out, "objs_per_slab", store->per_slab);
	number(out, "bytes_per_slab", store->slab_bytes);
	number(out, "sheaf_capacity", cache->capacity);
	number(out, "objects", cache->active);
	number(out, "objects_at_hand", cache->at_hand);
	number(out, "total_objects", store->nr_slabs * store->per_slab);
	number(out, "slabs", store->nr_slabs);
	number(out, "partial", store->nr_partial);
	number(out, "empty", store->nr_empty);
	number(out, "flags", cache->flags);
	print_aliases(out, s, cache);
	fprintf(out, ", \"lost\": %s, \"settled\": %s}", cache->lost ? "true" : "false",
		store->settled ? "true" : "false");
}

static void print_totals(FILE *out, const struct snapshot *s)
{
	struct totals t = totals_of(s);

	fprintf(out, "  \"totals\": {\"caches\": %zu", t.caches);
	number(out, "slabs", t.slabs);
	number(out, "total_objects", t.objects);
	number(out, "objects", t.held);
	number(out, "bytes", t.bytes);
	number(out, "object_bytes", t.held_bytes);
	fputs("},\n", out);
}

void write_json(FILE *out, const struct target *target, const struct snapshot *s)
{
	fprintf(out, "{\n  \"version\": 1,\n  \"pid\": %d,\n  \"program\": ", target->pid);
	string(out, target->program);
	fprintf(out, ",\n  \"threads\": %zu,\n  \"settled\": %s,\n", s->nr_threads,
		s->settled ? "true" : "false");
	print_totals(out, s);
	fputs("  \"caches\": [\n", out);
	for (size_t i = 0; i < s->nr_shown; i++) {
		print_cache(out, s, &s->caches[i]);
		fputs(i + 1 < s->nr_shown ? ",\n" : "\n", out);
	}
	fputs("  ]\n}\n", out);
}
