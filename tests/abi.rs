//! The mirrors in `sys` against layouts measured with C compilers on every version's headers.
//! All mismatches are printed, then one failure.

#[path = "abi/constants.rs"]
mod constants;
#[path = "abi/mirrors.rs"]
mod mirrors;
#[path = "abi/payloads.rs"]
mod payloads;

use std::collections::BTreeSet;
use std::mem::offset_of;

use constants::known_constants;
use dsframe::sys::*;
use mirrors::{Extent, Mirror};
use serde_json::Value;

/// Files of golden tables, and the generations of their version.
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

/// Jetson's own copy of the surface headers; its structs are those of DeepStream 7.0.
const JETSON: &str = "l4t-r36era-nvbufsurface";

/// Structs of the headers that have no mirror, and why.
const NOT_MIRRORED: &[(&str, &str)] = &[
    ("GList", "of glib-sys"),
    ("GRecMutex", "of glib-sys"),
    ("GstMeta", "of gstreamer-sys"),
    ("GstMetaInfo", "of gstreamer-sys"),
    ("NvDs3DTracking", "inside NvDsEventMsgMeta behind its prefix, which is private to a version"),
    ("NvDsConvexHull", "only in NvDs3DTracking"),
    ("NvDsBbox3dObject", "behind the prefix of NvDsEventMsgMeta, since 8.0"),
    (
        "NvDsBbox3dObjectList",
        "payload of NVDS_CUSTOM_MSG_SPARSE4D, of which the message converter is the only reader",
    ),
    ("NvDsCongestionObject", "behind the prefix of NvDsEventMsgMeta, since 8.0"),
    ("NvDsConversationObject", "behind the prefix of NvDsEventMsgMeta, since 8.0"),
    ("NvDsInteractionObject", "behind the prefix of NvDsEventMsgMeta, since 8.0"),
    ("NvDsLLMObject", "behind the prefix of NvDsEventMsgMeta, since 8.0"),
    ("NvDsSegmentationObject", "behind the prefix of NvDsEventMsgMeta, since 8.0"),
    ("NvDsTypeMetricsObject", "behind the prefix of NvDsEventMsgMeta, since 8.0"),
    ("SourceTimePair", "behind the prefix of NvDsEventMsgMeta, since 8.0"),
];

/// Constants that have no mirror: sentinels, bounds of reserved ranges, what belongs to structs that have none.
fn is_private(name: &str) -> bool {
    const PRIVATE: &[&str] = &[
        "NVDS_GST_INVALID_META",
        "NVDS_GST_CUSTOM_META",
        // Aliases of two numbers that are looked up by version.
        "NVDS_USER_FRAME_META_NVDSANALYTICS",
        "NVDS_USER_OBJ_META_NVDSANALYTICS",
        "MAX_ENTRIES",
        "MAX_NUM_OBJECTS",
        "MAX_SOURCE_ID_LEN",
        "MAX_IN_BUF",
    ];
    name.ends_with("_LAST")
        || name.contains("RESERVED")
        || name.contains("FORCE32")
        || name.starts_with("NVDS_VERSION_")
        || PRIVATE.contains(&name)
}

fn mirrors() -> Vec<Mirror> {
    mirrors::mirrors().into_iter().chain(payloads::payloads()).collect()
}

fn version_of(file: &str) -> DeepStreamVersion {
    if file == JETSON { DeepStreamVersion::V7_0 } else { file.parse().unwrap() }
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
        let Some(size) = golden["structs"][m.name]["size"].as_u64().map(|s| s as usize) else { continue };
        match m.extent {
            Extent::Whole => report.same(format!("size of {}", m.name), m.size, size),
            Extent::Prefix => report.same(format!("prefix of {} fits", m.name), m.size <= size, true),
            Extent::Largest => report.same(format!("{} is large enough", m.name), m.size >= size, true),
        }
        let align = golden["structs"][m.name]["align"].as_u64().unwrap() as usize;
        if m.extent != Extent::Largest || m.size == size {
            report.same(format!("alignment of {}", m.name), m.align, align);
        }
        check_fields(report, golden, &m, size);
    }
}

fn check_fields(report: &mut Report, golden: &Value, m: &Mirror, size: usize) {
    // The one struct whose fields moved as well; older versions are in its table.
    if m.name == "NvBufSurfTransformCompositeBlendParamsEx" && m.size != size {
        return;
    }
    for &(field, offset, bytes) in &m.fields {
        match golden_field(golden, m.name, field) {
            Some(measured) => {
                report.same(format!("{}.{field} (offset, size)", m.name), (offset, bytes), measured);
            }
            // Came in 6.4 and 7.0, in what was padding.
            None if matches!(field, "circle_width" | "cost_size") => {}
            None if m.extent == Extent::Largest => {
                report.same(format!("{}.{field} lies behind", m.name), offset >= size, true);
            }
            None => report.same(format!("{}.{field} exists", m.name), true, false),
        }
    }
}

/// Every measured field is in the mirror or in a table, at its place, and the tables have no more than that.
fn check_tables(report: &mut Report, golden: &Value, version: DeepStreamVersion) {
    let mirrors = mirrors();
    for (name, measured) in golden["structs"].as_object().unwrap() {
        let Some(mirror) = mirrors.iter().find(|m| m.name == name) else { continue };
        let table = grown_structs().find(|t| t.name == name);
        let layout = table.and_then(|t| t.layout(version));
        if let Some(table) = table {
            let size = measured["size"].as_u64().map(|s| s as usize);
            report.same(format!("size of {name} in its table"), layout.and_then(|l| l.size), size);
            report.same(
                format!("{name} in its table is large enough"),
                table.largest() >= size.unwrap(),
                true,
            );
        }
        for &(field, offset, size) in layout.map_or(&[][..], |l| l.fields) {
            let theirs = golden_field(golden, name, field);
            report.same(format!("{name}.{field} in its table"), Some((offset, size)), theirs);
        }
        for field in measured["fields"].as_array().unwrap() {
            let field = field[0].as_str().unwrap();
            let in_table = layout.is_some_and(|l| l.fields.iter().any(|f| f.0 == field));
            let known = in_table || mirror.fields.iter().any(|f| f.0 == field);
            // The other name of a union, and four bytes that nobody uses.
            let left_out = matches!((name.as_str(), field), ("NvDsInferLayerInfo", "dims"));
            report.same(format!("{name}.{field} is mirrored"), known || left_out, true);
        }
    }
    for table in grown_structs() {
        let theirs = golden["structs"].get(table.name).is_some();
        let measured = report.version != JETSON || theirs;
        if measured {
            report.same(format!("{} exists", table.name), table.layout(version).is_some(), theirs);
        }
    }
}

fn check_constants(report: &mut Report, golden: &Value, version: DeepStreamVersion) {
    let known = known_constants();
    for (name, value) in golden["constants"].as_object().unwrap() {
        let value: i128 = value.to_string().parse().unwrap();
        let moved = MOVED.iter().find(|m| m.name == name);
        match (known.get(name.as_str()), moved) {
            (Some(_), Some(_)) => report.same(format!("{name} moved and is a constant"), true, false),
            (Some(&ours), None) => report.same(name, ours, value),
            (None, Some(moved)) => report.same(name, moved.value(version).map(i128::from), Some(value)),
            (None, None) => report.same(format!("{name} = {value} is known"), is_private(name), true),
        }
    }
    for moved in MOVED.iter().filter(|_| report.version != JETSON).collect::<Vec<_>>() {
        let theirs = golden["constants"].get(moved.name).is_some();
        report.same(format!("{} exists", moved.name), moved.value(version).is_some(), theirs);
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
        let exact = version_of(version);
        assert_eq!(exact.generation(), meta);
        check_mirrors(&mut report, &golden);
        check_tables(&mut report, &golden, exact);
        check_constants(&mut report, &golden, exact);
        check_meta_tails(&mut report, &golden, meta);
        check_surface_tails(&mut report, &golden, surface);
        report
    });
    finish(reports.collect());
}

#[test]
fn jetson_surface_headers() {
    let (mut report, golden) = (Report::new(JETSON), golden(JETSON));
    check_mirrors(&mut report, &golden);
    check_tables(&mut report, &golden, version_of(JETSON));
    check_constants(&mut report, &golden, version_of(JETSON));
    check_surface_tails(&mut report, &golden, SurfaceGeneration::A);
    finish(vec![report]);
}

/// Nothing in the headers is forgotten without a word.
#[test]
fn every_struct_is_mirrored_or_excused() {
    let files = VERSIONS.iter().map(|v| v.0).chain([JETSON]);
    let measured: BTreeSet<String> = files
        .flat_map(|f| golden(f)["structs"].as_object().unwrap().keys().cloned().collect::<Vec<_>>())
        .collect();
    let mirrored: BTreeSet<&str> = mirrors().iter().map(|m| m.name).collect();
    let excused: BTreeSet<&str> = NOT_MIRRORED.iter().map(|n| n.0).collect();
    let mut wrong: Vec<String> = Vec::new();
    for name in &measured {
        match (mirrored.contains(name.as_str()), excused.contains(name.as_str())) {
            (false, false) => wrong.push(format!("{name} is neither mirrored nor excused")),
            (true, true) => wrong.push(format!("{name} is mirrored, yet excused")),
            _ => {}
        }
    }
    let known = |name: &&&str| !measured.contains(**name);
    wrong.extend(mirrored.iter().filter(known).map(|n| format!("{n} is mirrored, but in no header")));
    wrong.extend(excused.iter().filter(known).map(|n| format!("{n} is excused, but in no header")));
    wrong.extend(NOT_MIRRORED.iter().filter(|n| n.1.is_empty()).map(|n| format!("{} has no reason", n.0)));
    println!("{} structs: {} mirrored, {} excused", measured.len(), mirrored.len(), excused.len());
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}
