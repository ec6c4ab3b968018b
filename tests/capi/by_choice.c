/* Where the library differs from DeepStream's 9.0.2 by choice; each part runs in a process of its own, since some
 * crash there. What it prints on either library is in by_choice.dsframe and by_choice.deepstream. */
#include "observe.h"
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

static NvDsBatchMeta *b;
static NvDsFrameMeta *f;
static NvDsObjectMeta *o;

static void user_meta_comes_back_as_new(void) {
    NvDsUserMeta *u = new_user(b, 1);
    u->base_meta.release_func = NULL;
    nvds_add_user_meta_to_frame(f, u);
    nvds_remove_user_meta_from_frame(f, u);
    NvDsUserMeta *v = nvds_acquire_user_meta_from_pool(b);
    printf("same %d type %d payload %ld\n", u == v, v->base_meta.meta_type, (long)v->user_meta_data);
}
static void copy_without_max_frames(void) {
    b->max_frames_in_batch = 0;
    NvDsBatchMeta *c = nvds_batch_meta_copy_func(b, NULL);
    printf("frames %u\n", c->num_frames_in_batch);
}
static void copy_keeps_parents_sizes_and_types(void) {
    NvDsObjectMeta *child = nvds_acquire_obj_meta_from_pool(b);
    nvds_add_obj_meta_to_frame(f, child, o);
    NvDsClassifierMeta *c = nvds_acquire_classifier_meta_from_pool(b);
    c->classifier_type = "colour";
    nvds_add_classifier_meta_to_object(o, c);
    f->pipeline_width = 640;
    NvDsBatchMeta *copy = nvds_batch_meta_copy_func(b, NULL);
    NvDsFrameMeta *g = copy->frame_meta_list->data;
    NvDsObjectMeta *parent = g->obj_meta_list->data;
    c = parent->classifier_meta_list->data;
    printf("parent %d width %u type %s\n", ((NvDsObjectMeta *)g->obj_meta_list->next->data)->parent == parent,
           g->pipeline_width, c->classifier_type ? c->classifier_type : "-");
}
static void mask_without_size(void) {
    o->mask_params.data = g_malloc(4);
    NvDsObjectMeta *d = nvds_acquire_obj_meta_from_pool(b);
    nvds_copy_obj_meta(o, d);
    printf("shared %d\n", d->mask_params.data == o->mask_params.data);
}
static void remove_what_is_not_there(void) {
    NvDsObjectMeta *x = nvds_acquire_obj_meta_from_pool(b);
    nvds_remove_obj_meta_from_frame(f, x);
    printf("count %d in use %u\n", (int)f->num_obj_meta, b->obj_meta_pool->num_full_elements);
}
static void clear_from_the_middle(void) {
    for (int i = 0; i < 3; i++) nvds_add_user_meta_to_frame(f, new_user(b, i));
    nvds_clear_frame_user_meta_list(f, f->frame_user_meta_list->next);
    printf("list %u in use %u\n", g_list_length(f->frame_user_meta_list), b->user_meta_pool->num_full_elements);
}
static void clear_displays(void) {
    for (int i = 0; i < 3; i++) nvds_add_display_meta_to_frame(f, nvds_acquire_display_meta_from_pool(b));
    nvds_clear_display_meta_list(f, f->display_meta_list);
    show_pool("displays", b->display_meta_pool);
    show_pool("objects", b->obj_meta_pool);
}
static void user_of_a_region(void) {
    NvDsRoiMeta roi;
    memset(&roi, 0, sizeof roi);
    roi.frame_meta = f;
    NvDsUserMeta *u = new_user(b, 1);
    nvds_add_user_meta_to_roi(&roi, u);
    nvds_remove_user_meta_from_roi(&roi, u);
    printf("in use %u\n", b->user_meta_pool->num_full_elements);
}
static void gst_meta_without_copy(void) {
    GstBuffer *buffer = gst_buffer_new();
    gst_buffer_add_nvds_meta(buffer, b, NULL, NULL, NULL);
    printf("in the copy %d\n", gst_buffer_get_nvds_meta(gst_buffer_copy(buffer)) != NULL);
}
static void type_of_a_reused_string(void) {
    gchar *name = g_strdup("DSFRAME.ONE");
    int one = nvds_get_user_meta_type(name);
    strcpy(name, "DSFRAME.TWO");
    printf("found again %d\n", nvds_get_user_meta_type("DSFRAME.ONE") == one);
}
static void pool_for_nothing(void) {
    NvDsBatchMeta *z = nvds_create_batch_meta(0);
    printf("frame %d\n", nvds_acquire_frame_meta_from_pool(z) != NULL);
}
static void audio_batch_has_no_objects(void) {
    NvDsBatchMeta *a = nvds_create_audio_batch_meta(1);
    printf("object %d\n", nvds_acquire_obj_meta_from_pool(a) != NULL);
}
static void nothing_at_all(void) {
    printf("frame %p\n", (void *)nvds_acquire_frame_meta_from_pool(NULL));
    nvds_add_obj_meta_to_frame(f, NULL, NULL);
    printf("copy %p\n", nvds_batch_meta_copy_func(NULL, NULL));
    printf("destroyed %d\n", nvds_destroy_batch_meta(NULL));
    printf("meta %p\n", (void *)gst_buffer_get_nvds_meta(NULL));
}

#define PART(name) { #name, name }
static const struct { const char *name; void (*run)(void); } PARTS[] = {
    PART(user_meta_comes_back_as_new), PART(copy_without_max_frames), PART(copy_keeps_parents_sizes_and_types),
    PART(mask_without_size), PART(remove_what_is_not_there), PART(clear_from_the_middle), PART(clear_displays),
    PART(user_of_a_region), PART(gst_meta_without_copy), PART(type_of_a_reused_string),
    PART(pool_for_nothing), PART(audio_batch_has_no_objects), PART(nothing_at_all),
};

int main(void) {
    gst_init(NULL, NULL);
    for (guint i = 0; i < G_N_ELEMENTS(PARTS); i++) {
        printf("%s\n", PARTS[i].name);
        fflush(stdout);
        pid_t child = fork();
        if (!child) {
            b = nvds_create_batch_meta(1);
            b->max_frames_in_batch = 1;
            nvds_add_frame_meta_to_batch(b, f = nvds_acquire_frame_meta_from_pool(b));
            nvds_add_obj_meta_to_frame(f, o = nvds_acquire_obj_meta_from_pool(b), NULL);
            PARTS[i].run();
            fflush(stdout);
            _exit(0);
        }
        int status;
        waitpid(child, &status, 0);
        if (WIFSIGNALED(status)) printf("crashed\n");
    }
    return 0;
}
