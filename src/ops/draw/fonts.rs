//! Which font file answers to a name. System fonts first; two small fonts are built in so that text
//! is drawn on a machine that has none.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use ab_glyph::{Font, FontArc, FontRef, FontVec};
use fontdb::{Database, Family, ID, Query, Style, Weight};

/// Basic Latin, Latin-1 and some punctuation of DejaVu 2.37; licence in `fonts/LICENSE-DejaVu`.
static SANS: &[u8] = include_bytes!("fonts/sans.ttf");
static SERIF: &[u8] = include_bytes!("fonts/serif.ttf");

/// Names of the built-in fonts, for pictures that must be the same on every machine.
pub(super) const EMBEDDED: [&str; 2] = ["dsframe Sans", "dsframe Serif"];

/// Families that are tried, in this order, for a generic name.
const SERIFS: [&str; 5] = ["DejaVu Serif", "Noto Serif", "Liberation Serif", "FreeSerif", "Times New Roman"];
const SANS_SERIFS: [&str; 5] = ["DejaVu Sans", "Noto Sans", "Liberation Sans", "FreeSans", "Arial"];
const MONOSPACES: [&str; 5] =
    ["DejaVu Sans Mono", "Noto Sans Mono", "Liberation Mono", "FreeMono", "Courier New"];

/// Families that are tried, in this order, for a character that the chosen font lacks.
const WIDE: [&str; 6] = [
    "DejaVu Sans",
    "Noto Sans",
    "Noto Sans CJK SC",
    "Noto Sans CJK JP",
    "Droid Sans Fallback",
    "WenQuanYi Micro Hei",
];

/// Names and fonts that are remembered; beyond, all are forgotten and looked up again.
const MAX_REMEMBERED: usize = 64;

/// A font that is loaded.
pub(super) struct Face {
    /// Distinct for distinct fonts.
    pub(super) id: u64,
    pub(super) font: FontArc,
}

#[derive(Default)]
struct Loaded {
    by_name: HashMap<String, Arc<Face>>,
    by_id: HashMap<ID, Arc<Face>>,
    next_id: u64,
}

/// The fonts of this machine.
pub(super) struct Book {
    system: Database,
    embedded: [Arc<Face>; 2],
    loaded: Mutex<Loaded>,
    wide: OnceLock<Vec<Arc<Face>>>,
}

/// The fonts of this machine, listed at the first call.
pub(super) fn book() -> &'static Book {
    static BOOK: OnceLock<Book> = OnceLock::new();
    BOOK.get_or_init(|| {
        let mut system = Database::new();
        system.load_system_fonts();
        Book::new(system)
    })
}

pub(super) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // A cache is valid at every step, so one that a panic left behind is too.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Book {
    pub(super) fn new(system: Database) -> Self {
        let face = |(id, bytes): (u64, &'static [u8])| {
            let font = FontRef::try_from_slice(bytes).expect("the built-in fonts are valid");
            Arc::new(Face { id, font: FontArc::new(font) })
        };
        let embedded = [(0, SANS), (1, SERIF)].map(face);
        let loaded = Mutex::new(Loaded { next_id: 2, ..Loaded::default() });
        Self { system, embedded, loaded, wide: OnceLock::new() }
    }

    /// The font for `name`: a family, or "Serif", "Sans", "Monospace", optionally followed by
    /// "Bold", "Italic" or "Oblique". An unknown family is answered with a sans serif font.
    pub(super) fn find(&self, name: &str) -> Arc<Face> {
        if let Some(face) = lock(&self.loaded).by_name.get(name) {
            return face.clone();
        }
        let face = self.look_up(name.trim());
        let mut loaded = lock(&self.loaded);
        if loaded.by_name.len() >= MAX_REMEMBERED {
            loaded.by_name.clear();
        }
        loaded.by_name.insert(name.to_owned(), face.clone());
        face
    }

    /// A font that draws `c`, for when the chosen one does not.
    pub(super) fn find_for(&self, c: char) -> Option<Arc<Face>> {
        let wide = self.wide.get_or_init(|| {
            let system = WIDE.iter().filter_map(|name| self.family(name, Weight::NORMAL, Style::Normal));
            system.chain(self.embedded.iter().cloned()).collect()
        });
        wide.iter().find(|face| face.font.glyph_id(c).0 != 0).cloned()
    }

    fn look_up(&self, name: &str) -> Arc<Face> {
        for (embedded, face) in EMBEDDED.iter().zip(&self.embedded) {
            if name.eq_ignore_ascii_case(embedded) {
                return face.clone();
            }
        }
        let (family, weight, style) = split_style(name);
        let generic = |generic: Family<'_>, names: &[&str], last: usize| {
            let first = self.system.family_name(&generic);
            let mut names = [first].into_iter().chain(names.iter().copied());
            names.find_map(|name| self.family(name, weight, style)).unwrap_or(self.embedded[last].clone())
        };
        match family.to_ascii_lowercase().as_str() {
            "" | "serif" => generic(Family::Serif, &SERIFS, 1),
            "sans" | "sans-serif" | "sans serif" => generic(Family::SansSerif, &SANS_SERIFS, 0),
            "mono" | "monospace" => generic(Family::Monospace, &MONOSPACES, 0),
            _ => self
                .family(family, weight, style)
                .unwrap_or_else(|| generic(Family::SansSerif, &SANS_SERIFS, 0)),
        }
    }

    /// The system's font of that family nearest to weight and style, if the family is there and
    /// its file can be read.
    fn family(&self, name: &str, weight: Weight, style: Style) -> Option<Arc<Face>> {
        let exact = self.system.faces().find_map(|face| {
            face.families.iter().map(|(family, _)| family).find(|family| family.eq_ignore_ascii_case(name))
        })?;
        let families = [Family::Name(exact)];
        let id = self.system.query(&Query { families: &families, weight, style, ..Query::default() })?;
        if let Some(face) = lock(&self.loaded).by_id.get(&id) {
            return Some(face.clone());
        }
        let (bytes, index) = self.system.with_face_data(id, |bytes, index| (bytes.to_vec(), index))?;
        let font = FontVec::try_from_vec_and_index(bytes, index).ok()?;
        font.units_per_em()?;
        let mut loaded = lock(&self.loaded);
        if loaded.by_id.len() >= MAX_REMEMBERED {
            loaded.by_id.clear();
        }
        let face = Arc::new(Face { id: loaded.next_id, font: FontArc::new(font) });
        loaded.next_id += 1;
        loaded.by_id.insert(id, face.clone());
        Some(face)
    }
}

/// Takes the words for weight and slant off the end of a name.
fn split_style(name: &str) -> (&str, Weight, Style) {
    let (mut name, mut weight, mut style) = (name, Weight::NORMAL, Style::Normal);
    loop {
        let start = name.rfind(' ').map_or(0, |at| at + 1);
        match name[start..].to_ascii_lowercase().as_str() {
            "bold" => weight = Weight::BOLD,
            "italic" => style = Style::Italic,
            "oblique" => style = Style::Oblique,
            _ => return (name, weight, style),
        }
        name = name[..start].trim_end();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_system_fonts_the_built_in_ones_answer() {
        let book = Book::new(Database::new());
        let (sans, serif) = (book.find(EMBEDDED[0]), book.find(EMBEDDED[1]));
        assert_ne!(sans.id, serif.id);
        for name in ["Serif", "serif Bold", "", "  ", "Serif Italic"] {
            assert_eq!(book.find(name).id, serif.id, "{name:?}");
        }
        for name in ["Sans", "Arial", "no such family", "Mono", "Bold"] {
            let expected = if name == "Bold" { serif.id } else { sans.id };
            assert_eq!(book.find(name).id, expected, "{name:?}");
        }
        for c in ('!'..='~').chain('¡'..='ÿ') {
            assert!(book.find_for(c).is_some(), "{c}");
        }
        assert!(book.find_for('\u{10FFFD}').is_none());
    }

    #[test]
    fn names_end_in_weight_and_slant() {
        assert_eq!(split_style("DejaVu Sans Bold Oblique"), ("DejaVu Sans", Weight::BOLD, Style::Oblique));
        assert_eq!(split_style("Sans"), ("Sans", Weight::NORMAL, Style::Normal));
        assert_eq!(split_style("bold"), ("", Weight::BOLD, Style::Normal));
    }

    #[test]
    fn names_without_end_are_not_all_remembered() {
        let book = Book::new(Database::new());
        (0..1000).for_each(|i| drop(book.find(&format!("family {i}"))));
        assert!(lock(&book.loaded).by_name.len() <= MAX_REMEMBERED);
    }
}
