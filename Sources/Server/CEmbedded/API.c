#include "CEmbedded.h"

// The documents for programs, in parts that are joined by `APIDocuments`. Every file in `api` is listed twice here; a test
// compares the list with the folder.
#pragma clang diagnostic ignored "-Wc23-extensions"

static const unsigned char asyncapi_components[] = {
#embed "api/asyncapi/components.json"
};
static const unsigned char asyncapi_document[] = {
#embed "api/asyncapi/document.json"
};
static const unsigned char asyncapi_messages_client[] = {
#embed "api/asyncapi/messages/client.json"
};
static const unsigned char asyncapi_messages_server[] = {
#embed "api/asyncapi/messages/server.json"
};
static const unsigned char asyncapi_schemas[] = {
#embed "api/asyncapi/schemas.json"
};
static const unsigned char common[] = {
#embed "api/common.json"
};
static const unsigned char openapi_components[] = {
#embed "api/openapi/components.json"
};
static const unsigned char openapi_document[] = {
#embed "api/openapi/document.json"
};
static const unsigned char openapi_paths_compatibility[] = {
#embed "api/openapi/paths/compatibility.json"
};
static const unsigned char openapi_paths_live[] = {
#embed "api/openapi/paths/live.json"
};
static const unsigned char openapi_paths_models[] = {
#embed "api/openapi/paths/models.json"
};
static const unsigned char openapi_paths_monitoring[] = {
#embed "api/openapi/paths/monitoring.json"
};
static const unsigned char openapi_paths_page[] = {
#embed "api/openapi/paths/page.json"
};
static const unsigned char openapi_paths_recordings[] = {
#embed "api/openapi/paths/recordings.json"
};
static const unsigned char openapi_responses_failures[] = {
#embed "api/openapi/responses/failures.json"
};
static const unsigned char openapi_responses_refusals[] = {
#embed "api/openapi/responses/refusals.json"
};
static const unsigned char openapi_responses_transcripts[] = {
#embed "api/openapi/responses/transcripts.json"
};
static const unsigned char openapi_schemas_compatibility[] = {
#embed "api/openapi/schemas/compatibility.json"
};
static const unsigned char openapi_schemas_forms[] = {
#embed "api/openapi/schemas/forms.json"
};
static const unsigned char openapi_schemas_live[] = {
#embed "api/openapi/schemas/live.json"
};
static const unsigned char openapi_schemas_models[] = {
#embed "api/openapi/schemas/models.json"
};
static const unsigned char openapi_schemas_monitoring[] = {
#embed "api/openapi/schemas/monitoring.json"
};
static const unsigned char openapi_schemas_transcripts[] = {
#embed "api/openapi/schemas/transcripts.json"
};

#define API_FILE(path, bytes) {path, {bytes, sizeof bytes}}

static const cembedded_named_file files[] = {
    API_FILE("asyncapi/components.json", asyncapi_components),
    API_FILE("asyncapi/document.json", asyncapi_document),
    API_FILE("asyncapi/messages/client.json", asyncapi_messages_client),
    API_FILE("asyncapi/messages/server.json", asyncapi_messages_server),
    API_FILE("asyncapi/schemas.json", asyncapi_schemas),
    API_FILE("common.json", common),
    API_FILE("openapi/components.json", openapi_components),
    API_FILE("openapi/document.json", openapi_document),
    API_FILE("openapi/paths/compatibility.json", openapi_paths_compatibility),
    API_FILE("openapi/paths/live.json", openapi_paths_live),
    API_FILE("openapi/paths/models.json", openapi_paths_models),
    API_FILE("openapi/paths/monitoring.json", openapi_paths_monitoring),
    API_FILE("openapi/paths/page.json", openapi_paths_page),
    API_FILE("openapi/paths/recordings.json", openapi_paths_recordings),
    API_FILE("openapi/responses/failures.json", openapi_responses_failures),
    API_FILE("openapi/responses/refusals.json", openapi_responses_refusals),
    API_FILE("openapi/responses/transcripts.json", openapi_responses_transcripts),
    API_FILE("openapi/schemas/compatibility.json", openapi_schemas_compatibility),
    API_FILE("openapi/schemas/forms.json", openapi_schemas_forms),
    API_FILE("openapi/schemas/live.json", openapi_schemas_live),
    API_FILE("openapi/schemas/models.json", openapi_schemas_models),
    API_FILE("openapi/schemas/monitoring.json", openapi_schemas_monitoring),
    API_FILE("openapi/schemas/transcripts.json", openapi_schemas_transcripts),
};

const cembedded_named_file *cembedded_api(void) { return files; }
size_t cembedded_api_count(void) { return sizeof files / sizeof *files; }
