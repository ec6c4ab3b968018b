//! Names the shared library for C.

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    // DeepStream's two libraries have no soname, and so no version: their headers are the interface. This one is
    // named as the file that cargo writes, so that a program linked with -ldsframe finds it without another link.
    if std::env::var_os("CARGO_FEATURE_CAPI").is_some() {
        println!("cargo::rustc-cdylib-link-arg=-Wl,-soname,libdsframe.so");
    }
}
