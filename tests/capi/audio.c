/* Audio batches. */
#include "observe.h"

static void show(NvDsBatchMeta *b) {
    printf("batch: type %d max %u frames %u misc %d\n", b->base_meta.meta_type, b->max_frames_in_batch,
           b->num_frames_in_batch, (int)b->misc_batch_info[0]);
    show_pools(b);
    show_users("batch", b->batch_user_meta_list);
    for (GList *l = b->frame_meta_list; l; l = l->next) {
        NvDsAudioFrameMeta *f = l->data;
        printf("frame: type %d: %u %u %d %d %d %u %d %u %u %d %d %d %d %.1f '%s' %d %d\n", f->base_meta.meta_type,
               f->pad_index, f->batch_id, f->frame_num, (int)f->buf_pts, (int)f->ntp_timestamp, f->source_id,
               f->num_samples_per_frame, f->sample_rate, f->num_channels, f->format, f->layout, f->bInferDone,
               f->class_id, f->confidence, f->class_label, (int)f->misc_frame_info[3], (int)f->reserved[3]);
        show_users("frame", f->frame_user_meta_list);
        for (GList *k = f->classifier_meta_list; k; k = k->next) {
            NvDsClassifierMeta *c = k->data;
            printf("  classifier %d, %u labels\n", c->unique_component_id, c->num_labels);
        }
    }
}

int main(void) {
    NvDsBatchMeta *b = nvds_create_audio_batch_meta(3);
    b->max_frames_in_batch = 3;
    b->misc_batch_info[0] = 5;
    printf("copy %d release %d\n", b->base_meta.copy_func == nvds_audio_batch_meta_copy_func,
           b->base_meta.release_func == nvds_audio_batch_meta_release_func);
    NvDsAudioFrameMeta *f[3];
    for (int i = 0; i < 3; i++) {
        f[i] = nvds_acquire_audio_frame_meta_from_pool(b);
        f[i]->pad_index = i; f[i]->batch_id = 2; f[i]->frame_num = -3; f[i]->buf_pts = 4; f[i]->ntp_timestamp = 5;
        f[i]->source_id = 6; f[i]->num_samples_per_frame = 7; f[i]->sample_rate = 8; f[i]->num_channels = 9;
        f[i]->format = 10; f[i]->layout = 1; f[i]->bInferDone = 1; f[i]->class_id = 12; f[i]->confidence = .5f;
        strcpy(f[i]->class_label, "glass"); f[i]->misc_frame_info[3] = 13; f[i]->reserved[3] = 14;
        nvds_add_audio_frame_meta_to_audio_batch(b, f[i]);
        for (int k = 0; k < 3; k++) {
            NvDsClassifierMeta *c = nvds_acquire_classifier_meta_from_pool(b);
            c->unique_component_id = k;
            nvds_add_classifier_meta_to_audio_frame(f[i], c);
            nvds_add_label_info_meta_to_classifier(c, nvds_acquire_label_info_meta_from_pool(b));
            nvds_add_user_meta_to_audio_frame(f[i], new_user(b, 10 * i + k));
        }
        nvds_add_user_meta_to_audio_batch(b, new_user(b, 100 + i));
    }
    show(b);
    printf("copy\n");
    NvDsBatchMeta *c = nvds_audio_batch_meta_copy_func(b, NULL);
    show(c);
    printf("change\n");
    nvds_remove_user_meta_from_audio_frame(f[0], f[0]->frame_user_meta_list->next->data);
    nvds_remove_classifier_meta_from_audio_frame(f[0], f[0]->classifier_meta_list->next->data);
    nvds_remove_user_meta_from_audio_batch(b, b->batch_user_meta_list->data);
    nvds_clear_audio_frame_user_meta_list(f[1], f[1]->frame_user_meta_list);
    nvds_clear_audio_classifier_meta_list(f[1], f[1]->classifier_meta_list);
    nvds_remove_audio_frame_meta_from_audio_batch(b, f[2]);
    printf("at 1: %d, at 2: %d\n", nvds_get_nth_audio_frame_meta(b->frame_meta_list, 1) == f[1],
           nvds_get_nth_audio_frame_meta(b->frame_meta_list, 2) != NULL);
    show(b);
    printf("lists onto what is there\n");
    nvds_copy_audio_frame_user_meta_list(f[0]->frame_user_meta_list, f[1]);
    nvds_copy_audio_classification_list(f[0]->classifier_meta_list, f[1]);
    nvds_copy_audio_batch_user_meta_list(b->batch_user_meta_list, c);
    nvds_copy_audio_frame_meta_list(b->frame_meta_list, c);
    show(b);
    show(c);
    printf("clear\n");
    nvds_clear_audio_batch_user_meta_list(b, b->batch_user_meta_list);
    nvds_clear_audio_frame_meta_list(b, b->frame_meta_list);
    show(b);
    printf("destroy\n");
    printf("%d\n", nvds_destroy_audio_batch_meta(b));
    nvds_audio_batch_meta_release_func(c, NULL);
    return 0;
}
