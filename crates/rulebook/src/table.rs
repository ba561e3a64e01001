//! Reading tables: rows into types, and cells that hold a yes, a few words, or a word with a grammar of its own.

use crate::files;
use serde::{Deserialize, Deserializer, de::DeserializeOwned, de::Error};
use std::str::FromStr;

/// The rows of a table that is part of the program.
///
/// # Panics
/// When the table does not fit its type: then the build itself is broken, and the build script says so first.
pub(crate) fn rows<T: DeserializeOwned>(name: &str) -> Vec<T> {
    read(files::text(name)).unwrap_or_else(|error| panic!("data/{name}: {error}"))
}

/// The rows of a text, or where it does not fit.
pub(crate) fn read<T: DeserializeOwned>(text: &str) -> Result<Vec<T>, csv::Error> {
    csv::ReaderBuilder::new().comment(Some(b'#')).from_reader(text.as_bytes()).deserialize().collect()
}

/// A cell that says yes or no.
pub(crate) fn yes_or_no<'de, D: Deserializer<'de>>(cell: D) -> Result<bool, D::Error> {
    match String::deserialize(cell)?.as_str() {
        "yes" => Ok(true),
        "no" => Ok(false),
        other => Err(D::Error::custom(format!("`{other}` is neither yes nor no"))),
    }
}

/// A cell with words between spaces.
pub(crate) fn words<'de, D: Deserializer<'de>>(cell: D) -> Result<Vec<String>, D::Error> {
    Ok(String::deserialize(cell)?.split_whitespace().map(str::to_owned).collect())
}

/// A cell with one word of a type's own grammar.
pub(crate) fn parsed<'de, D, T>(cell: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: FromStr<Err = String>,
{
    String::deserialize(cell)?.parse().map_err(D::Error::custom)
}

/// A cell with several of them.
pub(crate) fn parsed_words<'de, D, T>(cell: D) -> Result<Vec<T>, D::Error>
where
    D: Deserializer<'de>,
    T: FromStr<Err = String>,
{
    words(cell)?.iter().map(|word| word.parse().map_err(D::Error::custom)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_that_does_not_fit_is_told_by_its_line() {
        let told = read::<(u32, u32)>("a,b\n# a remark\n1,2\n1,x\n").unwrap_err().to_string();
        assert!(told.contains("line: 4"), "{told}");
    }

    #[test]
    #[should_panic(expected = "data/absent.csv is not compiled in")]
    fn a_table_that_is_not_there_names_itself() {
        rows::<(u32, u32)>("absent.csv");
    }
}
