//! Rows that hold for a time: from which regime on, from which day, to which day.

use crate::regimes::{self, Regime};
use chrono::NaiveDate;

/// A row with a validity. Rows of one key follow each other without a gap and without an overlap; the build checks it.
pub trait Dated {
    /// What the row is about; another row of the same key may follow it.
    fn key(&self) -> &str;
    /// The regime that brought it; none for what always held.
    fn regime(&self) -> Option<&str>;
    /// Its first day; none for what always held.
    fn valid_from(&self) -> Option<NaiveDate>;
    /// Its last day; none for what still holds.
    fn valid_to(&self) -> Option<NaiveDate>;

    /// Whether it holds on a day.
    fn holds_on(&self, day: NaiveDate) -> bool {
        self.valid_from().is_none_or(|first| first <= day) && self.valid_to().is_none_or(|last| day <= last)
    }
}

/// A row of a table with the columns `regime`, `valid_from` and `valid_to`, and the column that is its key.
macro_rules! dated {
    ($row:ty, $key:ident) => {
        impl crate::validity::Dated for $row {
            fn key(&self) -> &str {
                &self.$key
            }
            fn regime(&self) -> Option<&str> {
                let regime: Option<&String> = (&self.regime).into();
                regime.map(String::as_str)
            }
            fn valid_from(&self) -> Option<chrono::NaiveDate> {
                self.valid_from.into()
            }
            fn valid_to(&self) -> Option<chrono::NaiveDate> {
                self.valid_to
            }
        }
    };
}
pub(crate) use dated;

/// The row of a key that holds on a day.
pub fn on<'a, T: Dated>(rows: &'a [T], key: &str, day: NaiveDate) -> Option<&'a T> {
    rows.iter().find(|row| row.key() == key && row.holds_on(day))
}

/// The row of a key that holds under a regime: the youngest one that the regime or an earlier one brought, unless it had
/// ended by then. Of two regimes that begin on one day the first does not yet know what the second brings.
pub fn under<'a, T: Dated>(rows: &'a [T], key: &str, regime: &Regime) -> Option<&'a T> {
    let order = |row: &T| row.regime().map_or(Some(0), |code| regimes::get(code).map(Regime::order));
    let known = |row: &&T| order(row).is_some_and(|order| order <= regime.order());
    let of_key = || rows.iter().filter(|row| row.key() == key);
    let row = of_key().filter(known).max_by_key(|row| (order(row), row.valid_from()))?;
    let ended = row.valid_to().filter(|last| *last < regime.valid_from);
    let replaced_later = |last: NaiveDate| {
        of_key()
            .any(|next| !known(&next) && next.valid_from() == last.succ_opt() && last.succ_opt().is_some())
    };
    ended.is_none_or(replaced_later).then_some(row)
}
