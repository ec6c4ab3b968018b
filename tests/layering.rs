//! Who may import whom, read from the sources. The table is the one in DESIGN.md.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// Each room and the rooms that it may name. `error` is everybody's.
const MAY: &[(&str, &[&str])] = &[
    ("error", &[]),
    ("sys", &[]),
    ("cpu", &[]),
    ("cuda", &["frame"]),
    ("frame", &[]),
    ("roi", &["frame"]),
    ("ops", &["frame", "roi", "cpu", "cuda"]),
    ("runtime", &["sys"]),
    ("surface", &["sys", "runtime", "frame"]),
    ("meta", &["sys", "runtime", "frame", "roi"]),
    ("crops", &["frame", "roi", "ops"]),
    ("probe", &["sys", "runtime", "surface", "meta", "frame", "roi"]),
    ("elements", &["sys", "runtime", "surface", "meta", "frame", "roi", "ops", "crops", "probe"]),
    ("doctor", &["sys", "runtime", "surface"]),
    ("misuse", &[]),
    ("prelude", &["frame", "meta", "probe", "roi"]),
    (
        "lib",
        &[
            "cpu", "crops", "cuda", "doctor", "elements", "frame", "meta", "ops", "prelude", "probe", "roi",
            "runtime", "surface", "sys",
        ],
    ),
];

/// Rooms that never touch GStreamer: they work on plain data.
const NO_GST: &[&str] = &["error", "frame", "roi", "ops", "crops", "cpu", "cuda"];

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|e| e == "rs") {
            found.push(path);
        }
    }
}

/// The room of a file: the first folder below `src`, or the file's own name.
fn room(path: &Path, src: &Path) -> String {
    let inner = path.strip_prefix(src).unwrap();
    let first = inner.components().next().unwrap().as_os_str().to_str().unwrap();
    first.trim_end_matches(".rs").to_owned()
}

/// Code lines alone: no comments, which may link to any room, and nothing behind `#[cfg(test)]`.
fn code(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.lines()
        .enumerate()
        .take_while(|(_, line)| !line.starts_with("#[cfg(test)]"))
        .filter(|(_, line)| !line.trim_start().starts_with("//"))
        .map(|(i, line)| (i + 1, line))
}

/// Names that follow `crate::` in `line`, also inside one level of braces.
fn named(line: &str) -> Vec<String> {
    let ident =
        |text: &str| text.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect::<String>();
    let mut names = Vec::new();
    for (at, _) in line.match_indices("crate::") {
        let rest = &line[at + "crate::".len()..];
        match rest.strip_prefix('{') {
            Some(list) => names.extend(list.split(',').map(|item| ident(item.trim()))),
            None => names.push(ident(rest)),
        }
    }
    names
}

#[test]
fn rooms_import_only_what_they_may() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let may: BTreeMap<_, _> = MAY.iter().copied().collect();
    let mut files = Vec::new();
    sources(&src, &mut files);
    assert!(files.len() > 20, "only {} source files were found", files.len());
    let mut wrong = Vec::new();
    for path in files {
        let from = room(&path, &src);
        let Some(allowed) = may.get(from.as_str()) else {
            wrong.push(format!("{}: the room {from} is not in the table", path.display()));
            continue;
        };
        let text = fs::read_to_string(&path).unwrap();
        if path.ends_with("tests.rs") {
            continue;
        }
        for (number, line) in code(&text) {
            let place = || format!("{}:{number}: {}", path.display(), line.trim());
            for to in named(line) {
                let known = may.contains_key(to.as_str()) && to != "lib" && to != "error";
                if known && to != from && !allowed.contains(&to.as_str()) {
                    wrong.push(format!("{} ({from} may not import {to})", place()));
                }
            }
            let gst = ["gst::", "gst_base::", "gst_video::"].iter().any(|name| line.contains(name));
            if gst && NO_GST.contains(&from.as_str()) {
                wrong.push(format!("{} ({from} is plain data, without GStreamer)", place()));
            }
        }
    }
    assert!(wrong.is_empty(), "forbidden imports:\n{}", wrong.join("\n"));
}

#[test]
fn the_reader_of_imports_sees_what_it_must() {
    assert_eq!(named("use crate::frame::View;"), ["frame"]);
    assert_eq!(named("use crate::{Error, sys::x};"), ["Error", "sys"]);
    assert_eq!(named("let x = crate::meta::f(crate::sys::A);"), ["meta", "sys"]);
    let text = "//! crate::meta\nuse crate::sys;\n#[cfg(test)]\nuse crate::meta;";
    assert_eq!(code(text).map(|(i, _)| i).collect::<Vec<_>>(), [2]);
}
