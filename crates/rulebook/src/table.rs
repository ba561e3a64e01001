//! Reading the compiled-in tables.

use serde::{Deserialize, Deserializer, de::DeserializeOwned, de::Error};

/// The rows of a table that is part of the program.
///
/// # Panics
/// When the table does not fit its type: then the build itself is broken, and the tests say so first.
pub(crate) fn rows<T: DeserializeOwned>(name: &str, text: &str) -> Vec<T> {
    let mut reader = csv::ReaderBuilder::new().comment(Some(b'#')).from_reader(text.as_bytes());
    let rows: Result<Vec<T>, csv::Error> = reader.deserialize().collect();
    rows.unwrap_or_else(|error| panic!("data/{name}: {error}"))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[should_panic(expected = "data/broken.csv")]
    fn a_broken_table_names_itself() {
        rows::<(u32, u32)>("broken.csv", "a,b\n1,x\n");
    }
}
