/* DeepStream 9's metadata structs and functions, as far as the programs in this folder use them. Sizes and
 * offsets are those that src/sys has, and are asserted below. */
#ifndef DSFRAME_NVDS_H
#define DSFRAME_NVDS_H

#include <gst/gst.h>

#define MAX_LABEL_SIZE 128
#define MAX_ELEMENTS_IN_DISPLAY_META 16
#define NVDS_START_USER_META 8193
#define NVDS_BATCH_GST_META 4097
#define NVDS_BUFFER_GST_AS_FRAME_USER_META 4100

enum {
    NVDS_BATCH_META = 1, NVDS_FRAME_META, NVDS_OBJ_META, NVDS_DISPLAY_META, NVDS_CLASSIFIER_META,
    NVDS_LABEL_INFO_META, NVDS_USER_META, NVDS_LATENCY_MEASUREMENT_META = 11
};

typedef gpointer (*NvDsMetaCopyFunc)(gpointer data, gpointer user_data);
typedef void (*NvDsMetaReleaseFunc)(gpointer data, gpointer user_data);

typedef struct { double red, green, blue, alpha; } NvOSD_ColorParams;
typedef struct { char *font_name; unsigned font_size; NvOSD_ColorParams font_color; } NvOSD_FontParams;
typedef struct {
    char *display_text;
    unsigned x_offset, y_offset;
    NvOSD_FontParams font_params;
    int set_bg_clr;
    NvOSD_ColorParams text_bg_clr;
} NvOSD_TextParams;
typedef struct {
    float left, top, width, height;
    unsigned border_width;
    NvOSD_ColorParams border_color;
    unsigned has_bg_color, reserved;
    NvOSD_ColorParams bg_color;
    int has_color_info, color_id;
    float rotation_angle;
} NvOSD_RectParams;
typedef struct { float *data; unsigned size; float threshold; unsigned width, height; } NvOSD_MaskParams;
typedef struct { unsigned x1, y1, x2, y2, line_width; NvOSD_ColorParams line_color; } NvOSD_LineParams;
typedef struct {
    unsigned x1, y1, x2, y2, arrow_width;
    int arrow_head;
    NvOSD_ColorParams arrow_color;
    unsigned reserved;
} NvOSD_ArrowParams;
typedef struct {
    unsigned xc, yc, radius;
    NvOSD_ColorParams circle_color;
    unsigned has_bg_color;
    NvOSD_ColorParams bg_color;
    unsigned circle_width;
} NvOSD_CircleParams;

typedef struct NvDsBatchMeta NvDsBatchMeta;
typedef struct NvDsObjectMeta NvDsObjectMeta;

typedef struct {
    NvDsBatchMeta *batch_meta;
    int meta_type;
    gpointer uContext;
    NvDsMetaCopyFunc copy_func;
    NvDsMetaReleaseFunc release_func;
} NvDsBaseMeta;

typedef struct {
    int meta_type;
    guint max_elements_in_pool, element_size, num_empty_elements, num_full_elements;
    GList *empty_list, *full_list;
    NvDsMetaCopyFunc copy_func;
    NvDsMetaReleaseFunc release_func;
} NvDsMetaPool;

struct NvDsBatchMeta {
    NvDsBaseMeta base_meta;
    guint max_frames_in_batch, num_frames_in_batch;
    NvDsMetaPool *frame_meta_pool, *obj_meta_pool, *classifier_meta_pool, *display_meta_pool, *user_meta_pool,
        *label_info_meta_pool;
    GList *frame_meta_list, *batch_user_meta_list;
    GRecMutex meta_mutex;
    gint64 misc_batch_info[4], reserved[4];
};

typedef struct { guint source_id; const char *uri, *sensor_id, *sensor_name; } NvDsSensorInfo_meta;

typedef struct {
    NvDsBaseMeta base_meta;
    guint pad_index, batch_id;
    gint frame_num;
    guint64 buf_pts, ntp_timestamp;
    guint source_id;
    gint num_surfaces_per_frame;
    guint source_frame_width, source_frame_height, surface_type, surface_index, num_obj_meta;
    gboolean bInferDone;
    GList *obj_meta_list, *display_meta_list, *frame_user_meta_list;
    gint64 misc_frame_info[4];
    guint pipeline_width, pipeline_height;
    NvDsSensorInfo_meta sensorInfo_meta;
    gint64 reserved[4];
} NvDsFrameMeta;

typedef struct {
    NvDsBaseMeta base_meta;
    guint pad_index, batch_id;
    gint frame_num;
    guint64 buf_pts, ntp_timestamp;
    guint source_id;
    gint num_samples_per_frame;
    guint sample_rate, num_channels;
    int format, layout;
    gboolean bInferDone;
    gint class_id;
    gfloat confidence;
    gchar class_label[MAX_LABEL_SIZE];
    GList *classifier_meta_list, *frame_user_meta_list;
    gint64 misc_frame_info[4], reserved[4];
} NvDsAudioFrameMeta;

typedef struct { float left, top, width, height; } NvBbox_Coords;
typedef struct { NvBbox_Coords org_bbox_coords; } NvDsComp_BboxInfo;

struct NvDsObjectMeta {
    NvDsBaseMeta base_meta;
    NvDsObjectMeta *parent;
    gint unique_component_id, class_id;
    guint64 object_id;
    NvDsComp_BboxInfo detector_bbox_info, tracker_bbox_info;
    gfloat confidence, tracker_confidence;
    NvOSD_RectParams rect_params;
    NvOSD_MaskParams mask_params;
    NvOSD_TextParams text_params;
    gchar obj_label[MAX_LABEL_SIZE];
    GList *classifier_meta_list, *obj_user_meta_list;
    gint64 misc_obj_info[4], reserved[4];
};

typedef struct {
    NvDsBaseMeta base_meta;
    guint num_labels;
    gint unique_component_id;
    GList *label_info_list;
    const gchar *classifier_type;
} NvDsClassifierMeta;

typedef struct {
    NvDsBaseMeta base_meta;
    guint num_classes;
    gchar result_label[MAX_LABEL_SIZE];
    gchar *pResult_label;
    guint result_class_id, label_id;
    gfloat result_prob;
} NvDsLabelInfo;

typedef struct {
    NvDsBaseMeta base_meta;
    guint num_rects, num_labels, num_lines, num_arrows, num_circles;
    NvOSD_RectParams rect_params[MAX_ELEMENTS_IN_DISPLAY_META];
    NvOSD_TextParams text_params[MAX_ELEMENTS_IN_DISPLAY_META];
    NvOSD_LineParams line_params[MAX_ELEMENTS_IN_DISPLAY_META];
    NvOSD_ArrowParams arrow_params[MAX_ELEMENTS_IN_DISPLAY_META];
    NvOSD_CircleParams circle_params[MAX_ELEMENTS_IN_DISPLAY_META];
    gint64 misc_osd_data[4], reserved[4];
} NvDsDisplayMeta;

typedef struct { NvDsBaseMeta base_meta; void *user_meta_data; } NvDsUserMeta;

typedef struct {
    NvOSD_RectParams roi;
    guint roi_polygon[8][2];
    void *converted_buffer;
    NvDsFrameMeta *frame_meta;
    gdouble scale_ratio_x, scale_ratio_y, offset_left, offset_top;
    GList *classifier_meta_list, *roi_user_meta_list;
    NvDsObjectMeta *object_meta;
} NvDsRoiMeta;

typedef struct {
    GstMeta meta;
    gpointer meta_data, user_data;
    gint meta_type;
    NvDsMetaCopyFunc copyfunc;
    NvDsMetaReleaseFunc freefunc;
    NvDsMetaCopyFunc gst_to_nvds_meta_transform_func;
    NvDsMetaReleaseFunc gst_to_nvds_meta_release_func;
} NvDsMeta;

typedef struct { gchar sub_comp_name[64]; gdouble in_system_timestamp, out_system_timestamp; } NvDsMetaSubCompLatency;
typedef struct {
    gchar component_name[64];
    gdouble in_system_timestamp, out_system_timestamp;
    guint source_id, frame_num, pad_index;
    NvDsMetaSubCompLatency sub_comp_latencies[16];
    guint num_sub_comps;
} NvDsMetaCompLatency;
typedef struct { guint source_id, frame_num; gdouble comp_in_timestamp, latency; } NvDsFrameLatencyInfo;

_Static_assert(sizeof(NvDsBatchMeta) == 192, "batch");
_Static_assert(sizeof(NvDsMetaPool) == 56, "pool");
_Static_assert(sizeof(NvDsFrameMeta) == 232, "frame");
_Static_assert(sizeof(NvDsAudioFrameMeta) == 320, "audio frame");
_Static_assert(sizeof(NvDsObjectMeta) == 552, "object");
_Static_assert(sizeof(NvDsClassifierMeta) == 64, "classifier");
_Static_assert(sizeof(NvDsLabelInfo) == 200, "label");
_Static_assert(sizeof(NvDsDisplayMeta) == 7040, "display");
_Static_assert(sizeof(NvDsUserMeta) == 48, "user");
_Static_assert(sizeof(NvDsRoiMeta) == 248, "roi");
_Static_assert(sizeof(NvDsMeta) == 72, "gst meta");
_Static_assert(sizeof(NvDsMetaCompLatency) == 1384, "latency");

/* ---- libnvds_meta */
NvDsBatchMeta *nvds_create_batch_meta(guint max_batch_size);
gboolean nvds_destroy_batch_meta(NvDsBatchMeta *);
gpointer nvds_batch_meta_copy_func(gpointer, gpointer);
void nvds_batch_meta_release_func(gpointer, gpointer);
void nvds_acquire_meta_lock(NvDsBatchMeta *);
void nvds_release_meta_lock(NvDsBatchMeta *);
NvDsFrameMeta *nvds_acquire_frame_meta_from_pool(NvDsBatchMeta *);
NvDsObjectMeta *nvds_acquire_obj_meta_from_pool(NvDsBatchMeta *);
NvDsClassifierMeta *nvds_acquire_classifier_meta_from_pool(NvDsBatchMeta *);
NvDsLabelInfo *nvds_acquire_label_info_meta_from_pool(NvDsBatchMeta *);
NvDsDisplayMeta *nvds_acquire_display_meta_from_pool(NvDsBatchMeta *);
NvDsUserMeta *nvds_acquire_user_meta_from_pool(NvDsBatchMeta *);
void nvds_add_frame_meta_to_batch(NvDsBatchMeta *, NvDsFrameMeta *);
void nvds_add_obj_meta_to_frame(NvDsFrameMeta *, NvDsObjectMeta *, NvDsObjectMeta *parent);
void nvds_add_classifier_meta_to_object(NvDsObjectMeta *, NvDsClassifierMeta *);
void nvds_add_classifier_meta_to_roi(NvDsRoiMeta *, NvDsClassifierMeta *);
void nvds_add_label_info_meta_to_classifier(NvDsClassifierMeta *, NvDsLabelInfo *);
void nvds_add_display_meta_to_frame(NvDsFrameMeta *, NvDsDisplayMeta *);
void nvds_add_user_meta_to_batch(NvDsBatchMeta *, NvDsUserMeta *);
void nvds_add_user_meta_to_frame(NvDsFrameMeta *, NvDsUserMeta *);
void nvds_add_user_meta_to_obj(NvDsObjectMeta *, NvDsUserMeta *);
void nvds_add_user_meta_to_roi(NvDsRoiMeta *, NvDsUserMeta *);
void nvds_remove_frame_meta_from_batch(NvDsBatchMeta *, NvDsFrameMeta *);
void nvds_remove_obj_meta_from_frame(NvDsFrameMeta *, NvDsObjectMeta *);
void nvds_remove_classifier_meta_from_obj(NvDsObjectMeta *, NvDsClassifierMeta *);
void nvds_remove_classifier_meta_from_roi(NvDsRoiMeta *, NvDsClassifierMeta *);
void nvds_remove_label_info_meta_from_classifier(NvDsClassifierMeta *, NvDsLabelInfo *);
void nvds_remove_display_meta_from_frame(NvDsFrameMeta *, NvDsDisplayMeta *);
void nvds_remove_user_meta_from_batch(NvDsBatchMeta *, NvDsUserMeta *);
void nvds_remove_user_meta_from_frame(NvDsFrameMeta *, NvDsUserMeta *);
void nvds_remove_user_meta_from_object(NvDsObjectMeta *, NvDsUserMeta *);
void nvds_remove_user_meta_from_roi(NvDsRoiMeta *, NvDsUserMeta *);
void nvds_clear_frame_meta_list(NvDsBatchMeta *, GList *);
void nvds_clear_obj_meta_list(NvDsFrameMeta *, GList *);
void nvds_clear_display_meta_list(NvDsFrameMeta *, GList *);
void nvds_clear_classifier_meta_list(NvDsObjectMeta *, GList *);
void nvds_clear_label_info_meta_list(NvDsClassifierMeta *, GList *);
void nvds_clear_batch_user_meta_list(NvDsBatchMeta *, GList *);
void nvds_clear_frame_user_meta_list(NvDsFrameMeta *, GList *);
void nvds_clear_obj_user_meta_list(NvDsObjectMeta *, GList *);
GList *nvds_clear_meta_list(NvDsBatchMeta *, GList *, NvDsMetaPool *);
void nvds_copy_frame_meta(NvDsFrameMeta *, NvDsFrameMeta *);
void nvds_copy_obj_meta(NvDsObjectMeta *, NvDsObjectMeta *);
void nvds_copy_classifier_meta(NvDsClassifierMeta *, NvDsClassifierMeta *);
void nvds_copy_label_info_meta(NvDsLabelInfo *, NvDsLabelInfo *);
void nvds_copy_display_meta(NvDsDisplayMeta *, NvDsDisplayMeta *);
void nvds_copy_frame_meta_list(GList *, NvDsBatchMeta *);
void nvds_copy_obj_meta_list(GList *, NvDsFrameMeta *);
void nvds_copy_display_meta_list(GList *, NvDsFrameMeta *);
void nvds_copy_classification_list(GList *, NvDsObjectMeta *);
void nvds_copy_label_info_list(GList *, NvDsClassifierMeta *);
void nvds_copy_batch_user_meta_list(GList *, NvDsBatchMeta *);
void nvds_copy_frame_user_meta_list(GList *, NvDsFrameMeta *);
void nvds_copy_obj_user_meta_list(GList *, NvDsObjectMeta *);
NvDsFrameMeta *nvds_get_nth_frame_meta(GList *, guint);
int nvds_get_user_meta_type(gchar *);
gboolean nvds_get_current_metadata_info(NvDsBatchMeta *);

/* ---- libnvds_meta, audio */
NvDsBatchMeta *nvds_create_audio_batch_meta(guint);
gboolean nvds_destroy_audio_batch_meta(NvDsBatchMeta *);
gpointer nvds_audio_batch_meta_copy_func(gpointer, gpointer);
void nvds_audio_batch_meta_release_func(gpointer, gpointer);
NvDsAudioFrameMeta *nvds_acquire_audio_frame_meta_from_pool(NvDsBatchMeta *);
void nvds_add_audio_frame_meta_to_audio_batch(NvDsBatchMeta *, NvDsAudioFrameMeta *);
void nvds_remove_audio_frame_meta_from_audio_batch(NvDsBatchMeta *, NvDsAudioFrameMeta *);
void nvds_add_classifier_meta_to_audio_frame(NvDsAudioFrameMeta *, NvDsClassifierMeta *);
void nvds_remove_classifier_meta_from_audio_frame(NvDsAudioFrameMeta *, NvDsClassifierMeta *);
void nvds_add_user_meta_to_audio_batch(NvDsBatchMeta *, NvDsUserMeta *);
void nvds_add_user_meta_to_audio_frame(NvDsAudioFrameMeta *, NvDsUserMeta *);
void nvds_remove_user_meta_from_audio_batch(NvDsBatchMeta *, NvDsUserMeta *);
void nvds_remove_user_meta_from_audio_frame(NvDsAudioFrameMeta *, NvDsUserMeta *);
NvDsAudioFrameMeta *nvds_get_nth_audio_frame_meta(GList *, guint);
void nvds_clear_audio_frame_meta_list(NvDsBatchMeta *, GList *);
void nvds_clear_audio_classifier_meta_list(NvDsAudioFrameMeta *, GList *);
void nvds_clear_audio_batch_user_meta_list(NvDsBatchMeta *, GList *);
void nvds_clear_audio_frame_user_meta_list(NvDsAudioFrameMeta *, GList *);
void nvds_copy_audio_batch_user_meta_list(GList *, NvDsBatchMeta *);
void nvds_copy_audio_frame_meta(NvDsAudioFrameMeta *, NvDsAudioFrameMeta *);
void nvds_copy_audio_frame_user_meta_list(GList *, NvDsAudioFrameMeta *);
void nvds_copy_audio_frame_meta_list(GList *, NvDsBatchMeta *);
void nvds_copy_audio_classification_list(GList *, NvDsAudioFrameMeta *);

/* ---- libnvds_meta, exported but in no header */
void copy_user_meta(NvDsUserMeta *, NvDsUserMeta *);

/* ---- libnvdsgst_meta */
GType nvds_meta_api_get_type(void);
const GstMetaInfo *nvds_meta_get_info(void);
NvDsMeta *gst_buffer_add_nvds_meta(GstBuffer *, gpointer, gpointer, NvDsMetaCopyFunc, NvDsMetaReleaseFunc);
NvDsMeta *gst_buffer_get_nvds_meta(GstBuffer *);
NvDsBatchMeta *gst_buffer_get_nvds_batch_meta(GstBuffer *);
void nvds_copy_gst_meta_to_frame_meta(GstBuffer *, NvDsBatchMeta *, NvDsFrameMeta *);
void nvds_copy_gst_meta_to_audio_frame_meta(GstBuffer *, NvDsBatchMeta *, NvDsAudioFrameMeta *);
NvDsUserMeta *nvds_set_input_system_timestamp(GstBuffer *, gchar *);
gboolean nvds_set_output_system_timestamp(GstBuffer *, gchar *);
guint nvds_measure_buffer_latency(GstBuffer *, NvDsFrameLatencyInfo *);
gboolean nvds_get_enable_latency_measurement(void);
gboolean nvds_get_enable_per_component_latency_measurement(void);
gboolean nvds_get_latency_measurement_silent(void);
void nvds_add_reference_timestamp_meta(GstBuffer *, gchar *, guint);
void *nvds_set_latency_metadata_ptr(void);
gpointer nvds_copy_latency_meta(gpointer, gpointer);
void nvds_release_latency_meta(gpointer, gpointer);
gdouble nvds_get_current_system_timestamp(void);

#endif
