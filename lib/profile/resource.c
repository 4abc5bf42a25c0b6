/* SPDX-License-Identifier: Apache-2.0 */
/*
 * SeccompProfiles of the Security Profiles Operator. Chooses one of several
 * documents, and finds the document that is its base.
 */
#include "profile/oci.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"
#include "profile/included.h"

#define N_ELEMENTS(array) (sizeof(array) / sizeof((array)[0]))

static bool is_resource_kind(const json_t *root)
{
	const char *kind = json_string_value(member(root, "kind"));

	return kind && !strcmp(kind, "SeccompProfile");
}

/* Returns "" if it has no name. */
static const char *resource_name(const json_t *root)
{
	return json_string_value(member(member(root, "metadata"), "name")) ?:
		"";
}

/* Returns the document with that name, or NULL. */
static const json_t *find_resource(const json_t *documents, const char *name)
{
	size_t i;
	json_t *root;

	json_array_foreach(documents, i, root)
		if (is_resource_kind(root) && !strcmp(resource_name(root), name))
			return root;
	return NULL;
}

/* The base */

/* A file with a base is named after the base, with one of these endings. */
static const char *const base_endings[] = { "", ".yaml", ".yml", ".json" };

static char *base_path(const struct host *host, const char *name, size_t i)
{
	char *file = xasprintf("%s%s", name, base_endings[i]);
	char *path = included_beside(host->path, file);

	free(file);
	return path;
}

void resource_prepare(struct host *host, const char *text)
{
	static const char key[] = "baseProfileName";
	enum { BASES_MAX = 16 };

	for (size_t n = 0; n < BASES_MAX && (text = strstr(text, key)); n++) {
		char name[128] = "";

		text += strlen(key);
		if (sscanf(text, "%*[\"': \t]%127[a-zA-Z0-9._-]", name) != 1)
			continue;
		for (size_t i = 0; i < N_ELEMENTS(base_endings); i++) {
			char *path = base_path(host, name, i);

			included_load(&host->included, path);
			free(path);
		}
	}
}

/*
 * Reads the documents of a file in the profile's directory. Returns NULL
 * without a problem if there is no such file.
 */
static json_t *base_documents(struct reader *r, const char *name)
{
	const struct included_file *file = NULL;
	const char *root = r->root;
	json_t *documents;

	for (size_t i = 0; i < N_ELEMENTS(base_endings); i++) {
		char *path = base_path(r->host, name, i);

		file = included_find(r->host->included, path);
		free(path);
		if (file && file->text)
			break;
	}
	if (!file || !file->text)
		return NULL;
	r->root = "";
	r->file = file->path;
	documents = yaml_documents(r, file->text, file->n);
	r->file = NULL;
	r->root = root;
	return documents;
}

/* Adds the base's rules to those of the profile, as the operator does. */
static bool add_base(struct reader *r, const json_t *base, const char *name)
{
	json_t *spec = member(base, "spec");
	const char *before = r->root;
	char *root;
	bool ok;

	if (!is_empty(member(spec, "baseProfileName")))
		return refuse(r, "baseProfileName: %s has a base of its own, "
			      "which is not read", name);
	profile_note(r->profile, "with the rules of its base profile %s", name);
	r->root = root = xasprintf("%s: %s", name, before);
	ok = oci_add_rules(r, spec);
	r->root = before;
	free(root);
	return ok;
}

/*
 * Reads the base, which is another document of the file or in another file of
 * the directory.
 */
static bool read_base(struct reader *r, const json_t *spec)
{
	const json_t *key = member(spec, "baseProfileName"), *base;
	const char *name = json_string_value(key);
	json_t *documents = NULL;
	bool ok;

	if (is_empty(key))
		return true;
	if (!name)
		return refuse(r, "baseProfileName: not a string");
	base = find_resource(r->documents, name);
	if (!base) {
		documents = base_documents(r, name);
		if (!documents && *r->problem)
			return false;
		base = find_resource(documents, name);
	}
	ok = base ? add_base(r, base, name) :
		refuse(r, "baseProfileName: no SeccompProfile %s in the file, "
		       "and none in a file %s.yaml beside it", name, name);
	json_decref(documents);
	return ok;
}

bool read_resource(struct reader *r, const json_t *root)
{
	json_t *spec = member(root, "spec");

	if (!is_resource_kind(root))
		return refuse(r, "kind: not SeccompProfile");
	if (!json_is_object(spec))
		return refuse(r, "spec: %s",
				   spec ? "not an object" : "missing");
	r->root = "spec.";
	return oci_read(r, spec) && read_base(r, spec);
}

/* The choice */

/*
 * Returns the names of all SeccompProfiles ("a, b"), which the caller frees, or
 * NULL if the resources have no SeccompProfile.
 */
static char *resource_names(const json_t *documents, size_t *n)
{
	char *list = NULL;
	size_t i;
	json_t *root;

	*n = 0;
	json_array_foreach(documents, i, root)
		if (is_resource_kind(root)) {
			text_append(&list, ", ", resource_name(root));
			++*n;
		}
	return list;
}

/* Chooses the document that --document names, or the only SeccompProfile. */
static const json_t *choose_document(struct reader *r, const json_t *documents)
{
	const char *wanted = r->host->document;
	const json_t *root = NULL;
	size_t n, i;
	char *names = resource_names(documents, &n);

	if (wanted)
		root = find_resource(documents, wanted);
	else if (json_array_size(documents) == 1)
		root = json_array_get(documents, 0);
	for (i = 0; !wanted && !root && n == 1; i++)
		if (is_resource_kind(json_array_get(documents, i)))
			root = json_array_get(documents, i);
	if (!root && wanted)
		refuse(r, "no SeccompProfile is called %s; the file has: %s",
		       wanted, names ? names : "none");
	else if (!root)
		refuse(r, n ? "several SeccompProfiles, choose one with "
		       "--document: %s" : "several documents, and none of "
		       "them is a SeccompProfile", names);
	free(names);
	return root;
}

bool read_documents(struct reader *r, const json_t *documents)
{
	const json_t *root = choose_document(r, documents);

	r->documents = documents;
	return root && read_object(r, root);
}
