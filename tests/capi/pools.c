/* Sizes, growth and reuse of pools. */
#include "observe.h"

static void released(gpointer data, gpointer user) {
    (void)user;
    printf("  own release of class %d\n", ((NvDsObjectMeta *)data)->class_id);
}

int main(void) {
    for (guint n = 0; n < 5; n += 1 + n) {
        NvDsBatchMeta *b = nvds_create_batch_meta(n);
        printf("new batch for %u: type %d max %u frames %u self %d copy %d release %d\n", n, b->base_meta.meta_type,
               b->max_frames_in_batch, b->num_frames_in_batch, b->base_meta.batch_meta == b,
               b->base_meta.copy_func == nvds_batch_meta_copy_func,
               b->base_meta.release_func == nvds_batch_meta_release_func);
        show_pools(b);
        printf("destroyed: %d\n", nvds_destroy_batch_meta(b));
    }
    NvDsBatchMeta *b = nvds_create_batch_meta(1);
    printf("growth\n");
    for (int i = 0; i < 300; i++) {
        guint before = b->obj_meta_pool->max_elements_in_pool;
        NvDsObjectMeta *o = nvds_acquire_obj_meta_from_pool(b);
        if (b->obj_meta_pool->max_elements_in_pool != before) show_pool("objects", b->obj_meta_pool);
        if (b->obj_meta_pool->full_list->data != o) printf("not the newest first\n");
        nvds_acquire_display_meta_from_pool(b);
        nvds_acquire_user_meta_from_pool(b);
    }
    show_pools(b);
    nvds_destroy_batch_meta(b);

    b = nvds_create_batch_meta(2);
    NvDsFrameMeta *f = nvds_acquire_frame_meta_from_pool(b);
    nvds_add_frame_meta_to_batch(b, f);
    NvDsObjectMeta *o[4];
    for (int i = 0; i < 4; i++) nvds_add_obj_meta_to_frame(f, o[i] = nvds_acquire_obj_meta_from_pool(b), NULL);
    o[1]->class_id = 7;
    o[1]->base_meta.uContext = (gpointer)9;
    nvds_remove_obj_meta_from_frame(f, o[1]);
    nvds_remove_obj_meta_from_frame(f, o[3]);
    NvDsObjectMeta *x = nvds_acquire_obj_meta_from_pool(b), *y = nvds_acquire_obj_meta_from_pool(b);
    printf("last released first: %d %d; class %d, context %p\n", x == o[3], y == o[1], y->class_id,
           y->base_meta.uContext);
    y->class_id = 8;
    y->base_meta.release_func = released;
    nvds_add_obj_meta_to_frame(f, y, x);
    nvds_remove_obj_meta_from_frame(f, y);
    NvDsObjectMeta *z = nvds_acquire_obj_meta_from_pool(b);
    printf("replaced release function stays: %d %d, class %d, parent %d\n", z == y,
           z->base_meta.release_func == released, z->class_id, z->parent == x);
    printf("destroy\n");
    nvds_destroy_batch_meta(b);
    return 0;
}
