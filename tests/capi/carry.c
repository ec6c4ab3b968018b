/* GstMetas of a buffer that become user metas of a frame. */
#include "observe.h"

static gpointer copy_number(gpointer data, gpointer user) {
    printf("  copy %ld user data %ld\n", (long)data, (long)user);
    return data ? (char *)data + 100 : NULL;
}
static void free_number(gpointer data, gpointer user) { printf("  free %ld user data %ld\n", (long)data, (long)user); }
static gpointer to_user(gpointer data, gpointer user) {
    long payload = (long)((NvDsUserMeta *)data)->user_meta_data;
    printf("  user copy %ld user data %ld\n", payload, (long)user);
    return (gpointer)(payload + 1000);
}
static void user_free(gpointer data, gpointer user) {
    printf("  user free %ld user data %ld\n", (long)((NvDsUserMeta *)data)->user_meta_data, (long)user);
}

static void add(GstBuffer *s, long data, int type, NvDsMetaCopyFunc copy, NvDsMetaReleaseFunc release) {
    NvDsMeta *m = gst_buffer_add_nvds_meta(s, (gpointer)data, (gpointer)(data + 1), copy_number, free_number);
    m->meta_type = type;
    m->gst_to_nvds_meta_transform_func = copy;
    m->gst_to_nvds_meta_release_func = release;
}

static void show(const char *what, GList *list) {
    printf("%s\n", what);
    for (; list; list = list->next) {
        NvDsUserMeta *u = list->data;
        printf("  type %d copy %d %d release %d %d context %p", u->base_meta.meta_type, !!u->base_meta.copy_func,
               u->base_meta.copy_func == to_user, !!u->base_meta.release_func, u->base_meta.release_func == user_free,
               u->base_meta.uContext);
        if (u->base_meta.meta_type == NVDS_BUFFER_GST_AS_FRAME_USER_META) {
            GstBuffer *b = u->user_meta_data;
            gpointer state = NULL;
            GstMeta *m;
            printf(" buffer of %u bytes, %u memories, pts %d:", (unsigned)gst_buffer_get_size(b), gst_buffer_n_memory(b),
                   GST_BUFFER_PTS_IS_VALID(b));
            while ((m = gst_buffer_iterate_meta(b, &state))) printf(" %s", g_type_name(m->info->api));
            printf("\n");
        } else {
            printf(" payload %ld\n", (long)u->user_meta_data);
        }
    }
}

int main(void) {
    gst_init(NULL, NULL);
    NvDsBatchMeta *b = nvds_create_batch_meta(1);
    b->max_frames_in_batch = 1;
    NvDsFrameMeta *f = nvds_acquire_frame_meta_from_pool(b);
    nvds_add_frame_meta_to_batch(b, f);
    GstBuffer *s = gst_buffer_new_allocate(NULL, 100, NULL);
    GST_BUFFER_PTS(s) = 5;
    nvds_copy_gst_meta_to_frame_meta(s, b, f);
    show("no metas", f->frame_user_meta_list);
    add(s, 1, 9001, to_user, user_free);
    add(s, 5, 9002, NULL, NULL);
    nvds_copy_gst_meta_to_frame_meta(s, b, f);
    show("NvDsMetas alone", f->frame_user_meta_list);
    nvds_clear_frame_user_meta_list(f, f->frame_user_meta_list);
    GstCaps *caps = gst_caps_new_empty_simple("timestamp/x-dsframe");
    gst_buffer_add_reference_timestamp_meta(s, caps, 77, 88);
    gst_caps_unref(caps);
    gst_buffer_add_protection_meta(s, gst_structure_new_empty("protection"));
    GstBuffer *parent = gst_buffer_new();
    gst_buffer_add_parent_buffer_meta(s, parent);
    gst_buffer_unref(parent);
    nvds_copy_gst_meta_to_frame_meta(s, b, f);
    show("others too", f->frame_user_meta_list);
    NvDsBatchMeta *k = nvds_batch_meta_copy_func(b, NULL);
    show("in a copy of the batch", ((NvDsFrameMeta *)k->frame_meta_list->data)->frame_user_meta_list);
    printf("destroy the copy\n");
    nvds_destroy_batch_meta(k);
    NvDsBatchMeta *a = nvds_create_audio_batch_meta(1);
    NvDsAudioFrameMeta *af = nvds_acquire_audio_frame_meta_from_pool(a);
    nvds_add_audio_frame_meta_to_audio_batch(a, af);
    nvds_copy_gst_meta_to_audio_frame_meta(s, a, af);
    show("audio", af->frame_user_meta_list);
    nvds_destroy_audio_batch_meta(a);
    printf("destroy\n");
    nvds_destroy_batch_meta(b);
    gst_buffer_unref(s);
    return 0;
}
