//! Rust source as words: comments gone, strings told apart from code, every word with its line.
//!
//! The rules look at words in a row, never at raw text, so that a comment about `tokio::spawn` is no offence and a string
//! that happens to hold `todo!` is none either.

/// What a word is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// An identifier, keyword, number or lifetime.
    Word,
    /// One sign; `::` counts as one.
    Sign,
    /// A string literal, without its quotes.
    Text,
}

/// A word and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    /// What it is.
    pub kind: Kind,
    /// Its text.
    pub text: String,
    /// Counted from one.
    pub line: usize,
}

impl Token {
    /// Is it this word or sign of code?
    pub fn is(&self, text: &str) -> bool {
        self.kind != Kind::Text && self.text == text
    }
}

/// The words of a source file.
pub fn tokens(source: &str) -> Vec<Token> {
    let mut reader = Reader { chars: source.chars().collect(), at: 0, line: 1, found: Vec::new() };
    while reader.at < reader.chars.len() {
        reader.step();
    }
    reader.found
}

/// The lines on which `pattern` begins.
pub fn lines_of(tokens: &[Token], pattern: &[&str]) -> Vec<usize> {
    places_of(tokens, pattern).map(|at| tokens[at].line).collect()
}

/// The places in `tokens` at which `pattern` begins.
pub fn places_of<'a>(tokens: &'a [Token], pattern: &'a [&'a str]) -> impl Iterator<Item = usize> + 'a {
    let begins = move |at: &usize| tokens[*at..].iter().zip(pattern).all(|(token, text)| token.is(text));
    (0..(tokens.len() + 1).saturating_sub(pattern.len())).filter(begins)
}

struct Reader {
    chars: Vec<char>,
    at: usize,
    line: usize,
    found: Vec<Token>,
}

impl Reader {
    fn peek(&self, ahead: usize) -> char {
        self.chars.get(self.at + ahead).copied().unwrap_or('\0')
    }

    fn take(&mut self) -> char {
        let next = self.peek(0);
        self.at += 1;
        self.line += usize::from(next == '\n');
        next
    }

    fn push(&mut self, kind: Kind, text: String, line: usize) {
        self.found.push(Token { kind, text, line });
    }

    fn step(&mut self) {
        let line = self.line;
        match (self.peek(0), self.peek(1)) {
            ('/', '/') => {
                while self.at < self.chars.len() && self.peek(0) != '\n' {
                    self.at += 1;
                }
            }
            ('/', '*') => self.block_comment(),
            ('"', _) => self.text(line),
            ('\'', _) => self.quote(line),
            (':', ':') => {
                self.at += 2;
                self.push(Kind::Sign, "::".to_owned(), line);
            }
            (c, _) if c.is_alphanumeric() || c == '_' => self.word(line),
            (c, _) if c.is_whitespace() => _ = self.take(),
            (c, _) => {
                self.at += 1;
                self.push(Kind::Sign, c.to_string(), line);
            }
        }
    }

    fn block_comment(&mut self) {
        let mut depth = 0;
        while self.at < self.chars.len() {
            match (self.peek(0), self.peek(1)) {
                ('/', '*') => (depth, self.at) = (depth + 1, self.at + 2),
                ('*', '/') => (depth, self.at) = (depth - 1, self.at + 2),
                _ => _ = self.take(),
            }
            if depth == 0 {
                return;
            }
        }
    }

    /// A plain string; its escapes stay as they are written.
    fn text(&mut self, line: usize) {
        self.take();
        let mut text = String::new();
        while self.at < self.chars.len() && self.peek(0) != '"' {
            if self.peek(0) == '\\' {
                text.push(self.take());
            }
            text.push(self.take());
        }
        self.take();
        self.push(Kind::Text, text, line);
    }

    /// `r"…"`, `r#"…"#`; the reader stands after the `r`.
    fn raw_text(&mut self, line: usize) {
        let mut fence = 0;
        while self.peek(0) == '#' {
            (fence, self.at) = (fence + 1, self.at + 1);
        }
        self.take();
        let mut text = String::new();
        while self.at < self.chars.len() {
            if self.peek(0) == '"' && (1..=fence).all(|ahead| self.peek(ahead) == '#') {
                self.at += 1 + fence;
                break;
            }
            text.push(self.take());
        }
        self.push(Kind::Text, text, line);
    }

    /// A character or a lifetime.
    fn quote(&mut self, line: usize) {
        if self.peek(1) == '\\' {
            self.at += 3;
            while self.at < self.chars.len() && self.peek(0) != '\'' {
                self.at += 1;
            }
            self.at += 1;
        } else if self.peek(2) == '\'' {
            self.take();
            self.take();
            self.at += 1;
        } else {
            self.at += 1;
            self.word(line);
        }
    }

    fn word(&mut self, line: usize) {
        let mut word = String::new();
        while self.peek(0).is_alphanumeric() || self.peek(0) == '_' {
            word.push(self.take());
        }
        let raw = matches!(word.as_str(), "r" | "br" | "cr");
        match (self.peek(0), self.peek(1)) {
            ('"', _) | ('#', '"' | '#') if raw => self.raw_text(line),
            ('"', _) if matches!(word.as_str(), "b" | "c") => self.text(line),
            ('\'', _) if word == "b" => self.quote(line),
            ('#', _) if word == "r" => self.at += 1,
            _ if word.is_empty() => {}
            _ => self.push(Kind::Word, word, line),
        }
    }
}

#[test]
fn comments_and_strings_are_not_code() {
    let source = "// tokio::spawn\n/* a /* b */ todo!() */ let x = \"dbg!(\\\"\"; let y = r#\"todo!\"q\"#;\n'a: loop { '\\'' ; '\"' }";
    let found = tokens(source);
    assert!(lines_of(&found, &["tokio", "::", "spawn"]).is_empty());
    assert!(lines_of(&found, &["todo", "!"]).is_empty());
    assert!(lines_of(&found, &["dbg"]).is_empty());
    assert_eq!(lines_of(&found, &["let", "y"]), [2]);
    assert_eq!(lines_of(&found, &["loop", "{"]), [3]);
    assert_eq!(found.iter().filter(|token| token.kind == Kind::Text).count(), 2);
    assert_eq!(lines_of(&tokens("a;\n tokio::spawn(x)"), &["tokio", "::", "spawn"]), [2]);
}
