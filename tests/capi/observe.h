/* What the programs share: printing of pools and lists, and callbacks that say that they run. */
#ifndef OBSERVE_H
#define OBSERVE_H

#include "dsframe_nvds.h"
#include <stdio.h>
#include <string.h>

static inline void show_pool(const char *name, NvDsMetaPool *p) {
    if (!p) { printf("  %s: no pool\n", name); return; }
    printf("  %s: type %d size %u max %u empty %u full %u, lists %u %u\n", name, p->meta_type, p->element_size,
           p->max_elements_in_pool, p->num_empty_elements, p->num_full_elements, g_list_length(p->empty_list),
           g_list_length(p->full_list));
}

static inline void show_pools(NvDsBatchMeta *b) {
    show_pool("frames", b->frame_meta_pool);
    show_pool("objects", b->obj_meta_pool);
    show_pool("classifiers", b->classifier_meta_pool);
    show_pool("displays", b->display_meta_pool);
    show_pool("users", b->user_meta_pool);
    show_pool("labels", b->label_info_meta_pool);
}

/* Payloads are numbers; a copy is 100 more. */
static inline gpointer user_copy(gpointer data, gpointer user) {
    long payload = (long)((NvDsUserMeta *)data)->user_meta_data;
    printf("  copy %ld (user data %p)\n", payload, user);
    return (gpointer)(payload + 100);
}

static inline void user_release(gpointer data, gpointer user) {
    NvDsUserMeta *u = data;
    NvDsMetaPool *p = u->base_meta.batch_meta->user_meta_pool;
    printf("  release %ld (user data %p), pool full %u empty %u\n", (long)u->user_meta_data, user,
           p->num_full_elements, p->num_empty_elements);
}

static inline NvDsUserMeta *new_user(NvDsBatchMeta *b, long payload) {
    NvDsUserMeta *u = nvds_acquire_user_meta_from_pool(b);
    u->base_meta.meta_type = 9000;
    u->base_meta.copy_func = user_copy;
    u->base_meta.release_func = user_release;
    u->base_meta.uContext = (gpointer)5;
    u->user_meta_data = (gpointer)payload;
    return u;
}

static inline void show_users(const char *name, GList *list) {
    printf("  %s:", name);
    for (; list; list = list->next) {
        NvDsUserMeta *u = list->data;
        printf(" %ld/%d", (long)u->user_meta_data, u->base_meta.meta_type);
    }
    printf("\n");
}

static inline NvDsMeta *attach(GstBuffer *buffer, NvDsBatchMeta *b) {
    NvDsMeta *m = gst_buffer_add_nvds_meta(buffer, b, NULL, nvds_batch_meta_copy_func, nvds_batch_meta_release_func);
    m->meta_type = NVDS_BATCH_GST_META;
    m->gst_to_nvds_meta_transform_func = NULL;
    m->gst_to_nvds_meta_release_func = NULL;
    return m;
}

#endif
