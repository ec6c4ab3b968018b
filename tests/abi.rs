//! The mirrors in `sys` against layouts measured with C compilers on every version's headers.
//! All mismatches are printed, then one failure.

#[path = "abi/mirrors.rs"]
mod mirrors;

use std::mem::offset_of;

use dsframe::sys::*;
use mirrors::{known_constants, mirrors};
use serde_json::Value;

const VERSIONS: [(&str, MetaGeneration, SurfaceGeneration); 10] = [
    ("6.0", MetaGeneration::A, SurfaceGeneration::A),
    ("6.1", MetaGeneration::A, SurfaceGeneration::A),
    ("6.2", MetaGeneration::A, SurfaceGeneration::A),
    ("6.3", MetaGeneration::A, SurfaceGeneration::A),
    ("6.4", MetaGeneration::A, SurfaceGeneration::A),
    ("7.0", MetaGeneration::A, SurfaceGeneration::A),
    ("7.1", MetaGeneration::A, SurfaceGeneration::A),
    ("8.0", MetaGeneration::B, SurfaceGeneration::B),
    ("9.0.2", MetaGeneration::C, SurfaceGeneration::C),
    ("9.1", MetaGeneration::C, SurfaceGeneration::C),
];

/// Values that no version promises: sentinels, reserved bounds, user meta types that moved.
fn is_private(name: &str, value: i128) -> bool {
    let is_meta_type = name.starts_with("NVDS_");
    name.ends_with("_LAST")
        || name.contains("RESERVED")
        || name.contains("FORCE32")
        || name == "NVDS_GST_INVALID_META"
        || (is_meta_type && (16..=4096).contains(&value))
}

fn golden(version: &str) -> Value {
    let path = format!("{}/tests/data/abi/layout-{version}.json", env!("CARGO_MANIFEST_DIR"));
    serde_json::from_str(&std::fs::read_to_string(&path).expect(&path)).expect(&path)
}

fn golden_field(golden: &Value, name: &str, field: &str) -> Option<(usize, usize)> {
    let fields = golden["structs"][name]["fields"].as_array()?;
    let found = fields.iter().find(|f| f[0] == field)?;
    Some((found[1].as_u64()? as usize, found[2].as_u64()? as usize))
}

/// Collects what differs.
struct Report {
    version: &'static str,
    mismatches: Vec<String>,
    checked: usize,
}

impl Report {
    fn new(version: &'static str) -> Self {
        Self { version, mismatches: Vec::new(), checked: 0 }
    }

    fn same<T: PartialEq + std::fmt::Debug>(&mut self, what: impl std::fmt::Display, ours: T, theirs: T) {
        self.checked += 1;
        if ours != theirs {
            self.mismatches.push(format!("{}: {what}: ours {ours:?}, measured {theirs:?}", self.version));
        }
    }

    fn offset(&mut self, golden: &Value, name: &str, field: &str, ours: Option<usize>) {
        let theirs = golden_field(golden, name, field).map(|f| f.0);
        self.same(format!("offset of {name}.{field}"), ours, theirs);
    }
}

fn check_mirrors(report: &mut Report, golden: &Value) {
    for m in mirrors() {
        let Some(size) = golden["structs"][m.name]["size"].as_u64() else { continue };
        if m.whole {
            report.same(format!("size of {}", m.name), m.size, size as usize);
        } else {
            report.same(format!("prefix of {} fits", m.name), m.size <= size as usize, true);
        }
        let align = golden["structs"][m.name]["align"].as_u64().unwrap() as usize;
        report.same(format!("alignment of {}", m.name), m.align, align);
        for (field, offset, size) in m.fields {
            match golden_field(golden, m.name, field) {
                Some(measured) => {
                    report.same(format!("{}.{field} (offset, size)", m.name), (offset, size), measured);
                }
                // Came in 6.4, in what was padding.
                None if field == "circle_width" => {}
                None => report.same(format!("{}.{field} exists", m.name), true, false),
            }
        }
    }
}

fn check_constants(report: &mut Report, golden: &Value) {
    let known = known_constants();
    for (name, value) in golden["constants"].as_object().unwrap() {
        let value: i128 = value.to_string().parse().unwrap();
        match known.get(name.as_str()) {
            Some(&ours) => report.same(name, ours, value),
            None => report.same(format!("{name} = {value} is known"), is_private(name, value), true),
        }
    }
}

fn check_meta_tails(report: &mut Report, golden: &Value, generation: MetaGeneration) {
    let size = |name: &str| golden["structs"][name]["size"].as_u64().unwrap() as usize;
    let (f, o, d) = (generation.frame(), generation.object(), generation.display());
    report.same("size of NvDsFrameMeta", f.size, size("NvDsFrameMeta"));
    report.offset(golden, "NvDsFrameMeta", "sensorInfo_meta", f.sensor_info);
    report.offset(golden, "NvDsFrameMeta", "reserved", Some(f.reserved));
    report.same("size of NvDsObjectMeta", o.size, size("NvDsObjectMeta"));
    report.offset(golden, "NvDsObjectMeta", "rect_params", Some(offset_of!(NvDsObjectMeta, rect_params)));
    let angle = golden_field(golden, "NvOSD_RectParams", "rotation_angle").map(|f| f.0);
    let rect = offset_of!(NvDsObjectMeta, rect_params);
    report.same("rotation_angle of an object", o.rotation_angle, angle.map(|a| a + rect));
    report.same("rotation_angle of a rectangle", d.rotation_angle, angle);
    for (field, ours) in [
        ("mask_params", o.mask_params),
        ("text_params", o.text_params),
        ("obj_label", o.obj_label),
        ("classifier_meta_list", o.classifier_meta_list),
        ("obj_user_meta_list", o.obj_user_meta_list),
        ("misc_obj_info", o.misc_obj_info),
        ("reserved", o.reserved),
    ] {
        report.offset(golden, "NvDsObjectMeta", field, Some(ours));
    }
    report.same("size of NvDsDisplayMeta", d.size, size("NvDsDisplayMeta"));
    report.same("stride of rect_params", d.rect_stride, size("NvOSD_RectParams"));
    for (field, ours) in [
        ("rect_params", d.rect_params),
        ("text_params", d.text_params),
        ("line_params", d.line_params),
        ("arrow_params", d.arrow_params),
        ("circle_params", d.circle_params),
        ("misc_osd_data", d.misc_osd_data),
        ("reserved", d.reserved),
    ] {
        report.offset(golden, "NvDsDisplayMeta", field, Some(ours));
    }
}

fn check_surface_tails(report: &mut Report, golden: &Value, generation: SurfaceGeneration) {
    let size = |name: &str| golden["structs"][name]["size"].as_u64().unwrap() as usize;
    let layout = generation.layout();
    report.same("size of NvBufSurface", layout.surface_size, size("NvBufSurface"));
    report.same("stride of surfaceList", layout.params_stride, size("NvBufSurfaceParams"));
    report.offset(golden, "NvBufSurface", "isImportedBuf", layout.is_imported_buf);
    report.offset(golden, "NvBufSurfaceParams", "cudaBuffer", layout.cuda_buffer);
    report.offset(
        golden,
        "NvBufSurfaceParams",
        "mappedAddr",
        Some(offset_of!(NvBufSurfaceParams, mappedAddr)),
    );
    if report.version != "6.0" {
        report.offset(golden, "NvBufSurfaceParams", "paramex", Some(layout.paramex));
    }
}

fn finish(reports: Vec<Report>) {
    let mut failed = false;
    for r in &reports {
        println!("{}: {} checks, {} mismatches", r.version, r.checked, r.mismatches.len());
        assert!(r.checked > 50, "{}: the golden table is nearly empty", r.version);
        for line in &r.mismatches {
            println!("  {line}");
            failed = true;
        }
    }
    assert!(!failed, "the mirrors differ from the measured layouts, see the list above");
}

#[test]
fn every_version() {
    let reports = VERSIONS.into_iter().map(|(version, meta, surface)| {
        let (mut report, golden) = (Report::new(version), golden(version));
        check_mirrors(&mut report, &golden);
        check_constants(&mut report, &golden);
        check_meta_tails(&mut report, &golden, meta);
        check_surface_tails(&mut report, &golden, surface);
        report
    });
    finish(reports.collect());
}

/// Jetson's own copy of the surface headers.
#[test]
fn jetson_surface_headers() {
    let (mut report, golden) = (Report::new("l4t-r36era-nvbufsurface"), golden("l4t-r36era-nvbufsurface"));
    check_mirrors(&mut report, &golden);
    check_constants(&mut report, &golden);
    check_surface_tails(&mut report, &golden, SurfaceGeneration::A);
    finish(vec![report]);
}
