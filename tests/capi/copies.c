/* What a copy of a batch, and of each kind of element, has. */
#include "observe.h"

static void show(NvDsBatchMeta *b) {
    printf("batch: type %d max %u frames %u misc %d reserved %d context %p\n", b->base_meta.meta_type,
           b->max_frames_in_batch, b->num_frames_in_batch, (int)b->misc_batch_info[3], (int)b->reserved[2],
           b->base_meta.uContext);
    show_pools(b);
    show_users("batch", b->batch_user_meta_list);
    for (GList *l = b->frame_meta_list; l; l = l->next) {
        NvDsFrameMeta *f = l->data;
        printf("frame: %u %u %d %d %d %u %d %u %u %u %u objects %u infer %d misc %d reserved %d context %p\n",
               f->pad_index, f->batch_id, f->frame_num, (int)f->buf_pts, (int)f->ntp_timestamp, f->source_id,
               f->num_surfaces_per_frame, f->source_frame_width, f->source_frame_height, f->surface_type,
               f->surface_index, f->num_obj_meta, f->bInferDone, (int)f->misc_frame_info[1], (int)f->reserved[0],
               f->base_meta.uContext);
        printf("  sensor %u %s %s %s\n", f->sensorInfo_meta.source_id, f->sensorInfo_meta.uri,
               f->sensorInfo_meta.sensor_id, f->sensorInfo_meta.sensor_name ? f->sensorInfo_meta.sensor_name : "-");
        show_users("frame", f->frame_user_meta_list);
        for (GList *k = f->obj_meta_list; k; k = k->next) {
            NvDsObjectMeta *o = k->data;
            printf("  object: %d %d %d %.1f %.1f %.2f %.2f %.1f %.1f %u %.2f %d %.1f '%s' '%s' font %s %u misc %d %d\n",
                   o->unique_component_id, o->class_id, (int)o->object_id,
                   o->detector_bbox_info.org_bbox_coords.left, o->tracker_bbox_info.org_bbox_coords.width,
                   o->confidence, o->tracker_confidence, o->rect_params.left, o->rect_params.height,
                   o->rect_params.border_width, o->rect_params.bg_color.alpha, o->rect_params.color_id,
                   o->rect_params.rotation_angle, o->obj_label, o->text_params.display_text,
                   o->text_params.font_params.font_name, o->text_params.x_offset, (int)o->misc_obj_info[0],
                   (int)o->reserved[3]);
            printf("    mask %u %.1f %ux%u %.2f\n", o->mask_params.size, o->mask_params.threshold,
                   o->mask_params.width, o->mask_params.height, o->mask_params.data ? o->mask_params.data[1] : -1);
            show_users("object", o->obj_user_meta_list);
            for (GList *c = o->classifier_meta_list; c; c = c->next) {
                NvDsClassifierMeta *m = c->data;
                printf("    classifier %d labels %u:", m->unique_component_id, m->num_labels);
                for (GList *i = m->label_info_list; i; i = i->next) {
                    NvDsLabelInfo *n = i->data;
                    printf(" %u '%s' '%s' %u %u %.2f", n->num_classes, n->result_label,
                           n->pResult_label ? n->pResult_label : "-", n->result_class_id, n->label_id, n->result_prob);
                }
                printf("\n");
            }
        }
        for (GList *k = f->display_meta_list; k; k = k->next) {
            NvDsDisplayMeta *d = k->data;
            printf("  display %u %u %u %u %u: %.1f %.1f '%s' '%s' %u %u %u %d %d\n", d->num_rects, d->num_labels,
                   d->num_lines, d->num_arrows, d->num_circles, d->rect_params[2].left,
                   d->rect_params[15].rotation_angle, d->text_params[0].display_text,
                   d->text_params[15].display_text, d->line_params[15].x2, d->arrow_params[15].reserved,
                   d->circle_params[15].circle_width, (int)d->misc_osd_data[3], (int)d->reserved[3]);
        }
    }
}

static NvDsBatchMeta *make(void) {
    NvDsBatchMeta *b = nvds_create_batch_meta(2);
    b->max_frames_in_batch = 3;
    b->misc_batch_info[3] = 33;
    b->reserved[2] = 44;
    b->base_meta.uContext = (gpointer)1;
    for (int i = 0; i < 2; i++) {
        NvDsFrameMeta *f = nvds_acquire_frame_meta_from_pool(b);
        f->base_meta.uContext = (gpointer)2;
        f->pad_index = 1 + i; f->batch_id = 2; f->frame_num = -3; f->buf_pts = 4; f->ntp_timestamp = 5; f->source_id = 6;
        f->num_surfaces_per_frame = 7; f->source_frame_width = 8; f->source_frame_height = 9; f->surface_type = 10;
        f->surface_index = 11; f->bInferDone = 1; f->misc_frame_info[1] = 12; f->reserved[0] = 13;
        f->sensorInfo_meta.source_id = 14;
        f->sensorInfo_meta.uri = g_strdup("uri");
        f->sensorInfo_meta.sensor_id = g_strdup("id");
        nvds_add_frame_meta_to_batch(b, f);
        nvds_add_user_meta_to_frame(f, new_user(b, 1));
        nvds_add_user_meta_to_frame(f, new_user(b, 2));
        NvDsUserMeta *not_copied = new_user(b, 3);
        not_copied->base_meta.copy_func = NULL;
        nvds_add_user_meta_to_frame(f, not_copied);
        for (int k = 0; k < 3; k++) {
            NvDsObjectMeta *o = nvds_acquire_obj_meta_from_pool(b);
            o->unique_component_id = k; o->class_id = -1; o->object_id = 5; o->confidence = .5f; o->tracker_confidence = -.1f;
            o->detector_bbox_info.org_bbox_coords.left = 1.5f; o->tracker_bbox_info.org_bbox_coords.width = 2.5f;
            o->rect_params.left = 3.5f; o->rect_params.height = 4.5f; o->rect_params.border_width = 3;
            o->rect_params.bg_color.alpha = .25; o->rect_params.color_id = 17; o->rect_params.rotation_angle = 30;
            strcpy(o->obj_label, "label");
            o->text_params.display_text = g_strdup("text"); o->text_params.x_offset = 77;
            o->text_params.font_params.font_name = "Serif";
            o->mask_params.data = g_malloc0(16); o->mask_params.data[1] = .75f; o->mask_params.size = 16;
            o->mask_params.threshold = .5f; o->mask_params.width = 2; o->mask_params.height = 2;
            o->misc_obj_info[0] = 18; o->reserved[3] = 19;
            nvds_add_obj_meta_to_frame(f, o, NULL);
            nvds_add_user_meta_to_obj(o, new_user(b, 40 + k));
            for (int c = 0; c < 2; c++) {
                NvDsClassifierMeta *m = nvds_acquire_classifier_meta_from_pool(b);
                m->unique_component_id = 50 + c;
                nvds_add_classifier_meta_to_object(o, m);
                for (int n = 0; n < 2; n++) {
                    NvDsLabelInfo *info = nvds_acquire_label_info_meta_from_pool(b);
                    info->num_classes = 9; info->result_class_id = n; info->label_id = c; info->result_prob = .5f;
                    strcpy(info->result_label, "short");
                    if (n) info->pResult_label = g_strdup("long");
                    nvds_add_label_info_meta_to_classifier(m, info);
                }
            }
        }
        NvDsDisplayMeta *d = nvds_acquire_display_meta_from_pool(b);
        d->num_rects = 1; d->num_labels = 2; d->num_lines = 3; d->num_arrows = 4; d->num_circles = 50;
        d->rect_params[2].left = 5; d->rect_params[15].rotation_angle = 6;
        d->text_params[0].display_text = g_strdup("first"); d->text_params[15].display_text = g_strdup("last");
        d->line_params[15].x2 = 7; d->arrow_params[15].reserved = 8; d->circle_params[15].circle_width = 9;
        d->misc_osd_data[3] = 10; d->reserved[3] = 11;
        nvds_add_display_meta_to_frame(f, d);
    }
    nvds_add_user_meta_to_batch(b, new_user(b, 60));
    nvds_add_user_meta_to_batch(b, new_user(b, 61));
    nvds_acquire_obj_meta_from_pool(b);
    return b;
}

int main(void) {
    NvDsBatchMeta *b = make();
    show(b);
    printf("copy\n");
    NvDsBatchMeta *c = nvds_batch_meta_copy_func(b, NULL);
    show(c);
    printf("copy of the copy\n");
    NvDsBatchMeta *d = nvds_batch_meta_copy_func(c, NULL);
    show(d);
    NvDsObjectMeta *from = ((NvDsFrameMeta *)b->frame_meta_list->data)->obj_meta_list->data;
    NvDsObjectMeta *to = ((NvDsFrameMeta *)c->frame_meta_list->data)->obj_meta_list->data;
    printf("font name shared %d, text %d, mask %d\n",
           from->text_params.font_params.font_name == to->text_params.font_params.font_name,
           from->text_params.display_text == to->text_params.display_text, from->mask_params.data == to->mask_params.data);

    printf("labels without an end, and what is behind an end\n");
    NvDsObjectMeta *s = nvds_acquire_obj_meta_from_pool(d), *t = nvds_acquire_obj_meta_from_pool(d);
    memset(s->obj_label, 'x', 128);
    nvds_copy_obj_meta(s, t);
    printf("%.128s\n", t->obj_label);
    s->obj_label[5] = 0;
    nvds_copy_obj_meta(s, t);
    printf("%s %d %d\n", t->obj_label, t->obj_label[6], t->obj_label[127]);
    NvDsLabelInfo *l = nvds_acquire_label_info_meta_from_pool(d), *m = nvds_acquire_label_info_meta_from_pool(d);
    memset(l->result_label, 'x', 128);
    l->result_label[3] = 0;
    nvds_copy_label_info_meta(l, m);
    printf("%s %d %d\n", m->result_label, m->result_label[4], m->result_label[127]);

    printf("lists onto what is there\n");
    NvDsFrameMeta *first = d->frame_meta_list->data, *second = d->frame_meta_list->next->data;
    nvds_copy_obj_meta_list(first->obj_meta_list, second);
    nvds_copy_display_meta_list(first->display_meta_list, second);
    nvds_copy_frame_user_meta_list(first->frame_user_meta_list, second);
    nvds_copy_batch_user_meta_list(c->batch_user_meta_list, d);
    nvds_copy_obj_user_meta_list(from->obj_user_meta_list, second->obj_meta_list->data);
    nvds_copy_classification_list(from->classifier_meta_list, second->obj_meta_list->data);
    nvds_copy_label_info_list(((NvDsClassifierMeta *)from->classifier_meta_list->data)->label_info_list,
                              ((NvDsObjectMeta *)second->obj_meta_list->data)->classifier_meta_list->data);
    nvds_copy_frame_meta_list(b->frame_meta_list, d);
    show(d);
    printf("destroy\n");
    nvds_destroy_batch_meta(b);
    nvds_batch_meta_release_func(c, NULL);
    nvds_destroy_batch_meta(d);
    return 0;
}
