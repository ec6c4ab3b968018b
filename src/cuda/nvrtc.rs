//! NVIDIA's run-time compiler, found at run time. cudarc's own loader knows only the versions of its time, panics
//! where there is none, and gives no machine code.

use std::ffi::{CStr, CString, c_char, c_int, c_void};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use libloading::os::unix::{Library, RTLD_GLOBAL, RTLD_NOW};

use super::Header;
use crate::error::{Error, ErrorKind, Result};

/// Names a folder with libnvrtc, which is asked first.
pub const NVRTC_VARIABLE: &str = "DSFRAME_NVRTC";

const NAMES: [&str; 4] = ["libnvrtc.so", "libnvrtc.so.13", "libnvrtc.so.12", "libnvrtc.so.11.2"];

/// Where CUDA's packages put it when the loader's path does not.
const FOLDERS: [&str; 3] = [
    "/usr/local/cuda/lib64",
    "/usr/local/cuda/targets/x86_64-linux/lib",
    "/usr/local/cuda/targets/aarch64-linux/lib",
];

type Program = *mut c_void;
type Create = unsafe extern "C" fn(
    *mut Program,
    *const c_char,
    *const c_char,
    c_int,
    *const *const c_char,
    *const *const c_char,
) -> c_int;
type Compile = unsafe extern "C" fn(Program, c_int, *const *const c_char) -> c_int;
type Size = unsafe extern "C" fn(Program, *mut usize) -> c_int;
type Text = unsafe extern "C" fn(Program, *mut c_char) -> c_int;

/// The compiler's functions. The library stays loaded for the life of the process.
pub(super) struct Nvrtc {
    version: (u32, u32),
    archs: Vec<u32>,
    create: Create,
    destroy: unsafe extern "C" fn(*mut Program) -> c_int,
    compile: Compile,
    log: (Size, Text),
    ptx: (Size, Text),
    cubin: (Size, Text),
    error: unsafe extern "C" fn(c_int) -> *const c_char,
}

/// The compiler; looked for once.
pub(super) fn nvrtc() -> Result<&'static Nvrtc> {
    static FOUND: OnceLock<Result<Nvrtc>> = OnceLock::new();
    let folder = || std::env::var_os(NVRTC_VARIABLE).filter(|v| !v.is_empty()).map(PathBuf::from);
    FOUND.get_or_init(|| Nvrtc::find(folder())).as_ref().map_err(Clone::clone)
}

impl Nvrtc {
    fn find(named: Option<PathBuf>) -> Result<Self> {
        let mut tried = Vec::new();
        let in_folder = |folder: &Path| NAMES.map(|name| folder.join(name));
        let places = named.iter().flat_map(|folder| in_folder(folder));
        let places = places.chain(NAMES.map(PathBuf::from));
        for place in places.chain(FOLDERS.iter().flat_map(|folder| in_folder(Path::new(folder)))) {
            if place.is_absolute() && !place.exists() {
                continue;
            }
            match open(&place).and_then(|library| Self::of(&library).map(|found| (library, found))) {
                Ok((library, found)) => {
                    tracing::debug!(
                        "kernels are compiled by {}, version {:?}",
                        place.display(),
                        found.version
                    );
                    // Its functions are kept for the life of the process.
                    std::mem::forget(library);
                    return Ok(found);
                }
                Err(why) => tried.push(why),
            }
        }
        Err(Error::new(
            ErrorKind::Library,
            format!(
                "kernels cannot be compiled, since libnvrtc does not load; tried {}. Install CUDA's run-time compiler \
                 (cuda-nvrtc-12-8 or the like), or name its folder in {NVRTC_VARIABLE}",
                if tried.is_empty() { NAMES.join(", ") } else { tried.join("; ") }
            ),
        ))
    }

    fn of(library: &Library) -> Result<Self, String> {
        // SAFETY: each symbol has, since CUDA 11.2, the signature that nvrtc.h declares and the field's type repeats.
        unsafe {
            let mut found = Self {
                version: (0, 0),
                archs: Vec::new(),
                create: symbol(library, "nvrtcCreateProgram")?,
                destroy: symbol(library, "nvrtcDestroyProgram")?,
                compile: symbol(library, "nvrtcCompileProgram")?,
                log: (symbol(library, "nvrtcGetProgramLogSize")?, symbol(library, "nvrtcGetProgramLog")?),
                ptx: (symbol(library, "nvrtcGetPTXSize")?, symbol(library, "nvrtcGetPTX")?),
                cubin: (symbol(library, "nvrtcGetCUBINSize")?, symbol(library, "nvrtcGetCUBIN")?),
                error: symbol(library, "nvrtcGetErrorString")?,
            };
            let version: unsafe extern "C" fn(*mut c_int, *mut c_int) -> c_int =
                symbol(library, "nvrtcVersion")?;
            let count: unsafe extern "C" fn(*mut c_int) -> c_int =
                symbol(library, "nvrtcGetNumSupportedArchs")?;
            let list: unsafe extern "C" fn(*mut c_int) -> c_int = symbol(library, "nvrtcGetSupportedArchs")?;
            let (mut major, mut minor, mut archs) = (0, 0, 0);
            if version(&raw mut major, &raw mut minor) != 0 || count(&raw mut archs) != 0 {
                return Err("libnvrtc does not tell its version".into());
            }
            let mut numbers = vec![0; archs.max(0).unsigned_abs() as usize];
            if list(numbers.as_mut_ptr()) != 0 {
                return Err("libnvrtc does not tell what it compiles for".into());
            }
            found.version = (major.unsigned_abs(), minor.unsigned_abs());
            found.archs = numbers.into_iter().map(i32::unsigned_abs).collect();
            Ok(found)
        }
    }

    pub(super) fn version(&self) -> (u32, u32) {
        self.version
    }

    /// `--gpu-architecture` for a GPU of `arch`: machine code, or what a driver newer than this compiler makes it from.
    pub(super) fn target(&self, arch: u32) -> Result<String> {
        target(&self.archs, arch).ok_or_else(|| {
            Error::unsupported(format!(
                "NVRTC {}.{} compiles for {:?}, the GPU is sm_{arch}; name another version's folder in {NVRTC_VARIABLE}",
                self.version.0, self.version.1, self.archs
            ))
        })
    }

    /// Compiles `source` to what `cuModuleLoadData` takes: machine code, or PTX for a `compute_` target.
    pub(super) fn compile(
        &self,
        name: &str,
        source: &str,
        headers: &[Header],
        options: &[String],
    ) -> Result<Vec<u8>> {
        let text =
            |text: &str| CString::new(text).map_err(|_| Error::invalid(format!("a NUL byte in {name}")));
        let (c_source, c_name) = (text(source)?, text(name)?);
        let c_options = options.iter().map(|option| text(option)).collect::<Result<Vec<_>>>()?;
        let pointers: Vec<_> = c_options.iter().map(|option| option.as_ptr()).collect();
        let texts = headers.iter().map(|header| text(header.text)).collect::<Result<Vec<_>>>()?;
        let names = headers.iter().map(|header| text(header.name)).collect::<Result<Vec<_>>>()?;
        let [texts_at, names_at] =
            [&texts, &names].map(|list| list.iter().map(|s| s.as_ptr()).collect::<Vec<_>>());
        let mut program = std::ptr::null_mut();
        // SAFETY: the strings end in NUL and outlive the calls; both lists are as long as is announced.
        let code = unsafe {
            (self.create)(
                &raw mut program,
                c_source.as_ptr(),
                c_name.as_ptr(),
                headers.len() as c_int,
                texts_at.as_ptr(),
                names_at.as_ptr(),
            )
        };
        self.check(code, "nvrtcCreateProgram", name)?;
        let program = Made { nvrtc: self, program };
        // SAFETY: the program was made above; `pointers` has as many strings as are announced.
        let code = unsafe { (self.compile)(program.program, pointers.len() as c_int, pointers.as_ptr()) };
        if code != 0 {
            let log = program.output(self.log, "nvrtcGetProgramLog").unwrap_or_default();
            let log = String::from_utf8_lossy(&log);
            let error = self.check(code, "nvrtcCompileProgram", name).unwrap_err();
            let log = log.trim_end_matches(['\0', '\n']);
            return Err(Error::new(ErrorKind::Cuda, format!("{error}:\n{log}")));
        }
        if options.iter().any(|option| option.contains("=sm_")) {
            program.output(self.cubin, "nvrtcGetCUBIN")
        } else {
            program.output(self.ptx, "nvrtcGetPTX")
        }
    }

    fn check(&self, code: c_int, call: &str, name: &str) -> Result<()> {
        if code == 0 {
            return Ok(());
        }
        // SAFETY: the function answers every code with a string of its own that lives as long as the library.
        let text = unsafe { CStr::from_ptr((self.error)(code)) }.to_string_lossy();
        Err(Error::new(
            ErrorKind::Cuda,
            format!("{call} failed with {text} ({code}) on kernel source {name}"),
        ))
    }
}

/// A program that is destroyed on every path.
struct Made<'n> {
    nvrtc: &'n Nvrtc,
    program: Program,
}

impl Made<'_> {
    fn output(&self, (size, text): (Size, Text), call: &str) -> Result<Vec<u8>> {
        let mut len = 0;
        // SAFETY: the program is alive, and `len` outlives the call.
        self.nvrtc.check(unsafe { size(self.program, &raw mut len) }, call, "its size")?;
        let mut bytes = vec![0u8; len];
        // SAFETY: the function writes the `len` bytes that it announced.
        self.nvrtc.check(unsafe { text(self.program, bytes.as_mut_ptr().cast()) }, call, "its bytes")?;
        Ok(bytes)
    }
}

impl Drop for Made<'_> {
    fn drop(&mut self) {
        // SAFETY: made by `nvrtcCreateProgram` and not destroyed yet.
        unsafe { (self.nvrtc.destroy)(&raw mut self.program) };
    }
}

fn target(archs: &[u32], arch: u32) -> Option<String> {
    if archs.contains(&arch) {
        return Some(format!("--gpu-architecture=sm_{arch}"));
    }
    let below = archs.iter().copied().filter(|known| *known < arch).max()?;
    Some(format!("--gpu-architecture=compute_{below}"))
}

/// The library at `place`, with its built-in functions, which some packages' do not find by themselves.
fn open(place: &Path) -> Result<Library, String> {
    if let Some(folder) = place.parent().filter(|folder| folder.is_absolute()) {
        let files = std::fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
        let builtins = |path: &PathBuf| {
            path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("libnvrtc-builtins.so"))
        };
        for path in files.filter(builtins) {
            // SAFETY: a companion of the library that is about to be loaded; it has data and no initialisers of note.
            if let Ok(library) = unsafe { Library::open(Some(&path), RTLD_NOW | RTLD_GLOBAL) } {
                std::mem::forget(library);
            }
        }
    }
    // SAFETY: NVIDIA's compiler by name, or where the user says that it is.
    unsafe { Library::open(Some(place), RTLD_NOW) }.map_err(|error| format!("{}: {error}", place.display()))
}

/// # Safety
/// `T` is the type of the function called `name`.
unsafe fn symbol<T: Copy>(library: &Library, name: &str) -> Result<T, String> {
    // SAFETY: the caller knows the function's type.
    unsafe { library.get::<T>(name) }.map(|found| *found).map_err(|error| format!("{name}: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn machine_code_where_it_is_known_and_the_nearest_below_elsewhere() {
        let archs = [75, 80, 86, 87, 89, 90, 100];
        assert_eq!(target(&archs, 90).unwrap(), "--gpu-architecture=sm_90");
        assert_eq!(target(&archs, 121).unwrap(), "--gpu-architecture=compute_100");
        assert_eq!(target(&archs, 70), None);
    }

    #[test]
    fn a_library_that_is_none_is_an_error_that_says_what_to_do() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("libnvrtc.so"), b"not an ELF file").unwrap();
        std::fs::write(folder.path().join("libnvrtc-builtins.so.9"), b"nor is this").unwrap();
        match Nvrtc::find(Some(folder.path().to_path_buf())) {
            // The machine has one of its own, behind the broken one.
            Ok(found) => assert!(found.version.0 >= 11),
            Err(error) => {
                assert_eq!(error.kind(), ErrorKind::Library);
                let words = ["libnvrtc.so:", NVRTC_VARIABLE, "libnvrtc.so.13"];
                words.iter().for_each(|word| assert!(error.to_string().contains(word), "{error}"));
            }
        }
    }

    /// Runs where a compiler is, such as the one that `.ci/check-kernels` fetches; it needs no GPU.
    #[test]
    fn sources_become_machine_code_and_mistakes_are_shown() {
        let Ok(nvrtc) = nvrtc() else {
            eprintln!("SKIPPED: no libnvrtc here; name its folder in {NVRTC_VARIABLE}");
            return;
        };
        let options = [nvrtc.target(90).unwrap()];
        let cubin = nvrtc
            .compile("ok.cu", "extern \"C\" __global__ void k(int *p) { *p = 1; }", &[], &options)
            .unwrap();
        assert_eq!(&cubin[1..4], b"ELF");
        let error = nvrtc.compile("bad.cu", "__global__ void k() { nothing; }", &[], &options).unwrap_err();
        assert!(error.to_string().contains("identifier \"nothing\" is undefined"), "{error}");
        let ptx =
            nvrtc.compile("ok.cu", "__global__ void k() {}", &[], &["--gpu-architecture=compute_90".into()]);
        assert!(String::from_utf8(ptx.unwrap()).unwrap().contains(".target sm_90"));
    }
}
