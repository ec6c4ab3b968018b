//! Which colour an object gets.

use super::object::ObjectMeta;
use crate::frame::Color;
use crate::{Error, Result};

/// What an object's colour is looked up by, as `ColorLookup` of supervision.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum ColorLookup {
    /// The class.
    #[default]
    Class,
    /// The track; the class while there is none.
    Track,
    /// The place in the list.
    Index,
}

/// A row of colours that repeats; the default is [`Color::palette`], which does not.
///
/// ```
/// use dsframe::meta::{Color, ColorPalette};
/// let two = ColorPalette::new(vec![Color::RED, Color::GREEN])?;
/// assert_eq!((two.color(0), two.color(3)), (Color::RED, Color::GREEN));
/// assert_eq!(ColorPalette::default().color(5), Color::palette(5));
/// # Ok::<(), dsframe::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ColorPalette {
    /// Empty: [`Color::palette`].
    colors: Vec<Color>,
}

impl ColorPalette {
    /// These colours, over and over.
    ///
    /// # Errors
    /// [`InvalidArgument`](crate::ErrorKind::InvalidArgument) when there are none.
    pub fn new(colors: Vec<Color>) -> Result<Self> {
        if colors.is_empty() {
            return Err(Error::invalid("the palette has no colours, it needs at least one"));
        }
        Ok(Self { colors })
    }

    /// The colour of number `index`.
    #[must_use]
    pub fn color(&self, index: u64) -> Color {
        match self.colors.len() as u64 {
            0 => Color::palette(index),
            // Below the length, which is a usize.
            n => self.colors[(index % n) as usize],
        }
    }

    /// The colour of an object, the `index`th of its list.
    #[must_use]
    pub fn color_of(&self, object: ObjectMeta<'_>, index: usize, lookup: ColorLookup) -> Color {
        // Classes are small and not negative, but for a component's mistake.
        let class = || u64::from(object.class_id().unsigned_abs());
        self.color(match lookup {
            ColorLookup::Class => class(),
            ColorLookup::Track => object.object_id().unwrap_or_else(class),
            ColorLookup::Index => index as u64,
        })
    }
}
