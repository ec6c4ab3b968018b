/* Latency measurement, with its environment variables: this program sets them as its argument says. */
#include "observe.h"

static void switches(const char *when) {
    printf("%s: latency %d per component %d silent %d\n", when, nvds_get_enable_latency_measurement(),
           nvds_get_enable_per_component_latency_measurement(), nvds_get_latency_measurement_silent());
}

static NvDsUserMeta *entry(NvDsBatchMeta *b, const char *name, double in, double out, guint source) {
    NvDsMetaCompLatency *c = nvds_set_latency_metadata_ptr();
    strcpy(c->component_name, name);
    c->in_system_timestamp = in;
    c->out_system_timestamp = out;
    c->source_id = source;
    c->frame_num = source + 100;
    c->pad_index = source + 200;
    NvDsUserMeta *u = nvds_acquire_user_meta_from_pool(b);
    u->user_meta_data = c;
    u->base_meta.meta_type = NVDS_LATENCY_MEASUREMENT_META;
    u->base_meta.copy_func = nvds_copy_latency_meta;
    u->base_meta.release_func = nvds_release_latency_meta;
    return u;
}

static GstBuffer *make(guint max, NvDsBatchMeta **b) {
    GstBuffer *buffer = gst_buffer_new();
    *b = nvds_create_batch_meta(max);
    (*b)->max_frames_in_batch = max;
    attach(buffer, *b);
    return buffer;
}

static void show(NvDsBatchMeta *b) {
    for (GList *l = b->batch_user_meta_list; l; l = l->next) {
        NvDsUserMeta *u = l->data;
        NvDsMetaCompLatency *c = u->user_meta_data;
        printf("  type %d copy %d release %d '%s' in %d out %d source %u frame %u pad %u subs %u\n",
               u->base_meta.meta_type, u->base_meta.copy_func == nvds_copy_latency_meta,
               u->base_meta.release_func == nvds_release_latency_meta, c->component_name,
               c->in_system_timestamp > 1e12 ? -1 : (int)c->in_system_timestamp,
               c->out_system_timestamp > 1e12 ? -1 : (int)c->out_system_timestamp, c->source_id, c->frame_num,
               c->pad_index, c->num_sub_comps);
    }
}

static void measure(const char *what, GstBuffer *buffer) {
    NvDsFrameLatencyInfo info[8];
    memset(info, 0x11, sizeof info);
    double now = nvds_get_current_system_timestamp();
    guint n = nvds_measure_buffer_latency(buffer, info);
    printf("%s: %u frames\n", what, n);
    for (int i = 0; i < 8 && info[i].source_id != 0x11111111; i++) {
        double off = info[i].latency - (now - info[i].comp_in_timestamp);
        printf("  source %u frame %u in %.1f latency %s\n", info[i].source_id, info[i].frame_num,
               info[i].comp_in_timestamp, off > -1 && off < 1000 ? "from in to now" : info[i].latency == 0 ? "0" : "other");
    }
}

int main(int argc, char **argv) {
    for (int i = 1; i < argc; i++) g_setenv(argv[i], "0", TRUE);
    gst_init(NULL, NULL);
    switches("start");
    nvds_meta_get_info();
    GstBuffer *empty = gst_buffer_new();
    printf("no batch: %d %d\n", nvds_set_input_system_timestamp(empty, "a") != NULL, nvds_set_output_system_timestamp(empty, "a"));
    switches("no meta added yet");
    NvDsBatchMeta *b;
    GstBuffer *buffer = make(2, &b);
    switches("a meta added");
    g_setenv("NVDS_ENABLE_LATENCY_MEASUREMENT", "1", TRUE);
    GstBuffer *later = gst_buffer_new();
    attach(later, nvds_create_batch_meta(1));
    gst_buffer_unref(later);
    switches("set later");

    char longer[80] = { 0 };
    memset(longer, 'x', 70);
    printf("out before in: %d\n", nvds_set_output_system_timestamp(buffer, "one"));
    NvDsUserMeta *u = nvds_set_input_system_timestamp(buffer, "one");
    printf("in: %d, the list's last %d\n", u != NULL, u && g_list_last(b->batch_user_meta_list)->data == u);
    nvds_set_input_system_timestamp(buffer, "two");
    nvds_set_input_system_timestamp(buffer, longer);
    nvds_set_input_system_timestamp(buffer, "one");
    show(b);
    printf("out: %d %d %d %d\n", nvds_set_output_system_timestamp(buffer, "one"),
           nvds_set_output_system_timestamp(buffer, "one"), nvds_set_output_system_timestamp(buffer, longer),
           nvds_set_output_system_timestamp(buffer, "three"));
    show(b);
    GstBuffer *copy = gst_buffer_copy(buffer);
    printf("out on a copy: %d\n", nvds_set_output_system_timestamp(copy, "two"));
    show(gst_buffer_get_nvds_batch_meta(copy));
    gst_buffer_unref(copy);
    gst_buffer_unref(buffer);

    const char *names[] = { "nvv4l2decoder", "nvv4l2decode", "nvv4l2decod", "my-nvv4l2decoder", "audiodecoder0", "audiodecode",
                            "nvstreammux-a", "nvstreammux-", "nvstreammux", "my-nvstreammux-a", "nvinfer" };
    for (guint i = 0; i < G_N_ELEMENTS(names); i++) {
        buffer = make(2, &b);
        nvds_add_user_meta_to_batch(b, entry(b, names[i], 5000, 6000, 10));
        measure(names[i], buffer);
        gst_buffer_unref(buffer);
    }
    buffer = make(4, &b);
    for (int i = 0; i < 2; i++) {
        nvds_add_user_meta_to_batch(b, entry(b, "nvv4l2decoder", 5000 + i, 6000, 1));
        nvds_add_user_meta_to_batch(b, entry(b, "nvstreammux-a", 5500, 6500, 10 + i));
    }
    nvds_add_user_meta_to_batch(b, entry(b, "nvinfer", 1, 2.5, 0));
    measure("decoder, muxer, decoder, muxer", buffer);
    gst_buffer_unref(buffer);
    buffer = make(4, &b);
    for (int i = 0; i < 2; i++) nvds_add_user_meta_to_batch(b, entry(b, "nvv4l2decoder", 5000 + i, 6000, 1));
    for (int i = 0; i < 2; i++) nvds_add_user_meta_to_batch(b, entry(b, "nvstreammux-a", 5500, 6500, 10 + i));
    measure("decoders, muxers", buffer);
    gst_buffer_unref(buffer);
    measure("no batch", empty);

    nvds_add_reference_timestamp_meta(empty, "nvv4l2decoder", 7);
    GstReferenceTimestampMeta *r = (GstReferenceTimestampMeta *)gst_buffer_get_meta(empty, GST_REFERENCE_TIMESTAMP_META_API_TYPE);
    GstStructure *s = gst_caps_get_structure(r->reference, 0);
    printf("reference: %s, time %d duration %d\n", gst_structure_get_name(s), (int)r->timestamp, (int)r->duration);
    for (int i = 0; i < gst_structure_n_fields(s); i++) {
        const gchar *field = gst_structure_nth_field_name(s, i);
        printf("  %s: %s\n", field, g_type_name(gst_structure_get_field_type(s, field)));
    }
    gst_buffer_unref(empty);
    return 0;
}
