//! What is shown to somebody who may know *that* there is a person, but not who.
//!
//! 张三 becomes 张*, an identity number keeps its first three and last four characters, a phone loses its
//! middle four. No mask of a number shows a whole value, however short that is.

/// The family name (first character), a star for the rest.
pub fn name(clear: &str) -> String {
    match clear.chars().next() {
        Some(first) => format!("{first}*"),
        None => String::new(),
    }
}

/// An identity or credit number: the first three and the last four.
pub fn number(clear: &str) -> String {
    keep(clear, 3, 4)
}

/// A phone number: without its middle four.
pub fn phone(clear: &str) -> String {
    let length = clear.chars().count();
    if length < 8 {
        return "*".repeat(length);
    }
    let head = (length - 4) / 2;
    keep(clear, head, length - 4 - head)
}

/// Stars between the first `head` and the last `tail` characters; a value too short for that is stars alone.
fn keep(clear: &str, head: usize, tail: usize) -> String {
    let length = clear.chars().count();
    if length <= head + tail {
        return "*".repeat(length);
    }
    let shown = |at: usize| at < head || at >= length - tail;
    clear.chars().enumerate().map(|(at, c)| if shown(at) { c } else { '*' }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_to_see() {
        assert_eq!(name("张三"), "张*");
        assert_eq!(name("阿卜杜拉·买买提"), "阿*");
        assert_eq!(name("𠮷"), "𠮷*");
        assert_eq!(name(""), "");
        assert_eq!(number("11010519491231002X"), "110***********002X");
        assert_eq!(number("1234567"), "*******");
        assert_eq!(number("12345678"), "123*5678");
        assert_eq!(phone("13800138000"), "138****8000");
        assert_eq!(phone("88881234"), "88****34");
        assert_eq!(phone("110"), "***");
    }
}
