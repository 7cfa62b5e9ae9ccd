/* SPDX-License-Identifier: MIT */
/* Layouts and diagnostics as JSON: how a child process hands over its answer. */
#ifndef GEN_LAYOUT_JSON_H
#define GEN_LAYOUT_JSON_H

#include "base/diag.h"
#include "model/layout.h"

#include <jansson.h>

/* The version of the format that users see: doc/layout-schema.md. */
enum { LAYOUT_JSON_VERSION = 1 };

json_t *layout_to_json(const struct layout *l);
bool layout_from_json(const json_t *json, struct layout *l); /* false: not a layout; *l is empty */
json_t *layouts_to_json(const struct layouts *all);
bool layouts_from_json(const json_t *json, struct layouts *all);
json_t *diags_to_json(const struct diags *d);
void diags_from_json(const json_t *json, struct diags *d);
/* What users get: indented, a line at the end. Takes the value over. */
char *json_document(json_t *value);
json_t *words_to_json(const struct words *w);
void words_from_json(const json_t *json, struct words *w);

#endif
