//! Amounts in fen, the hundredth of a yuan: integers only, so that no sum ever rounds.

use crate::Fault;
use serde::{Deserialize, Serialize};
use std::fmt;

/// An amount from nothing to ten trillion yuan.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "i64", into = "i64")]
pub struct Fen(i64);

impl Fen {
    /// No money.
    pub const ZERO: Fen = Fen(0);
    /// The largest amount accepted, far above any dispute and far below overflow.
    pub const MAX: Fen = Fen(1_000_000_000_000_000);

    /// Accepts `0..=10^15`.
    pub const fn new(fen: i64) -> Result<Fen, Fault> {
        if fen >= 0 && fen <= Self::MAX.0 { Ok(Fen(fen)) } else { Err(Fault::RANGE) }
    }

    /// The bare number of fen, for a column or a message.
    pub const fn get(self) -> i64 {
        self.0
    }

    /// The sum, if it is still an amount we accept.
    pub const fn checked_add(self, other: Fen) -> Result<Fen, Fault> {
        Fen::new(self.0 + other.0)
    }

    /// The difference, if it is not negative.
    pub const fn checked_sub(self, other: Fen) -> Result<Fen, Fault> {
        Fen::new(self.0 - other.0)
    }
}

impl TryFrom<i64> for Fen {
    type Error = Fault;
    fn try_from(fen: i64) -> Result<Fen, Fault> {
        Fen::new(fen)
    }
}

impl From<Fen> for i64 {
    fn from(amount: Fen) -> i64 {
        amount.0
    }
}

impl fmt::Display for Fen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let yuan = (self.0 / 100).to_string();
        f.write_str("¥")?;
        for (index, digit) in yuan.chars().enumerate() {
            if index > 0 && (yuan.len() - index).is_multiple_of(3) {
                f.write_str(",")?;
            }
            write!(f, "{digit}")?;
        }
        write!(f, ".{:02}", self.0 % 100)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_limits_hold() {
        assert_eq!(Fen::new(-1), Err(Fault::RANGE));
        assert_eq!(Fen::new(1_000_000_000_000_000), Ok(Fen::MAX));
        assert_eq!(Fen::new(1_000_000_000_000_001), Err(Fault::RANGE));
        assert_eq!(Fen::MAX.checked_add(Fen(1)), Err(Fault::RANGE));
        assert_eq!(Fen(5).checked_sub(Fen(6)), Err(Fault::RANGE));
        assert!(serde_json::from_str::<Fen>("-1").is_err());
    }

    #[test]
    fn amounts_read_as_a_cashier_writes_them() {
        let shown = |fen| Fen::new(fen).unwrap().to_string();
        assert_eq!(shown(123_456), "¥1,234.56");
        assert_eq!(shown(0), "¥0.00");
        assert_eq!(shown(5), "¥0.05");
        assert_eq!(shown(99_999), "¥999.99");
        assert_eq!(shown(100_000_000), "¥1,000,000.00");
        assert_eq!(Fen::MAX.to_string(), "¥10,000,000,000,000.00");
    }

    proptest! {
        #[test]
        fn what_is_shown_is_what_is_held(fen in 0..=1_000_000_000_000_000_i64) {
            let digits: String = Fen(fen).to_string().chars().filter(char::is_ascii_digit).collect();
            prop_assert_eq!(digits.parse::<i64>().unwrap(), fen);
        }
    }
}
