/* NvDsMeta as a GstMeta; user meta types. */
#include "observe.h"

static gpointer copy_number(gpointer data, gpointer user) {
    printf("  copy %ld user data %ld\n", (long)data, (long)user);
    return (char *)data + 100;
}
static gpointer copy_nothing(gpointer data, gpointer user) {
    printf("  copy to nothing %ld user data %ld\n", (long)data, (long)user);
    return NULL;
}
static void free_number(gpointer data, gpointer user) { printf("  free %ld user data %ld\n", (long)data, (long)user); }

static NvDsMeta *add(GstBuffer *buffer, long data, int type, NvDsMetaCopyFunc copy) {
    NvDsMeta *m = gst_buffer_add_nvds_meta(buffer, (gpointer)data, (gpointer)(data + 1), copy, free_number);
    m->meta_type = type;
    m->gst_to_nvds_meta_transform_func = copy_nothing;
    m->gst_to_nvds_meta_release_func = free_number;
    return m;
}

static void show(const char *what, GstBuffer *buffer) {
    printf("%s:", what);
    gpointer state = NULL;
    GstMeta *meta;
    while ((meta = gst_buffer_iterate_meta_filtered(buffer, &state, nvds_meta_api_get_type()))) {
        NvDsMeta *m = (NvDsMeta *)meta;
        printf(" [type %d data %ld user data %ld copy %d free %d batch's %d %d to user meta %d %d]", m->meta_type,
               m->meta_type == NVDS_BATCH_GST_META ? -1 : (long)m->meta_data, (long)m->user_data,
               m->copyfunc == copy_number, m->freefunc == free_number, m->copyfunc == nvds_batch_meta_copy_func,
               m->freefunc == nvds_batch_meta_release_func, m->gst_to_nvds_meta_transform_func == copy_nothing,
               m->gst_to_nvds_meta_release_func == free_number);
    }
    printf(" batch %d\n", gst_buffer_get_nvds_batch_meta(buffer) != NULL);
}

static gpointer wrapped_copy(gpointer data, gpointer user) {
    printf("  wrapped copy\n");
    return nvds_batch_meta_copy_func(data, user);
}
static void wrapped_free(gpointer data, gpointer user) {
    printf("  wrapped free\n");
    nvds_batch_meta_release_func(data, user);
}

int main(void) {
    gst_init(NULL, NULL);
    GType api = nvds_meta_api_get_type();
    const GstMetaInfo *info = nvds_meta_get_info();
    printf("api %s implementation %s size %u init %d free %d transform %d same %d registered %d\n", g_type_name(api),
           g_type_name(info->type), (unsigned)info->size, !!info->init_func, !!info->free_func, !!info->transform_func,
           info->api == api, gst_meta_get_info("NvDsMeta") == info);
    const gchar *const *tags = gst_meta_api_type_get_tags(api);
    for (; tags && *tags; tags++) printf("tag %s\n", *tags);

    GstBuffer *b = gst_buffer_new_allocate(NULL, 64, NULL);
    printf("nothing there: %p %p\n", (void *)gst_buffer_get_nvds_meta(b), (void *)gst_buffer_get_nvds_batch_meta(b));
    NvDsMeta *first = add(b, 1, 9001, copy_number);
    add(b, 10, 9002, copy_number);
    printf("first of several: %d\n", gst_buffer_get_nvds_meta(b) == first);
    show("source", b);
    GstBuffer *c = gst_buffer_copy(b);
    show("copy", c);
    GstBuffer *d = gst_buffer_copy_deep(c);
    show("deep copy of the copy", d);
    GstBuffer *e = gst_buffer_copy_region(b, GST_BUFFER_COPY_ALL, 8, 16);
    show("region", e);
    GstBuffer *f = gst_buffer_new();
    gst_buffer_copy_into(f, b, GST_BUFFER_COPY_MEMORY | GST_BUFFER_COPY_TIMESTAMPS, 0, -1);
    show("copied into without metas", f);
    gst_buffer_copy_into(f, b, GST_BUFFER_COPY_META, 0, -1);
    show("copied into with metas", f);
    gst_buffer_ref(f);
    GstBuffer *g = gst_buffer_make_writable(f);
    printf("made writable: new %d\n", g != f);
    show("made writable", g);
    GstBuffer *h = gst_buffer_make_writable(g);
    printf("made writable: new %d\n", h != g);
    printf("remove a meta\n");
    gst_buffer_remove_meta(h, (GstMeta *)gst_buffer_get_nvds_meta(h));
    show("removed", h);
    printf("free\n");
    gst_buffer_unref(h); gst_buffer_unref(f); gst_buffer_unref(e); gst_buffer_unref(d); gst_buffer_unref(c); gst_buffer_unref(b);

    printf("a copy function without an answer\n");
    b = gst_buffer_new();
    add(b, 5, 9003, copy_nothing);
    c = gst_buffer_copy(b);
    show("copy", c);
    gst_buffer_unref(c); gst_buffer_unref(b);

    printf("batches\n");
    b = gst_buffer_new();
    NvDsBatchMeta *batch = nvds_create_batch_meta(1);
    batch->max_frames_in_batch = 1;
    nvds_add_frame_meta_to_batch(batch, nvds_acquire_frame_meta_from_pool(batch));
    nvds_add_user_meta_to_batch(batch, new_user(batch, 1));
    NvDsMeta *m = attach(b, batch);
    m->copyfunc = wrapped_copy;
    m->freefunc = wrapped_free;
    show("source", b);
    c = gst_buffer_copy(b);
    show("copy", c);
    batch = gst_buffer_get_nvds_batch_meta(c);
    show_users("copy", batch->batch_user_meta_list);
    NvDsBatchMeta *second = nvds_create_batch_meta(1);
    attach(c, second);
    printf("last batch wins: %d\n", gst_buffer_get_nvds_batch_meta(c) == second);
    printf("free\n");
    gst_buffer_unref(b);
    gst_buffer_unref(c);

    printf("pool\n");
    GstBufferPool *pool = gst_buffer_pool_new();
    GstStructure *config = gst_buffer_pool_get_config(pool);
    gst_buffer_pool_config_set_params(config, NULL, 16, 1, 1);
    gst_buffer_pool_set_config(pool, config);
    gst_buffer_pool_set_active(pool, TRUE);
    gst_buffer_pool_acquire_buffer(pool, &b, NULL);
    add(b, 20, 9004, copy_number);
    GstMeta *kept = (GstMeta *)add(b, 30, 9005, copy_number);
    GST_META_FLAG_SET(kept, GST_META_FLAG_POOLED);
    gst_buffer_unref(b);
    printf("back in the pool\n");
    gst_buffer_pool_acquire_buffer(pool, &b, NULL);
    show("reused", b);
    gst_buffer_unref(b);
    gst_buffer_pool_set_active(pool, FALSE);
    gst_object_unref(pool);

    printf("types\n");
    static gchar name[] = "DSFRAME.CAPI.ONE", same[] = "DSFRAME.CAPI.ONE", other[] = "DSFRAME.CAPI.TWO", empty[] = "";
    int one = nvds_get_user_meta_type(name);
    printf("quark %d same %d other %d empty %d none %d\n", one - NVDS_START_USER_META == (int)g_quark_from_string(name),
           nvds_get_user_meta_type(same) == one, nvds_get_user_meta_type(other) == one,
           nvds_get_user_meta_type(empty) > NVDS_START_USER_META, nvds_get_user_meta_type(NULL));
    return 0;
}
