#include "CEmbedded.h"

// The page for people. Every file in `page` is listed twice here; a test compares the list with the folder.
#pragma clang diagnostic ignored "-Wc23-extensions"

static const unsigned char docs_index_html[] = {
#embed "page/docs/index.html"
};
static const unsigned char docs_main_js[] = {
#embed "page/docs/main.js"
};
static const unsigned char docs_shape_js[] = {
#embed "page/docs/shape.js"
};
static const unsigned char docs_style_css[] = {
#embed "page/docs/style.css"
};
static const unsigned char files_area_js[] = {
#embed "page/files/area.js"
};
static const unsigned char files_detail_js[] = {
#embed "page/files/detail.js"
};
static const unsigned char files_edits_js[] = {
#embed "page/files/edits.js"
};
static const unsigned char files_length_js[] = {
#embed "page/files/length.js"
};
static const unsigned char files_list_js[] = {
#embed "page/files/list.js"
};
static const unsigned char files_owner_js[] = {
#embed "page/files/owner.js"
};
static const unsigned char files_player_js[] = {
#embed "page/files/player.js"
};
static const unsigned char files_queue_js[] = {
#embed "page/files/queue.js"
};
static const unsigned char files_recordings_js[] = {
#embed "page/files/recordings.js"
};
static const unsigned char files_results_js[] = {
#embed "page/files/results.js"
};
static const unsigned char files_saving_js[] = {
#embed "page/files/saving.js"
};
static const unsigned char files_sentences_js[] = {
#embed "page/files/sentences.js"
};
static const unsigned char files_splitting_js[] = {
#embed "page/files/splitting.js"
};
static const unsigned char files_subtitles_js[] = {
#embed "page/files/subtitles.js"
};
static const unsigned char files_toolbar_js[] = {
#embed "page/files/toolbar.js"
};
static const unsigned char files_transcription_js[] = {
#embed "page/files/transcription.js"
};
static const unsigned char files_trouble_js[] = {
#embed "page/files/trouble.js"
};
static const unsigned char files_words_js[] = {
#embed "page/files/words.js"
};
static const unsigned char files_zip_js[] = {
#embed "page/files/zip.js"
};
static const unsigned char icon_svg[] = {
#embed "page/icon.svg"
};
static const unsigned char index_html[] = {
#embed "page/index.html"
};
static const unsigned char keys_js[] = {
#embed "page/keys.js"
};
static const unsigned char main_js[] = {
#embed "page/main.js"
};
static const unsigned char microphone_area_js[] = {
#embed "page/microphone/area.js"
};
static const unsigned char microphone_captions_js[] = {
#embed "page/microphone/captions.js"
};
static const unsigned char microphone_dictation_js[] = {
#embed "page/microphone/dictation.js"
};
static const unsigned char microphone_drafts_js[] = {
#embed "page/microphone/drafts.js"
};
static const unsigned char microphone_earlier_js[] = {
#embed "page/microphone/earlier.js"
};
static const unsigned char microphone_recorder_js[] = {
#embed "page/microphone/recorder.js"
};
static const unsigned char microphone_session_js[] = {
#embed "page/microphone/session.js"
};
static const unsigned char microphone_speech_text_js[] = {
#embed "page/microphone/speech-text.js"
};
static const unsigned char microphone_wave_js[] = {
#embed "page/microphone/wave.js"
};
static const unsigned char microphone_worklet_js[] = {
#embed "page/microphone/worklet.js"
};
static const unsigned char models_area_js[] = {
#embed "page/models/area.js"
};
static const unsigned char models_catalogue_js[] = {
#embed "page/models/catalogue.js"
};
static const unsigned char models_row_js[] = {
#embed "page/models/row.js"
};
static const unsigned char shared_announce_js[] = {
#embed "page/shared/announce.js"
};
static const unsigned char shared_api_js[] = {
#embed "page/shared/api.js"
};
static const unsigned char shared_clipboard_js[] = {
#embed "page/shared/clipboard.js"
};
static const unsigned char shared_confirm_js[] = {
#embed "page/shared/confirm.js"
};
static const unsigned char shared_dom_js[] = {
#embed "page/shared/dom.js"
};
static const unsigned char shared_format_js[] = {
#embed "page/shared/format.js"
};
static const unsigned char shared_key_dialog_js[] = {
#embed "page/shared/key-dialog.js"
};
static const unsigned char shared_menu_js[] = {
#embed "page/shared/menu.js"
};
static const unsigned char shared_models_js[] = {
#embed "page/shared/models.js"
};
static const unsigned char shared_options_js[] = {
#embed "page/shared/options.js"
};
static const unsigned char shared_server_state_js[] = {
#embed "page/shared/server-state.js"
};
static const unsigned char shared_settings_js[] = {
#embed "page/shared/settings.js"
};
static const unsigned char shared_sse_js[] = {
#embed "page/shared/sse.js"
};
static const unsigned char shared_store_js[] = {
#embed "page/shared/store.js"
};
static const unsigned char shared_tab_js[] = {
#embed "page/shared/tab.js"
};
static const unsigned char shared_toast_js[] = {
#embed "page/shared/toast.js"
};
static const unsigned char style_base_css[] = {
#embed "page/style/base.css"
};
static const unsigned char style_controls_css[] = {
#embed "page/style/controls.css"
};
static const unsigned char style_files_css[] = {
#embed "page/style/files.css"
};
static const unsigned char style_frame_css[] = {
#embed "page/style/frame.css"
};
static const unsigned char style_microphone_css[] = {
#embed "page/style/microphone.css"
};
static const unsigned char style_models_css[] = {
#embed "page/style/models.css"
};
static const unsigned char style_transcript_css[] = {
#embed "page/style/transcript.css"
};
static const unsigned char texts_js[] = {
#embed "page/texts.js"
};

#define PAGE_FILE(path, bytes) {path, {bytes, sizeof bytes}}

static const cembedded_named_file files[] = {
    PAGE_FILE("docs/index.html", docs_index_html),
    PAGE_FILE("docs/main.js", docs_main_js),
    PAGE_FILE("docs/shape.js", docs_shape_js),
    PAGE_FILE("docs/style.css", docs_style_css),
    PAGE_FILE("files/area.js", files_area_js),
    PAGE_FILE("files/detail.js", files_detail_js),
    PAGE_FILE("files/edits.js", files_edits_js),
    PAGE_FILE("files/length.js", files_length_js),
    PAGE_FILE("files/list.js", files_list_js),
    PAGE_FILE("files/owner.js", files_owner_js),
    PAGE_FILE("files/player.js", files_player_js),
    PAGE_FILE("files/queue.js", files_queue_js),
    PAGE_FILE("files/recordings.js", files_recordings_js),
    PAGE_FILE("files/results.js", files_results_js),
    PAGE_FILE("files/saving.js", files_saving_js),
    PAGE_FILE("files/sentences.js", files_sentences_js),
    PAGE_FILE("files/splitting.js", files_splitting_js),
    PAGE_FILE("files/subtitles.js", files_subtitles_js),
    PAGE_FILE("files/toolbar.js", files_toolbar_js),
    PAGE_FILE("files/transcription.js", files_transcription_js),
    PAGE_FILE("files/trouble.js", files_trouble_js),
    PAGE_FILE("files/words.js", files_words_js),
    PAGE_FILE("files/zip.js", files_zip_js),
    PAGE_FILE("icon.svg", icon_svg),
    PAGE_FILE("index.html", index_html),
    PAGE_FILE("keys.js", keys_js),
    PAGE_FILE("main.js", main_js),
    PAGE_FILE("microphone/area.js", microphone_area_js),
    PAGE_FILE("microphone/captions.js", microphone_captions_js),
    PAGE_FILE("microphone/dictation.js", microphone_dictation_js),
    PAGE_FILE("microphone/drafts.js", microphone_drafts_js),
    PAGE_FILE("microphone/earlier.js", microphone_earlier_js),
    PAGE_FILE("microphone/recorder.js", microphone_recorder_js),
    PAGE_FILE("microphone/session.js", microphone_session_js),
    PAGE_FILE("microphone/speech-text.js", microphone_speech_text_js),
    PAGE_FILE("microphone/wave.js", microphone_wave_js),
    PAGE_FILE("microphone/worklet.js", microphone_worklet_js),
    PAGE_FILE("models/area.js", models_area_js),
    PAGE_FILE("models/catalogue.js", models_catalogue_js),
    PAGE_FILE("models/row.js", models_row_js),
    PAGE_FILE("shared/announce.js", shared_announce_js),
    PAGE_FILE("shared/api.js", shared_api_js),
    PAGE_FILE("shared/clipboard.js", shared_clipboard_js),
    PAGE_FILE("shared/confirm.js", shared_confirm_js),
    PAGE_FILE("shared/dom.js", shared_dom_js),
    PAGE_FILE("shared/format.js", shared_format_js),
    PAGE_FILE("shared/key-dialog.js", shared_key_dialog_js),
    PAGE_FILE("shared/menu.js", shared_menu_js),
    PAGE_FILE("shared/models.js", shared_models_js),
    PAGE_FILE("shared/options.js", shared_options_js),
    PAGE_FILE("shared/server-state.js", shared_server_state_js),
    PAGE_FILE("shared/settings.js", shared_settings_js),
    PAGE_FILE("shared/sse.js", shared_sse_js),
    PAGE_FILE("shared/store.js", shared_store_js),
    PAGE_FILE("shared/tab.js", shared_tab_js),
    PAGE_FILE("shared/toast.js", shared_toast_js),
    PAGE_FILE("style/base.css", style_base_css),
    PAGE_FILE("style/controls.css", style_controls_css),
    PAGE_FILE("style/files.css", style_files_css),
    PAGE_FILE("style/frame.css", style_frame_css),
    PAGE_FILE("style/microphone.css", style_microphone_css),
    PAGE_FILE("style/models.css", style_models_css),
    PAGE_FILE("style/transcript.css", style_transcript_css),
    PAGE_FILE("texts.js", texts_js),
};

const cembedded_named_file *cembedded_page(void) { return files; }
size_t cembedded_page_count(void) { return sizeof files / sizeof *files; }
