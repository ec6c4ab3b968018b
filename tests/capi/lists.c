/* Orders, counters, clears; regions of interest. */
#include "observe.h"

static void counts(const char *what, NvDsBatchMeta *b, NvDsFrameMeta *f) {
    printf("%s: frames %u/%u objects %u/%u displays %u users %u/%u\n", what, b->num_frames_in_batch,
           g_list_length(b->frame_meta_list), f->num_obj_meta, g_list_length(f->obj_meta_list),
           g_list_length(f->display_meta_list), g_list_length(f->frame_user_meta_list),
           g_list_length(b->batch_user_meta_list));
}

int main(void) {
    NvDsBatchMeta *b = nvds_create_batch_meta(2);
    NvDsFrameMeta *f[3];
    for (int i = 0; i < 3; i++) {
        nvds_add_frame_meta_to_batch(b, f[i] = nvds_acquire_frame_meta_from_pool(b));
        f[i]->frame_num = i;
    }
    for (guint i = 0; i < 4; i++) {
        NvDsFrameMeta *n = nvds_get_nth_frame_meta(b->frame_meta_list, i);
        printf("frame at %u: %d\n", i, n ? n->frame_num : -1);
    }
    for (int i = 0; i < 4; i++) {
        NvDsObjectMeta *o = nvds_acquire_obj_meta_from_pool(b);
        o->class_id = i;
        nvds_add_obj_meta_to_frame(f[0], o, i ? f[0]->obj_meta_list->data : NULL);
        NvDsDisplayMeta *d = nvds_acquire_display_meta_from_pool(b);
        d->num_rects = i;
        nvds_add_display_meta_to_frame(f[0], d);
        nvds_add_user_meta_to_frame(f[0], new_user(b, i));
        nvds_add_user_meta_to_batch(b, new_user(b, 10 + i));
        nvds_add_user_meta_to_obj(o, new_user(b, 20 + i));
        nvds_add_user_meta_to_obj(o, new_user(b, 30 + i));
        for (int k = 0; k < 2; k++) {
            NvDsClassifierMeta *c = nvds_acquire_classifier_meta_from_pool(b);
            c->unique_component_id = k;
            nvds_add_classifier_meta_to_object(o, c);
            for (int l = 0; l < 3; l++) {
                NvDsLabelInfo *label = nvds_acquire_label_info_meta_from_pool(b);
                label->label_id = l;
                nvds_add_label_info_meta_to_classifier(c, label);
            }
        }
    }
    counts("filled", b, f[0]);
    show_pools(b);
    for (GList *l = f[0]->obj_meta_list; l; l = l->next) {
        NvDsObjectMeta *o = l->data;
        printf("object %d, parent %d, classifiers", o->class_id, o->parent ? o->parent->class_id : -1);
        for (GList *k = o->classifier_meta_list; k; k = k->next) {
            NvDsClassifierMeta *c = k->data;
            printf(" %d (%u labels:", c->unique_component_id, c->num_labels);
            for (GList *m = c->label_info_list; m; m = m->next) printf(" %u", ((NvDsLabelInfo *)m->data)->label_id);
            printf(")");
        }
        printf("\n");
        show_users("users", o->obj_user_meta_list);
    }
    for (GList *l = f[0]->display_meta_list; l; l = l->next) printf("display %u\n", ((NvDsDisplayMeta *)l->data)->num_rects);
    show_users("frame", f[0]->frame_user_meta_list);
    show_users("batch", b->batch_user_meta_list);

    NvDsObjectMeta *o = f[0]->obj_meta_list->data;
    NvDsClassifierMeta *c = o->classifier_meta_list->data;
    nvds_remove_label_info_meta_from_classifier(c, c->label_info_list->next->data);
    printf("labels left %u\n", c->num_labels);
    nvds_clear_label_info_meta_list(c, c->label_info_list);
    printf("labels left %u %p\n", c->num_labels, (void *)c->label_info_list);
    nvds_remove_classifier_meta_from_obj(o, c);
    nvds_clear_classifier_meta_list(o, o->classifier_meta_list);
    printf("clear users of an object\n");
    nvds_clear_obj_user_meta_list(o, o->obj_user_meta_list);
    printf("remove users\n");
    nvds_remove_user_meta_from_object(f[0]->obj_meta_list->next->data,
                                      ((NvDsObjectMeta *)f[0]->obj_meta_list->next->data)->obj_user_meta_list->data);
    nvds_remove_user_meta_from_batch(b, b->batch_user_meta_list->next->data);
    nvds_remove_user_meta_from_frame(f[0], f[0]->frame_user_meta_list->next->data);
    nvds_remove_display_meta_from_frame(f[0], f[0]->display_meta_list->data);
    counts("removed", b, f[0]);
    printf("clear objects\n");
    nvds_clear_obj_meta_list(f[0], f[0]->obj_meta_list);
    counts("cleared", b, f[0]);
    printf("clear users of the batch\n");
    nvds_clear_batch_user_meta_list(b, b->batch_user_meta_list);
    printf("remove the frame\n");
    nvds_remove_frame_meta_from_batch(b, f[0]);
    counts("one frame less", b, f[1]);
    nvds_clear_frame_meta_list(b, b->frame_meta_list);
    counts("no frame", b, f[1]);
    show_pools(b);

    printf("regions\n");
    NvDsFrameMeta *frame = nvds_acquire_frame_meta_from_pool(b);
    nvds_add_frame_meta_to_batch(b, frame);
    NvDsRoiMeta roi;
    memset(&roi, 0, sizeof roi);
    roi.frame_meta = frame;
    nvds_add_user_meta_to_roi(&roi, new_user(b, 1));
    nvds_add_user_meta_to_roi(&roi, new_user(b, 2));
    c = nvds_acquire_classifier_meta_from_pool(b);
    nvds_add_classifier_meta_to_roi(&roi, c);
    nvds_add_classifier_meta_to_roi(&roi, nvds_acquire_classifier_meta_from_pool(b));
    show_users("region", roi.roi_user_meta_list);
    printf("first classifier is at %d\n", g_list_index(roi.classifier_meta_list, c));
    nvds_remove_classifier_meta_from_roi(&roi, c);
    show_pools(b);
    g_list_free(roi.roi_user_meta_list);
    g_list_free(roi.classifier_meta_list);
    printf("destroy\n");
    nvds_destroy_batch_meta(b);
    return 0;
}
