/* Functions that are exported although no header declares them. */
#include "observe.h"

gpointer nvds_acquire_meta_from_pool(NvDsBatchMeta *, NvDsMetaPool *);
GList *nvds_add_meta_to_parent(GList *, gpointer, int append);
GList *nvds_remove_meta_from_parent(GList *, gpointer, NvDsMetaPool *);
void increase_pool_size(NvDsBatchMeta *, NvDsMetaPool *);
void get_meta_pool_status(NvDsMetaPool *);
NvDsMetaPool *nvds_create_meta_pool(NvDsBatchMeta *, guint, guint, NvDsMetaCopyFunc, NvDsMetaReleaseFunc, int);
NvDsMetaPool *nvds_create_obj_meta_pool(NvDsBatchMeta *, guint);
gboolean nvds_destroy_meta_pool(NvDsBatchMeta *, NvDsMetaPool *);
void release_obj_meta(gpointer, gpointer);
void copy_user_meta_list(GList *, gpointer, int);
NvDsBatchMeta *batch_meta_copy(NvDsBatchMeta *, gpointer);

static void released(gpointer data, gpointer user) {
    printf("  own release, type %d, user data %p\n", ((NvDsBaseMeta *)data)->meta_type, user);
}

int main(void) {
    NvDsBatchMeta *b = nvds_create_batch_meta(1);
    b->max_frames_in_batch = 1;
    NvDsFrameMeta *f = nvds_acquire_frame_meta_from_pool(b);
    nvds_add_frame_meta_to_batch(b, f);
    NvDsMetaPool *p = b->obj_meta_pool;
    GList *list = NULL;
    gpointer e[4];
    for (int i = 0; i < 4; i++) {
        list = nvds_add_meta_to_parent(list, e[i] = nvds_acquire_meta_from_pool(b, p), i & 1);
        printf("element 0 of %u is at %d\n", g_list_length(list), g_list_index(list, e[0]));
    }
    list = nvds_remove_meta_from_parent(list, e[1], p);
    printf("left %u\n", g_list_length(list));
    list = nvds_clear_meta_list(b, list, p);
    printf("left %u\n", g_list_length(list));
    show_pool("objects", p);
    while (p->num_empty_elements) nvds_acquire_meta_from_pool(b, p);
    increase_pool_size(b, p);
    show_pool("objects", p);
    get_meta_pool_status(b->user_meta_pool);
    printf("\n");
    NvDsMetaPool *own = nvds_create_meta_pool(b, 3, 100, user_copy, released, 44);
    NvDsBaseMeta *first = nvds_acquire_meta_from_pool(b, own);
    show_pool("own", own);
    printf("copy %d %d release %d %d type %d batch %d\n", own->copy_func == user_copy, first->copy_func == user_copy,
           own->release_func == released, first->release_func == released, first->meta_type, first->batch_meta == b);
    printf("destroyed %d\n", nvds_destroy_meta_pool(b, own));
    own = nvds_create_obj_meta_pool(b, 2);
    show_pool("objects", own);
    printf("release %d\n", own->release_func == release_obj_meta);
    nvds_destroy_meta_pool(b, own);

    NvDsUserMeta *u = new_user(b, 1), *v = nvds_acquire_user_meta_from_pool(b);
    copy_user_meta(u, v);
    printf("copied: %ld type %d functions %d %d context %p batch %d\n", (long)v->user_meta_data, v->base_meta.meta_type,
           v->base_meta.copy_func == user_copy, v->base_meta.release_func == user_release, v->base_meta.uContext,
           v->base_meta.batch_meta == b);
    nvds_add_user_meta_to_frame(f, u);
    nvds_add_user_meta_to_frame(f, v);
    NvDsObjectMeta *o = nvds_acquire_obj_meta_from_pool(b);
    nvds_add_obj_meta_to_frame(f, o, NULL);
    list = g_list_copy(f->frame_user_meta_list);
    copy_user_meta_list(list, f, NVDS_FRAME_META);
    copy_user_meta_list(list, b, NVDS_BATCH_META);
    copy_user_meta_list(list, o, NVDS_OBJ_META);
    g_list_free(list);
    show_users("frame", f->frame_user_meta_list);
    show_users("batch", b->batch_user_meta_list);
    show_users("object", o->obj_user_meta_list);
    o->class_id = 5;
    printf("release an object in place\n");
    release_obj_meta(o, NULL);
    printf("class %d users %p\n", o->class_id, (void *)o->obj_user_meta_list);
    NvDsBatchMeta *c = batch_meta_copy(b, NULL);
    printf("copied\n");
    show_pools(c);
    nvds_destroy_batch_meta(c);
    printf("destroy\n");
    nvds_destroy_batch_meta(b);
    return 0;
}
