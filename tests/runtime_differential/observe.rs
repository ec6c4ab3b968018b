//! A batch as text.

use super::*;

pub(super) unsafe fn batch(batch: *mut NvDsBatchMeta) -> String {
    let mut out = String::new();
    unsafe {
        let b = &*batch;
        for pool in [
            b.frame_meta_pool,
            b.obj_meta_pool,
            b.classifier_meta_pool,
            b.display_meta_pool,
            b.user_meta_pool,
            b.label_info_meta_pool,
        ] {
            let p = &*pool;
            let (empty, full) = (items::<u8>(p.empty_list).len(), items::<u8>(p.full_list).len());
            let counts = (p.max_elements_in_pool, p.num_empty_elements, p.num_full_elements, empty, full);
            writeln!(out, "pool {} {counts:?}", p.meta_type).unwrap();
        }
        writeln!(out, "batch {} {}", b.max_frames_in_batch, b.num_frames_in_batch).unwrap();
        user_list(&mut out, b.batch_user_meta_list);
        for frame in items::<NvDsFrameMeta>(b.frame_meta_list) {
            self::frame(&mut out, frame);
        }
    }
    out
}

unsafe fn frame(out: &mut String, frame: *mut NvDsFrameMeta) {
    unsafe {
        let f = &*frame;
        let sensor = &*at::<NvDsSensorInfo_meta, _>(frame, MetaGeneration::C.frame().sensor_info.unwrap());
        let fields = (f.frame_num, f.source_id, f.num_obj_meta, f.misc_frame_info, text(sensor.uri));
        writeln!(out, "frame {fields:?}").unwrap();
        user_list(out, f.frame_user_meta_list);
        for display in items::<NvDsDisplayMeta>(f.display_meta_list) {
            let texts = at::<NvOSD_TextParams, _>(display, MetaGeneration::C.display().text_params);
            let texts: Vec<_> = (0..16).map(|i| text((*texts.add(i)).display_text)).collect();
            writeln!(out, "  display {} {texts:?}", (*display).num_rects).unwrap();
        }
        for object in items::<NvDsObjectMeta>(f.obj_meta_list) {
            self::object(out, object);
        }
    }
}

unsafe fn object(out: &mut String, object: *mut NvDsObjectMeta) {
    let layout = MetaGeneration::C.object();
    unsafe {
        let o = &*object;
        let mask = &*at::<NvOSD_MaskParams, _>(object, layout.mask_params);
        let fields = (
            o.class_id,
            o.rect_params.width,
            text(at::<i8, _>(object, layout.obj_label)),
            text((*at::<NvOSD_TextParams, _>(object, layout.text_params)).display_text),
            mask.size,
            mask.data.as_ref(),
        );
        writeln!(out, "  object {fields:?}").unwrap();
        user_list(out, *users(object));
        for classifier in items::<NvDsClassifierMeta>(*classifiers(object)) {
            let c = &*classifier;
            writeln!(out, "    classifier {} {}", c.unique_component_id, c.num_labels).unwrap();
            for label in items::<NvDsLabelInfo>(c.label_info_list) {
                let l = &*label;
                let fields = (l.result_prob, text(l.result_label.as_ptr()), text(l.pResult_label));
                writeln!(out, "      label {fields:?}").unwrap();
            }
        }
    }
}

unsafe fn user_list(out: &mut String, list: *mut GList) {
    unsafe {
        for user in items::<NvDsUserMeta>(list) {
            let (u, base) = (&*user, &(*user).base_meta);
            let functions = (base.copy_func.is_some(), base.release_func.is_some());
            let fields = (base.meta_type, functions, base.uContext as usize, u.user_meta_data as usize);
            writeln!(out, "    user {fields:?}").unwrap();
        }
    }
}
