//! Words a person typed, in one normal form, or the reason why not.
//!
//! Both databases must agree on every text: PostgreSQL refuses NUL and SQLite keeps it, so it is refused here.
//! Names of people are taken as they are written on the paper: rare four-byte characters, the middle dot of
//! minority names and long names all pass. Only what cannot be seen is refused.

use crate::Fault;

/// How much text fits, and of what sort it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    chars: usize,
    bytes: usize,
    sort: Sort,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sort {
    Name,
    Line,
    Long,
}

impl Limits {
    /// A name of a person, body or place: one line, nothing invisible inside.
    pub const fn name(chars: usize) -> Self {
        Self::of(chars, Sort::Name)
    }

    /// One line of free text.
    pub const fn line(chars: usize) -> Self {
        Self::of(chars, Sort::Line)
    }

    /// A narrative: line breaks and tabs are kept.
    pub const fn long(chars: usize) -> Self {
        Self::of(chars, Sort::Long)
    }

    /// The same with a tighter bound in bytes; without it four bytes a character are allowed.
    #[must_use]
    pub const fn with_bytes(self, bytes: usize) -> Self {
        Self { bytes, ..self }
    }

    /// The bound in characters, for a message that names it.
    pub const fn chars(self) -> usize {
        self.chars
    }

    const fn of(chars: usize, sort: Sort) -> Self {
        Self { chars, bytes: chars * 4, sort }
    }
}

/// Trims the text and checks it: `REQUIRED`, `CONTROL_CHARACTER`, `BIDI_CONTROL`, `INVISIBLE_CHARACTER`, `TOO_LONG`.
pub fn clean(text: &str, limits: Limits) -> Result<String, Fault> {
    let trimmed = text.trim_matches(blank);
    if trimmed.is_empty() {
        return Err(Fault::REQUIRED);
    }
    // A window's line break is two characters, a page's one: keep one, so that digests agree.
    let kept = match limits.sort {
        Sort::Long => trimmed.replace("\r\n", "\n").replace('\r', "\n"),
        Sort::Name | Sort::Line => trimmed.to_owned(),
    };
    if kept.len() > limits.bytes || kept.chars().count() > limits.chars {
        return Err(Fault::TOO_LONG);
    }
    let breaks = |c: char| limits.sort == Sort::Long && (c == '\n' || c == '\t');
    if kept.chars().any(|c| c.is_control() && !breaks(c)) {
        return Err(Fault::CONTROL_CHARACTER);
    }
    if limits.sort == Sort::Name {
        if kept.chars().any(turns_direction) {
            return Err(Fault::BIDI_CONTROL);
        }
        if kept.chars().any(invisible) {
            return Err(Fault::INVISIBLE_CHARACTER);
        }
    }
    Ok(kept)
}

/// As [`clean`], where nothing is an answer too.
pub fn clean_optional(text: &str, limits: Limits) -> Result<Option<String>, Fault> {
    match clean(text, limits) {
        Ok(kept) => Ok(Some(kept)),
        Err(Fault::REQUIRED) => Ok(None),
        Err(fault) => Err(fault),
    }
}

/// Full-width letters, digits and signs as their ASCII twins: what an input method leaves in a number.
pub(crate) fn half_width(c: char) -> char {
    match c {
        '\u{FF01}'..='\u{FF5E}' => char::from_u32(c as u32 - 0xFEE0).unwrap_or(c),
        '\u{3000}' => ' ',
        other => other,
    }
}

/// What trimming takes away: white space of every script, and what has no width at all.
pub(crate) fn blank(c: char) -> bool {
    c.is_whitespace() || invisible(c)
}

fn invisible(c: char) -> bool {
    matches!(c, '\u{00AD}' | '\u{180E}' | '\u{200B}'..='\u{200D}' | '\u{2060}' | '\u{FEFF}')
}

fn turns_direction(c: char) -> bool {
    matches!(c, '\u{061C}' | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn nothing_but_blanks_is_nothing() {
        for text in ["", "  ", "\u{3000}\u{3000}", "\u{200B}\u{FEFF}", "\n\t\r"] {
            assert_eq!(clean(text, Limits::long(10)), Err(Fault::REQUIRED), "{text:?}");
            assert_eq!(clean_optional(text, Limits::long(10)), Ok(None));
        }
        assert_eq!(clean("\u{3000} 张三\u{200B} ", Limits::name(10)).unwrap(), "张三");
    }

    #[test]
    fn controls_are_refused_where_they_do_not_belong() {
        for sort in [Limits::name(20), Limits::line(20), Limits::long(20)] {
            for text in ["a\0b", "a\u{1}b", "a\u{1B}b", "a\u{7F}b", "a\u{9F}b"] {
                assert_eq!(clean(text, sort), Err(Fault::CONTROL_CHARACTER), "{text:?}");
            }
        }
        assert_eq!(clean("a\nb", Limits::line(9)), Err(Fault::CONTROL_CHARACTER));
        assert_eq!(clean("a\tb", Limits::name(9)), Err(Fault::CONTROL_CHARACTER));
        assert_eq!(clean("a\n\tb", Limits::long(9)).unwrap(), "a\n\tb");
        assert_eq!(clean("a\r\nb\rc", Limits::long(9)).unwrap(), "a\nb\nc");
    }

    #[test]
    fn names_keep_rare_characters_and_refuse_hidden_ones() {
        for name in ["𠮷野", "阿卜杜热合曼·艾则孜", "㛃", "O'Neil", "<script>", "=cmd()", "欧阳　修"]
        {
            assert_eq!(clean(name, Limits::name(50)).unwrap(), name);
        }
        assert_eq!(clean("张\u{202E}三", Limits::name(9)), Err(Fault::BIDI_CONTROL));
        assert_eq!(clean("张\u{2067}三", Limits::name(9)), Err(Fault::BIDI_CONTROL));
        assert_eq!(clean("张\u{200D}三", Limits::name(9)), Err(Fault::INVISIBLE_CHARACTER));
        assert_eq!(clean("张\u{202E}三", Limits::long(9)).unwrap(), "张\u{202E}三");
    }

    #[test]
    fn length_is_counted_in_characters_and_in_bytes() {
        assert!(clean(&"𠮷".repeat(10), Limits::name(10)).is_ok());
        assert_eq!(clean(&"a".repeat(11), Limits::name(10)), Err(Fault::TOO_LONG));
        assert_eq!(clean(&"𠮷".repeat(10), Limits::name(10).with_bytes(39)), Err(Fault::TOO_LONG));
        assert!(clean(&format!("  {}  ", "a".repeat(10)), Limits::line(10)).is_ok());
    }

    proptest! {
        #[test]
        fn cleaning_twice_changes_nothing(text in "\\PC{0,40}|[ \u{3000}\u{200B}\r\n\ta-c张]{0,40}") {
            for limits in [Limits::name(60), Limits::line(60), Limits::long(60)] {
                if let Ok(once) = clean(&text, limits) {
                    prop_assert_eq!(clean(&once, limits), Ok(once.clone()));
                }
            }
        }

        #[test]
        fn what_passes_holds_no_nul_and_fits(text in any::<String>()) {
            if let Ok(kept) = clean(&text, Limits::long(30)) {
                prop_assert!(!kept.contains('\0') && kept.chars().count() <= 30 && !kept.trim().is_empty());
            }
        }
    }
}
