/* What is printed about a batch. The runner masks addresses. */
#include "observe.h"

static void piece(const gchar *text) { printf("[%s]", text); }

int main(void) {
    NvDsBatchMeta *b = nvds_create_batch_meta(2);
    printf("no frame: %d\n", nvds_get_current_metadata_info(b));
    NvDsFrameMeta *f = nvds_acquire_frame_meta_from_pool(b);
    printf("acquired: %d\n", nvds_get_current_metadata_info(b));
    f->source_id = 4000000000u;
    f->pad_index = 7;
    nvds_add_frame_meta_to_batch(b, f);
    printf("added: %d\n", nvds_get_current_metadata_info(b));
    for (int i = 0; i < 3; i++) {
        NvDsObjectMeta *o = nvds_acquire_obj_meta_from_pool(b);
        o->unique_component_id = -i;
        o->class_id = i;
        o->object_id = i ? (guint64)i : G_MAXUINT64;
        o->rect_params.left = 1.25f * i;
        o->rect_params.top = 1e9f;
        o->rect_params.width = -0.1f;
        o->rect_params.height = i ? 1e-9f : -G_MAXFLOAT;
        nvds_add_obj_meta_to_frame(f, o, NULL);
    }
    nvds_acquire_obj_meta_from_pool(b);
    nvds_add_frame_meta_to_batch(b, nvds_acquire_frame_meta_from_pool(b));
    printf("objects: %d\n", nvds_get_current_metadata_info(b));
    g_set_print_handler(piece);
    nvds_get_current_metadata_info(b);
    NvDsBatchMeta *audio = nvds_create_audio_batch_meta(1);
    printf("audio: %d\n", nvds_get_current_metadata_info(audio));
    nvds_destroy_audio_batch_meta(audio);
    nvds_destroy_batch_meta(b);
    return 0;
}
