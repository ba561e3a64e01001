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

    /// With one event more at the end, if it moved.
    #[must_use]
    pub fn and(self, event: E) -> Self {
        match self {
            Outcome::Changed(noun, mut events) => {
                events.push(event);
                Outcome::Changed(noun, events)
            }
            so @ Outcome::AlreadySo(_) => so,
        }
    }

    /// With events before its own, if it moved.
    #[must_use]
    pub fn preceded(self, mut first: Vec<E>) -> Self {
        match self {
            Outcome::Changed(noun, events) => {
                first.extend(events);
                Outcome::Changed(noun, first)
            }
            so @ Outcome::AlreadySo(_) => so,
        }
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
        let told = Outcome::Changed(2, vec!["said"]).and("then").preceded(vec!["first"]);
        assert_eq!(told, Outcome::Changed(2, vec!["first", "said", "then"]));
        let so: Outcome<i32, &str> = Outcome::AlreadySo(7).and("then").preceded(vec!["first"]);
        assert!(!so.is_changed());
        assert_eq!(so.into_noun(), 7);
    }
}
