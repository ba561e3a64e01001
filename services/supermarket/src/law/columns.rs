//! Columns that stay straight with Chinese and English in them, and what stands below them.

use std::io::{self, Write};

/// How many columns of a terminal a text takes: a Chinese character or a full-width sign takes two.
pub fn width(text: &str) -> usize {
    let wide = |c: char| {
        matches!(c as u32, 0x1100..=0x115F | 0x2E80..=0x303E | 0x3041..=0xA4CF | 0xAC00..=0xD7A3
            | 0xF900..=0xFAFF | 0xFE30..=0xFE6F | 0xFF00..=0xFF60 | 0xFFE0..=0xFFE6 | 0x20000..=0x3FFFD)
    };
    text.chars().map(|c| if wide(c) { 2 } else { 1 }).sum()
}

/// A line of a table.
pub enum Line {
    /// Cells that stand in columns.
    Cells(Vec<String>),
    /// A remark below the line before.
    Below(String),
}

/// Prints a table so that every column begins in one place; the last one is not padded.
pub fn print(lines: &[Line], out: &mut impl Write) -> io::Result<()> {
    let rows = || {
        lines.iter().filter_map(|line| match line {
            Line::Cells(cells) => Some(cells),
            Line::Below(_) => None,
        })
    };
    let columns = rows().map(Vec::len).max().unwrap_or_default();
    let widest = |at: usize| rows().filter_map(|row| row.get(at)).map(|cell| width(cell)).max();
    let widths: Vec<usize> = (0..columns).map(|at| widest(at).unwrap_or_default()).collect();
    for line in lines {
        let row = match line {
            Line::Cells(row) => row,
            Line::Below(remark) => {
                writeln!(
                    out,
                    "{:indent$}{remark}",
                    "",
                    indent = widths.first().map_or(0, |first| first + 2)
                )?;
                continue;
            }
        };
        let mut line = String::new();
        for (cell, most) in row.iter().zip(&widths) {
            line.push_str(cell);
            line.extend(std::iter::repeat_n(' ', 2 + most - width(cell)));
        }
        writeln!(out, "{}", line.trim_end())?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_begin_in_one_place_in_both_languages() {
        assert_eq!((width("人民调解"), width("a（b）"), width("—")), (8, 6, 1));
        let row = |cells: [&str; 3]| Line::Cells(cells.map(str::to_owned).to_vec());
        let mut out = Vec::new();
        print(
            &[row(["K10", "人民调解", "x"]), row(["K5", "mediation", "y"]), Line::Below("below".to_owned())],
            &mut out,
        )
        .unwrap();
        assert_eq!(String::from_utf8(out).unwrap(), "K10  人民调解   x\nK5   mediation  y\n     below\n");
    }
}
