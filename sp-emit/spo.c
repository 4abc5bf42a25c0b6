/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A SeccompProfile of the Kubernetes Security Profiles Operator, in YAML. Its
 * rules are the OCI's, but no field can set the errno of other calls: they get
 * EPERM, the default of runtimes.
 */
#include <stdlib.h>
#include <string.h>
#include <yaml.h>

#include "base/json-integer.h"
#include "oci.h"

static void emit_scalar(yaml_emitter_t *emitter, const char *text,
			yaml_scalar_style_t style)
{
	yaml_event_t event;

	yaml_scalar_event_initialize(&event, NULL, NULL,
				     (const yaml_char_t *)text, strlen(text),
				     1, 1, style);
	yaml_emitter_emit(emitter, &event);
}

static void emit_value(yaml_emitter_t *emitter, const json_t *value);

static void emit_object(yaml_emitter_t *emitter, const json_t *object)
{
	yaml_event_t event;
	const char *key;
	json_t *value;

	yaml_mapping_start_event_initialize(&event, NULL, NULL, 1,
					    YAML_BLOCK_MAPPING_STYLE);
	yaml_emitter_emit(emitter, &event);
	json_object_foreach((json_t *)object, key, value) {
		emit_scalar(emitter, key, YAML_PLAIN_SCALAR_STYLE);
		emit_value(emitter, value);
	}
	yaml_mapping_end_event_initialize(&event);
	yaml_emitter_emit(emitter, &event);
}

static void emit_list(yaml_emitter_t *emitter, const json_t *list)
{
	yaml_event_t event;
	size_t i;
	json_t *value;

	yaml_sequence_start_event_initialize(&event, NULL, NULL, 1,
					     YAML_BLOCK_SEQUENCE_STYLE);
	yaml_emitter_emit(emitter, &event);
	json_array_foreach(list, i, value) {
		emit_value(emitter, value);
	}
	yaml_sequence_end_event_initialize(&event);
	yaml_emitter_emit(emitter, &event);
}

/* Quotes strings, so that "on" or "12" is not read as another type. */
static void emit_value(yaml_emitter_t *emitter, const json_t *value)
{
	char *text, *number;

	if (json_is_object(value)) {
		emit_object(emitter, value);
	} else if (json_is_array(value)) {
		emit_list(emitter, value);
	} else if (json_is_string(value)) {
		emit_scalar(emitter, json_string_value(value),
			    YAML_DOUBLE_QUOTED_SCALAR_STYLE);
	} else {
		text = json_dumps(value, JSON_ENCODE_ANY);
		number = json_unfold_integers(text);
		free(text);
		emit_scalar(emitter, number, YAML_PLAIN_SCALAR_STYLE);
		free(number);
	}
}

static void write_yaml(const json_t *document, FILE *out)
{
	yaml_emitter_t emitter;
	yaml_event_t event;

	/*
	 * Results are not checked: ferror(out) is set on errors, and memory
	 * never runs out (base/memory.h).
	 */
	yaml_emitter_initialize(&emitter);
	yaml_emitter_set_output_file(&emitter, out);
	yaml_emitter_set_width(&emitter, -1);
	yaml_stream_start_event_initialize(&event, YAML_UTF8_ENCODING);
	yaml_emitter_emit(&emitter, &event);
	yaml_document_start_event_initialize(&event, NULL, NULL, NULL, 1);
	yaml_emitter_emit(&emitter, &event);
	emit_value(&emitter, document);
	yaml_document_end_event_initialize(&event, 1);
	yaml_emitter_emit(&emitter, &event);
	yaml_stream_end_event_initialize(&event);
	yaml_emitter_emit(&emitter, &event);
	yaml_emitter_delete(&emitter);
}

void write_spo(const struct emit *emit, FILE *out)
{
	const struct profile *p = emit->profile;
	char *name = profile_name(emit->trace);
	json_t *spec = json_object();
	json_t *object = json_pack("{ss ss s{ss} so}",
		"apiVersion",
		"security-profiles-operator.x-k8s.io/v1",
		"kind", "SeccompProfile", "metadata", "name", name,
		"spec", spec);

	oci_set_action(spec, "defaultAction", NULL, p->default_action);
	json_object_set_new(spec, "architectures", oci_archs(p, 0));
	json_object_set_new(spec, "syscalls", oci_rules(p));
	write_head(emit, "# ", out);
	fprintf(out, "# securityContext.seccompProfile of the pod: "
		"{type: Localhost, localhostProfile: operator/%s.json}\n", name);
	write_yaml(object, out);
	json_decref(object);
	free(name);
}
