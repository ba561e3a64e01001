//! What a model answers to a command: changed, already so, or refused with the rule.

/// A command that was not refused. `N` is the noun, `E` the model's own event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome<N, E> {
    /// The noun moved; write it down and say so.
    Changed(N, Vec<E>),
    /// The noun was there already; answer, but write and announce nothing.
    AlreadySo(N),
}

impl<N, E> Outcome<N, E> {
    /// Whether there is something to write.
    pub const fn is_changed(&self) -> bool {
        matches!(self, Outcome::Changed(..))
    }

    /// The noun, either way.
    pub fn into_noun(self) -> N {
        match self {
            Outcome::Changed(noun, _) | Outcome::AlreadySo(noun) => noun,
        }
    }
}

/// A rule that stood in the way. Implemented by each model's refusal enum.
pub trait Refusal: std::fmt::Debug {
    /// Stable `UPPER_SNAKE` code: the enum variant's own name.
    fn reason(&self) -> &'static str;
    /// The rule in English, for the person at the window.
    fn english(&self) -> String;
    /// The rule in Chinese.
    fn chinese(&self) -> String;
    /// What the caller needs to go on, such as `state`, `holder` or `since`. Never a personal value.
    fn facts(&self) -> Vec<(&'static str, String)>;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_noun_comes_out_either_way() {
        let changed: Outcome<i32, &str> = Outcome::Changed(2, vec!["said"]);
        assert!(changed.is_changed());
        assert_eq!(changed.into_noun(), 2);
        let so: Outcome<i32, &str> = Outcome::AlreadySo(7);
        assert!(!so.is_changed());
        assert_eq!(so.into_noun(), 7);
    }
}
